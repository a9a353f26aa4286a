"""
The slip by which somebody without a phone agrees to be helped, as a file to print.

It is read aloud and signed by hand: it names nobody, and no seal is on it. In the language of the
person.
"""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from applications.queries.assisting import ConsentWords
from documents.rendering import kit
from documents.rendering.fonts import Face, wrap
from documents.rendering.pdf import Sheet
from documents.rendering.style import ACCENT, GREY, INK, LABELS, LEFT, RIGHT, RULE, TOP, WIDTH
from documents.rendering.xmp import Metadata
from kernel.country import country

_BODY = kit.Type(Face.SANS, 11.5, 16, INK)
_INDENT = 14.0
_TO_SIGN = 52.0


def draw(
    *, number: int, words: ConsentWords, name: str, mends: bool, language: str, at: datetime
) -> bytes:
    """
    Return the slip as PDF; the same slip is the same bytes.

    :param number: by which its scan is found again
    :param name: of the service, and `mends` if it is about corrections only
    :param at: when the consent was asked for
    """
    with translation.override(language):
        title = gettext("I agree to be helped")
        paper = Sheet(Metadata(title, words.organisation, name, language, at))
        y = _head(paper, title, words.organisation, language)
        y = _facts(paper, number, words, name, mends=mends, y=y)
        y = _promises(paper, y)
        _signed(paper, y)
    return paper.finish()


def _head(paper: Sheet, title: str, organisation: str, language: str) -> float:
    y = TOP - 4
    with paper.tag("P"):
        paper.text(LEFT, y, country().name(language).upper(), Face.SERIF_BOLD, 10, colour=INK)
        paper.text(LEFT, y - 15, organisation, Face.SANS, 9.5, colour=GREY)
    with paper.tag("H1"):
        paper.text(LEFT, y - 48, title, Face.SERIF_BOLD, 20, colour=ACCENT)
    said = gettext("%(who)s may fill in a request with me at Guichet and send it for me.")
    return _said(paper, said % {"who": organisation}, y - 76) - 6


def _facts(
    paper: Sheet, number: int, words: ConsentWords, name: str, *, mends: bool, y: float
) -> float:
    told = [(gettext("Request"), name)]
    if mends:
        told.append((gettext("For what"), gettext("The corrections that the office asks for")))
    told.append((gettext("Fee of the helper"), words.fee))
    told.append((gettext("Slip number"), str(number)))
    for label, value in told:
        y = kit.rule(paper, y) - 16
        with paper.tag("P"):
            paper.text(LEFT, y, label, Face.SANS, 10, colour=GREY)
            shown = list(wrap(value, Face.SANS_BOLD, 11.5, WIDTH - LABELS))
            how = kit.Type(Face.SANS_BOLD, 11.5, 15, INK)
            y = kit.lines(paper, shown, LEFT + LABELS, y, how) + 7
    return kit.rule(paper, y) - 24


def _promises(paper: Sheet, y: float) -> float:
    for said in (
        gettext("The case is mine. I can see it, and go on alone."),
        gettext("I can end this help at any time, with my phone or at this office."),
        gettext(
            "The fee of the helper is no fee of the state. I pay the state only by the reference "
            "that I am sent."
        ),
    ):
        with paper.artifact():
            paper.ink(ACCENT)
            paper.disc(LEFT + 3, y + 4, 2.2, fill=True, stroke=False)
        y = _said(paper, said, y, indent=_INDENT) - 5
    said = gettext("This was read to me aloud, in a language that I understand.")
    return _said(paper, said, y - 8) - 18


def _signed(paper: Sheet, y: float) -> None:
    """Leave a line, high enough for a thumb, beside whatever is written by hand."""
    for label in (
        gettext("Name of the person"),
        gettext("Signature or thumb mark"),
        gettext("Date"),
        gettext("Witness: name and signature"),
    ):
        y -= _TO_SIGN
        with paper.tag("P"):
            shown = list(wrap(label, Face.SANS, 10, LABELS - 12))
            kit.lines(paper, shown, LEFT, y + 4, kit.Type(Face.SANS, 10, 12, INK))
        with paper.artifact():
            paper.pen(RULE, 0.8)
            paper.line(LEFT + LABELS, y, RIGHT, y)


def _said(paper: Sheet, text: str, y: float, *, indent: float = 0.0) -> float:
    with paper.tag("P"):
        told = list(wrap(text, _BODY.face, _BODY.size, WIDTH - indent))
        return kit.lines(paper, told, LEFT + indent, y, _BODY)
