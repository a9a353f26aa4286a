"""Papers as cameras and copiers see them."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="no pdftoppm here")
needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="no zbarimg here")


def page(pdf: bytes, folder: Path, dpi: int) -> Image.Image:
    """Return the first page in grey."""
    source = folder / "paper.pdf"
    source.write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", str(source), str(folder / "paper")],
        check=True,
    )
    return Image.open(folder / "paper.pgm").convert("L")


def worn(picture: Image.Image) -> Image.Image:
    """Return it turned by three degrees and saved as a poor JPEG."""
    return jpeg(picture.rotate(3, Image.Resampling.BICUBIC, fillcolor=255), 40)


def photographed(picture: Image.Image) -> Image.Image:
    """Return its lower part as a phone takes it: at an angle, a little soft, darker on one side."""
    width, height = picture.size
    lower = picture.crop((0, height // 2, width, height))
    width, height = lower.size
    corners = (width * 0.04, height * 0.02, 0, height, width * 0.97, height * 0.96, width, 0)
    tilted = lower.transform(
        lower.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=255
    ).rotate(-7, Image.Resampling.BICUBIC, expand=True, fillcolor=210)
    shadow = Image.linear_gradient("L").resize(tilted.size).point(lambda v: 140 + v * 115 // 255)
    shaded = Image.composite(tilted, Image.new("L", tilted.size, 0), shadow)
    return jpeg(shaded.filter(ImageFilter.GaussianBlur(1.2)), 60)


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(jpeg_bytes(picture, quality))).convert("L")


def jpeg_bytes(picture: Image.Image, quality: int = 85) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def by_zbar(picture: Image.Image, folder: Path) -> str:
    file = folder / "read.png"
    picture.save(file)
    done = subprocess.run(
        ["zbarimg", "-q", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.rstrip("\n")
