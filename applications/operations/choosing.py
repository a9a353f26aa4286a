"""
Which officer gets a case: among those present, granted and without an interest, whoever has least.

An office's own officers come first, and whoever stands in for one of them. Only where all of these
are away does somebody from around it help: a grant over a district covers its sectors.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts import operations as accounts_at_work
from accounts import policies as rights
from accounts import queries as accounts
from accounts.operations import Presence
from accounts.policies import Scope
from accounts.queries import AccountView
from applications import policies
from applications.models import SecondApproval
from applications.operations import hearing
from applications.queries import tallying

LIGHTEST = "lightest_load"
NOBODY = "nobody_free"
STANDS_IN = "stands_in"
FROM_AROUND = "from_around"
INTEREST = "interest"
MADE_A_STEP = "made_a_step"
GAVE_IT_BACK = "gave_it_back"
NOT_FIRST = "own_officers_first"


@dataclass(frozen=True)
class Asked:
    """What a choice depends on: of a case that is there, or of one that is thought of for a trial.

    `turn` shares equal loads out in turn. `makers` are persons who made an earlier step.
    """

    service_code: str
    office_id: int
    area_code: str | None
    turn: int
    holder_id: int | None = None
    applicant_id: int | None = None
    makers: frozenset[int] = frozenset()
    but_not: int | None = None


@dataclass(frozen=True)
class Candidate:
    """
    An officer with the right to decide it, and what speaks against her: `excluded` is "" for none.

    `until` is when she is back, of one who is away; `for_id` the absent officer of the office for
    whom she stands in.
    """

    account_id: int
    load: int = 0
    excluded: str = ""
    until: datetime | None = None
    for_id: int | None = None


@dataclass(frozen=True)
class Choice:
    """Whom it goes to, None for nobody; why, as codes; and everybody who was looked at."""

    officer_id: int | None
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...]

    @property
    def eligible(self) -> int:
        return sum(not one.excluded for one in self.candidates)


def choose(asked: Asked, *, at: datetime) -> Choice:
    """Return who gets a case now, and why."""
    return choose_each([asked], at=at)[0]


def choose_each(asked: Sequence[Asked], *, at: datetime) -> list[Choice]:
    """
    Return who gets each of these cases now, and why: what one is given weighs for the next.

    The number of queries does not grow with the cases.
    """
    scopes = [Scope(one.service_code, one.area_code) for one in asked]
    granted = rights.holders_each(act=policies.DECIDE.code, wanted=set(scopes), at=at)
    everybody = sorted(set().union(*granted.values()))
    known = {one.id: one for one in accounts.accounts(everybody)}
    presence = accounts_at_work.present(everybody, at)
    loads = tallying.loads(everybody) if everybody else {}
    # Of one case alone it does not matter: nothing is chosen after it.
    weights = tallying.weights({one.service_code for one in asked}) if len(asked) > 1 else {}
    choices = []
    for one, scope in zip(asked, scopes, strict=True):
        choice = _choose(one, [known[pk] for pk in granted[scope]], presence, loads)
        if choice.officer_id is not None:
            weight = weights.get(one.service_code, tallying.DEFAULT_LOAD)
            loads[choice.officer_id] = loads.get(choice.officer_id, 0) + weight
        choices.append(choice)
    return choices


def makers(application_id: int) -> frozenset[int]:
    """Return the persons who made a step of a case that bars them from deciding it again."""
    return makers_each([application_id])[application_id]


def makers_each(application_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """
    Return for each case the persons who made a step that bars them from deciding it again.

    After an appeal these are all who made one before it (`hearing`); speaking as the second officer
    is one at any time. Asking for a completion alone is none: the case goes back to whoever asked.
    """
    made_by = hearing.makers_each(application_ids)
    seconds = SecondApproval.objects.filter(application_id__in=application_ids)
    for application_id, second_id in seconds.values_list("application_id", "second_id"):
        made_by[application_id].add(second_id)
    account_ids = sorted(set().union(*made_by.values()))
    found = accounts.accounts(account_ids) if account_ids else []
    persons = {one.id: one.person_id for one in found if one.person_id is not None}
    return {
        application_id: frozenset(persons[one] for one in account_ids if one in persons)
        for application_id, account_ids in made_by.items()
    }


def _choose(
    asked: Asked,
    officers: Sequence[AccountView],
    presence: Mapping[int, Presence],
    loads: Mapping[int, int],
) -> Choice:
    looked_at = _first_choices(officers, presence, asked)
    free = [one.account_id for one in looked_at if not one.excluded]
    weighed = tuple(
        one if one.excluded else replace(one, load=loads.get(one.account_id, 0))
        for one in looked_at
    )
    chosen = policies.lightest(free, loads, turn=asked.turn)
    return Choice(chosen, _why(chosen, officers, weighed, asked), weighed)


def _first_choices(
    officers: Sequence[AccountView], presence: Mapping[int, Presence], asked: Asked
) -> list[Candidate]:
    """Return everybody, with what speaks against each; of two circles only the nearer is free."""
    looked_at = [_look_at(one, presence[one.id], asked) for one in officers]
    here = {one.id for one in officers if one.office_id == asked.office_id}
    stands_for = {
        stand_in_id: account_id
        for account_id in sorted(here)
        if (stand_in_id := presence[account_id].stand_in_id) is not None
    }
    near = here | stands_for.keys()
    someone = any(one.account_id in near and not one.excluded for one in looked_at)
    return [
        replace(
            one,
            excluded=one.excluded or (NOT_FIRST if someone and one.account_id not in near else ""),
            for_id=stands_for.get(one.account_id) if one.account_id not in here else None,
        )
        for one in looked_at
    ]


def _look_at(officer: AccountView, presence: Presence, asked: Asked) -> Candidate:
    if asked.holder_id is not None and policies.has_interest(
        account_id=officer.id,
        person_id=officer.person_id,
        holder_id=asked.holder_id,
        applicant_id=asked.applicant_id or 0,
    ):
        return Candidate(officer.id, excluded=INTEREST)
    if officer.person_id in asked.makers:
        return Candidate(officer.id, excluded=MADE_A_STEP)
    if officer.id == asked.but_not:
        return Candidate(officer.id, excluded=GAVE_IT_BACK)
    if not presence.is_here:
        return Candidate(officer.id, excluded=presence.reason, until=presence.until)
    return Candidate(officer.id)


def _why(
    chosen: int | None,
    officers: Sequence[AccountView],
    looked_at: Sequence[Candidate],
    asked: Asked,
) -> tuple[str, ...]:
    if chosen is None:
        return (NOBODY,)
    office_id = next(one.office_id for one in officers if one.id == chosen)
    if any(one.account_id == chosen and one.for_id for one in looked_at):
        return (STANDS_IN, LIGHTEST)
    return (LIGHTEST,) if office_id == asked.office_id else (FROM_AROUND, LIGHTEST)
