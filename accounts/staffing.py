"""What can be asked of the staff of an area, by whoever invites them and mends their logins."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import policies
from accounts.models import Account, DirectorySubject, Invitation, Visit
from accounts.states import AccountKind
from places import queries as places

PAGE_SIZE = 25
INVITED, ACTIVE, CLOSED = "invited", "active", "closed"
STATES = (INVITED, ACTIVE, CLOSED)
_OPEN = Q(accepted_at=None, revoked_at=None)


@dataclass(frozen=True)
class Reach:
    """Whose logins somebody looks after: paths of areas, or the whole country."""

    everywhere: bool
    paths: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.paths)

    def areas(self, named: str) -> Q:
        """Return what the rows within have in common; `named` is the way from a row to its area."""
        if self.everywhere:
            return Q()
        near = Q(pk=None)
        for path in self.paths:
            near |= Q((f"{named}__path", path)) | Q((f"{named}__path__startswith", f"{path}/"))
        return near


@dataclass(frozen=True)
class PersonLine:
    """One login of staff, as a list shows it."""

    id: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    office: str
    state: str  # "invited", "active" or "closed".
    last_login: datetime | None


@dataclass(frozen=True)
class InvitationLine:
    """The open link of an account: what became of its mail, and until when it is good."""

    at: datetime
    by: str = field(repr=False)
    expires_at: datetime
    is_expired: bool
    mail: str


def reach(account_id: int, *, acts: Collection[str], at: datetime) -> Reach:
    """Return whom her rights to any of these acts cover."""
    scopes = policies.scopes(account_id=account_id, act_codes=acts, at=at)
    wide = [scope for scope in scopes if scope.service_code == policies.ANY]
    codes = {scope.area_code for scope in wide if scope.area_code is not None}
    return Reach(
        everywhere=any(scope.area_code is None for scope in wide),
        paths=tuple(places.area(code).path for code in sorted(codes)),
    )


def offices(within: Reach) -> list[places.Office]:
    """Return the open offices within, the smallest areas last."""
    found = places.Office.objects.filter(within.areas("area"), active=True).select_related("area")
    return list(found.order_by("area__level", "area__name", "code"))


def people(
    within: Reach, *, language: str, typed: str = "", state: str = "", page: int = 1
) -> tuple[list[PersonLine], bool]:
    """Return a page of the staff within, by name, and whether there are more."""
    found = _staff().filter(within.areas("office__area"))
    for word in typed.split()[:4]:
        found = found.filter(Q(display_name__icontains=word) | Q(email__icontains=word))
    if state in STATES:
        found = found.filter(_IN_STATE[state])
    first = (page - 1) * PAGE_SIZE
    rows = list(found.order_by("display_name", "pk")[first : first + PAGE_SIZE + 1])
    return [_line(row, language) for row in rows[:PAGE_SIZE]], len(rows) > PAGE_SIZE


def one(account_id: int, within: Reach, *, language: str) -> PersonLine | None:
    """Return somebody of the staff within, or None."""
    row = _staff().filter(within.areas("office__area"), pk=account_id).first()
    return _line(row, language) if row else None


def open_invitation(account_id: int, *, at: datetime) -> InvitationLine | None:
    row = Invitation.objects.filter(_OPEN, account_id=account_id).select_related("by").first()
    if row is None:
        return None
    return InvitationLine(
        at=row.at,
        by=row.by.display_name or row.by.email or "",
        expires_at=row.expires_at,
        is_expired=at >= row.expires_at,
        mail=row.mail,
    )


def is_in_directory(account_id: int) -> bool:
    """Say whether the state's directory vouches for the account."""
    return DirectorySubject.objects.filter(account_id=account_id, ended_at=None).exists()


def live_visits(account_id: int, *, idle: timedelta, at: datetime) -> list[Visit]:
    """
    Return where somebody is signed in, the latest seen first; at most fifty.

    :param idle: how long a visit of this kind of account may rest
    """
    live = Visit.objects.filter(account_id=account_id, ended_at=None, seen_at__gt=at - idle)
    young = live.filter(started_at__gt=at - settings.SESSION_LIFE)
    return list(young.order_by("-seen_at", "-pk")[:50])


_IN_STATE = {
    INVITED: Q(is_active=False, is_invited=True),
    ACTIVE: Q(is_active=True),
    CLOSED: Q(is_active=False, is_invited=False),
}


def _staff() -> QuerySet[Account]:
    links = Invitation.objects.filter(_OPEN, account=OuterRef("pk"))
    staff = Account.objects.filter(kind=AccountKind.STAFF, is_superuser=False)
    return staff.annotate(is_invited=Exists(links)).select_related("office")


def _line(row: Account, language: str) -> PersonLine:
    is_invited = bool(getattr(row, "is_invited", False))
    return PersonLine(
        id=row.pk,
        name=row.display_name or row.email or "",
        email=row.email or "",
        office=row.office.told(language) if row.office else "",
        state=ACTIVE if row.is_active else INVITED if is_invited else CLOSED,
        last_login=row.last_login,
    )
