"""
What a right must be before it is given or confirmed; each refusal has its own name.

The rules stand a second time in accounts/sql/{rules,duties}.sql.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from accounts import acts, policies
from accounts.models import Account, Grant
from accounts.queries import SamePerson, hands_meet
from accounts.states import AccountKind


class NotForThisAccount(Exception):
    """A citizen, a superuser or a closed account holds no grant."""


class PersonUnknown(Exception):
    """Whose account this is nobody knows, so nobody could keep her from her own case."""


class BadPeriod(Exception):
    """The right would begin in the past, or end before it begins."""


class HandsApart(Exception):
    """Two acts that never lie in one hand would lie in hers; `act` is the one that she has."""

    def __init__(self, act: str, why: str) -> None:
        super().__init__(act)
        self.act = act
        self.why = why


@dataclass(frozen=True)
class Wanted:
    """A right that somebody is to have: what, over what, from when to when, and why."""

    account_id: int
    act: str
    over: policies.Breadth
    from_at: datetime
    until_at: datetime | None
    because: str = ""


def refuse_bad(wanted: Wanted, given_by_id: int, *, at: datetime) -> None:
    two_people = acts.known(wanted.act).two_people
    until_at = wanted.until_at
    if wanted.from_at < at or (until_at is not None and until_at <= wanted.from_at):
        raise BadPeriod
    refuse_same_person(wanted.account_id, given_by_id)
    refuse_unfit(wanted.account_id)
    if two_people:
        refuse_unknown(wanted.account_id)
    policies.require(
        account_id=given_by_id, act=policies.GIVE_RIGHTS.code, at=at, **asdict(wanted.over)
    )
    refuse_apart(
        wanted.account_id, wanted.act, wanted.over, from_at=wanted.from_at, until_at=until_at
    )


def refuse_apart(
    account_id: int,
    act: str,
    over: policies.Breadth,
    *,
    from_at: datetime,
    until_at: datetime | None,
) -> None:
    met = policies.held_apart(
        account_id=account_id, act=act, over=over, from_at=from_at, until_at=until_at
    )
    if met:
        raise HandsApart(met[0].act, met[0].why)


def refuse_unfit(account_id: int) -> None:
    account = Account.objects.get(pk=account_id)
    if account.kind != AccountKind.STAFF or account.is_superuser or not account.is_active:
        raise NotForThisAccount(account_id)


def refuse_unknown(account_id: int) -> None:
    if Account.objects.get(pk=account_id).person_id is None:
        raise PersonUnknown(account_id)


def refuse_same_person(*account_ids: int) -> None:
    # One person with two accounts, or two who share a phone, are still one pair of hands.
    if hands_meet(*account_ids):
        raise SamePerson


def breadth(given: Grant) -> policies.Breadth:
    area_code = given.area.code if given.area else None
    return policies.Breadth(given.service_code, area_code, given.rail_code, given.beneficiary_code)
