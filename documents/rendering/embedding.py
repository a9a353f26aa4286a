"""
The letters of a document inside it: each face as one part that every paper has, and the rest.

A face is embedded in parts of at most 222 letters, each a simple TrueType font with codes of one
byte (ISO 32000-1, 9.6.3). The first part is always the same, so that it is cut out and packed
once a process; letters beyond it go into parts of their own.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from reportlab.pdfbase.ttfonts import makeToUnicodeCMap

from documents.rendering import fonts
from documents.rendering.fonts import Face
from documents.rendering.objects import File, array, escaped, reference
from documents.rendering.trimming import trimmed

# What nearly every paper says something with, in the languages that we issue in.
_COMMON = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    ".,:;/()-'+#?&%\u00b7\u2013\u2014\u2019\u00b0\u00ba"  # Middle dot, dashes, apostrophe, degree.
    "éèêàâçîïôûùëÉÈÀÇ"
)
# Codes below stand for the space, which is 32, and for nothing else.
_FIRST = 33
_LETTERS_MAX = 256 - _FIRST
_SPACES = {" ", "\u00a0"}
_FACES = {face: f"F{number}" for number, face in enumerate(Face, start=1)}
# Table 123: the codes are the font's own.
_SYMBOLIC, _NONSYMBOLIC = 4, 32


class Letters:
    """Which letters a document uses: `runs` notes them, `embed` puts them into the file."""

    def __init__(self) -> None:
        self._used: dict[tuple[Face, int], None] = {}
        self._rare: dict[Face, dict[str, int]] = {}

    def runs(self, text: str, face: Face) -> Iterator[tuple[str, bytes]]:
        """Yield the name of a part, and codes of letters in it, as they stand in a string."""
        common = _codes(face)
        if all(map(common.__contains__, text)):
            self._used[face, 0] = None
            yield _FACES[face], escaped(bytes(map(common.__getitem__, text)))
            return
        places = ((letter, self._place(letter, face)) for letter in text)
        for part, run in groupby(places, key=lambda each: each[1] // 256):
            self._used[face, part] = None
            codes = bytes(place % 256 for _, place in run)
            yield _name(face, part), escaped(codes)

    def embed(self, file: File) -> bytes:
        """Put in what was used; return the fonts of the pages' resources."""
        names = []
        for face, part in sorted(self._used):
            letters = _common(face) if part == 0 else self._letters(face, part)
            number = _program(face, part, letters).put(file)
            names.append(b"/%s %s" % (_name(face, part).encode(), reference(number)))
        return b"<< %s >>" % b" ".join(names)

    def _place(self, letter: str, face: Face) -> int:
        """Return part and code of a letter as one number."""
        code = _codes(face).get(letter)
        if code is not None:
            return code
        rare = self._rare.setdefault(face, {})
        number = rare.setdefault(letter, len(rare))
        return 256 * (1 + number // _LETTERS_MAX) + _FIRST + number % _LETTERS_MAX

    def _letters(self, face: Face, part: int) -> str:
        first = (part - 1) * _LETTERS_MAX
        return "".join(list(self._rare[face])[first : first + _LETTERS_MAX])


@dataclass(frozen=True)
class _Program:
    """A part of a face, cut out and packed."""

    font: bytes
    length: int
    unicode: bytes
    described: bytes
    said: bytes

    def put(self, file: File) -> int:
        program = file.packed(self.font, b"/Length1 %d " % self.length)
        codes = file.packed(self.unicode)
        descriptor = file.put(b"<< %s /FontFile2 %d 0 R >>" % (self.described, program))
        said = (self.said, descriptor, codes)
        return file.put(b"<< %s /FontDescriptor %d 0 R /ToUnicode %d 0 R >>" % said)


# Names come in kinds: the same few rare letters of a country's come again.
@lru_cache(maxsize=128)
def _program(face: Face, part: int, letters: str) -> _Program:
    source = fonts.source(face)
    codes = [32] * _FIRST + [ord(letter) for letter in letters]
    # Six capitals tell the parts of one font apart (9.6.4).
    tag = "AAAAA" + chr(ord("A") + part % 26)
    name = f"{tag}+{source.name.decode()}"
    program = trimmed(source.makeSubset(codes))
    flags = source.flags & ~_NONSYMBOLIC | _SYMBOLIC
    box = " ".join(str(round(value)) for value in source.bbox)
    widths = array(b"%d" % round(source.getCharWidth(code)) for code in codes)
    return _Program(
        font=zlib.compress(program, 9),
        length=len(program),
        unicode=zlib.compress(makeToUnicodeCMap(name, codes).encode(), 9),
        described=(
            f"/Type /FontDescriptor /FontName /{name} /Flags {flags} /FontBBox [ {box} ]"
            f" /Ascent {source.ascent:.0f} /Descent {source.descent:.0f}"
            f" /CapHeight {source.capHeight:.0f} /ItalicAngle {source.italicAngle:.0f}"
            f" /StemV {source.stemV:.0f} /MissingWidth {source.defaultWidth:.0f}"
        ).encode(),
        said=b"/Type /Font /Subtype /TrueType /BaseFont /%s /FirstChar 0 /LastChar %d /Widths %s"
        % (name.encode(), len(codes) - 1, widths),
    )


def _name(face: Face, part: int) -> str:
    return f"{_FACES[face]}x{part}" if part else _FACES[face]


@cache
def _common(face: Face) -> str:
    return "".join(letter for letter in _COMMON if letter in fonts.letters(face))


@cache
def _codes(face: Face) -> dict[str, int]:
    codes = {letter: code for code, letter in enumerate(_common(face), start=_FIRST)}
    return codes | dict.fromkeys(_SPACES, 32)
