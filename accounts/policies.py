"""
May she? One answer for pages, API and operations: only grants count.

Being an operator or a superuser of Django answers nothing here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts import acts
from accounts.acts import Act
from accounts.models import Account, Grant
from accounts.states import AccountKind
from places import queries as places

GIVE_RIGHTS = Act("rights.give", two_people=True)
CONFIRM_RIGHTS = Act("rights.confirm", two_people=True)
ACTS: tuple[Act, ...] = (GIVE_RIGHTS, CONFIRM_RIGHTS)
acts.declare(*ACTS)

ANY = "*"


class NotGranted(PermissionDenied):
    """Nobody gave her this right, for this, here, now. Django answers 403."""

    def __init__(self, *, account_id: int, act: str) -> None:
        super().__init__(act)
        self.account_id = account_id
        self.act = act


@dataclass(frozen=True)
class Scope:
    """What one grant covers: a service or `ANY`, an area with all within it or None for all."""

    service_code: str
    area_code: str | None


def may(
    *,
    account_id: int,
    act: str,
    service_code: str = ANY,
    area_code: str | None,
    at: datetime,
    rail_code: str = ANY,
    beneficiary_code: str = ANY,
) -> bool:
    """
    Say whether a grant in force covers the act, on this service or rail, for this beneficiary of
    money, in this area.

    A grant covers what is asked if it is at least as wide: "*" covers every code, no area covers
    the country, an area covers every area within it. Asking for "*" or for no area asks for all.

    :raises accounts.acts.UnknownAct: if no app has declared the act
    """
    grants = _in_force(
        act=act,
        service_code=service_code,
        rail_code=rail_code,
        beneficiary_code=beneficiary_code,
        at=at,
    )
    return _covering(grants.filter(account_id=account_id), area_code).exists()


def require(
    *,
    account_id: int,
    act: str,
    service_code: str = ANY,
    area_code: str | None,
    at: datetime,
    rail_code: str = ANY,
    beneficiary_code: str = ANY,
) -> None:
    """
    Do nothing if `may` says yes.

    :raises NotGranted: otherwise; the edge records it once the transaction is over
    """
    allowed = may(
        account_id=account_id,
        act=act,
        service_code=service_code,
        area_code=area_code,
        at=at,
        rail_code=rail_code,
        beneficiary_code=beneficiary_code,
    )
    if not allowed:
        raise NotGranted(account_id=account_id, act=act)


def holders(
    *,
    act: str,
    service_code: str = ANY,
    area_code: str | None,
    at: datetime,
    rail_code: str = ANY,
    beneficiary_code: str = ANY,
) -> list[int]:
    """Return the ids of all active accounts for which `may` says yes, smallest first."""
    grants = _in_force(
        act=act,
        service_code=service_code,
        rail_code=rail_code,
        beneficiary_code=beneficiary_code,
        at=at,
    )
    return sorted(set(_covering(grants, area_code).values_list("account_id", flat=True)))


def holding(account_ids: Collection[int], *, act: str, at: datetime) -> set[int]:
    """
    Return which of these accounts hold the act now, on anything at all.

    :raises accounts.acts.UnknownAct: if no app has declared the act
    """
    grants = _of_acts([act], at=at).filter(account_id__in=account_ids)
    return set(grants.values_list("account_id", flat=True))


def held(*, account_id: int, act_codes: Collection[str], at: datetime) -> set[str]:
    """
    Return which of these acts the account may do now, on anything at all.

    :raises accounts.acts.UnknownAct: if no app has declared one of them
    """
    grants = _of_acts(act_codes, at=at).filter(account_id=account_id)
    return set(grants.values_list("act", flat=True))


def scopes(*, account_id: int, act_codes: Collection[str], at: datetime) -> list[Scope]:
    """
    Return what the account's grants in force for any of these acts cover, for lists of many things.

    For each thing that a scope covers, `may` says yes to one of the acts.

    :raises accounts.acts.UnknownAct: if no app has declared one of them
    """
    grants = _of_acts(act_codes, at=at).filter(
        account_id=account_id, rail_code=ANY, beneficiary_code=ANY
    )
    found = grants.values_list("service_code", "area__code").distinct()
    return [Scope(service_code, area_code) for service_code, area_code in found]


def holds_or_will(*, account_id: int, act: str, at: datetime) -> bool:
    """
    Say whether a grant of the act, on anything at all, to any of her accounts has not ended.

    One that begins later, or that nobody has confirmed yet, is such a grant too.
    """
    persons = Account.objects.filter(pk=account_id, person__isnull=False).values("person_id")
    hers = Q(account_id=account_id) | Q(account__person_id__in=persons)
    grants = Grant.objects.filter(hers, act=act)
    return grants.exclude(until_at__lte=at).exclude(ended_at__lte=at).exists()


def beneficiaries(*, account_id: int, act: str, at: datetime) -> list[str]:
    """
    Return whose money her grants in force for the act name, in order; `ANY` where one names all.

    :raises accounts.acts.UnknownAct: if no app has declared the act
    """
    grants = _of_acts([act], at=at).filter(account_id=account_id, area__isnull=True)
    wide = grants.filter(service_code=ANY, rail_code=ANY)
    return sorted(set(wide.values_list("beneficiary_code", flat=True)))


def _in_force(
    *, act: str, service_code: str, rail_code: str, beneficiary_code: str, at: datetime
) -> QuerySet[Grant]:
    return _of_acts([act], at=at).filter(
        service_code__in={ANY, service_code},
        rail_code__in={ANY, rail_code},
        beneficiary_code__in={ANY, beneficiary_code},
    )


def _of_acts(codes: Collection[str], *, at: datetime) -> QuerySet[Grant]:
    alone = [code for code in codes if not acts.known(code).two_people]
    return Grant.objects.filter(
        Q(until_at__isnull=True) | Q(until_at__gt=at),
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        Q(confirmed_at__lte=at) | Q(act__in=alone),
        act__in=codes,
        from_at__lte=at,
        account__is_active=True,
        account__is_superuser=False,
        account__kind=AccountKind.STAFF,
    )


def _covering(grants: QuerySet[Grant], area_code: str | None) -> QuerySet[Grant]:
    if area_code is None:
        return grants.filter(area__isnull=True)
    # The path holds the codes from the top of the country down to the area itself.
    around = places.area(area_code).path.split("/")
    return grants.filter(Q(area__isnull=True) | Q(area__code__in=around))
