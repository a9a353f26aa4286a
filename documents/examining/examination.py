"""
What a file is: first by its raw bytes, then by its structure, which pyHanko reads.

The first reading follows nothing and so ends soon; the second may break or never end.
"""

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from documents import embedded

# A paper of ours has two signatures, and an archive stamp every few years.
SIGNATURES_MAX = 32
_TEXT_BYTES_MAX = 64 * 1024


@dataclass(frozen=True)
class Trust:
    """
    What the house believes, all DER: its roots, and the authorities beneath them.

    What authorities have revoked is not sent along: lists are as long as they like, and the house
    asks its own about the few certificates of a file that are its own.
    """

    roots: tuple[bytes, ...]
    stamp_roots: tuple[bytes, ...]
    others: tuple[bytes, ...]
    at: datetime


def glance(data: bytes) -> dict[str, Any]:
    """
    Return what the raw bytes show: `numbers` of papers, whether the file has its end (`ends`), and
    `marks`: what has the shape of a signature, with the certificates in it.

    A mark's `signer` is the certificate that it names as its signer's; `proven` says whether that
    one's key signed the bytes that the mark points at.
    """
    return {
        "numbers": sorted(embedded.numbers(data)),
        "ends": embedded.ends(data),
        "marks": [_mark(each) for each in embedded.signatures(data)],
    }


def _mark(signature: embedded.Signature) -> dict[str, Any]:
    signer = next(
        (der for der in signature.certificates if signature.by(x509.Certificate.load(der))),
        None,
    )
    return {
        "certificates": {
            sha256(der).hexdigest(): serial for der, serial in signature.certificates.items()
        },
        "signer": sha256(signer).hexdigest() if signer else None,
        "proven": signer is not None and signature.proves(x509.Certificate.load(signer)),
        "to_the_end": signature.to_the_end,
        "beyond_the_end": signature.beyond_the_end,
    }


async def examine(data: bytes, trust: Trust) -> dict[str, Any]:
    """
    Return what the structure shows: `encrypted`, `numbers` of papers in its description,
    `signatures`.

    Certificates in the file help to build a path; only the trusted roots end one.

    :raises Exception: whatever pyHanko raises for a file that cannot be read
    """
    reader = PdfFileReader(io.BytesIO(data))
    if reader.encrypted:
        return {"encrypted": True}
    # The form is walked, shared branches again and again: the limits of time end that.
    found = list(islice(reader.embedded_signatures, SIGNATURES_MAX))
    # First of all: what is read elsewhere stays in the reader, and a comparison stumbles over it.
    signatures = [await _signature(each, trust) for each in found]
    return {
        "numbers": sorted(_numbers(reader)),
        "signatures": signatures,
    }


async def _signature(signature: EmbeddedPdfSignature, trust: Trust) -> dict[str, Any]:
    told: dict[str, Any] = {"stamp": False, "intact": False, "trusted": False, "level": None}
    # Bytes made to break parsers raise whatever they like: such a signature proves nothing.
    with suppress(Exception):
        told["stamp"] = signature.sig_object_type == "/DocTimeStamp"
        certificate = signature.signer_cert
        told["signer"] = sha256(certificate.dump()).hexdigest()
        told["serial"] = f"{certificate.serial_number:x}"
        # New contexts each time: what one signature's chain brings is of no use to the next.
        stamps = _context(trust, trust.stamp_roots)
        if told["stamp"]:
            status: Any = await async_validate_pdf_timestamp(signature, stamps)
        else:
            status = await async_validate_pdf_signature(
                signature, _context(trust, trust.roots), ts_validation_context=stamps
            )
        level = status.modification_level
        told |= {
            "intact": bool(status.intact and status.valid),
            "trusted": bool(status.trusted),
            "level": level.name if level is not None else None,
        }
    return told


def _context(trust: Trust, roots: tuple[bytes, ...]) -> ValidationContext:
    return ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in roots],
        other_certs=[x509.Certificate.load(der) for der in trust.others],
        moment=trust.at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _numbers(reader: PdfFileReader) -> Iterator[str]:
    """Yield what looks like a paper's number in the description, compressed or not."""
    try:
        description = reader.root["/Metadata"].data[:_TEXT_BYTES_MAX]
        title = str(reader.trailer["/Info"].get("/Title", ""))[:_TEXT_BYTES_MAX]
    # As above; most files have neither.
    except Exception:
        return
    yield from embedded.numbers(description + b" " + title.encode(errors="replace"))
