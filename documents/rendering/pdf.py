"""
One tagged page: PDF/A-2b and PDF/UA-1 at once, with bytes that depend on the content alone.

reportlab has no tagging of its own, but its object classes carry a structure tree. Its classes
are extended here for one document, never patched for the whole process.
"""

# ruff: noqa: SLF001  reportlab opens its document and page code to extensions, underlined.

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen import canvas

from documents.rendering import fonts, icc, practice
from documents.rendering.fonts import Face
from documents.rendering.xmp import PRODUCER, Metadata, xmp

PAGE_SIZE = (595.276, 841.89)  # A4, in points.


@dataclass
class Node:
    """One element of the structure tree; kids are nodes, or numbers of marked content."""

    kind: str
    name: str
    parent: "Node | None"
    extra: dict[str, Any]
    kids: list["Node | int"] = field(default_factory=list)


class _Stream(pdfdoc.PDFStream):  # type: ignore[misc]
    """
    ISO 19005-2, 6.1.7.1 wants an end of line before `endstream`; reportlab writes none. Nor need
    the bytes be letters, which costs it half of its time.
    """

    filters: list[Any] | None

    def format(self, document: Any) -> bytes:
        if self.filters:
            self.filters = [pdfdoc.PDFZCompress]
        data: bytes = super().format(document)
        body, end = data[:-10], data[-10:]
        return body + b"\n" + end if not body.endswith(b"\n") else data


class _Catalog(pdfdoc.PDFCatalog):  # type: ignore[misc]
    __NoDefault__ = [*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents"]


class _Page(pdfdoc.PDFPage):  # type: ignore[misc]
    __NoDefault__ = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]


class _Document(pdfdoc.PDFDocument):  # type: ignore[misc]
    def Reference(self, obj: Any, name: str | None = None) -> Any:  # noqa: N802
        if type(obj) is pdfdoc.PDFStream:
            obj.__class__ = _Stream
        return super().Reference(obj, name)

    def addPage(self, page: Any) -> None:  # noqa: N802
        page.__class__ = _Page
        page.Trans = None
        page.StructParents = 0
        page.Tabs = pdfdoc.PDFName("S")
        super().addPage(page)


class Sheet:
    """
    A page that is drawn from above to below, each mark inside a tag or declared an artifact.

    Sizes and places are in points, from the lower left corner.
    """

    def __init__(self, metadata: Metadata) -> None:
        fonts.register()
        word, sentence = practice.words(metadata.language)
        if word:
            metadata = replace(metadata, title=f"{word}: {metadata.title}")
        self.metadata = metadata
        self._buffer = io.BytesIO()
        self._canvas = canvas.Canvas(
            self._buffer,
            pagesize=PAGE_SIZE,
            pageCompression=1,
            invariant=1,
            initialFontName=Face.SANS.value,
            pdfVersion=(1, 7),
            lang=metadata.language,
        )
        self._document = self._canvas._doc
        self._document.__class__ = _Document
        self._document.Catalog.__class__ = _Catalog
        self._date_the_document()
        self._root = Node("Document", "SE0", None, {})
        self._count = 0
        self._marked: list[Node] = []
        if word:
            self._say_practice(word, sentence)

    # Structure

    def node(self, kind: str, parent: Node | None = None, **extra: Any) -> Node:
        """Add an element that holds other elements."""
        self._count += 1
        above = parent or self._root
        made = Node(kind, f"SE{self._count}", above, extra)
        above.kids.append(made)
        return made

    @contextmanager
    def tag(
        self, kind: str, parent: Node | None = None, language: str = "", **extra: Any
    ) -> Iterator[None]:
        """Mark what is drawn inside as one element of the text."""
        if language and language != self.metadata.language:
            extra["Lang"] = pdfdoc.PDFString(language)
        made = self.node(kind, parent, **extra)
        made.kids.append(len(self._marked))
        self.operators(f"/{kind} <</MCID {len(self._marked)}>> BDC")
        self._marked.append(made)
        yield
        self.operators("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Mark what is drawn inside as ornament, which a reader need not be told."""
        self.operators("/Artifact <</Type /Layout>> BDC")
        yield
        self.operators("EMC")

    def figure(self, description: str, box: tuple[float, float, float, float]) -> dict[str, Any]:
        """Return what a Figure tag needs: its words, and the box that it fills."""
        return {
            "Alt": pdfdoc.PDFString(description),
            "A": pdfdoc.PDFDictionary(
                {
                    "O": pdfdoc.PDFName("Layout"),
                    "BBox": pdfdoc.PDFArray([round(value, 2) for value in box]),
                    "Placement": pdfdoc.PDFName("Block"),
                }
            ),
        }

    def row_header(self) -> dict[str, Any]:
        return self._header("Row")

    def column_header(self) -> dict[str, Any]:
        return self._header("Column")

    # Marks

    def operators(self, text: str) -> None:
        self._canvas._code.append(text)

    def ink(self, colour: str) -> None:
        self._canvas.setFillColor(_rgb(colour))

    def pen(self, colour: str, width: float) -> None:
        self._canvas.setStrokeColor(_rgb(colour))
        self._canvas.setLineWidth(width)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._canvas.line(x1, y1, x2, y2)

    def dashes(self, on: float, off: float) -> None:
        self._canvas.setDash([on, off] if on else [])

    def box(
        self, x: float, y: float, width: float, height: float, *,
        radius: float = 0, fill: bool = False, stroke: bool = True,
    ) -> None:  # fmt: skip
        self._canvas.roundRect(x, y, width, height, radius, fill=int(fill), stroke=int(stroke))

    def disc(self, x: float, y: float, radius: float, *, fill: bool, stroke: bool) -> None:
        self._canvas.circle(x, y, radius, fill=int(fill), stroke=int(stroke))

    def text(
        self, x: float, y: float, text: str, face: Face, size: float, *,
        colour: str, align: str = "left", spacing: float = 0,
    ) -> None:  # fmt: skip
        """
        Write one line at its baseline; align is left, centre or right of x.

        :raises MissingGlyph: for a letter that the face cannot write
        """
        face = fonts.able(text, face)
        text = fonts.clean(text, face)
        length = fonts.width(text, face, size) + spacing * max(len(text) - 1, 0)
        start = x - {"left": 0.0, "centre": length / 2, "right": length}[align]
        self.ink(colour)
        self._canvas.setFont(face.value, size)
        self._canvas.drawString(start, y, text, charSpace=spacing)

    @contextmanager
    def turned(self, x: float, y: float, degrees: float) -> Iterator[None]:
        self._canvas.saveState()
        self._canvas.translate(x, y)
        self._canvas.rotate(degrees)
        yield
        self._canvas.restoreState()

    # The whole

    def finish(self) -> bytes:
        """Close the page and return the file."""
        self._describe()
        self._build_tree()
        # The file's identifier is made of what the file says.
        self._document.updateSignature("\n".join(self._canvas._code))
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def spanning(self, columns: int) -> dict[str, Any]:
        entry = {"O": pdfdoc.PDFName("Table"), "ColSpan": columns}
        return {"A": pdfdoc.PDFDictionary(entry)}

    @staticmethod
    def _header(scope: str) -> dict[str, Any]:
        entry = {"O": pdfdoc.PDFName("Table"), "Scope": pdfdoc.PDFName(scope)}
        return {"A": pdfdoc.PDFDictionary(entry)}

    def _say_practice(self, word: str, sentence: str) -> None:
        wide, high = PAGE_SIZE
        with self.artifact():
            practice.ground(self._canvas, wide, high, word)
        with self.tag("P"):
            self.text(
                wide / 2, high - practice.BASELINE, sentence, Face.SANS_BOLD, practice.SIZE,
                colour=practice.INK, align="centre",
            )  # fmt: skip

    def _date_the_document(self) -> None:
        moment = self.metadata.made_at.astimezone(UTC)
        stamp = self._document._timeStamp
        stamp.t = moment.timestamp()
        stamp.lt = moment.timetuple()
        stamp.YMDhms = tuple(moment.timetuple()[:6])
        stamp.dhh = stamp.dmm = 0
        stamp.tzname = "UTC"

    def _describe(self) -> None:
        data = self.metadata
        self._canvas.setTitle(data.title)
        self._canvas.setAuthor(data.author)
        self._canvas.setSubject(data.subject)
        self._canvas.setCreator(PRODUCER)
        self._canvas.setProducer(PRODUCER)
        self._canvas.setKeywords("")
        catalog, name = self._document.Catalog, pdfdoc.PDFName
        profile = pdfdoc.PDFStream(pdfdoc.PDFDictionary({"N": 3}), icc.srgb())
        profile.filters = [pdfdoc.PDFZCompress]
        self._document.Reference(profile, "sRGB")
        intent = {
            "Type": name("OutputIntent"),
            "S": name("GTS_PDFA1"),
            "OutputConditionIdentifier": pdfdoc.PDFString("sRGB IEC61966-2.1"),
            "Info": pdfdoc.PDFString("sRGB IEC61966-2.1"),
            "RegistryName": pdfdoc.PDFString("http://www.color.org"),
            "DestOutputProfile": pdfdoc.PDFObjectReference("sRGB"),
        }
        catalog.OutputIntents = pdfdoc.PDFArray([pdfdoc.PDFDictionary(intent)])
        described = pdfdoc.PDFStream(
            pdfdoc.PDFDictionary({"Type": name("Metadata"), "Subtype": name("XML")}),
            xmp(data).encode(),
            filters=[],
        )
        catalog.Metadata = described
        catalog.ViewerPreferences = pdfdoc.PDFDictionary({"DisplayDocTitle": "true"})
        catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})

    def _build_tree(self) -> None:
        reference = pdfdoc.PDFObjectReference
        top = self._build(self._root)
        parents = pdfdoc.PDFArray([reference(node.name) for node in self._marked])
        root = {
            "Type": pdfdoc.PDFName("StructTreeRoot"),
            "K": pdfdoc.PDFArray([top]),
            "ParentTree": pdfdoc.PDFDictionary({"Nums": pdfdoc.PDFArray([0, parents])}),
            "ParentTreeNextKey": 1,
        }
        self._document.Reference(pdfdoc.PDFDictionary(root), "StructTreeRoot")
        self._document.Catalog.StructTreeRoot = reference("StructTreeRoot")

    def _build(self, node: Node) -> Any:
        reference = pdfdoc.PDFObjectReference
        kids = [kid if isinstance(kid, int) else self._build(kid) for kid in node.kids]
        entry = {
            "Type": pdfdoc.PDFName("StructElem"),
            "S": pdfdoc.PDFName(node.kind),
            "P": reference(node.parent.name if node.parent else "StructTreeRoot"),
            "Pg": reference("Page1"),
            "K": pdfdoc.PDFArray(kids),
            **node.extra,
        }
        self._document.Reference(pdfdoc.PDFDictionary(entry), node.name)
        return reference(node.name)


def _rgb(colour: str) -> tuple[float, float, float]:
    """Read "#rrggbb"."""
    value = int(colour.removeprefix("#"), 16)
    return (value >> 16) / 255, (value >> 8 & 255) / 255, (value & 255) / 255
