"""In development a folder of keys plays the state's authority, for whoever lacks a credential."""

from collections import Counter
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
from documents.models import STATE_LEVEL, Credential, CredentialState, Purpose
from documents.operations.credentials.listing import publish_lists
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
    of_the_state: int = 0


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
        made = _missing(authority, here.default_language, here.name("en"), at=at)
        Credential.objects.bulk_create(made)
        counts = Counter(each.purpose for each in made)
        issued = Issued(
            officers=counts[Purpose.OFFICER],
            offices=counts[Purpose.SEAL],
            retired=retired,
            of_the_state=sum(counts[purpose] for purpose in STATE_LEVEL),
        )
        audit.record(
            act="credential.issue",
            actor_id=None,
            subject="documents.credential",
            subject_id=None,
            reason="development",
            detail={
                "officers": issued.officers,
                "offices": issued.offices,
                "of_the_state": issued.of_the_state,
            },
            at=at,
        )
    publish_lists(at=at)
    log.info("credentials.issued", officers=issued.officers, offices=issued.offices)
    return issued


def _missing(
    authority: Authority, language: str, country_name: str, *, at: datetime
) -> list[Credential]:
    """Return a credential for everybody who lacks one; they are still to be kept."""
    officers = _without(Purpose.OFFICER).filter(kind="staff", is_active=True, is_superuser=False)
    offices = _without(Purpose.SEAL).filter(active=True)
    held = set(
        Credential.objects.filter(
            purpose__in=STATE_LEVEL, state=CredentialState.ACTIVE
        ).values_list("purpose", flat=True)
    )
    return [
        *[_officer(authority, account, language, at=at) for account in officers],
        *[_seal(authority, office, language, at=at) for office in offices],
        *[
            _of_the_state(authority, purpose, country_name, at=at)
            for purpose in STATE_LEVEL
            if purpose not in held
        ],
    ]


def _retire(folder: Path, authority: Authority, *, at: datetime) -> int:
    """Retire what ran out; revoke what nobody can sign with: key lost, or its authority gone."""
    active = Credential.objects.select_for_update().filter(
        state=CredentialState.ACTIVE, custody=custody.PEM
    )
    over, gone = [], []
    for credential in active:
        if credential.not_after <= at:
            over.append(credential.pk)
        elif (
            credential.chain != authority.issuing_certificate
            or not (folder / "keys" / credential.key_ref).is_file()
        ):
            gone.append(credential.pk)
    Credential.objects.filter(pk__in=over).update(state=CredentialState.RETIRED, ended_at=at)
    Credential.objects.filter(pk__in=gone).update(
        state=CredentialState.REVOKED, ended_at=at, end_reason="cessationOfOperation"
    )
    return len(over) + len(gone)


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


def _of_the_state(
    authority: Authority, purpose: Purpose, country_name: str, *, at: datetime
) -> Credential:
    made = authority.issue(
        common_name=f"{country_name} - {purpose.label.lower()}",
        unit="",
        serial_name=purpose.replace("_", "-"),
        key_ref=f"{purpose.replace('_', '-')}-{at:%Y%m%d%H%M%S}.pem",
        at=at,
        commits=False,
    )
    return _credential(made, purpose, at=at)


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
