"""Files as people send them, and as they should never be sent. All are made here."""

import io
import struct
import zlib

import pikepdf
from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    made = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.save(made, form, **more)
    return made.getvalue()


def photo_with_secrets() -> bytes:
    """A photo on its side, which says where it was taken and who it was of."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn it by 90 degrees.
    exif[0x010E] = "Uwase at home"
    return picture(exif=exif, comment=b"a secret comment")


def declared(width: int, height: int, *more: bytes) -> bytes:
    """A PNG of a few bytes that claims to be this large; `more` are chunks of its own."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [_chunk(b"IHDR", header), *more, rows, _chunk(b"IEND", b"")]
    )


def bomb() -> bytes:
    """A PNG of 100 kB whose text takes 100 MB."""
    return declared(10, 10, _chunk(b"zTXt", b"x\0\0" + zlib.compress(b"\0" * 100_000_000)))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pdf(pages: int = 1, **root: object) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    for key, value in root.items():
        made.Root[f"/{key}"] = made.make_indirect(value)
    return _saved(made)


def pdf_with_action(name: str, **more: object) -> bytes:
    action = pikepdf.Dictionary(Type=pikepdf.Name("/Action"), S=pikepdf.Name(f"/{name}"), **more)
    return pdf(OpenAction=action)


def pdf_with_link(name: str) -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page()
    link = pikepdf.Dictionary(
        Type=pikepdf.Name("/Annot"),
        Subtype=pikepdf.Name("/Link"),
        Rect=[0, 0, 10, 10],
        A=pikepdf.Dictionary(S=pikepdf.Name(f"/{name}"), URI=pikepdf.String("https://example.org")),
    )
    page.Annots = made.make_indirect(pikepdf.Array([made.make_indirect(link)]))
    return _saved(made)


def pdf_with_file() -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.attachments["tool.exe"] = b"MZ"
    return _saved(made)


def pdf_locked() -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    return _saved(made, encryption=pikepdf.Encryption(owner="owner", user=""))


def pdf_spelt_otherwise() -> bytes:
    """A program whose name is written with an escape; no byte is moved from its place."""
    plain = pdf_with_action("JavaScript", JS=pikepdf.String("app.alert(1)"))
    return plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"app.alert", b"app.ale")


def _saved(made: pikepdf.Pdf, **more: object) -> bytes:
    written = io.BytesIO()
    made.save(written, **more)
    return written.getvalue()
