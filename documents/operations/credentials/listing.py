"""Revocation lists: our own authority's published, every authority's fetched and kept."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import structlog
from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from documents import wire
from documents.models import (
    Credential,
    CredentialNotice,
    CredentialState,
    RevocationKind,
    RevocationSnapshot,
    RevocationSource,
)
from documents.operations.credentials import standing
from documents.pki import Revoked, open_authority, revocation
from documents.states import OVER
from kernel import audit
from kernel.country import country

log = structlog.get_logger()

Clock = Callable[[], datetime]

OWN_LISTS_EVERY = timedelta(days=1)
_WANTED = timedelta(days=2)
# Of a whole list, within its lease.
_SECONDS_MAX = 60.0
_BYTES_MAX = 20 * 2**20
_ASKED_AT_LEAST_EVERY, _ASKED_AT_MOST_EVERY = timedelta(hours=12), timedelta(minutes=10)
_AGAIN, _AGAIN_AT_LATEST = timedelta(minutes=5), timedelta(hours=1)


def publish_lists(*, at: datetime) -> None:
    """
    Have development's own authority say what it has revoked; keep what it said.

    Nothing in production, where the authority is the state's.
    """
    folder = _own_folder()
    if folder is None:
        return
    here = country()
    authority = open_authority(
        folder,
        country_code=here.code,
        country_name=here.name("en"),
        site_url=settings.SITE_URL,
        at=at,
    )
    revoked = [
        Revoked(int(serial, 16), ended_at, reason)
        for serial, ended_at, reason in _revoked(authority.issuing_certificate).values_list(
            "serial", "ended_at", "end_reason"
        )
        if ended_at is not None
    ]
    issuers = [
        x509.load_pem_x509_certificate((folder / f"{name}.cer").read_bytes())
        for name in ("root", "issuing")
    ]
    made = authority.publish_lists(revoked=revoked, at=at)
    for der, issuer in zip(made, issuers, strict=True):
        revocation.keep(revocation.read_list(der, issuer), at=at)
    log.info("lists.published", revoked=len(revoked))


def publish_due_lists(*, at: datetime) -> int:
    """
    Publish daily, and as soon as the newest list lacks what is revoked; return 0 if nothing is due.

    Only our own authority's lists count: others' come when they like.
    """
    folder = _own_folder()
    if folder is None:
        return 0
    pem = (folder / "issuing.cer").read_text()
    issuing = revocation.fingerprint(x509.load_pem_x509_certificate(pem.encode()))
    last = (
        RevocationSnapshot.objects.filter(kind=RevocationKind.CRL, issuer_sha256=issuing)
        .order_by("-this_update", "-pk")
        .first()
    )
    if last is not None and at - last.fetched_at < OWN_LISTS_EVERY:
        listed = {f"{each.serial_number:x}" for each in x509.load_der_x509_crl(bytes(last.der))}
        # By what the list says and not by its time: a revocation may commit while it is made.
        if listed.issuperset(_revoked(pem).values_list("serial", flat=True)):
            return 0
    publish_lists(at=at)
    return 1


def _own_folder() -> Path | None:
    """Return the folder of development's own authority, or None if there is none."""
    folder = Path(settings.PKI_DIR)
    there = not settings.PRODUCTION and (folder / "issuing.cer").is_file()
    return folder if there else None


def _revoked(issuing_certificate: str) -> QuerySet[Credential]:
    return Credential.objects.filter(state=CredentialState.REVOKED, chain=issuing_certificate)


def want_lists(*, at: datetime) -> int:
    """Write down where the authorities of all credentials publish; return how many there are."""
    chains = Credential.objects.filter(Q(not_after__gte=at) | ~Q(state__in=OVER))
    texts = chains.values_list("certificate", "chain").iterator(chunk_size=500)
    chained = (x509.load_pem_x509_certificates((own + above).encode()) for own, above in texts)
    return want(chained, at=at)


def want(chains: Iterable[list[x509.Certificate]], *, at: datetime) -> int:
    """
    Write down where these chains' authorities publish, nearest certificate first in each.

    What nobody wants any more, as `_WANTED` says, is not asked for any more.
    Of a time stamp authority's chain too: its lists prove archive stamps.
    """
    places: dict[str, revocation.Place] = {}
    for chain in chains:
        for below, issuer in revocation.with_issuers(chain):
            places |= {each.sha256: each for each in revocation.places(below, issuer)}
    ours = f"{settings.SITE_URL}/pki/"
    made = RevocationSource.objects.bulk_create(
        [
            RevocationSource(
                url=each.url,
                kind=each.kind,
                issuer=each.issuer,
                certificate=each.certificate,
                sha256=key,
                due_at=at,
                wanted_at=at,
            )
            for key, each in sorted(places.items())
            if each.url.startswith(("http://", "https://")) and not each.url.startswith(ours)
        ],
        update_conflicts=True,
        unique_fields=["sha256"],
        update_fields=["wanted_at"],
    )
    return len(made)


def claim_sources(*, limit: int, now: datetime, until: datetime) -> list[int]:
    with transaction.atomic():
        due = (
            RevocationSource.objects.select_for_update(skip_locked=True)
            .filter(
                Q(lease_until=None) | Q(lease_until__lt=now),
                due_at__lte=now,
                wanted_at__gte=now - _WANTED,
            )
            .order_by("due_at", "pk")
        )
        claimed = list(due.values_list("pk", flat=True)[:limit])
        RevocationSource.objects.filter(pk__in=claimed).update(lease_until=until)
    return claimed


def fetch(source_id: int, *, clock: Clock) -> None:
    """Ask one place, keep what it says, and decide when to ask again. Never raises for trouble."""
    source = RevocationSource.objects.get(pk=source_id)
    try:
        answer = _ask(source)
        is_new = revocation.keep(answer, at=clock())
        if is_new:
            _stop(RevocationSnapshot.objects.filter(sha256=answer.sha256), at=clock())
    except (wire.Unanswered, revocation.BadAnswer) as trouble:
        failures = source.failures + 1
        wait = min(_AGAIN * 2 ** min(failures - 1, 8), _AGAIN_AT_LATEST)
        RevocationSource.objects.filter(pk=source_id).update(
            failures=failures, due_at=clock() + wait, lease_until=None
        )
        log.warning("lists.not_fetched", source_id=source_id, trouble=type(trouble).__name__)
        return
    at = clock()
    RevocationSource.objects.filter(pk=source_id).update(
        failures=0, due_at=_again_at(answer, at), next_update=answer.next_update, lease_until=None
    )
    log.info("lists.fetched", source_id=source_id, new=is_new)


def stop_revoked(*, at: datetime) -> int:
    """
    Suspend what signs here though its authority's newest word revokes it; return how many.

    Two people revoke it then. Should they let it sign again, it is stopped again.
    """
    return _stop(revocation.newest_words(at), at=at)


def _stop(words: Iterable[RevocationSnapshot], *, at: datetime) -> int:
    named = revocation.revoked_serials(words)
    if not named:
        return 0
    active = Credential.objects.filter(state=CredentialState.ACTIVE).order_by("pk")
    # Of other authorities' serials one may be the same: the chain decides.
    stopped = [each.pk for each in active if _is_named(each, named, at)]
    for credential_id in stopped:
        with transaction.atomic():
            _stop_one(credential_id, at=at)
    return len(stopped)


def _is_named(credential: Credential, named: set[str], at: datetime) -> bool:
    above = _serials(credential.chain)
    if named.isdisjoint({credential.serial, *above}):
        return False
    chain = x509.load_pem_x509_certificates((credential.certificate + credential.chain).encode())
    return revocation.is_revoked(chain, at=at)


@lru_cache(maxsize=64)
def _serials(chain: str) -> tuple[str, ...]:
    if not chain:
        return ()
    return tuple(
        f"{each.serial_number:x}" for each in x509.load_pem_x509_certificates(chain.encode())
    )


def _stop_one(credential_id: int, *, at: datetime) -> None:
    credential = standing.lock(credential_id)
    if credential.state != CredentialState.ACTIVE:
        return
    # Before the state: PostgreSQL suspends only for somebody's word, or for this one.
    CredentialNotice.objects.get_or_create(
        credential=credential, about=CredentialNotice.About.NAMED, defaults={"told_at": at}
    )
    standing.move(credential, CredentialState.SUSPENDED, at=at)
    audit.record(
        act="credential.stopped",
        actor_id=None,
        subject="documents.credential",
        subject_id=credential_id,
        reason="its authority revoked it",
        at=at,
    )
    log.error("credential.revoked_by_its_authority", credential_id=credential_id)


def _ask(source: RevocationSource) -> revocation.Answer:
    issuer = x509.load_pem_x509_certificate(source.issuer.encode())
    if source.kind == RevocationKind.CRL:
        return revocation.read_list(_bytes("GET", source.url), issuer)
    certificate = x509.load_pem_x509_certificate(source.certificate.encode())
    told = _bytes(
        "POST",
        source.url,
        content=revocation.question(certificate, issuer),
        headers={"Content-Type": "application/ocsp-request"},
    )
    return revocation.read_answer(told, certificate, issuer)


def _bytes(method: str, url: str, **more: Any) -> bytes:
    """Return what a place answers, within its time, and no more of it than we bear."""
    said = wire.ask(
        method,
        url,
        purpose="revocation",
        seconds=_SECONDS_MAX,
        bytes_max=_BYTES_MAX,
        redirects=True,
        **more,
    )
    if said.status != httpx.codes.OK:
        raise wire.Unanswered(f"status {said.status}")
    return said.body


def _again_at(answer: revocation.Answer, at: datetime) -> datetime:
    """Half-way to the next list, so that one lost try is not yet a gap."""
    if answer.next_update is None:
        return at + _ASKED_AT_LEAST_EVERY
    half = (answer.next_update - at) / 2
    return at + max(_ASKED_AT_MOST_EVERY, min(half, _ASKED_AT_LEAST_EVERY))
