"""
Two signatures on a paper: the officer certifies it, the office seals it. Bytes in, bytes out.

PAdES baseline (ETSI EN 319 142-1): SubFilter ETSI.CAdES.detached; B-B, or B-T where a time stamp is
taken over the signature. The certification allows form filling (DocMDP P=2) and no more, so the
seal and later time stamps may be added and nothing else may.
"""

import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession

from documents import fast
from documents.signing.writer import Writer, out_of_sight
from documents.tsa import NoStamp, Stamp, Stamper, TokenTooLong

log = structlog.get_logger()


class Field(StrEnum):
    OFFICER = "Officer"
    SEAL = "Seal"


# CMS without certificates, signature and time stamp: 620 bytes measured, and room for long names.
_CMS_BYTES = 900


class _TimedSigner(signers.PdfSigner):
    """States the time that it was told; pyHanko's own reads the clock."""

    def __init__(self, *args: Any, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at = at

    def init_signing_session(self, *args: Any, **more: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **more)
        session.system_time = self._at
        return session


def certify(
    data: bytes, signer: Signer, *, reason: str, at: datetime, stamper: Stamper | None = None
) -> bytes:
    """
    Return the paper with the officer's certifying signature: the first on it.

    :raises NoStamp: if there is a `stamper`, and no authority stamps now; without one it is B-B
    """
    return _sign(data, signer, Field.OFFICER, reason=reason, certifies=True, at=at, stamper=stamper)


def seal(
    data: bytes,
    signer: Signer,
    *,
    reason: str,
    alone: bool,
    at: datetime,
    stamper: Stamper | None = None,
) -> bytes:
    """
    Return the paper with the office's seal; `alone` where no officer signed before it.

    :raises NoStamp: if there is a `stamper`, and no authority stamps now; without one it is B-B
    """
    return _sign(data, signer, Field.SEAL, reason=reason, certifies=alone, at=at, stamper=stamper)


def sign_all(
    all_data: Mapping[int, bytes], signer: Signer, field: Field, *,
    reason: str, certifies: bool, at: datetime, stamper: Stamper | None,
) -> dict[int, tuple[bytes, Stamp | None]]:  # fmt: skip
    """
    Sign several papers of our making: the key is asked once, and so are the time stamps.

    A paper that is not of our making is left out. Without stamps all of them are B-B.
    """
    reserve = _reserve(signer, stamper)
    begun = {}
    for paper_id, data in all_data.items():
        try:
            begun[paper_id] = fast.begin(
                data, signer, field.value, reason=reason, certifies=certifies, at=at,
                reserve=reserve,
            )  # fmt: skip
        except fast.NotOurMaking as where:
            log.info("signature.not_together", field=field.value, where=str(where))
    signatures = fast.raw(signer, [each.to_sign for each in begun.values()]) if begun else []
    given = _stamps(signatures, stamper)
    return {
        paper_id: (each.done(signature, given[index][0]), given[index][1])
        for index, ((paper_id, each), signature) in enumerate(
            zip(begun.items(), signatures, strict=True)
        )
    }


def _stamps(signatures: list[bytes], stamper: Stamper | None) -> list[tuple[bytes, Stamp | None]]:
    if stamper is not None and signatures:
        try:
            return list(stamper.stamp_all([hashlib.sha256(one).digest() for one in signatures]))
        except NoStamp:
            log.warning("signatures.not_stamped_now", count=len(signatures))
    return [(b"", None)] * len(signatures)


def _sign(
    data: bytes,
    signer: Signer,
    field: Field,
    *,
    reason: str,
    certifies: bool,
    at: datetime,
    stamper: Stamper | None,
) -> bytes:
    def once() -> bytes:
        reserve = _reserve(signer, stamper)
        try:
            return fast.sign(
                data, signer, field.value, reason=reason, certifies=certifies, at=at,
                reserve=reserve, stamp=stamper.stamp if stamper else None,
            )  # fmt: skip
        except fast.NotOurMaking as where:
            log.info("signature.by_pyhanko", field=field.value, where=str(where))
        return by_pyhanko(
            data, signer, field, reason=reason, certifies=certifies, at=at,
            reserve=reserve, stamper=stamper,
        )  # fmt: skip

    try:
        return once()
    except TokenTooLong:
        # The stamper knows now how long this authority's tokens are.
        return once()


def by_pyhanko(
    data: bytes,
    signer: Signer,
    field: Field,
    *,
    reason: str,
    certifies: bool,
    at: datetime,
    reserve: int,
    stamper: Stamper | None = None,
) -> bytes:
    """Sign any PDF, whoever made it; `reserve` is the room for the CMS, in hexadecimal digits."""
    metadata = signers.PdfSignatureMetadata(
        field_name=field.value,
        md_algorithm="sha256",
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=certifies,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    place = fields.SigFieldSpec(
        field.value,
        on_page=0,
        invis_sig_settings=out_of_sight(),
        readable_field_name=field.value,
        combine_annotation=True,
    )
    pdf_signer = _TimedSigner(metadata, signer, timestamper=stamper, new_field_spec=place, at=at)
    output = pdf_signer.sign_pdf(Writer(io.BytesIO(data)), bytes_reserved=reserve)
    return bytes(output.getbuffer())


def _reserve(signer: Signer, stamper: Stamper | None) -> int:
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
    stamp = stamper.token_bytes if stamper else 0
    chain = sum(len(each.dump()) for each in [own, *others])
    return 2 * (_CMS_BYTES + signature + chain + stamp)
