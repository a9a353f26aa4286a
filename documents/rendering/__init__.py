"""
Papers as files: pure, told everything, the same facts giving the same bytes.

But for books to learn on (`settings.PRACTICE`): whatever is drawn from them says that by itself.
"""

from documents.rendering.content import Content, Entry, UnknownValue
from documents.rendering.errors import CannotBeDrawn, DoesNotFit
from documents.rendering.fonts import MissingGlyph
from documents.rendering.layout import draw
from documents.rendering.wording import Template, UnknownPaperType, newest, paper_types, template

__all__ = [
    "CannotBeDrawn",
    "Content",
    "DoesNotFit",
    "Entry",
    "MissingGlyph",
    "Template",
    "UnknownPaperType",
    "UnknownValue",
    "draw",
    "newest",
    "paper_types",
    "template",
]
