"""How much each rail has told of late, against what is usual."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kernel.country import country
from payments import traffic
from payments.models import Rail, RailHealth, RailHour
from places import working

HOURS_SHOWN = 6
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class HourSeen:
    """One hour; of the current one `usual` is the share that has passed."""

    hour: datetime
    seen: int
    usual: float | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A rail's day so far; `hours` are the last ones, the newest first."""

    rail: Rail
    health: RailHealth | None
    last_hour: HourSeen
    today: HourSeen
    hours: Sequence[HourSeen]


class Usual:
    """What is usual for rails in some hours, read with one query."""

    def __init__(self, hours: Iterable[datetime]) -> None:
        zone, rest = country().zone, _rest_weekday()
        self.likes = {
            hour: traffic.like(hour, zone=zone, is_holiday=is_holiday, rest_weekday=rest)
            for hour in hours
        }
        self.seen = _seen({one for hour, likes in self.likes.items() for one in (hour, *likes)})

    def of(self, rail_id: int, *, since: datetime | None) -> dict[datetime, float | None]:
        """:param since: when the rail was first counted"""
        seen = self.seen[rail_id]
        return {hour: traffic.usual(seen, likes, since=since) for hour, likes in self.likes.items()}


def is_holiday(day: date) -> bool:
    """Say whether a day on which the country works otherwise is a feast."""
    return day.weekday() in country().working_week and not working.is_working_day(day)


def channels(now: datetime) -> list[Channel]:
    """Return every active rail with its last hours and its day; with three queries."""
    midnight = datetime.combine(now.astimezone(country().zone).date(), datetime.min.time())
    begins = midnight.replace(tzinfo=country().zone)
    first = min(begins, traffic.hour_of(now) - HOURS_SHOWN * traffic.HOUR)
    told = Usual(traffic.hours_of(first, now))
    healths = {one.rail_id: one for one in RailHealth.objects.all()}
    return [
        _channel(rail, healths.get(rail.pk), told, begins=begins, now=now)
        for rail in Rail.objects.filter(active=True).order_by("position", "code")
    ]


def _channel(
    rail: Rail, health: RailHealth | None, told: Usual, *, begins: datetime, now: datetime
) -> Channel:
    usual = told.of(rail.pk, since=health.counted_from if health else None)
    hours = [_hour(hour, told.seen[rail.pk], usual, now) for hour in sorted(usual, reverse=True)]
    of_today = [one for one in hours if one.hour >= begins]
    known = [one.usual for one in of_today if one.usual is not None]
    return Channel(
        rail=rail,
        health=health,
        last_hour=hours[1],
        today=HourSeen(begins, sum(one.seen for one in of_today), sum(known) if known else None),
        hours=hours[:HOURS_SHOWN],
    )


def _hour(
    hour: datetime,
    seen: Mapping[datetime, int],
    usual: Mapping[datetime, float | None],
    now: datetime,
) -> HourSeen:
    share = min(1.0, (now - hour) / traffic.HOUR)
    whole = usual[hour]
    return HourSeen(hour, seen.get(hour, 0), None if whole is None else whole * share)


def _seen(hours: Iterable[datetime]) -> dict[int, dict[datetime, int]]:
    seen: dict[int, dict[datetime, int]] = defaultdict(dict)
    rows = RailHour.objects.filter(hour__in=sorted(hours)).values_list("rail_id", "hour", "seen")
    for rail_id, hour, count in rows:
        seen[rail_id][hour] = count
    return seen


def _rest_weekday() -> int:
    rests = set(range(7)) - set(country().working_week)
    return max(rests, default=_SUNDAY)
