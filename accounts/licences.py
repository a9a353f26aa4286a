"""Who may help citizens apply for money: asked of every help, and by whoever meets an agent."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Prefetch, Q, QuerySet

from accounts import policies
from accounts.models import Account, Agent, AgentFee
from kernel.money import Money
from places import queries as places

LISTED_MAX = 50
WAITING, TO_COME, VALID, SUSPENDED, OVER = "waiting", "to come", "valid", "suspended", "over"


class NotLicensed(policies.NotGranted):
    """She is an agent, and no licence of hers is in force here now: as if she had no right."""


@dataclass(frozen=True)
class Licence:
    """A licence as anybody may read it: no person's name and no phone is in it."""

    id: int
    account_id: int
    number: str
    business: str
    agency: str
    area_code: str
    area: str
    fee: Money
    service_fees: dict[str, Money]
    from_at: datetime
    until_at: datetime
    state: str
    registered_by_id: int
    email: str = field(default="", repr=False)
    suspended_because: str = ""
    ended_because: str = ""

    def fee_for(self, service_code: str) -> Money:
        return self.service_fees.get(service_code, self.fee)


def is_agent(account_id: int) -> bool:
    """Say whether this login, or another of its person's, was ever registered as an agent's."""
    return _of_person(account_id).exists()


def in_force(account_id: int, *, at: datetime) -> Agent | None:
    """
    Return the newest licence by which this login may help now.

    A suspension is lifted by a licence that was confirmed after it, and by nothing else: whoever
    ends the suspended one revives no other. `accounts_licence_of` says the same in PostgreSQL.
    """
    open_ = Q(ended_at=None) | Q(ended_at__gt=at)
    stopped = _of_person(account_id).filter(suspended_at__lte=at)
    last = stopped.aggregate(last=Max("suspended_at"))["last"]
    if stopped.filter(open_).exists():
        return None
    since = Q(confirmed_at__gt=last, registered_at__gt=last) if last else Q()
    return (
        Agent.objects.select_related("area")
        .filter(open_, since, account_id=account_id, confirmed_at__lte=at)
        .filter(from_at__lte=at, until_at__gt=at)
        .order_by("-pk")
        .first()
    )


def require(*, account_id: int, act: str, area_code: str | None, at: datetime) -> None:
    """
    Do nothing for whoever is no agent, or holds a licence in force that covers the area.

    :raises NotLicensed: otherwise
    """
    if not is_agent(account_id):
        return
    held = in_force(account_id, at=at)
    path = places.area_paths([area_code]).get(area_code, "") if area_code else ""
    if held is None or held.area.code not in path.split("/"):
        raise NotLicensed(account_id=account_id, act=act)


def fee_max_minor(account_id: int, service_code: str, *, at: datetime) -> int | None:
    """Return the most that an agent has declared for the service; None for who is no agent."""
    if not is_agent(account_id):
        return None
    held = in_force(account_id, at=at)
    if held is None:
        return 0
    own = AgentFee.objects.filter(agent=held, service_code=service_code)
    found = own.values_list("fee_minor", flat=True).first()
    return held.fee_minor if found is None else int(found)


def business_of(account_id: int, *, at: datetime) -> str:
    """Return under which name this login helped then; "" for who is no agent."""
    held = Agent.objects.filter(
        account_id=account_id, confirmed_at__lte=at, from_at__lte=at, until_at__gt=at
    )
    return held.order_by("-pk").values_list("business", flat=True).first() or ""


def is_agents_phone(contact_id: int, *, at: datetime) -> bool:
    """Say whether a number is that of a business whose licence is open."""
    open_ = Agent.objects.filter(phone_id=contact_id, until_at__gt=at)
    return open_.filter(Q(ended_at=None) | Q(ended_at__gt=at)).exists()


# --- shown ------------------------------------------------------------------------------------


def numbered(number: str, *, at: datetime, language: str) -> list[Licence]:
    """Return all licences of a number that were ever confirmed, the newest first."""
    found = _shown().filter(licence=number, confirmed_at__isnull=False).order_by("-pk")
    return _lines(found[:LISTED_MAX], at=at, language=language)


def near(area_code: str, *, at: datetime, language: str) -> list[Licence]:
    """Return the agents of an area, of those within and of those around it: valid or suspended."""
    path = places.area(area_code).path
    within = Q(area__path__startswith=f"{path}/") | Q(area__code__in=path.split("/"))
    found = _shown().filter(within, ended_at=None, confirmed_at__isnull=False)
    rows = found.filter(from_at__lte=at, until_at__gt=at).order_by("business", "pk")
    return _lines(rows[:LISTED_MAX], at=at, language=language)


def overseen(paths: list[str] | None, *, at: datetime, language: str) -> list[Licence]:
    """
    Return the licences of areas, those that wait first; for whoever registers and confirms there.

    :param paths: of the areas; None is the country
    """
    found = _shown()
    if paths is not None:
        near_ = Q(pk=None)
        for path in paths:
            near_ |= Q(area__path=path) | Q(area__path__startswith=f"{path}/")
        found = found.filter(near_)
    lines = _lines(found.order_by("-pk")[:LISTED_MAX], at=at, language=language)
    return sorted(lines, key=lambda one: one.state != WAITING)


def one(agent_id: int, *, at: datetime, language: str) -> Licence | None:
    return next(iter(_lines(_shown().filter(pk=agent_id), at=at, language=language)), None)


def state(agent: Agent, *, at: datetime) -> str:
    """Return where a licence stands at that moment."""
    if (agent.ended_at and agent.ended_at <= at) or agent.until_at <= at:
        return OVER
    if agent.suspended_at and agent.suspended_at <= at:
        return SUSPENDED
    if agent.confirmed_at is None:
        return WAITING
    return VALID if agent.from_at <= at else TO_COME


def _of_person(account_id: int) -> QuerySet[Agent]:
    persons = Account.objects.filter(pk=account_id, person__isnull=False).values("person_id")
    return Agent.objects.filter(Q(account_id=account_id) | Q(account__person_id__in=persons))


def _shown() -> QuerySet[Agent]:
    return Agent.objects.select_related("area__parent", "agency", "account").prefetch_related(
        Prefetch("fees", AgentFee.objects.order_by("service_code"))
    )


def _lines(found: QuerySet[Agent], *, at: datetime, language: str) -> list[Licence]:
    agencies = places.agency_names(language)
    return [_licence(one, agencies, at=at) for one in found]


def _licence(agent: Agent, agencies: dict[str, str], *, at: datetime) -> Licence:
    area = agent.area
    above = f", {area.parent.name}" if area.parent else ""
    return Licence(
        id=agent.pk,
        account_id=agent.account_id,
        number=agent.licence,
        business=agent.business,
        agency=agencies.get(agent.agency.code, agent.agency.code),
        area_code=area.code,
        area=f"{area.name}{above}",
        fee=Money(agent.fee_minor, agent.fee_currency),
        service_fees={
            fee.service_code: Money(fee.fee_minor, agent.fee_currency) for fee in agent.fees.all()
        },
        from_at=agent.from_at,
        until_at=agent.until_at,
        state=state(agent, at=at),
        registered_by_id=agent.registered_by_id,
        email=agent.account.email or "",
        suspended_because=agent.suspended_because,
        ended_because=agent.ended_because,
    )
