"""What the head of an office looks out for: what nobody has, goes round, or will be late."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncHour

from applications.models import Application, StatusChange
from applications.queries import clocks, handing
from applications.queries.queues import Order, listed
from applications.queries.reaching import Reach
from applications.states import ON_DESK, Status
from kernel.country import country
from places import working

PAGE_SIZE = 50
_URGENT = Order("queue_at")


class Watch(StrEnum):
    """The lists that the head of an office acts on; each is of one office."""

    NOBODY = "nobody"
    LATE = "late"
    TODAY = "today"
    TOMORROW = "tomorrow"
    OFTEN = "often"
    ESCALATED = "escalated"
    OFFICER = "officer"


@dataclass(frozen=True)
class Outlook:
    """What is promised: before now, by the end of each hour of today, and until tomorrow's end."""

    overdue: int
    by_hour: tuple[tuple[datetime, int], ...]
    tomorrow: int
    tomorrow_ends: datetime

    @property
    def today(self) -> int:
        return sum(count for _, count in self.by_hour)


def outlook(reach: Reach, office_id: int, *, at: datetime) -> Outlook:
    """Return what the office has promised and not decided: overdue, today by hour, tomorrow."""
    zone = country().zone
    _, midnight = today(at)
    on_desk = _at(reach, office_id)
    overdue = on_desk.filter(late(at)).count()
    hours = (
        on_desk.filter(promised_at__gte=at, promised_at__lt=midnight, queue_at__lt=midnight)
        .annotate(hour=TruncHour("promised_at", tzinfo=zone))
        .values_list("hour")
        .annotate(Count("pk"))
        .order_by("hour")
    )
    return Outlook(
        overdue=overdue,
        by_hour=tuple((hour, count) for hour, count in hours),
        tomorrow=on_desk.filter(_tomorrow(at)).count(),
        tomorrow_ends=tomorrow_ends(at),
    )


def watched(reach: Reach, office_id: int, *, at: datetime) -> dict[Watch, int]:
    """Return how many cases of an office nobody has, go round, or were told above."""
    on_desk = _at(reach, office_id)
    return {
        watch: on_desk.filter(_CONDITIONS[watch](at)).count()
        for watch in (Watch.NOBODY, Watch.OFTEN, Watch.ESCALATED)
    }


def cases(
    reach: Reach,
    office_id: int,
    watch: Watch,
    *,
    at: datetime,
    officer_id: int = 0,
    after: str = "",
) -> tuple[list[Application], str]:
    """
    Return a page of a list, the most urgent first, and the key that leads to the next, or "".

    :param officer_id: whose cases `Watch.OFFICER` lists: what lies with her, or will come back;
        0 for nobody's
    """
    whose = Q(officer_id=officer_id) if officer_id else _nobodys(at)
    condition = whose if watch == Watch.OFFICER else _CONDITIONS[watch](at)
    states = (*ON_DESK, Status.AWAITING_COMPLETION) if watch == Watch.OFFICER else ON_DESK
    found = Application.objects.filter(
        reach.covered, condition, deciding_office_id=office_id, status__in=states
    )
    rows = list(listed(_URGENT.later_than(found, after)).order_by(*_URGENT.fields)[: PAGE_SIZE + 1])
    more = _URGENT.key(rows[PAGE_SIZE - 1]) if len(rows) > PAGE_SIZE else ""
    return rows[:PAGE_SIZE], more


def ids(reach: Reach, numbers: Collection[str]) -> dict[str, int]:
    """Return the ids of the cases within reach, by number; what is not there is left out."""
    found = Application.objects.filter(
        reach.covered, number__in=list(numbers), deciding_office__isnull=False
    )
    return dict(found.values_list("number", "pk"))


def tomorrow_ends(at: datetime) -> datetime:
    """Return when offices close on the next working day."""
    following = working.add_working_days(at, 1).astimezone(country().zone)
    closes = country().office_hours[-1][1]
    return datetime.combine(following.date(), closes, tzinfo=country().zone)


def today(at: datetime) -> tuple[datetime, datetime]:
    """Return when the local day of the moment begins and when it ends."""
    begins = at.astimezone(country().zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = (begins + timedelta(days=1, hours=2)).replace(hour=0)
    return begins, ends


def late(at: datetime) -> Q:
    """Return the condition for cases on a desk whose promised time is over."""
    # Where there is a promise `queue_at` is it, and leads the index.
    return Q(queue_at__lt=at, promised_at__lt=at)


def _due_today(at: datetime) -> Q:
    _, midnight = today(at)
    return Q(queue_at__lt=midnight, promised_at__gte=at, promised_at__lt=midnight)


def _tomorrow(at: datetime) -> Q:
    ends = tomorrow_ends(at)
    return Q(status=Status.IN_QUEUE, queue_at__lte=ends, promised_at__gte=at, promised_at__lte=ends)


def _nobodys(_at: datetime) -> Q:
    # What is on its way waits for whoever acknowledges it, and cannot be given to anybody.
    return Q(officer_id=None) & handing.lies_here()


def _often(_at: datetime) -> Q:
    told = StatusChange.objects.filter(application_id=OuterRef("pk"), note_code="transferred_often")
    return Q(Exists(told))


_CONDITIONS: Mapping[Watch, Callable[[datetime], Q]] = {
    Watch.NOBODY: _nobodys,
    Watch.LATE: late,
    Watch.TODAY: _due_today,
    Watch.TOMORROW: _tomorrow,
    Watch.OFTEN: _often,
    Watch.ESCALATED: lambda _at: clocks.escalated(),
}


def _at(reach: Reach, office_id: int) -> QuerySet[Application]:
    return Application.objects.filter(
        reach.covered, deciding_office_id=office_id, status__in=ON_DESK
    )
