"""The house's letters: Source Serif for what is said solemnly, Source Sans for the rest."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from documents.rendering.errors import CannotBeDrawn


class MissingGlyph(CannotBeDrawn):
    """The letters cannot write this text; the message names code points, never the text."""


class Face(StrEnum):
    SANS = "GuichetSans"
    SANS_BOLD = "GuichetSansBold"
    SANS_ITALIC = "GuichetSansItalic"
    SERIF = "GuichetSerif"
    SERIF_BOLD = "GuichetSerifBold"
    SERIF_ITALIC = "GuichetSerifItalic"


_FILES = {
    Face.SANS: ("font_source_sans_pro", "SourceSansPro-Regular.ttf"),
    Face.SANS_BOLD: ("font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    Face.SANS_ITALIC: ("font_source_sans_pro", "SourceSansPro-It.ttf"),
    Face.SERIF: ("font_source_serif_pro", "SourceSerifPro-Regular.ttf"),
    Face.SERIF_BOLD: ("font_source_serif_pro", "SourceSerifPro-Semibold.ttf"),
    Face.SERIF_ITALIC: ("font_source_serif_pro", "SourceSerifPro-It.ttf"),
}


def font_file(face: Face) -> Path:
    """
    Return the TrueType file of a face.

    :raises FileNotFoundError: if the package that carries it is not installed
    """
    package, name = _FILES[face]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {package} is not installed")
    file = Path(spec.submodule_search_locations[0]) / "files" / name
    if not file.is_file():
        raise FileNotFoundError(f"{package} does not carry {name}")
    return file


@cache
def register() -> None:
    """Read the faces once for this process."""
    for face in Face:
        font = TTFont(face.value, str(font_file(face)), asciiReadable=0, shapable=False)
        pdfmetrics.registerFont(font)


@cache
def source(face: Face) -> Any:
    """Return the face as reportlab has read it: its measures, and what cuts letters out of it."""
    register()
    return pdfmetrics.getFont(face.value).face


@cache
def letters(face: Face) -> frozenset[str]:
    """Return what the face can write; marks and controls it cannot, whatever it says."""
    known = map(chr, source(face).charToGlyph)
    return frozenset(
        letter for letter in known if unicodedata.category(letter) not in {"Mn", "Cc", "Cf"}
    )


@cache
def _widths(face: Face) -> dict[str, int]:
    """Return how wide each letter is, in thousandths of the size."""
    read = source(face)
    return {letter: read.getCharWidth(ord(letter)) for letter in map(chr, read.charToGlyph)}


# The serif knows fewer letters than the sans (no Ŋ, ɓ or ɛ): a name that needs them is set in it.
_STAND_INS = {
    Face.SERIF: Face.SANS,
    Face.SERIF_BOLD: Face.SANS_BOLD,
    Face.SERIF_ITALIC: Face.SANS,
    Face.SANS_ITALIC: Face.SANS,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A text as it is written: in NFC, in a face that has all of its letters."""

    text: str
    face: Face
    units: int  # Its width in thousandths of the size.


# The words of a paper come again on the next; only names and numbers are set anew.
@lru_cache(maxsize=4096)
def line(text: str, face: Face) -> Line:
    """
    :raises MissingGlyph: as `clean`
    """
    face = able(text, face)
    text = clean(text, face)
    return Line(text, face, sum(map(_widths(face).__getitem__, text)))


def able(text: str, face: Face) -> Face:
    """Return the face, or the one that stands in for it where it lacks a letter of the text."""
    if letters(face).issuperset(unicodedata.normalize("NFC", text)):
        return face
    return _STAND_INS.get(face, face)


def clean(text: str, face: Face) -> str:
    """
    Return the text in NFC, with every letter drawable.

    :raises MissingGlyph: for a character without a glyph, or a mark with no composed form (these
        fonts have no shaping: it would stand beside its letter instead of on it)
    """
    text = unicodedata.normalize("NFC", text)
    missing = sorted(set(text) - letters(face))
    if missing:
        raise MissingGlyph(" ".join(f"U+{ord(character):04X}" for character in missing))
    return text


def width(text: str, face: Face, size: float) -> float:
    return _units(text, able(text, face)) * 0.001 * size


def wrap(text: str, face: Face, size: float, available: float) -> Iterator[str]:
    """Yield lines that fit the available width (points); a word that is too long is cut."""
    yield from _wrapped(text, face, size, available)


@lru_cache(maxsize=4096)
def _wrapped(text: str, face: Face, size: float, available: float) -> tuple[str, ...]:
    face = able(text, face)
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, face, size) <= available:
            line = longer
            continue
        if line:
            lines.append(line)
        *pieces, line = _cut(word, face, size, available)
        lines += pieces
    return (*lines, line)


def _cut(word: str, face: Face, size: float, available: float) -> Iterator[str]:
    """Yield a word in pieces that fit, each of one letter at least."""
    known, missing = _widths(face), source(face).defaultWidth
    piece, units = "", 0
    for letter in word:
        wide = known.get(letter, missing)
        if piece and (units + wide) * 0.001 * size > available:
            yield piece
            piece, units = "", 0
        piece, units = piece + letter, units + wide
    yield piece


def _units(text: str, face: Face) -> int:
    known, missing = _widths(face), source(face).defaultWidth
    return sum(known.get(letter, missing) for letter in text)
