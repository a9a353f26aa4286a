"""A second person has agreed: the key is made, and its certificate asked for or fetched."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import queries as accounts
from documents import custody
from documents.custody.csc import held_certificates
from documents.events import CredentialIssued
from documents.models import (
    Asked,
    Credential,
    CredentialKey,
    CredentialRequest,
    CredentialState,
    Road,
)
from documents.operations.credentials import standing
from documents.operations.credentials.asking import Owner, is_overtaken, require_right
from documents.pki import csr, open_authority, revocation
from documents.pki.csr import Subject
from documents.pki.judging import Accepted, BadCertificate, judge
from documents.policies import ISSUE_CREDENTIAL
from kernel import audit, outbox
from kernel.country import country
from places import queries as places

log = structlog.get_logger()

Clock = Callable[[], datetime]


class NotAwaited(Exception):
    """No certificate is awaited for this request: declined, not yet approved, done, overtaken."""


def claim_keys(*, limit: int, now: datetime, until: datetime) -> list[int]:
    """Lease up to `limit` approved requests whose key, or whose certificate, is ours to get."""
    with transaction.atomic():
        due = (
            CredentialRequest.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(
                Q(lease_until=None) | Q(lease_until__lt=now),
                Q(key=None) | ~Q(road=Road.CSR),
                asked=Asked.ISSUE,
                decision__approved=True,
                credential_made=None,
            )
            .order_by("pk")
        )
        claimed = list(due.values_list("pk", flat=True)[:limit])
        CredentialRequest.objects.filter(pk__in=claimed).update(lease_until=until)
    return claimed


def make(request_id: int, *, clock: Clock) -> None:
    """
    Make the key of an approved request and what the authority is to sign; where the certificate
    is at hand, issue. Repeating it changes nothing. No transaction may be open around it.

    :raises SignerUnavailable: if the custody is away; what was done before stands
    :raises BadCertificate: if what the signing service holds is not fit
    """
    request = CredentialRequest.objects.get(pk=request_id)
    if is_overtaken(request):
        log.info("credential.request_overtaken", request_id=request_id)
        return
    if request.road == Road.SERVICE:
        certificate, chain = held_certificates(request.key_ref)
        accepted = judge(
            certificate + chain, subject=_subject(request), spki=None, at=clock(),
            commits=Owner.of(request).commits,
        )  # fmt: skip
        _prove_held(request, accepted)
        issue(request_id, accepted, key_ref=request.key_ref, by_id=None, at=clock())
        return
    key = CredentialKey.objects.filter(request=request).first() or _make_key(request, clock)
    if request.road == Road.OWN:
        issue(request_id, _certify(request, key, clock()), key_ref=key.key_ref, by_id=None,
              at=clock())  # fmt: skip


def receive(*, request_id: int, pem: str, by_id: int, at: datetime) -> int:
    """
    Take in the certificate that the authority made, with its chain; return the credential's id.

    :raises NotAwaited: if none is awaited
    :raises BadCertificate: if it is not ours, not fit, or of no authority that we trust
    """
    request = CredentialRequest.objects.select_related("key").filter(
        pk=request_id, road=Road.CSR, decision__approved=True, key__isnull=False
    ).first()  # fmt: skip
    if request is None:
        raise NotAwaited
    owner = Owner.of(request)
    require_right(owner, ISSUE_CREDENTIAL.code, by_id=by_id, at=at)
    accepted = judge(
        pem, subject=_subject(request), spki=csr.public_key(request.key.csr), at=at,
        commits=owner.commits,
    )  # fmt: skip
    return issue(request_id, accepted, key_ref=request.key.key_ref, by_id=by_id, at=at)


def issue(
    request_id: int, accepted: Accepted, *, key_ref: str, by_id: int | None, at: datetime
) -> int:
    """
    Put a credential into force, in place of its owner's last one; return its id.

    :raises NotAwaited: if the request has its credential already, or its owner was stopped since
    :raises BadCertificate: if the certificate is another credential's, or its authority revoked it
    """
    with transaction.atomic():
        request = CredentialRequest.objects.select_for_update().get(pk=request_id)
        if Credential.objects.filter(request=request).exists() or is_overtaken(request):
            raise NotAwaited
        if Credential.objects.filter(serial=accepted.serial).exists():
            raise BadCertificate("known")
        whole = (accepted.certificate + accepted.chain).encode()
        if revocation.is_revoked(x509.load_pem_x509_certificates(whole), at=at):
            raise BadCertificate("revoked")
        owner = Owner.of(request)
        theirs = list(Credential.objects.select_for_update().filter(**owner.columns).order_by("pk"))
        if not _is_there(owner) or any(_stops(each, request) for each in theirs):
            raise NotAwaited
        for before in (each for each in theirs if each.state == CredentialState.ACTIVE):
            standing.move(before, CredentialState.RETIRED, at=at, reason="superseded")
        made = Credential.objects.create(
            **owner.columns,
            certificate=accepted.certificate,
            chain=accepted.chain,
            custody=request.custody,
            key_ref=key_ref,
            serial=accepted.serial,
            not_before=accepted.not_before,
            not_after=accepted.not_after,
            issued_at=at,
            request=request,
        )
        outbox.publish(CredentialIssued(subject_id=made.pk, occurred_at=at))
        audit.record(
            act="credential.issued",
            actor_id=by_id,
            subject="documents.credential",
            subject_id=made.pk,
            detail={"request": request.pk, "road": request.road},
            at=at,
        )
    log.info("credential.issued", credential_id=made.pk)
    return made.pk


def _is_there(owner: Owner) -> bool:
    """Tell whether the account, or the office, is not closed."""
    if owner.account_id is not None:
        return accounts.account(owner.account_id).is_active
    return owner.office_id is None or places.office(owner.office_id).active


def _stops(credential: Credential, request: CredentialRequest) -> bool:
    """
    Tell whether the owner's credential is suspended, or was revoked after the request was agreed
    to: whoever agreed did not know of it, and a new one would make the old one's papers good.
    """
    if credential.state == CredentialState.SUSPENDED:
        return True
    ended_at = credential.ended_at
    return (
        credential.state == CredentialState.REVOKED
        and ended_at is not None
        and ended_at >= request.decision.decided_at
    )


def _make_key(request: CredentialRequest, clock: Clock) -> CredentialKey:
    # Named by the request: a key whose making was interrupted is found again, and used.
    key_ref = f"{request.purpose.replace('_', '-')}-{request.pk}"
    spki = custody.make_key(request.custody, key_ref, request.algorithm)
    text = csr.request(
        _subject(request), spki, lambda data: custody.prove(request.custody, key_ref, data)
    )
    made, _ = CredentialKey.objects.get_or_create(
        request=request, defaults={"key_ref": key_ref, "csr": text, "made_at": clock()}
    )
    return made


def _certify(request: CredentialRequest, key: CredentialKey, at: datetime) -> Accepted:
    here, subject = country(), _subject(request)
    authority = open_authority(
        Path(settings.PKI_DIR),
        country_code=here.code,
        country_name=here.name("en"),
        site_url=settings.SITE_URL,
        at=at,
    )
    spki = csr.public_key(key.csr)
    owner = Owner.of(request)
    made = authority.certify(
        csr.loaded(spki),
        common_name=subject.common_name,
        unit=subject.unit,
        serial_name=subject.serial_name,
        key_ref=key.key_ref,
        at=at,
        commits=owner.commits,
    )
    return judge(
        made.certificate + made.chain, subject=subject, spki=spki, at=at, commits=owner.commits
    )


def _prove_held(request: CredentialRequest, accepted: Accepted) -> None:
    """:raises SignerUnavailable: if the service does not sign by the certificate's key"""
    custody.signer(
        request.custody,
        custody.Holder(0, accepted.certificate, accepted.chain, request.key_ref),
    )


def _subject(request: CredentialRequest) -> Subject:
    here = country()
    unit = ""
    if request.office_id is not None:
        unit = places.office(request.office_id).code
    elif request.account_id is not None:
        office_id = accounts.account(request.account_id).office_id
        unit = places.office(office_id).told(here.default_language) if office_id else ""
    whose = request.account_id or request.office_id
    return Subject(
        country_code=here.code.upper(),
        organisation=here.name("en"),
        unit=unit,
        serial_name=f"{request.purpose.replace('_', '-')}-{whose or 'state'}",
        common_name=request.common_name,
    )
