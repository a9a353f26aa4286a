"""Rights in words, for every page of the rights desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext

from accounts import naming, policies, register, sessions, words
from accounts.models import Account
from accounts.policies import ANY, Breadth
from accounts.register import Holder, Right
from accounts.staffing import Reach
from accounts.words import ActWords
from places import queries as places

DESK = (policies.GIVE_RIGHTS.code, policies.CONFIRM_RIGHTS.code)


@dataclass(frozen=True)
class Line:
    """One right in a list: the act in words, over what, and how far it has come."""

    right: Right
    act: ActWords
    over: str
    state: str
    tone: str
    first_day: date
    last_day: date | None  # None: no end.


@dataclass(frozen=True)
class Names:
    """What services, rails and beneficiaries are called in the reader's language, by code."""

    services: Mapping[str, str]
    rails: Mapping[str, str]
    beneficiaries: Mapping[str, str]


def reader(request: HttpRequest, *, at: datetime) -> tuple[Account, set[str]]:
    """
    Return who reads, and which of the two acts of the rights desk are hers.

    :raises NotGranted: if neither is
    """
    account = sessions.signed_in(request)
    hers = policies.held(account_id=account.pk, act_codes=DESK, at=at)
    if not hers:
        raise policies.NotGranted(account_id=account.pk, act=policies.GIVE_RIGHTS.code)
    return account, hers


def within(account_id: int, *, at: datetime) -> Reach:
    """Return how far she reads the register: as far as she gives or confirms, over whatever."""
    return register.reach(account_id, acts=DESK, at=at)


def called(request: HttpRequest, typed: str, *, at: datetime) -> list[Holder]:
    """Return whom she can find by what she typed: see `register.called`."""
    return register.called(typed, within=within(sessions.signed_in(request).pk, at=at))


def language() -> str:
    return get_language() or "en"


def names() -> Names:
    told = places.beneficiaries()
    return Names(
        services=naming.names("service", language()),
        rails=naming.names("rail", language()),
        beneficiaries={
            code: by_language.get(language()) or by_language.get("en", code)
            for code, by_language in told.items()
        },
    )


def lines(rights: Iterable[Right]) -> list[Line]:
    known = names()
    return [line(right, known) for right in rights]


def line(right: Right, known: Names) -> Line:
    state, tone = _states()[right.state]
    return Line(
        right=right,
        act=words.act(right.act),
        over=over_words(right.over, right.area_name, known),
        state=state,
        tone=tone,
        first_day=timezone.localdate(right.from_at),
        last_day=_last_day(right),
    )


def _last_day(right: Right) -> date | None:
    if right.ended_at is not None:
        return timezone.localdate(right.ended_at)
    # The end of a day is the beginning of the next.
    return timezone.localdate(right.until_at - timedelta(seconds=1)) if right.until_at else None


def over_words(over: Breadth, area_name: str, known: Names) -> str:
    """Return where and on what: "Kimironko and all within it, Birth certificate"."""
    where = (
        gettext("%(area)s and all within it") % {"area": area_name}
        if over.area_code
        else gettext("the whole country")
    )
    named = [
        known.services.get(over.service_code, over.service_code),
        known.rails.get(over.rail_code, over.rail_code),
        known.beneficiaries.get(over.beneficiary_code, over.beneficiary_code),
    ]
    return ", ".join([where, *(name for name in named if name != ANY)])


def can(account_id: int, act: str, rights: Sequence[Right], *, at: datetime) -> set[int]:
    """Return which of these rights lie whole within what she may give or confirm."""
    hers = policies.breadths(account_id=account_id, act=act, at=at)
    return {
        right.id
        for right in rights
        if any(policies.covers(wide, right.over, path=right.path) for wide in hers)
    }


def tabs(request: HttpRequest, *, at: datetime) -> dict[str, object]:
    """Return what every page of the desk says at its top."""
    account, hers = reader(request, at=at)
    reach = within(account.pk, at=at)
    open_now = register.waiting(within=reach, at=at, language=language())
    return {
        "may_give": policies.GIVE_RIGHTS.code in hers,
        "may_confirm": policies.CONFIRM_RIGHTS.code in hers,
        "waiting_count": len(open_now),
        "account_id": account.pk,
    }


def _states() -> dict[str, tuple[str, str]]:
    return {
        "waiting": (gettext("waits for a second person"), "warn"),
        "later": (gettext("begins later"), ""),
        "in_force": (gettext("in force"), "good"),
        "ending": (gettext("ends soon"), "warn"),
        "ended": (gettext("ended"), ""),
    }
