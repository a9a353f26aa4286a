"""Who holds which credential, what is asked about them, and which papers wait for a key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts import policies as rights
from documents.models import (
    STATE_LEVEL,
    Asked,
    Credential,
    CredentialRequest,
    CredentialState,
    Paper,
    Purpose,
)
from documents.operations.credentials.asking import Owner, area_code
from documents.operations.credentials.ending import SOON
from documents.policies import CREDENTIAL_CODES
from documents.states import State
from places import queries as places

PAGE_SIZE = 50

Row = TypeVar("Row", Credential, CredentialRequest)

Offices = set[int] | None
"""The offices that somebody may see; None: all, and the state's own keys."""


@dataclass(frozen=True)
class Waiting:
    """Papers that no key signs now, of one officer or one office."""

    account_id: int | None
    office_id: int | None
    name: str
    names: dict[str, str]
    papers: int


@dataclass(frozen=True)
class Concerns:
    """How many papers wait for a key, and how many keys end soon or are suspended."""

    papers: int
    keys: int


def offices_of(account_id: int, *, at: datetime) -> Offices:
    """
    Return the offices whose credentials she may see; None: all, and the state's own.

    :raises accounts.policies.NotGranted: if there are none
    """
    scopes = [
        scope
        for scope in rights.scopes(account_id=account_id, act_codes=CREDENTIAL_CODES, at=at)
        if scope.service_code == rights.ANY
    ]
    if not scopes:
        raise rights.NotGranted(account_id=account_id, act=CREDENTIAL_CODES[0])
    areas = {scope.area_code for scope in scopes}
    if None in areas:
        return None
    return set().union(*places.offices_within({each for each in areas if each}).values())


def concerns(within: Offices, *, at: datetime) -> Concerns:
    waiting = papers_without_key(within, at=at)
    return Concerns(
        papers=sum(one.papers for one in waiting), keys=ending(within, at=at).order_by().count()
    )


def ends_of(credential_id: int) -> tuple[str | None, datetime]:
    """Return the area that a right over a credential must cover, None the country; and its end."""
    found = Credential.objects.get(pk=credential_id)
    return area_code(Owner.of(found)), found.not_after


def papers_without_key_by_area(*, at: datetime) -> dict[str | None, int]:
    """Return how many papers wait for a key that a right over each area gives."""
    found: dict[str | None, int] = {}
    for one in papers_without_key(None, at=at):
        purpose = Purpose.OFFICER if one.account_id is not None else Purpose.SEAL
        area = area_code(Owner(purpose, one.account_id, one.office_id))
        found[area] = found.get(area, 0) + one.papers
    return found


def credentials(within: Offices) -> QuerySet[Credential]:
    rows = Credential.objects.select_related("account__office", "office").annotate(
        is_asked_about=Exists(_undecided().filter(credential=OuterRef("pk")))
    )
    return _seen(rows, within)


def ending(within: Offices, *, at: datetime) -> QuerySet[Credential]:
    """Return what ends within sixty days or is suspended, the first to end first."""
    rows = credentials(within).filter(
        Q(state=CredentialState.ACTIVE, not_after__lte=at + SOON)
        | Q(state=CredentialState.SUSPENDED)
    )
    return rows.order_by("not_after", "pk")


def requests(within: Offices) -> QuerySet[CredentialRequest]:
    rows = CredentialRequest.objects.exclude(asked=Asked.SUSPEND).select_related(
        "account__office", "office", "credential", "asked_by", "decision__decided_by", "key",
        "credential_made",
    )  # fmt: skip
    return _seen(rows, within)


def open_requests(within: Offices) -> QuerySet[CredentialRequest]:
    """Return what waits for a second person, or was agreed to and waits for its certificate."""
    later = CredentialRequest.objects.filter(
        asked=Asked.ISSUE,
        decision__approved=True,
        purpose=OuterRef("purpose"),
        pk__gt=OuterRef("pk"),
    ).filter(
        Q(account_id=OuterRef("account_id"))
        | Q(office_id=OuterRef("office_id"))
        | Q(account=None, office=None)
    )
    without_certificate = Q(asked=Asked.ISSUE, decision__approved=True, credential_made=None)
    rows = requests(within).filter(Q(decision=None) | without_certificate & ~Exists(later))
    return rows.order_by("pk")


def papers_without_key(within: Offices, *, at: datetime) -> list[Waiting]:
    """Return whose key is missing while drawn papers wait for it, most papers first."""
    live = Credential.objects.filter(
        state=CredentialState.ACTIVE, not_before__lte=at, not_after__gte=at
    )
    papers = Paper.objects.filter(withheld_at=None)
    if within is not None:
        papers = papers.filter(office_id__in=within)
    to_sign = papers.filter(
        ~Exists(live.filter(account_id=OuterRef("officer_id"))),
        state=State.RENDERED,
        sealed_only=False,
    )
    to_seal = papers.filter(
        ~Exists(live.filter(office_id=OuterRef("office_id"))),
        Q(state=State.SIGNED) | Q(state=State.RENDERED, sealed_only=True),
    )
    signers = to_sign.values("officer_id", called=F("officer__display_name")).annotate(n=Count("*"))
    seals = to_seal.values("office_id", called=F("office__names")).annotate(n=Count("*"))
    found = [Waiting(row["officer_id"], None, row["called"], {}, row["n"]) for row in signers]
    found += [Waiting(None, row["office_id"], "", row["called"], row["n"]) for row in seals]
    return sorted(found, key=lambda one: (-one.papers, one.account_id or 0, one.office_id or 0))


def without_key(within: Offices) -> tuple[list[Waiting], list[Waiting], list[Purpose]]:
    """Return officers, offices and purposes of the state that have no credential to sign with."""
    held = Credential.objects.filter(state__in=(CredentialState.ACTIVE, CredentialState.SUSPENDED))
    officers = _owners(Credential.account).filter(
        ~Exists(held.filter(account_id=OuterRef("pk"))),
        kind="staff",
        is_active=True,
        is_superuser=False,
        office__isnull=False,
    )
    offices = _owners(Credential.office).filter(
        ~Exists(held.filter(office_id=OuterRef("pk"))), active=True
    )
    if within is not None:
        officers, offices = officers.filter(office_id__in=within), offices.filter(pk__in=within)
    has = set(held.filter(purpose__in=STATE_LEVEL).values_list("purpose", flat=True))
    return (
        [
            Waiting(row.pk, None, row.display_name, {}, 0)
            for row in officers.order_by("display_name", "pk")[:PAGE_SIZE]
        ],
        [Waiting(None, row.pk, "", row.names, 0) for row in offices.order_by("code")[:PAGE_SIZE]],
        [each for each in STATE_LEVEL if each not in has] if within is None else [],
    )


def _owners(link: Any) -> QuerySet[Any]:
    """Return all accounts or offices, by this table's link: their own tables are theirs."""
    rows: QuerySet[Any] = link.field.related_model.objects.all()
    return rows


def _undecided() -> QuerySet[CredentialRequest]:
    return CredentialRequest.objects.filter(decision=None).exclude(asked=Asked.SUSPEND)


def _seen(rows: QuerySet[Row], within: Offices) -> QuerySet[Row]:
    if within is None:
        return rows
    return rows.filter(Q(office_id__in=within) | Q(account__office_id__in=within))
