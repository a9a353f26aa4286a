"""Papers drawn and signed by the fast road, and what pyHanko says of them."""

import io
from collections.abc import Callable

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus

from documents import fast
from documents.rendering import draw
from tests.documents.fast import keys
from tests.documents.papers import content
from tests.world import NOON

RESERVE = 8192
Stamp = Callable[[bytes], bytes]


def drawn(**more: object) -> bytes:
    return draw(content(**more))


def certified(data: bytes, signer: Signer, *, stamp: Stamp | None = None) -> bytes:
    return fast.sign(
        data, signer, "Officer", reason="Certified by the officer", certifies=True, at=NOON,
        reserve=RESERVE * (3 if stamp else 1), stamp=stamp,
    )  # fmt: skip


def sealed(
    data: bytes, signer: Signer, *, alone: bool = False, stamp: Stamp | None = None
) -> bytes:
    return fast.sign(
        data, signer, "Seal", reason="Sealed by the office", certifies=alone, at=NOON,
        reserve=RESERVE * (3 if stamp else 1), stamp=stamp,
    )  # fmt: skip


def issued(data: bytes, algorithm: str, *, alone: bool = False) -> bytes:
    """Return the paper as a citizen gets it."""
    seal = keys.signer("Kimironko Sector Office", algorithm)
    if alone:
        return sealed(data, seal, alone=True)
    return sealed(certified(data, keys.signer("Marie-Claire Uwase", algorithm)), seal)


def judged(data: bytes, *, changes: bool = True) -> list[PdfSignatureStatus]:
    """Return pyHanko's verdicts; its policy of allowed changes costs it most of the time."""
    found = PdfFileReader(io.BytesIO(data)).embedded_signatures
    return [
        validate_pdf_signature(each, keys.context(), keys.context(), skip_diff=not changes)
        for each in found
    ]


def assert_good(data: bytes, *, signatures: int) -> None:
    """All signatures hold; each covers all there was, and nothing but signing followed."""
    found = judged(data)
    assert len(found) == signatures
    for number, each in enumerate(found, start=1):
        last = number == signatures
        assert each.bottom_line, each.pretty_print_details()
        whole = SignatureCoverageLevel.ENTIRE_FILE
        assert each.coverage == (whole if last else SignatureCoverageLevel.ENTIRE_REVISION)
        assert each.modification_level == (
            ModificationLevel.NONE if last else ModificationLevel.FORM_FILLING
        )
        assert each.docmdp_ok
        assert each.signer_reported_dt == NOON
