"""
Revisions that make a paper last: time stamps over the whole, and what proves its certificates.

PAdES (ETSI EN 319 142-1): a document time stamp gives B-T; validation data in the document's
security store (DSS) and a stamp over it give B-LTA. Bytes in, bytes out; nothing is fetched.
"""

import asyncio
import io
from collections.abc import Iterable
from datetime import datetime

from asn1crypto import cms, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath

from documents.longterm.evidence import Evidence
from documents.signing.writer import Writer, out_of_sight
from documents.tsa import Stamper, TokenTooLong

_STAMP = "/DocTimeStamp"


class EvidenceMissing(Exception):
    """A list is not there yet, or not new enough: the paper waits for the next one."""


def stamp(data: bytes, stamper: Stamper) -> bytes:
    """
    Return the paper with a time stamp over all of it.

    :raises NoStamp: if no authority stamps now
    """
    return _stamped(data, _stamps_in(data), stamper)


def augment(data: bytes, evidence: Evidence, stamper: Stamper, *, stamped_at: datetime) -> bytes:
    """
    Return a stamped paper with what proves all its certificates, and a stamp over that.

    EN 319 102-1 counts what says "not revoked" only from its making on, so the lists of those
    who issued the signers' certificates must be younger than the stamp: `stamped_at`.

    :raises EvidenceMissing: if a list is missing, or older than that
    :raises NoStamp: if no authority stamps now
    """
    signatures = _signatures(data)
    signers = [each for each in signatures if each.sig_object_type != _STAMP]
    for signature in signers:
        made_at = evidence.newest_list_at(signature.signer_cert.issuer)
        if made_at is None or made_at <= stamped_at:
            raise EvidenceMissing
    try:
        paths = _paths(signatures, evidence, stamper.at)
    except EvidenceMissing:
        # Revoked or run out since, perhaps: what was signed before that is proven as of its stamp.
        stamps = [each for each in signatures if each.sig_object_type == _STAMP]
        paths = _paths(signers, evidence, stamped_at, looking_back=True)
        paths += _paths(stamps, evidence, stamper.at)
    return _proven(data, evidence, paths, stamper)


def refresh(data: bytes, evidence: Evidence, stamper: Stamper) -> bytes:
    """
    Return the paper with what proves its last stamp, and a new one over it all.

    Signers' certificates may have run out since: of those whatever can still be proven is added.

    :raises EvidenceMissing: if the last stamp cannot be proven any more, or not yet
    :raises NoStamp: if no authority stamps now
    """
    *earlier, last = _signatures(data)
    paths = _paths([last], evidence, stamper.at)
    for signature in earlier:
        try:
            paths += _paths([signature], evidence, stamper.at)
        except EvidenceMissing:
            # Proven by the revision before, which the last stamp covers.
            continue
    return _proven(data, evidence, paths, stamper)


def chains(data: bytes) -> list[list[x509.Certificate]]:
    """Return the certificates that each signature and each stamp brought, nearest first."""
    found = []
    for signature in _signatures(data):
        found.append(_chain(signature.signed_data))
        for signed in (True, False):
            for token in extract_tst_data_iter(signature.signer_info, signed=signed):
                found.append(_chain(token))
    return found


def _chain(signed: cms.SignedData) -> list[x509.Certificate]:
    told = extract_certificate_info(signed)
    chain, others = [told.signer_cert], list(told.other_certs)
    while above := next((each for each in others if each.subject == chain[-1].issuer), None):
        others.remove(above)
        chain.append(above)
    return chain


def _signatures(data: bytes) -> list[EmbeddedPdfSignature]:
    return list(PdfFileReader(io.BytesIO(data)).embedded_signatures)


def _stamps_in(data: bytes) -> int:
    return sum(each.sig_object_type == _STAMP for each in _signatures(data))


def _paths(
    signatures: Iterable[EmbeddedPdfSignature],
    evidence: Evidence,
    at: datetime,
    *,
    looking_back: bool = False,
) -> list[ValidationPath]:
    """
    Return the chains of signers and stamps, each proven to be good at `at`.

    Looking back, lists may be younger than that: what was revoked later was good then.
    """
    context = ValidationContext(
        trust_roots=list(evidence.roots),
        crls=list(evidence.lists),
        ocsps=list(evidence.answers),
        allow_fetching=False,
        revocation_mode="hard-fail",
        retroactive_revinfo=looking_back,
        moment=at,
    )

    async def gathered() -> list[ValidationPath]:
        return [
            path
            for signature in signatures
            for path in await collect_validation_info(signature, context)
        ]

    try:
        return asyncio.run(gathered())
    except (PathError, ValidationError) as error:
        raise EvidenceMissing(type(error).__name__) from None


def _proven(
    data: bytes, evidence: Evidence, paths: list[ValidationPath], stamper: Stamper
) -> bytes:
    issuers = {certificate.issuer.dump() for path in paths for certificate in path}
    writer = Writer(io.BytesIO(data))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        paths=paths,
        crls=[each for each in evidence.lists if each.issuer.dump() in issuers],
        ocsps=evidence.answers,
        # With the roots: a validator finds a root's list only by its certificate.
        embed_roots=True,
    )
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return _stamped(output.getvalue(), _stamps_in(data), stamper)


def _stamped(data: bytes, stamps: int, stamper: Stamper) -> bytes:
    stamping = PdfTimeStamper(
        stamper,
        field_name=f"Stamp{stamps + 1}",
        invis_settings=out_of_sight(),
        readable_field_name=f"Stamp {stamps + 1}",
    )

    def once() -> bytes:
        # A stamp's place is written before it is asked for: each try begins with the bytes.
        output = stamping.timestamp_pdf(
            Writer(io.BytesIO(data)), "sha256", bytes_reserved=2 * stamper.token_bytes
        )
        return bytes(output.getbuffer())

    try:
        return once()
    except TokenTooLong:
        return once()
