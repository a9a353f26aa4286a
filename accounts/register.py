"""The register of rights: who may do what, by whose word, since when and until when."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import acts, policies
from accounts.models import Account, Grant
from accounts.policies import Breadth
from accounts.staffing import Reach
from accounts.states import AccountKind
from places import queries as places

ENDS_SOON = timedelta(days=30)
LISTED_MAX = 200
FOUND_MAX = 30
_CALLED_MIN = 2
EVERYWHERE = Reach(everywhere=True, paths=())


@dataclass(frozen=True)
class Holder:
    """A member of staff as colleagues know her."""

    account_id: int
    name: str = field(repr=False)
    email: str = field(repr=False)
    is_active: bool


@dataclass(frozen=True)
class Right:
    """One grant as people read it. `state`: waiting, later, in_force, ending or ended."""

    id: int
    account_id: int
    holder: str = field(repr=False)
    email: str = field(repr=False)
    act: str
    over: Breadth
    area_name: str
    path: str  # Of the area; "" for the whole country.
    from_at: datetime
    until_at: datetime | None
    given_by_id: int
    given_by: str = field(repr=False)
    given_at: datetime
    given_because: str
    confirmed_by: str = field(repr=False)  # "": nobody yet.
    confirmed_at: datetime | None
    ended_by: str = field(repr=False)
    ended_at: datetime | None
    ended_because: str
    state: str

    @property
    def is_open(self) -> bool:
        return self.state != "ended"


class NoRight(Exception):
    """There is no grant of this id."""


class NoHolder(Exception):
    """There is no member of staff with this account."""


def who_may(*, act: str, over: Breadth, within: Reach, at: datetime, language: str) -> list[Right]:
    """
    Return the grants that let somebody do this here now, by holder; at most `LISTED_MAX`.

    :param over: what is left open in it narrows nothing: no area asks for anywhere
    :param within: as for `of_area`
    """
    found = policies.touching(act=act, over=over, at=at).filter(_counts(within))
    rows = _related(found).order_by("account__display_name", "account_id", "pk")
    return [_right(row, at, language) for row in rows[:LISTED_MAX]]


def of_person(account_id: int, *, within: Reach, at: datetime, language: str) -> list[Right]:
    """
    Return all that was ever given to any of her logins, the newest first.

    :param within: as for `of_area`
    """
    hers = Q(account_id=account_id) | Q(account__person__staff_accounts=account_id)
    rows = _related(Grant.objects.filter(hers, _counts(within))).distinct().order_by("-pk")
    return [_right(row, at, language) for row in rows[:LISTED_MAX]]


def waiting(*, within: Reach, at: datetime, language: str) -> list[Right]:
    """Return what waits for a second person, the oldest first; `within` as for `of_area`."""
    alone = [code for code in acts.codes() if not acts.known(code).two_people]
    rows = (
        _open(at).filter(_counts(within)).filter(confirmed_at__isnull=True).exclude(act__in=alone)
    )
    return [_right(row, at, language) for row in _related(rows).order_by("pk")[:LISTED_MAX]]


def ending(*, within: Reach, at: datetime, language: str) -> list[Right]:
    """Return what ends within thirty days, the first to end first; `within` as for `of_area`."""
    soon = _open(at).filter(until_at__lte=at + ENDS_SOON, account__is_active=True)
    rows = soon.filter(_counts(within))
    return [_right(row, at, language) for row in _related(rows).order_by("until_at")[:LISTED_MAX]]


def right(grant_id: int, *, reader_id: int, within: Reach, at: datetime, language: str) -> Right:
    """
    :param within: as for `of_area`; her own rights a reader sees wherever they are
    :raises NoRight: for an unknown id, or one elsewhere
    """
    rows = _related(Grant.objects.filter(pk=grant_id))
    row = rows.filter(account_id=reader_id).first() or rows.filter(_counts(within)).first()
    if row is None:
        raise NoRight(grant_id)
    return _right(row, at, language)


def reach(account_id: int, *, acts: Collection[str], at: datetime) -> Reach:
    """Return where her grants for these acts are, over whatever service or rail they are."""
    wide = [one for act in acts for one in policies.breadths(account_id=account_id, act=act, at=at)]
    codes = sorted({one.area_code for one in wide if one.area_code is not None})
    return Reach(
        everywhere=any(one.area_code is None for one in wide),
        paths=tuple(places.area(code).path for code in codes),
    )


def of_area(
    area_code: str | None, *, within: Reach, at: datetime, language: str
) -> Iterator[Right]:
    """
    Yield every right that counts somewhere in the area, or ever did, the newest first.

    :param within: whoever reads sees what counts somewhere in her own areas, and no more
    """
    rows = Grant.objects.filter(_counts(within)).order_by("-pk")
    if area_code is not None:
        rows = rows.filter(_counts(Reach(everywhere=False, paths=(places.area(area_code).path,))))
    for row in _related(rows).iterator(chunk_size=500):
        yield _right(row, at, language)


def holder(account_id: int, *, within: Reach = EVERYWHERE) -> Holder:
    """
    :param within: as for `called`
    :raises NoHolder: if the account is a citizen's, of somebody elsewhere, or there is none
    """
    staff = Account.objects.filter(_sits(within), pk=account_id, kind=AccountKind.STAFF)
    if (row := staff.first()) is None:
        raise NoHolder(account_id)
    return _holder(row)


def called(typed: str, *, within: Reach) -> list[Holder]:
    """
    Return staff whose name or address holds what was typed; less than two letters finds none.

    :param within: found are those of an office there, those with a right that counts there, and
        those of no office: nobody else could give them their first right
    """
    if len(typed.strip()) < _CALLED_MIN:
        return []
    named = Q(display_name__icontains=typed.strip()) | Q(email__icontains=typed.strip())
    rows = Account.objects.filter(named, kind=AccountKind.STAFF, is_superuser=False)
    ordered = rows.filter(_sits(within)).order_by("-is_active", "display_name", "pk")
    return [_holder(row) for row in ordered[:FOUND_MAX]]


def _sits(within: Reach) -> Q:
    """Return what staff have in common who sit there or nowhere, or hold what counts there."""
    if within.everywhere:
        return Q()
    there = Exists(Grant.objects.filter(_counts(within), account=OuterRef("pk")))
    return Q(office=None) | within.areas("office__area") | Q(there)


def _counts(within: Reach) -> Q:
    """Return what grants that count somewhere in these areas have in common."""
    if within.everywhere:
        return Q()
    found = Q(area__isnull=True)
    for path in within.paths:
        found |= Q(area__code__in=path.split("/")) | Q(area__path__startswith=f"{path}/")
    return found


def _open(at: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        Q(until_at__isnull=True) | Q(until_at__gt=at),
    )


def _related(rows: QuerySet[Grant]) -> QuerySet[Grant]:
    return rows.select_related("account", "area", "given_by", "confirmed_by", "ended_by")


def _holder(row: Account) -> Holder:
    return Holder(row.pk, _called(row), row.email or "", row.is_active and not row.is_superuser)


def _called(row: Account | None) -> str:
    return (row.display_name or row.email or str(row.pk)) if row else ""


def _state(row: Grant, at: datetime) -> str:
    if (row.ended_at and row.ended_at <= at) or (row.until_at and row.until_at <= at):
        return "ended"
    needs_two = row.act not in acts.codes() or acts.known(row.act).two_people
    if needs_two and row.confirmed_at is None:
        return "waiting"
    if row.from_at > at:
        return "later"
    return "ending" if row.until_at and row.until_at <= at + ENDS_SOON else "in_force"


def _right(row: Grant, at: datetime, language: str) -> Right:
    area_code = row.area.code if row.area else None
    return Right(
        id=row.pk,
        account_id=row.account_id,
        holder=_called(row.account),
        email=row.account.email or "",
        act=row.act,
        over=Breadth(row.service_code, area_code, row.rail_code, row.beneficiary_code),
        area_name=row.area.told(language) if row.area else "",
        path=row.area.path if row.area else "",
        from_at=row.from_at,
        until_at=row.until_at,
        given_by_id=row.given_by_id,
        given_by=_called(row.given_by),
        given_at=row.given_at,
        given_because=row.given_because,
        confirmed_by=_called(row.confirmed_by),
        confirmed_at=row.confirmed_at,
        ended_by=_called(row.ended_by),
        ended_at=row.ended_at,
        ended_because=row.ended_because,
        state=_state(row, at),
    )
