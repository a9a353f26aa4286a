"""What one person asks for: a new credential, the end of one, a stop at once, a new start."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import policies as rights
from accounts import queries as accounts
from documents import custody
from documents.models import (
    STATE_LEVEL,
    Asked,
    Credential,
    CredentialRequest,
    CredentialState,
    Purpose,
    Road,
)
from documents.operations.credentials import standing
from documents.policies import ISSUE_CREDENTIAL, REVOKE_CREDENTIAL
from kernel import audit
from kernel.country import country
from places import queries as places

# RFC 5280, 5.3.1; those that an office can mean. A hold is our "suspended".
REASONS = (
    "keyCompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "privilegeWithdrawn",
)
_COMMON_NAME_CHARACTERS_MAX = 64


class CannotAsk(Exception):
    """Nothing of this kind can be asked for now; the message says what stands in the way."""


class AskedAlready(CannotAsk):
    """Somebody has asked for the same, and nobody has decided yet."""


@dataclass(frozen=True)
class Owner:
    """Whose key: an officer's, an office's, or neither's, which is the state's own."""

    purpose: Purpose
    account_id: int | None = None
    office_id: int | None = None

    @classmethod
    def of(cls, row: Credential | CredentialRequest) -> "Owner":
        return cls(Purpose(row.purpose), row.account_id, row.office_id)

    @property
    def commits(self) -> bool:
        """Whether the key signs papers, and so commits its holder; codes and lists do not."""
        return self.purpose not in STATE_LEVEL

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "purpose": self.purpose,
            "account_id": self.account_id,
            "office_id": self.office_id,
        }


def ask(
    owner: Owner, *, road: Road, custody_kind: str, algorithm: str, note: str, by_id: int,
    at: datetime, key_ref: str = "",
) -> int:  # fmt: skip
    """
    Ask for a new credential; where its owner has one, that is retired when this is issued.

    `key_ref` is the signing service's name of the key, on that road only.

    :raises accounts.policies.NotGranted: without the right over the owner's area
    :raises CannotAsk: if the road does not lead there, or somebody has asked already
    """
    require_right(owner, ISSUE_CREDENTIAL.code, by_id=by_id, at=at)
    _check_road(road, custody_kind, key_ref)
    if road != Road.SERVICE and algorithm not in algorithms(owner):
        raise CannotAsk("no such kind of key")
    with transaction.atomic():
        # One that was agreed to and never got its certificate is overtaken by another.
        if waiting(owner).filter(decision=None).exists():
            raise AskedAlready
        return _keep(
            owner,
            Asked.ISSUE,
            note,
            by_id,
            at,
            road=road,
            custody=custody_kind,
            algorithm="" if road == Road.SERVICE else algorithm,
            key_ref=key_ref,
            common_name=_common_name(owner),
        )


def ask_to_revoke(*, credential_id: int, reason: str, note: str, by_id: int, at: datetime) -> int:
    """
    Ask that a credential be revoked for a reason of `REASONS`.

    :raises accounts.policies.NotGranted: without the right over the owner's area
    :raises CannotAsk: if it is revoked already, is asked for already, or the reason is none
    """
    if reason not in REASONS:
        raise CannotAsk(reason)
    return _ask_about(credential_id, Asked.REVOKE, note, by_id, at, reason=reason)


def ask_to_resume(*, credential_id: int, note: str, by_id: int, at: datetime) -> int:
    """Ask that a suspended credential sign again; raises as `ask_to_revoke`."""
    return _ask_about(credential_id, Asked.RESUME, note, by_id, at)


def suspend(*, credential_id: int, note: str, by_id: int, at: datetime) -> None:
    """
    Stop a key at once: one person is enough, two let it sign again.

    :raises accounts.policies.NotGranted: without the right over the owner's area
    :raises CannotAsk: if it does not sign anyway
    """
    with transaction.atomic():
        _ask_about(credential_id, Asked.SUSPEND, note, by_id, at)
        credential = standing.lock(credential_id)
        standing.move(credential, CredentialState.SUSPENDED, at=at)


_FROM: dict[str, tuple[CredentialState, ...]] = {
    Asked.REVOKE: (CredentialState.ACTIVE, CredentialState.SUSPENDED, CredentialState.RETIRED),
    Asked.RESUME: (CredentialState.SUSPENDED,),
    Asked.SUSPEND: (CredentialState.ACTIVE,),
}


def _ask_about(
    credential_id: int, asked: Asked, note: str, by_id: int, at: datetime, reason: str = ""
) -> int:
    with transaction.atomic():
        credential = standing.lock(credential_id)
        owner = Owner.of(credential)
        require_right(owner, REVOKE_CREDENTIAL.code, by_id=by_id, at=at)
        if credential.state not in _FROM[asked]:
            raise CannotAsk(credential.state)
        open_ones = CredentialRequest.objects.filter(credential=credential, decision=None)
        if asked != Asked.SUSPEND and open_ones.filter(asked=asked).exists():
            raise AskedAlready
        return _keep(owner, asked, note, by_id, at, credential=credential, reason=reason)


def require_right(owner: Owner, act: str, *, by_id: int, at: datetime) -> None:
    """:raises accounts.policies.NotGranted: without the right over the owner's area"""
    rights.require(account_id=by_id, act=act, area_code=area_code(owner), at=at)


def area_code(owner: Owner) -> str | None:
    """Return the area that a right must cover; None, the whole country, for the state's own."""
    office_id = owner.office_id
    if owner.account_id is not None:
        office_id = accounts.account(owner.account_id).office_id
    area = places.office(office_id).area if office_id is not None else None
    return area.code if area is not None else None


def waiting(owner: Owner) -> QuerySet[CredentialRequest]:
    """Return what is asked for this owner anew and neither declined nor issued."""
    asked = CredentialRequest.objects.filter(**owner.columns, asked=Asked.ISSUE)
    return asked.filter(credential_made=None).exclude(decision__approved=False)


def is_overtaken(request: CredentialRequest) -> bool:
    """Tell whether a later request of the same owner was agreed to: this one issues no more."""
    later = CredentialRequest.objects.filter(
        **Owner.of(request).columns, asked=Asked.ISSUE, decision__approved=True
    )
    return later.filter(pk__gt=request.pk).exists()


def _keep(owner: Owner, asked: Asked, note: str, by_id: int, at: datetime, **more: Any) -> int:
    if not note.strip():
        raise CannotAsk("no reason is given")
    made = CredentialRequest.objects.create(
        **owner.columns, asked=asked, note=note.strip(), asked_by_id=by_id, asked_at=at, **more
    )
    audit.record(
        act=f"credential.asked.{asked}",
        actor_id=by_id,
        subject="documents.credentialrequest",
        subject_id=made.pk,
        detail={"purpose": owner.purpose, "credential": made.credential_id},
        at=at,
    )
    return made.pk


def algorithms(owner: Owner) -> tuple[str, ...]:
    """Return the kinds of key that this owner may have; codes and lists are signed with ES256."""
    return custody.ALGORITHMS if owner.commits else (custody.P256,)


def _check_road(road: Road, custody_kind: str, key_ref: str) -> None:
    if not custody.is_known(custody_kind) or (
        settings.PRODUCTION and (custody_kind == custody.PEM or road == Road.OWN)
    ):
        raise CannotAsk("keys in files and our own authority are for development")
    if (road == Road.SERVICE) != (custody_kind == custody.CSC):
        raise CannotAsk("a signing service brings its own certificates")
    if road == Road.SERVICE and not key_ref.strip():
        raise CannotAsk("the service's name of the key is missing")


def _common_name(owner: Owner) -> str:
    here = country()
    if owner.account_id is not None:
        name = accounts.account(owner.account_id).display_name or f"Officer {owner.account_id}"
    elif owner.office_id is not None:
        name = places.office(owner.office_id).told(here.default_language)
    else:
        name = f"{here.name('en')} - {Purpose(owner.purpose).label.lower()}"
    return name[:_COMMON_NAME_CHARACTERS_MAX]
