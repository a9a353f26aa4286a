"""What the head of an office asks: load and age by officer, and of an area by office."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, OuterRef, Q, Subquery, Sum

from accounts import policies as rights
from accounts import queries as accounts
from accounts.operations import Presence, present, weeks
from applications import policies
from applications.models import Application, Tally
from applications.queries import clocks, handing
from applications.queries.reaching import Reach, reach
from applications.queries.tallying import loads, weights
from applications.queries.watching import late, today
from applications.states import ON_DESK, EscalationLevel, Status
from places import queries as places

OFFICES_MAX = 200
"""A page lists no more of them; its sums, and the file, are of all."""


@dataclass(frozen=True)
class OfficerLine:
    """
    An officer of an office, 0 for nobody, with what she has before her there.

    `load` is the weighted sum over every office where she works; `since` is when the oldest case
    that lies with her was sent in; `weekdays` are those on which she works, empty where she works
    the country's week.
    """

    account_id: int
    name: str
    presence: Presence | None
    stand_in: str
    waiting: int
    in_hand: int
    elsewhere: int
    to_sign: int
    load: int
    late: int
    since: datetime | None
    decided_today: int
    decided_week: int
    weekdays: tuple[int, ...]


@dataclass(frozen=True)
class OfficeLine:
    """
    An office with what waits before it; `since` is when the oldest of it was sent in.

    `escalations` and `apologies` are of this month.
    """

    office_id: int
    waiting: int
    with_nobody: int
    in_hand: int
    load: int
    late: int
    since: datetime | None
    escalations: int
    apologies: int

    @property
    def late_percent(self) -> int:
        on_desk = self.waiting + self.in_hand
        return round(100 * self.late / on_desk) if on_desk else 0


def supervised(*, account_id: int, person_id: int | None, at: datetime) -> Reach:
    """Return how far her right to supervise reaches."""
    return reach(account_id=account_id, person_id=person_id, at=at, acts=(policies.SUPERVISE,))


def officers(reach: Reach, office_id: int, *, at: datetime) -> list[OfficerLine]:
    """
    Return the officers of an office, and whoever has cases there, by name; whoever is nobody first.

    A fixed number of queries, however many they are.
    """
    counted = _by_officer(reach, office_id)
    own = {one.id: one for one in accounts.staff_of(office_id)}
    deciding = rights.holding(own, act=policies.DECIDE.code, at=at)
    ids = {pk for pk in counted if pk} | set(deciding)
    others = accounts.accounts(sorted(ids - own.keys()))
    names = {pk: one.display_name for pk, one in own.items()}
    names |= {one.id: one.display_name for one in others}
    presence = present(sorted(ids), at)
    stand_ins = {one.stand_in_id for one in presence.values() if one.stand_in_id}
    unknown = stand_ins - names.keys()
    if unknown:
        names |= {one.id: one.display_name for one in accounts.accounts(sorted(unknown))}
    ages = _ages(reach, office_id, at=at)
    decided = _decided(reach, office_id, at=at)
    weighed = loads(ids)
    days = weeks(ids)
    lines = [
        _officer(
            pk,
            counted,
            presence.get(pk),
            names,
            ages,
            decided,
            load=weighed.get(pk, 0),
            weekdays=days.get(pk, ()),
        )
        for pk in ids
    ]
    lines.sort(key=lambda line: (line.name.casefold(), line.account_id))
    if any(counted.get(0, {}).values()):
        lines.insert(0, _officer(0, counted, None, names, ages, decided, load=0, weekdays=()))
    return lines


def offices(reach: Reach, *, at: datetime) -> list[OfficeLine]:
    """
    Return the offices that she supervises and that have anything, those with most late work first.

    A fixed number of queries.
    """
    rows = (
        Tally.objects.filter(reach.within)
        .values_list("deciding_office_id", "officer_id", "service_code", "status")
        .annotate(Sum("n"))
    )
    table = [row for row in rows if row[4]]
    weight = weights({service for _, _, service, _, _ in table})
    ids = {office_id for office_id, *_ in table}
    beyond = _late_by_office(reach, at=at)
    since = _since(ids)
    month = _month(at)
    sorry = {
        office_id: count
        for office_id, _, count in clocks.apologies(since=month, until=at, office_ids=ids)
    }
    told = _told(ids, at=at)
    lines = []
    by_office: dict[int, list[tuple[int, int | None, str, str, int]]] = {pk: [] for pk in ids}
    for row in table:
        if row[3] in ON_DESK:
            by_office[row[0]].append(row)
    for office_id, on_desk in by_office.items():
        lines.append(
            OfficeLine(
                office_id=office_id,
                waiting=sum(n for *_, status, n in on_desk if status == Status.IN_QUEUE),
                with_nobody=sum(n for _, officer, _, _, n in on_desk if officer is None),
                in_hand=sum(n for *_, status, n in on_desk if status != Status.IN_QUEUE),
                load=sum(n * weight.get(service, 1) for _, _, service, _, n in on_desk),
                late=beyond.get(office_id, 0),
                since=since.get(office_id),
                escalations=sum(told.get(office_id, {}).values()),
                apologies=sorry.get(office_id, 0),
            )
        )
    lines.sort(key=lambda line: (-line.late, -line.load, line.office_id))
    return lines


def apologies(office_id: int, *, at: datetime) -> int:
    """Return how often the office apologised this month."""
    found = clocks.apologies(since=_month(at), until=at, office_ids={office_id})
    return sum(count for _, _, count in found)


def escalations(office_id: int, *, at: datetime) -> dict[EscalationLevel, int]:
    """Return how often somebody was told this month that a case of the office waits, by level."""
    return _told({office_id}, at=at).get(office_id, {})


def _told(office_ids: Collection[int], *, at: datetime) -> dict[int, dict[EscalationLevel, int]]:
    found: dict[int, dict[EscalationLevel, int]] = {}
    counts = clocks.escalations_by_office(since=_month(at), until=at, office_ids=office_ids)
    for (office_id, level), count in counts.items():
        found.setdefault(office_id, {})[level] = count
    return found


def _by_officer(reach: Reach, office_id: int) -> dict[int, dict[str, int]]:
    rows = (
        Tally.objects.filter(reach.within, deciding_office_id=office_id)
        .values_list("officer_id", "status")
        .annotate(Sum("n"))
    )
    found: dict[int, dict[str, int]] = {}
    for officer_id, status, n in rows:
        found.setdefault(officer_id or 0, {})[status] = n
    away = handing.away(reach).filter(deciding_office_id=office_id).count()
    if away:
        found[0][Status.IN_QUEUE] -= away
    return {pk: counts for pk, counts in found.items() if any(counts.values())}


def _ages(reach: Reach, office_id: int, *, at: datetime) -> dict[int, tuple[int, datetime | None]]:
    rows = (
        Application.objects.filter(reach.within, deciding_office_id=office_id, status__in=ON_DESK)
        .values_list("officer_id")
        .annotate(beyond=Count("pk", filter=late(at)), oldest=Min("submitted_at"))
    )
    return {officer_id or 0: (beyond, since) for officer_id, beyond, since in rows}


def _decided(reach: Reach, office_id: int, *, at: datetime) -> dict[int, tuple[int, int]]:
    begins, _ = today(at)
    monday = begins - timedelta(days=begins.weekday())
    rows = (
        Application.objects.filter(
            reach.within, deciding_office_id=office_id, decided_at__gte=monday
        )
        .values_list("officer_id")
        .annotate(day=Count("pk", filter=Q(decided_at__gte=begins)), week=Count("pk"))
    )
    return {officer_id or 0: (day, week) for officer_id, day, week in rows}


def _officer(
    pk: int,
    counted: dict[int, dict[str, int]],
    presence: Presence | None,
    names: dict[int, str],
    ages: dict[int, tuple[int, datetime | None]],
    decided: dict[int, tuple[int, int]],
    *,
    load: int,
    weekdays: tuple[int, ...],
) -> OfficerLine:
    counts = counted.get(pk, {})
    beyond, since = ages.get(pk, (0, None))
    day, week = decided.get(pk, (0, 0))
    stand_in_id = presence.stand_in_id if presence else None
    return OfficerLine(
        account_id=pk,
        name=names.get(pk, ""),
        presence=presence,
        stand_in=names.get(stand_in_id, "") if stand_in_id else "",
        waiting=counts.get(Status.IN_QUEUE, 0),
        in_hand=counts.get(Status.UNDER_REVIEW, 0) + counts.get(Status.AWAITING_SECOND, 0),
        elsewhere=counts.get(Status.AWAITING_COMPLETION, 0) + counts.get(Status.PAYMENT_HELD, 0),
        to_sign=counts.get(Status.AWAITING_SIGNATURE, 0),
        load=load,
        late=beyond,
        since=since,
        decided_today=day,
        decided_week=week,
        weekdays=weekdays,
    )


def _late_by_office(reach: Reach, *, at: datetime) -> dict[int, int]:
    rows = (
        Application.objects.filter(reach.within, late(at), status__in=ON_DESK)
        .values_list("deciding_office_id")
        .annotate(Count("pk"))
    )
    return {office_id: count for office_id, count in rows if office_id is not None}


def _since(office_ids: Collection[int]) -> dict[int, datetime | None]:
    """Return when the oldest case on each desk was sent in: one step into an index an office."""
    oldest = Application.objects.filter(deciding_office_id=OuterRef("pk"), status__in=ON_DESK)
    rows = places.Office.objects.filter(pk__in=office_ids).annotate(
        since=Subquery(oldest.order_by("pk").values("submitted_at")[:1])
    )
    return dict(rows.values_list("pk", "since"))


def _month(at: datetime) -> datetime:
    begins, _ = today(at)
    return begins.replace(day=1)
