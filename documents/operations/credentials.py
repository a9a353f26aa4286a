"""Who may sign with what. In development a folder of keys plays the state's authority."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from documents import custody
from documents.checks import custody_for_new_credentials
from documents.models import Credential, CredentialState, Purpose
from documents.pki import Authority, Credentials, open_authority
from kernel import audit
from kernel.country import country

log = structlog.get_logger()


class RefusedInProduction(Exception):
    """Development certificates are never made where real papers are issued."""


@dataclass(frozen=True)
class Issued:
    officers: int
    offices: int
    retired: int


def issue_development_credentials(*, at: datetime) -> Issued:
    """
    Give every active staff account and every active office that lacks one a credential, and
    publish fresh revocation lists. Repeating it issues nothing twice.

    :raises RefusedInProduction: in production, or where keys are not kept in files
    """
    if settings.PRODUCTION or custody_for_new_credentials() != custody.PEM:
        raise RefusedInProduction
    here = country()
    folder = Path(settings.PKI_DIR)
    authority = open_authority(
        folder,
        country_code=here.code,
        country_name=here.name("en"),
        site_url=settings.SITE_URL,
        at=at,
    )
    with transaction.atomic():
        retired = _retire(folder, authority, at=at)
        officers = [
            _officer(authority, account, here.default_language, at=at)
            for account in _without(Purpose.OFFICER).filter(
                kind="staff", is_active=True, is_superuser=False
            )
        ]
        seals = [
            _seal(authority, office, here.default_language, at=at)
            for office in _without(Purpose.SEAL).filter(active=True)
        ]
        Credential.objects.bulk_create([*officers, *seals])
        issued = Issued(officers=len(officers), offices=len(seals), retired=retired)
        audit.record(
            act="credential.issue",
            actor_id=None,
            subject="documents.credential",
            subject_id=None,
            reason="development",
            detail={"officers": issued.officers, "offices": issued.offices},
            at=at,
        )
    revoked = Credential.objects.filter(
        state=CredentialState.REVOKED, chain=authority.issuing_certificate
    )
    serials = [int(serial, 16) for serial in revoked.values_list("serial", flat=True)]
    authority.publish_lists(revoked=dict.fromkeys(serials, at), at=at)
    log.info("credentials.issued", officers=issued.officers, offices=issued.offices)
    return issued


def _retire(folder: Path, authority: Authority, *, at: datetime) -> int:
    """Revoke what cannot sign any more: run out, key lost, or of an authority that is gone."""
    active = Credential.objects.select_for_update().filter(
        state=CredentialState.ACTIVE, custody=custody.PEM
    )
    gone = [
        credential.pk
        for credential in active
        if credential.not_after <= at
        or credential.chain != authority.issuing_certificate
        or not (folder / "keys" / credential.key_ref).is_file()
    ]
    return Credential.objects.filter(pk__in=gone).update(state=CredentialState.REVOKED)


def _without(purpose: Purpose) -> QuerySet[Any]:
    """Return the accounts or offices that have no credential in force, by this table's links."""
    link: Any = Credential.account if purpose == Purpose.OFFICER else Credential.office
    owner, name = link.field.related_model, link.field.name
    held = Credential.objects.filter(purpose=purpose, state=CredentialState.ACTIVE)
    without: QuerySet[Any] = owner.objects.exclude(pk__in=held.values(f"{name}_id"))
    return without.order_by("pk")


def _officer(authority: Authority, account: Any, language: str, *, at: datetime) -> Credential:
    made = authority.issue(
        common_name=account.display_name or f"Officer {account.pk}",
        unit=account.office.told(language) if account.office else "",
        serial_name=f"officer-{account.pk}",
        key_ref=f"officer-{account.pk}-{at:%Y%m%d%H%M%S}.pem",
        at=at,
    )
    return _credential(made, Purpose.OFFICER, at=at, account_id=account.pk)


def _seal(authority: Authority, office: Any, language: str, *, at: datetime) -> Credential:
    made = authority.issue(
        common_name=office.told(language),
        unit=office.code,
        serial_name=f"office-{office.pk}",
        key_ref=f"office-{office.pk}-{at:%Y%m%d%H%M%S}.pem",
        at=at,
    )
    return _credential(made, Purpose.SEAL, at=at, office_id=office.pk)


def _credential(made: Credentials, purpose: Purpose, *, at: datetime, **owner: int) -> Credential:
    return Credential(
        **owner,
        purpose=purpose,
        certificate=made.certificate,
        chain=made.chain,
        custody=custody.PEM,
        key_ref=made.key_ref,
        serial=made.serial,
        not_before=made.not_before,
        not_after=made.not_after,
        issued_at=at,
    )
