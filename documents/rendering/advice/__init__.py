"""The remittance advice as a file: pure, the same content giving the same bytes."""

from documents.rendering.advice.content import VERSION, Advice, Line, languages
from documents.rendering.advice.drawing import draw

__all__ = ["VERSION", "Advice", "Line", "draw", "languages"]
