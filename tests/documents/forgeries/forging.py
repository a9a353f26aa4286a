"""What somebody may do to a paper, each as a function from bytes to bytes."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from documents import custody, signing
from documents.custody import Holder
from documents.pki import open_authority
from documents.rendering import draw
from tests.documents.bombs import classic
from tests.documents.papers import content
from tests.world import NOON

SIGNATURE = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")


def flipped(data: bytes, place: int, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def drawn_over(data: bytes) -> bytes:
    """A revision behind the paper that draws over a line of it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    drawn = generic.StreamObject(stream_data=b"1 g 60 400 200 30 re f BT (FORGED) Tj ET")
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), writer.add_object(drawn)])
    writer.update_container(page)
    return _written(writer)


def without_the_seal(data: bytes) -> bytes:
    """A revision behind the paper that takes the seal's field out of the form."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject(form["/Fields"].raw_get(0) for _ in range(1))
    writer.update_container(form)
    return _written(writer)


def another_year(data: bytes) -> bytes:
    """Every 2026 that is not by chance in the digits of a signature."""
    found = re.compile(SIGNATURE.pattern + b"|2026")
    return found.sub(lambda each: b"2027" if each[0] == b"2026" else each[0], data)


def text_replaced(data: bytes) -> bytes:
    """The page rewritten by a program: other text, the signatures kept where they stood."""
    return _saved(data, text=b"BT /F1 12 Tf 60 400 Td (ANOTHER NAME) Tj ET")


def saved_again(data: bytes, **way: object) -> bytes:
    return _saved(data, **way)


def without_signatures(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        del pdf.Root.AcroForm
        if "/Perms" in pdf.Root:
            del pdf.Root.Perms
        del pdf.pages[0].obj["/Annots"]
        pdf.remove_unreferenced_resources()
        pdf.save(out)
    assert SIGNATURE.search(out.getvalue()) is None
    return out.getvalue()


def number_hidden(data: bytes) -> bytes:
    """The same with everything compressed that can be: the number is not to be read in clear."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(without_signatures(data))) as pdf:
        pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes())
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=True,
        )
    return out.getvalue()


def signature_moved(onto: bytes, taken_from: bytes) -> bytes:
    """The seal of one paper in the place of another's."""
    seal = list(SIGNATURE.finditer(taken_from))[-1][1].rstrip(b"0")
    place = list(SIGNATURE.finditer(onto))[-1]
    room = place.end(1) - place.start(1)
    return onto[: place.start(1)] + seal[:room].ljust(room, b"0") + onto[place.end(1) :]


def signed_by_forgers(
    folder: Path, *, number: str = "BC-NOWHERE-2026-000001-0", showing: str = ""
) -> bytes:
    """
    A paper drawn as we draw them, sealed under a root of the forgers'.

    :param showing: a certificate of ours (PEM) that they put beside theirs
    """
    forgers = open_authority(folder, country_code="RW", country_name="Rwanda", site_url="", at=NOON)
    false = forgers.issue(
        common_name="Kimironko Sector Office", unit="", serial_name="1", key_ref="a.pem", at=NOON
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PKI_DIR", folder)
        holder = Holder(
            credential_id=0,
            certificate=false.certificate,
            chain=false.chain + showing,
            key_ref=false.key_ref,
        )
        signer = custody.signer("pem", holder)
    drawn = draw(content(number=number))
    return signing.seal(drawn, signer, reason="", alone=True, at=NOON)


def locked(data: bytes) -> bytes:
    return _saved(data, encryption=pikepdf.Encryption(owner="o", user="u"))


def somebody_elses(pages: int = 1) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + pages))
    tree = b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    return classic([b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * pages])


def _saved(data: bytes, *, text: bytes = b"", **way: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if text:
            pdf.pages[0].Contents = pdf.make_stream(text)
        pdf.save(out, **way)
    return out.getvalue()


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
