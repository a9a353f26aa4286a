"""
What a validator of EN 319 102-1 says of a paper, from the file alone or with lists that we keep.

pyHanko's AdES validator judges first. It gives up on two kinds of files that the standard accepts,
and there its own parts are put together once more: signatures whose only time is a stamp over the
document (EN 319 142-1 lets either give B-T), and certificates that have run out and were issued by
an authority under the root (it looks for that authority's list under a path cut short above it).
"""

import asyncio
import dataclasses
import io
from copy import copy
from datetime import datetime
from functools import partial

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
    bootstrap_validation_data_handlers,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.errors import PathError
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from documents.longterm import roots
from documents.longterm.evidence import Evidence

_STAMP = "/DocTimeStamp"
# What time alone has taken from a good signature, and proof of an earlier time gives back.
_MENDED_BY_TIME = {
    AdESPassed.OK,
    AdESIndeterminate.REVOKED_NO_POE,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
    AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.TRY_LATER,
}


@dataclasses.dataclass(frozen=True)
class Judged:
    """One signature: whether it is PASSED, and the standard's word for why not."""

    field: str
    passed: bool
    why: str


def judge(data: bytes, *, at: datetime, evidence: Evidence | None = None) -> list[Judged]:
    """
    Judge each signature of a paper of ours at a moment, offline; stamps are judged with them.

    Not for strangers' files: the whole structure is read. Without `evidence` the file must bring
    all of it: for a while after it was stamped, and then only with the lists of today about the
    last stamp's authority.
    """
    reader = PdfFileReader(io.BytesIO(data))
    spec = _spec(evidence)
    timing = ValidationTimingInfo(
        validation_time=at, best_signature_time=at, point_in_time_validation=True
    )

    async def judged() -> list[Judged]:
        return [
            await _judged(signature, spec, timing)
            for signature in reader.embedded_signatures
            if signature.sig_object_type != _STAMP
        ]

    return asyncio.run(judged())


def _spec(evidence: Evidence | None) -> SignatureValidationSpec:
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(
                trust_roots=[*roots.of_papers(), *roots.of_stamps()]
            ),
            revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("hard-fail")),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
        ),
        local_knowledge=LocalKnowledge(
            known_crls=[CRLContainer(each) for each in evidence.lists] if evidence else []
        ),
    )


async def _judged(
    signature: EmbeddedPdfSignature, spec: SignatureValidationSpec, timing: ValidationTimingInfo
) -> Judged:
    if not _untouched(signature):
        return Judged(signature.field_name, passed=False, why="changed since")
    result = await ades.ades_lta_validation(
        signature, PdfSignatureValidationSpec(spec), timing_info=timing
    )
    found = result.ades_subindic
    if found != AdESPassed.OK:
        found = await _in_the_past(signature, spec, timing) or found
    return Judged(signature.field_name, passed=found == AdESPassed.OK, why=found.standard_name)


def _untouched(signature: EmbeddedPdfSignature) -> bool:
    """Say whether whatever was added since is what the certification allows."""
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    return signature.summarise_integrity_info()["docmdp_ok"] is True


async def _in_the_past(
    signature: EmbeddedPdfSignature, spec: SignatureValidationSpec, timing: ValidationTimingInfo
) -> AdESSubIndic | None:
    """
    Judge by the times that the document's own stamps prove (EN 319 102-1, 5.6.2.4).

    None: they prove nothing that helps.
    """
    known = ades._dss_to_local_knowledge(signature.reader)
    known.known_crls.extend(spec.local_knowledge.known_crls)
    spec = dataclasses.replace(spec, local_knowledge=known)
    try:
        proven = await _proven_times(signature, spec, timing)
        existed_at = proven[signature.signer_info["signature"].native]
        told = extract_certificate_info(signature.signed_data)
        certificate = told.signer_cert
        spec = _with_what_tells(spec, [certificate, *told.other_certs], proven, timing)
        basic = await ades.ades_basic_validation(
            signature.signed_data,
            validation_spec=spec,
            timing_info=timing,
            raw_digest=signature.compute_digest(),
        )
        if basic.ades_subindic not in _MENDED_BY_TIME:
            return None
        handlers = bootstrap_validation_data_handlers(
            spec, is_historical=True, poe_manager_override=proven
        )
        handlers.cert_registry.register_multiple(told.other_certs)
        _, good_until = await ades._build_and_past_validate_cert(
            certificate, spec.cert_validation_policy, handlers
        )
    except (SignatureValidationError, PathError, _NoStamps):
        return None
    begun, over = certificate.not_valid_before, certificate.not_valid_after
    return AdESPassed.OK if begun <= existed_at <= min(good_until, over) else None


class _NoStamps(Exception):
    """The document has no stamp of its own."""


async def _proven_times(
    signature: EmbeddedPdfSignature, spec: SignatureValidationSpec, timing: ValidationTimingInfo
) -> POEManager:
    """
    Return since when each thing in the document is proven to exist.

    The newest stamp must be good now; it proves when the one before was there still, and so on.

    :raises SignatureValidationError: if one of them cannot be believed
    """
    stamps = ades._build_prima_facie_poe_index_from_pdf_timestamps(
        signature.reader, include_content_ts=False, diff_policy=None
    )
    if not stamps:
        raise _NoStamps
    proven = POEManager()
    for stamp in sorted(stamps, key=lambda each: each.pdf_revision, reverse=True):
        token = stamp.timestamp_token_signed_data
        told = extract_certificate_info(token)
        fitting = _with_what_tells(spec, [told.signer_cert, *told.other_certs], proven, timing)
        now = await ades.ades_timestamp_validation(
            tst_signed_data=token,
            validation_spec=fitting,
            timing_info=timing,
            expected_tst_imprint=partial(_digest_of, stamp.doc_digest),
            validation_data_handlers=bootstrap_validation_data_handlers(
                fitting, timing_info=timing, poe_manager_override=copy(proven)
            ),
        )
        found = now.ades_subindic
        if isinstance(found, AdESIndeterminate):
            found = await ades.ades_past_signature_validation(
                signed_data=token,
                validation_spec=fitting,
                poe_manager=copy(proven),
                current_time_sub_indic=found,
                init_control_time=timing.validation_time,
            )
        if found != AdESPassed.OK:
            raise SignatureValidationError("a stamp is not to be believed")
        stamp.add_to_poe_manager(proven)
    return proven


def _digest_of(digest: bytes, _algorithm: str) -> bytes:
    return digest


def _with_what_tells(
    spec: SignatureValidationSpec,
    chain: list[x509.Certificate],
    proven: POEManager,
    timing: ValidationTimingInfo,
) -> SignatureValidationSpec:
    """
    Leave out the lists that say nothing of these certificates.

    Made after a certificate has run out, a list need not name it any more (RFC 5280, 3.3); not
    proven to have been there before, it may have been made by whoever got hold of an old key.
    """

    def tells(each: CRLContainer) -> bool:
        return all(
            each.crl_data.issuer != certificate.issuer
            or timing.validation_time <= certificate.not_valid_after
            or copy(proven)[each] <= certificate.not_valid_after
            for certificate in chain
        )

    local = spec.local_knowledge
    return dataclasses.replace(
        spec,
        local_knowledge=dataclasses.replace(
            local, known_crls=[each for each in local.known_crls if tells(each)]
        ),
    )
