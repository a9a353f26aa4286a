"""
A paper the obvious way, as the libraries' own examples go: what the product is measured against.

reportlab's canvas with its fonts registered for each paper, segno's own choice of mask, pyHanko's
PdfSigner with a SimpleSigner. Layout, words and tags are the product's: the papers look the same.
"""

# ruff: noqa: SLF001  reportlab opens its document and page code to extensions, underlined.

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import segno
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from documents.rendering import Content, draw, fonts, icc, layout, qr
from documents.rendering.fonts import Face, font_file
from documents.rendering.pdf import PAGE_SIZE, Attachment, Node, Sheet
from documents.rendering.xmp import Metadata, xmp


class _Catalog(pdfdoc.PDFCatalog):  # type: ignore[misc]
    __NoDefault__ = [*pdfdoc.PDFCatalog.__NoDefault__, "OutputIntents"]


class _Page(pdfdoc.PDFPage):  # type: ignore[misc]
    __NoDefault__ = [*pdfdoc.PDFPage.__NoDefault__, "StructParents", "Tabs"]


class PlainSheet(Sheet):
    """One page on reportlab's canvas; files within are left out, which is to its advantage."""

    def __init__(self, metadata: Metadata, attachments: Sequence[Attachment] = ()) -> None:
        for face in Face:
            pdfmetrics.registerFont(TTFont(face.value, str(font_file(face)), shapable=False))
        super().__init__(metadata)
        self._buffer = io.BytesIO()
        self._canvas = canvas.Canvas(
            self._buffer, pagesize=PAGE_SIZE, pageCompression=1,
            initialFontName=Face.SANS.value, pdfVersion=(1, 7), lang=metadata.language,
        )  # fmt: skip
        self._document = self._canvas._doc
        self._document.Catalog.__class__ = _Catalog
        # Tags and ornaments are operators: they go where the canvas keeps its own.
        self._pages[0].operators = self._canvas._code

    def ink(self, colour: str) -> None:
        self._canvas.setFillColor(HexColor(colour))

    def pen(self, colour: str, width: float) -> None:
        self._canvas.setStrokeColor(HexColor(colour))
        self._canvas.setLineWidth(width)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._canvas.line(x1, y1, x2, y2)

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
        face = fonts.able(text, face)
        length = pdfmetrics.stringWidth(text, face.value, size) + spacing * max(len(text) - 1, 0)
        start = x - {"left": 0.0, "centre": length / 2, "right": length}[align]
        self.ink(colour)
        self._canvas.setFont(face.value, size)
        self._canvas.drawString(start, y, text, charSpace=spacing)

    def finish(self) -> bytes:
        self._describe()
        self._build_tree()
        self._canvas.showPage()
        page = self._document.Pages.pages[0]
        page.__class__ = _Page
        page.StructParents, page.Tabs, page.Trans = 0, pdfdoc.PDFName("S"), None
        self._canvas.save()
        return self._buffer.getvalue()

    def _describe(self) -> None:
        data, catalog, name = self.metadata, self._document.Catalog, pdfdoc.PDFName
        self._canvas.setTitle(data.title)
        self._canvas.setAuthor(data.author)
        self._canvas.setSubject(data.subject)
        profile = pdfdoc.PDFStream(pdfdoc.PDFDictionary({"N": 3}), icc.srgb())
        profile.filters = [pdfdoc.PDFZCompress]
        self._document.Reference(profile, "sRGB")
        intent = {
            "Type": name("OutputIntent"),
            "S": name("GTS_PDFA1"),
            "OutputConditionIdentifier": pdfdoc.PDFString("sRGB IEC61966-2.1"),
            "DestOutputProfile": pdfdoc.PDFObjectReference("sRGB"),
        }
        catalog.OutputIntents = pdfdoc.PDFArray([pdfdoc.PDFDictionary(intent)])
        catalog.Metadata = pdfdoc.PDFStream(
            pdfdoc.PDFDictionary({"Type": name("Metadata"), "Subtype": name("XML")}),
            xmp(data, part=2).encode(),
            filters=[],
        )
        catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})

    def _build_tree(self) -> None:
        reference = pdfdoc.PDFObjectReference
        names = {id(self._root): "SE0"}
        top = self._element(self._root, "StructTreeRoot", names)
        parents = [reference(names[id(node)]) for node in self._pages[0].marked]
        root = {
            "Type": pdfdoc.PDFName("StructTreeRoot"),
            "K": pdfdoc.PDFArray([top]),
            "ParentTree": pdfdoc.PDFDictionary(
                {"Nums": pdfdoc.PDFArray([0, pdfdoc.PDFArray(parents)])}
            ),
        }
        self._document.Reference(pdfdoc.PDFDictionary(root), "StructTreeRoot")
        self._document.Catalog.StructTreeRoot = reference("StructTreeRoot")

    def _element(self, node: Node, above: str, names: dict[int, str]) -> Any:
        own = names.setdefault(id(node), f"SE{len(names)}")
        entry = {
            "Type": pdfdoc.PDFName("StructElem"),
            "S": pdfdoc.PDFName(node.kind),
            "P": pdfdoc.PDFObjectReference(above),
            "Pg": pdfdoc.PDFObjectReference("Page1"),
            "K": pdfdoc.PDFArray(
                [k if isinstance(k, int) else self._element(k, own, names) for k in node.kids]
            ),
            **{name: value.decode("latin-1") for name, value in node.extra.items()},
        }
        return self._document.Reference(pdfdoc.PDFDictionary(entry), own)


def drawn(content: Content) -> bytes:
    with patch.object(layout, "Sheet", PlainSheet), patch.object(qr, "_symbol", _symbol):
        return draw(content)


@lru_cache(maxsize=4)
def _symbol(text: str) -> list[bytes]:
    made = segno.make(text, error="M", boost_error=False, micro=False)
    return [bytes(row) for row in made.matrix]


def signed(data: bytes, signer: SimpleSigner, field: str, *, certifies: bool) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        reason="Approval",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=certifies,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    output = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)), metadata, signer,
        new_field_spec=fields.SigFieldSpec(field, on_page=0),
    )  # fmt: skip
    return bytes(output.getbuffer())
