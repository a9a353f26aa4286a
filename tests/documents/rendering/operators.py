"""Reads back what a page shows: pieces of text, how large, in which colour, tagged or not."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf


@dataclass(frozen=True)
class Shown:
    """One piece of text: its size in points, its colour as red, green, blue from 0 to 1."""

    page: int
    font: str  # The family: "Source Sans", without the tag of its subset.
    size: float
    colour: tuple[float, ...]
    tagged: bool  # False: an artifact, ornament that is not read out.


@dataclass
class _Now:
    font: str = ""
    size: float = 0.0
    colour: tuple[float, ...] = (0.0,)


def shown(data: bytes) -> Iterator[Shown]:
    """Yield every piece of text of a file, in the order in which it is drawn."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            names = {name: _family(font) for name, font in page.Resources.Font.items()}
            now, kept, marks = _Now(), [], []
            for instruction in pikepdf.parse_content_stream(page):
                operands, operator = instruction.operands, str(instruction.operator)
                match operator:
                    case "q":
                        kept.append(_Now(now.font, now.size, now.colour))
                    case "Q":
                        now = kept.pop()
                    case "rg" | "g":
                        now.colour = tuple(float(value) for value in operands)
                    case "Tf":
                        now.font, now.size = names[str(operands[0])], float(operands[1])
                    case "BDC" | "BMC":
                        marks.append(str(operands[0]))
                    case "EMC":
                        marks.pop()
                    case "Tj" | "TJ" | "'":
                        tagged = bool(marks) and "/Artifact" not in marks
                        yield Shown(number, now.font, now.size, now.colour, tagged)


def contrast(colour: tuple[float, ...], ground: tuple[float, ...]) -> float:
    """Return the contrast of two colours once both are grey (WCAG 2: relative luminance)."""
    light, dark = sorted((_luminance(colour), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rgb(colour: str) -> tuple[float, ...]:
    """Read "#rrggbb"."""
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _luminance(colour: tuple[float, ...]) -> float:
    if len(colour) == 1:
        colour = colour * 3
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _family(font: pikepdf.Object) -> str:
    """Return the family of a font resource: "SourceSansPro" of "/ABCDEF+SourceSansPro-It"."""
    base = str(font.BaseFont).lstrip("/").rpartition("+")[2]
    return base.partition("-")[0]
