"""Photos are decoded and written anew: what comes out is pixels and nothing else."""

import io
from typing import Final

from PIL import Image, ImageOps

from kernel.cleaning.reasons import Refused, Why

PIXELS_MAX: Final = 40_000_000
# Below the eye's notice on a photographed paper, and a third of the bytes of "keep everything".
JPEG_QUALITY: Final = 88
# Asked below, by what the file says before anything of it is decoded.
Image.MAX_IMAGE_PIXELS = None

_PNG_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA"})
_DEEP_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "F"})


def clean(data: bytes, form: str) -> bytes:
    """
    Return the picture of a JPEG or PNG, as the same form without metadata, the right way up.

    :raises Refused: if it has too many pixels, or cannot be decoded whole
    """
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as opened:
            _require_size(opened)
            opened.load()
            upright = _plain(ImageOps.exif_transpose(opened), form)
        # Comments, profiles, places and thumbnails travel in here.
        upright.info = {}
        written = io.BytesIO()
        if form == "JPEG":
            upright.save(written, "JPEG", quality=JPEG_QUALITY)
        else:
            upright.save(written, "PNG")
    except (Refused, MemoryError):
        raise
    # Whatever a decoder says of bytes made to break it.
    except Exception:
        raise Refused(Why.BROKEN) from None
    return written.getvalue()


def _require_size(image: Image.Image) -> None:
    if image.width * image.height > PIXELS_MAX:
        raise Refused(Why.PIXELS)


def _plain(image: Image.Image, form: str) -> Image.Image:
    """Return it in a mode that every viewer shows alike."""
    if form == "JPEG":
        return image if image.mode in {"L", "RGB"} else image.convert("RGB")
    if image.mode in _DEEP_MODES:
        return image.convert("I").point(lambda depth: depth / 256).convert("L")
    if "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in _PNG_MODES else image.convert("RGB")
