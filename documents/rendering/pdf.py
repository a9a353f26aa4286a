"""
Tagged pages: PDF/A-2b and PDF/UA-1 at once, with bytes that depend on the content alone.

With files attached it is PDF/A-3b.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import lru_cache
from math import cos, radians, sin
from typing import Any

from documents.rendering import attachments as attaching
from documents.rendering import fonts, icc, objects, practice, tree
from documents.rendering.attachments import Attachment
from documents.rendering.embedding import Letters
from documents.rendering.fonts import Face
from documents.rendering.objects import File, array, packed_once, reference
from documents.rendering.tree import Node
from documents.rendering.xmp import PRODUCER, Metadata, xmp

__all__ = ["PAGE_SIZE", "Attachment", "Node", "Sheet"]

PAGE_SIZE = (595.276, 841.89)  # A4, in points.

# How far the handles of a quarter of a circle stand out, of its radius.
_HANDLE = 0.5523
# Two and a half times as fast as the usual 6, for some 600 bytes more a paper.
_LEVEL = 4


@dataclass(slots=True)
class _Page:
    """Operators; those before the first mark are the ground, which many papers share."""

    operators: list[str] = field(default_factory=list)
    ground: int | None = None  # How many operators it has.
    marked: list[Node] = field(default_factory=list)


class Sheet:
    """
    Pages that are drawn from above to below, each mark inside a tag or declared an artifact.

    Sizes and places are in points of A4, from the lower left corner; with a `scale` the page and
    all that is on it are as much larger.
    """

    def __init__(
        self,
        metadata: Metadata,
        attachments: Sequence[Attachment] = (),
        *,
        scale: float = 1.0,
    ) -> None:
        word, sentence = practice.words(metadata.language)
        if word:
            metadata = replace(metadata, title=f"{word}: {metadata.title}")
        self.metadata = metadata
        self._attachments = tuple(attachments)
        self._practice = (word, sentence)
        self._letters = Letters()
        self._scale = scale
        self._pages = [self._blank()]
        self._root = Node("Document", None, {}, page=1)
        self._say_practice()

    @property
    def page(self) -> int:
        """The page being drawn, from 1."""
        return len(self._pages)

    def turn(self) -> None:
        """Close this page and go on to the next. The tree goes on too: a table may run over."""
        self._pages.append(self._blank())
        self._say_practice()

    # Structure

    def node(self, kind: str, parent: Node | None = None, **extra: bytes) -> Node:
        """Add an element that holds other elements."""
        above = parent or self._root
        made = Node(kind, above, extra, self.page)
        above.kids.append(made)
        return made

    @contextmanager
    def tag(
        self, kind: str, parent: Node | None = None, language: str = "", **extra: bytes
    ) -> Iterator[None]:
        """Mark what is drawn inside as one element of the text."""
        if language and language != self.metadata.language:
            extra["Lang"] = objects.text(language)
        made = self.node(kind, parent, **extra)
        page = self._pages[-1]
        if page.ground is None:
            page.ground = len(page.operators)
        made.kids.append(len(page.marked))
        page.operators.append(f"/{kind} <</MCID {len(page.marked)}>> BDC")
        page.marked.append(made)
        yield
        page.operators.append("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Mark what is drawn inside as ornament, which a reader need not be told."""
        self.operators("/Artifact <</Type /Layout>> BDC")
        yield
        self.operators("EMC")

    def figure(self, description: str, box: tuple[float, float, float, float]) -> dict[str, Any]:
        """Return what a Figure tag needs: its words, and the box that it fills."""
        place = array(b"%.2f" % value for value in box)
        return {
            "Alt": objects.text(description),
            "A": b"<< /O /Layout /BBox %s /Placement /Block >>" % place,
        }

    def row_header(self) -> dict[str, Any]:
        return {"A": b"<< /O /Table /Scope /Row >>"}

    def column_header(self) -> dict[str, Any]:
        return {"A": b"<< /O /Table /Scope /Column >>"}

    def spanning(self, columns: int) -> dict[str, Any]:
        return {"A": b"<< /O /Table /ColSpan %d >>" % columns}

    # Marks

    def operators(self, text: str) -> None:
        self._pages[-1].operators.append(text)

    def ink(self, colour: str) -> None:
        self.operators(f"{_rgb(colour)} rg")

    def pen(self, colour: str, width: float) -> None:
        self.operators(f"{_rgb(colour)} RG {width:.2f} w")

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.operators(f"{x1:.3f} {y1:.3f} m {x2:.3f} {y2:.3f} l S")

    def dashes(self, on: float, off: float) -> None:
        self.operators(f"[{on:g} {off:g}] 0 d" if on else "[] 0 d")

    def box(
        self, x: float, y: float, width: float, height: float, *,
        radius: float = 0, fill: bool = False, stroke: bool = True,
    ) -> None:  # fmt: skip
        if radius:
            path = _round_box(x, y, width, height, radius)
        else:
            path = f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re"
        self.operators(f"{path} {_painting(fill=fill, stroke=stroke)}")

    def disc(self, x: float, y: float, radius: float, *, fill: bool, stroke: bool) -> None:
        path = _round_box(x - radius, y - radius, 2 * radius, 2 * radius, radius)
        self.operators(f"{path} {_painting(fill=fill, stroke=stroke)}")

    def text(
        self, x: float, y: float, text: str, face: Face, size: float, *,
        colour: str, align: str = "left", spacing: float = 0,
    ) -> None:  # fmt: skip
        """
        Write one line at its baseline; align is left, centre or right of x.

        :raises MissingGlyph: for a letter that the face cannot write
        """
        line = fonts.line(text, face)
        length = line.units * 0.001 * size + spacing * max(len(line.text) - 1, 0)
        start = x - {"left": 0.0, "centre": length / 2, "right": length}[align]
        # Latin-1 gives each code its own byte back.
        shown = " ".join(
            f"/{name} {size:g} Tf ({codes.decode('latin-1')}) Tj"
            for name, codes in self._letters.runs(line.text, line.face)
        )
        if spacing:
            shown = f"{spacing:g} Tc {shown} 0 Tc"
        self.operators(f"{_rgb(colour)} rg BT {start:.3f} {y:.3f} Td {shown} ET")

    @contextmanager
    def turned(self, x: float, y: float, degrees: float) -> Iterator[None]:
        along, across = cos(radians(degrees)), sin(radians(degrees))
        self.operators(f"q {along:.6f} {across:.6f} {-across:.6f} {along:.6f} {x:.3f} {y:.3f} cm")
        yield
        self.operators("Q")

    # The whole

    def finish(self) -> bytes:
        """Close the last page and return the file."""
        file = File()
        catalog, above = file.number(), file.number()
        numbers = [file.number() for _ in self._pages]
        resources = self._letters.embed(file)
        wide, high = (side * self._scale for side in PAGE_SIZE)
        for place, (number, page) in enumerate(zip(numbers, self._pages, strict=True)):
            contents = array(map(reference, _contents(file, page)))
            file.put(
                b"<<\n/Type /Page\n/Parent %d 0 R\n/MediaBox [ 0 0 %.3f %.3f ]\n/Contents %s\n"
                b"/Resources << /Font %s >>\n/StructParents %d\n/Tabs /S\n>>"
                % (above, wide, high, contents, resources, place),
                number,
            )
        kids = array(map(reference, numbers))
        file.put(b"<<\n/Type /Pages\n/Count %d\n/Kids %s\n>>" % (len(numbers), kids), above)
        file.put(self._catalog(file, above, numbers), catalog)
        return file.written(catalog=catalog, info=file.put(self._info()))

    def _catalog(self, file: File, pages: int, numbers: Sequence[int]) -> bytes:
        data = self.metadata
        marked = [page.marked for page in self._pages]
        top = tree.build(file, self._root, marked, numbers)
        attached = b""
        if self._attachments:
            attached = attaching.embed(file, self._attachments, made_at=data.made_at)
        said = xmp(data, part=3 if self._attachments else 2).encode()
        described = file.stream(said, b"/Type /Metadata /Subtype /XML ")
        profile = file.packed(packed_once(icc.srgb()), b"/N 3 ")
        return (
            b"<<\n/Type /Catalog\n/Pages %d 0 R\n/Lang %s\n/MarkInfo << /Marked true >>\n"
            b"/StructTreeRoot %d 0 R\n/Metadata %d 0 R\n"
            b"/ViewerPreferences << /DisplayDocTitle true >>\n"
            b"/OutputIntents [ << /Type /OutputIntent /S /GTS_PDFA1"
            b" /OutputConditionIdentifier (sRGB IEC61966-2.1) /Info (sRGB IEC61966-2.1)"
            b" /RegistryName (http://www.color.org) /DestOutputProfile %d 0 R >> ]\n%s>>"
            % (pages, objects.text(data.language), top, described, profile, attached)
        )

    def _info(self) -> bytes:
        data = self.metadata
        date = data.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
        said = {
            "Title": data.title, "Author": data.author, "Subject": data.subject,
            "Creator": PRODUCER, "Producer": PRODUCER, "CreationDate": date, "ModDate": date,
        }  # fmt: skip
        lines = (b"/%s %s\n" % (name.encode(), objects.text(text)) for name, text in said.items())
        return b"<<\n%s>>" % b"".join(lines)

    def _blank(self) -> _Page:
        larger = f"{self._scale:.5f} 0 0 {self._scale:.5f} 0 0 cm"
        return _Page([larger] if self._scale != 1 else [])

    def _say_practice(self) -> None:
        word, sentence = self._practice
        if not word:
            return
        wide, high = PAGE_SIZE
        with self.artifact():
            practice.ground_of(self, wide, high, word)
        with self.tag("P"):
            self.text(
                wide / 2, high - practice.BASELINE, sentence, Face.SANS_BOLD, practice.SIZE,
                colour=practice.INK, align="centre",
            )  # fmt: skip


def _contents(file: File, page: _Page) -> Iterator[int]:
    """Put in what is drawn, as two streams that are read as one: the ground, and the rest."""
    ground, rest = page.operators[: page.ground], page.operators[page.ground or 0 :]
    if page.ground:
        yield file.packed(packed_once("\n".join(ground).encode("latin-1")))
    if page.ground is not None or not ground:
        yield file.packed(zlib.compress("\n".join(rest).encode("latin-1"), _LEVEL))


def _round_box(x: float, y: float, width: float, height: float, radius: float) -> str:
    right, top, near = x + width, y + height, radius * (1 - _HANDLE)
    path = (
        ("m", x + radius, y),
        ("l", right - radius, y),
        ("c", right - near, y, right, y + near, right, y + radius),
        ("l", right, top - radius),
        ("c", right, top - near, right - near, top, right - radius, top),
        ("l", x + radius, top),
        ("c", x + near, top, x, top - near, x, top - radius),
        ("l", x, y + radius),
        ("c", x, y + near, x + near, y, x + radius, y),
    )
    steps = (" ".join(f"{value:.3f}" for value in values) + f" {name}" for name, *values in path)
    return " ".join(steps) + " h"


def _painting(*, fill: bool, stroke: bool) -> str:
    return {(True, True): "B", (True, False): "f", (False, True): "S"}.get((fill, stroke), "n")


@lru_cache(maxsize=256)
def _rgb(colour: str) -> str:
    """Read "#rrggbb"."""
    value = int(colour.removeprefix("#"), 16)
    return " ".join(f"{(value >> shift & 255) / 255:.4g}" for shift in (16, 8, 0))
