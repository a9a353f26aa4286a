"""
May she? One answer for pages, API and operations: only grants count.

Being an operator or a superuser of Django answers nothing here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.acts import Act
from accounts.models import Account, Grant
from accounts.states import AccountKind
from places import queries as places

GIVE_RIGHTS = Act(
    "rights.give",
    two_people=True,
    name=_("give rights"),
    explained=_(
        "Propose which officer may do what, no wider than her own right to give, and end rights."
    ),
)
CONFIRM_RIGHTS = Act(
    "rights.confirm",
    two_people=True,
    name=_("confirm rights"),
    explained=_("Say yes or no to a right that somebody else has proposed, and end rights."),
)
# Over an area, agency or office: who invites people, and who closes and mends their accounts.
INVITE_STAFF = Act(
    "staff.invite",
    two_people=True,
    name=_("invite staff"),
    explained=_("Invite somebody to an account of her own. It holds no right until two give one."),
)
MANAGE_STAFF = Act(
    "staff.manage",
    two_people=True,
    name=_("look after accounts"),
    explained=_("Close accounts of staff and help those who cannot sign in; see no case."),
)
# Over an area: whoever licenses those who help citizens apply for money.
REGISTER_AGENTS = Act(
    "agent.register",
    two_people=True,
    name=_("register agents"),
    explained=_("Propose the licence of somebody who helps citizens apply, and suspend agents."),
)
CONFIRM_AGENTS = Act(
    "agent.confirm",
    two_people=True,
    name=_("confirm agents"),
    explained=_("Say yes or no to a licence that somebody else has proposed, and suspend agents."),
)
# Of citizens, at a counter: who they are, for whom they act, and at which phone they are reached.
MEET_PERSON = Act(
    "person.meet",
    two_people=True,
    name=_("confirm who somebody is"),
    explained=_("Compare a citizen at the counter with her document, and say that she was met."),
)
DECIDE_GUARDIANS = Act(
    "person.guard",
    two_people=True,
    name=_("decide who acts for whom"),
    explained=_("Accept or refuse parents and guardians by the order that they show."),
)
MEND_PHONE = Act(
    "person.mend",
    two_people=True,
    name=_("mend lost phones"),
    explained=_("Give a citizen at the counter another phone. A second officer confirms each."),
)
# Of somebody who wants to be forgotten here: who asks for it at a counter, and who decides.
ASK_ERASURE = Act(
    "privacy.ask",
    two_people=True,
    name=_("ask for an erasure"),
    explained=_("Take down at the counter that a citizen wants to be forgotten. Another decides."),
)
ERASE_PERSON = Act(
    "privacy.erase",
    two_people=True,
    name=_("decide on erasures"),
    explained=_("Say yes or no when a citizen wants to be forgotten, and see what keeps her data."),
)
WITH_CITIZENS: tuple[Act, ...] = (MEET_PERSON, DECIDE_GUARDIANS, MEND_PHONE)
ACTS: tuple[Act, ...] = (
    *WITH_CITIZENS,
    GIVE_RIGHTS,
    CONFIRM_RIGHTS,
    INVITE_STAFF,
    MANAGE_STAFF,
    REGISTER_AGENTS,
    CONFIRM_AGENTS,
    ASK_ERASURE,
    ERASE_PERSON,
)
acts.declare(*ACTS)
acts.declare_apart(
    ASK_ERASURE, ERASE_PERSON, "nobody makes a person disappear between her own two hands"
)
acts.declare_apart(
    GIVE_RIGHTS, CONFIRM_RIGHTS, "two who may each do both make any officer between them"
)
acts.declare_apart(
    INVITE_STAFF, CONFIRM_RIGHTS, "an invented person must not get her rights from who invented her"
)

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


@dataclass(frozen=True)
class Breadth:
    """Over what a grant is given, whole: "*" is every code, no area the country."""

    service_code: str = ANY
    area_code: str | None = None
    rail_code: str = ANY
    beneficiary_code: str = ANY


@dataclass(frozen=True)
class Clash:
    """A grant of hers that keeps another from her: their acts never lie in one hand."""

    grant_id: int
    act: str
    why: str


def covers(wide: Breadth, narrow: Breadth, *, path: str) -> bool:
    """
    Say whether one breadth holds the other whole, as `may` says of a grant in force.

    :param path: of the narrow one's area, "1/12/1209"; "" for the whole country
    """
    return (
        wide.service_code in {ANY, narrow.service_code}
        and wide.rail_code in {ANY, narrow.rail_code}
        and wide.beneficiary_code in {ANY, narrow.beneficiary_code}
        and (wide.area_code is None or wide.area_code in path.split("/"))
    )


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
    over = Breadth(service_code, area_code, rail_code, beneficiary_code)
    return letting(act=act, over=over, at=at).filter(account_id=account_id).exists()


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
    over = Breadth(service_code, area_code, rail_code, beneficiary_code)
    return sorted(set(letting(act=act, over=over, at=at).values_list("account_id", flat=True)))


def letting(*, act: str, over: Breadth, at: datetime) -> QuerySet[Grant]:
    """
    Return the grants by which `may` says yes, whoever holds them.

    :raises accounts.acts.UnknownAct: if no app has declared the act
    """
    grants = _in_force(
        act=act,
        service_code=over.service_code,
        rail_code=over.rail_code,
        beneficiary_code=over.beneficiary_code,
        at=at,
    )
    return _covering(grants, over.area_code)


def touching(*, act: str, over: Breadth, at: datetime) -> QuerySet[Grant]:
    """
    Return the grants by which somebody may do this somewhere within `over`.

    Unlike `letting`: of what is left open there ("*", no area) any will do, not all of it.

    :raises accounts.acts.UnknownAct: if no app has declared the act
    """
    asked = {
        "service_code": over.service_code,
        "rail_code": over.rail_code,
        "beneficiary_code": over.beneficiary_code,
    }
    named = {f"{name}__in": {ANY, code} for name, code in asked.items() if code != ANY}
    grants = _of_acts([act], at=at).filter(**named)
    return grants if over.area_code is None else _covering(grants, over.area_code)


def holders_each(*, act: str, wanted: Collection[Scope], at: datetime) -> dict[Scope, list[int]]:
    """
    Return for each service and area what `holders` does, with two queries however many they are.

    :raises accounts.acts.UnknownAct: if no app has declared the act
    """
    paths = places.area_paths({one.area_code for one in wanted if one.area_code is not None})
    around = {code for path in paths.values() for code in path.split("/")}
    grants = _of_acts([act], at=at).filter(
        Q(area__isnull=True) | Q(area__code__in=around),
        service_code__in={ANY, *(one.service_code for one in wanted)},
        rail_code=ANY,
        beneficiary_code=ANY,
    )
    held: dict[Scope, set[int]] = {}
    for account_id, *covered in grants.values_list("account_id", "service_code", "area__code"):
        held.setdefault(Scope(*covered), set()).add(account_id)
    found = {}
    for one in wanted:
        codes = [*paths[one.area_code].split("/"), None] if one.area_code is not None else [None]
        wide = [Scope(service, code) for service in (one.service_code, ANY) for code in codes]
        found[one] = sorted(set().union(*(held.get(scope, set()) for scope in wide)))
    return found


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


def breadths(*, account_id: int, act: str, at: datetime) -> list[Breadth]:
    """
    Return how wide each of her grants in force for the act is.

    :raises accounts.acts.UnknownAct: if no app has declared the act
    """
    found = _of_acts([act], at=at).filter(account_id=account_id)
    names = ("service_code", "area__code", "rail_code", "beneficiary_code")
    return [Breadth(*row) for row in found.values_list(*names).distinct().order_by(*names)]


def held_apart(
    *,
    account_id: int,
    act: str,
    over: Breadth,
    from_at: datetime,
    until_at: datetime | None,
) -> list[Clash]:
    """
    Return what of her own keeps her from this act, over this, in this time.

    All grants count that were given to any of her logins and have not ended, also those that wait
    for confirmation or begin later. The trigger `grant_hands_apart` says the same.
    """
    reasons = acts.apart_from(act)
    hers = Q(account_id=account_id) | Q(account__person__staff_accounts=account_id)
    met = Grant.objects.filter(
        hers,
        Q(until_at__isnull=True) | Q(until_at__gt=from_at),
        Q(ended_at__isnull=True) | Q(ended_at__gt=Greatest(F("from_at"), from_at)),
        act__in=reasons,
    )
    if until_at is not None:
        met = met.filter(from_at__lt=until_at)
    for name in ("service_code", "rail_code", "beneficiary_code"):
        if (code := getattr(over, name)) != ANY:
            met = met.filter(**{f"{name}__in": {ANY, code}})
    if over.area_code is not None:
        within = places.area(over.area_code).path + "/"
        around = Q(area__code__in=places.around(over.area_code))
        met = met.filter(Q(area__isnull=True) | around | Q(area__path__startswith=within))
    rows = met.distinct().order_by("pk").values_list("pk", "act")
    return [Clash(pk, other, reasons[other]) for pk, other in rows]


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
    return grants.filter(Q(area__isnull=True) | Q(area__code__in=places.around(area_code)))
