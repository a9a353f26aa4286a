"""
Two signatures on a paper: the officer certifies it, the office seals it. Bytes in, bytes out.

PAdES baseline B-B (ETSI EN 319 142-1): SubFilter ETSI.CAdES.detached. The certification allows
form filling (DocMDP P=2) and no more, so the seal and later time stamps may be added and nothing
else may.
"""

import io
from datetime import datetime
from enum import StrEnum
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession


class Field(StrEnum):
    OFFICER = "Officer"
    SEAL = "Seal"


# CMS without certificates and signature: 620 bytes measured, and room for long names.
_CMS_BYTES = 900


class _Writer(IncrementalPdfFileWriter):
    """Keeps the version at 1.7: PDF/A-2 knows no 2.0, which pyHanko would state for ECDSA."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        pass


class _TimedSigner(signers.PdfSigner):
    """States the time that it was told; pyHanko's own reads the clock."""

    def __init__(self, *args: Any, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at = at

    def init_signing_session(self, *args: Any, **more: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **more)
        session.system_time = self._at
        return session


def certify(data: bytes, signer: Signer, *, reason: str, at: datetime) -> bytes:
    """Return the paper with the officer's certifying signature: the first on it."""
    return _sign(data, signer, Field.OFFICER, reason=reason, certifies=True, at=at)


def seal(data: bytes, signer: Signer, *, reason: str, alone: bool, at: datetime) -> bytes:
    """Return the paper with the office's seal; `alone` where no officer signed before it."""
    return _sign(data, signer, Field.SEAL, reason=reason, certifies=alone, at=at)


def _sign(
    data: bytes, signer: Signer, field: Field, *, reason: str, certifies: bool, at: datetime
) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name=field.value,
        md_algorithm="sha256",
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=certifies,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    # PDF/A wants the field printable, PDF/UA wants it hidden, tagged or off the page: off the page.
    place = fields.SigFieldSpec(
        field.value,
        on_page=0,
        invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
        readable_field_name=field.value,
        combine_annotation=True,
    )
    pdf_signer = _TimedSigner(metadata, signer, new_field_spec=place, at=at)
    output = pdf_signer.sign_pdf(_Writer(io.BytesIO(data)), bytes_reserved=_reserve(signer))
    return bytes(output.getbuffer())


def _reserve(signer: Signer) -> int:
    """
    Return how many hexadecimal digits to keep free for the CMS.

    Known beforehand, it saves a trial signature; tight, it saves the second signature from
    reading a long gap token by token.
    """
    own = signer.signing_cert
    if own is None:
        raise ValueError("a signer without a certificate")
    signature: int = own.public_key.byte_size * 2 + 16
    others = [each for each in signer.cert_registry if each != own]
    return 2 * (_CMS_BYTES + signature + sum(len(each.dump()) for each in [own, *others]))
