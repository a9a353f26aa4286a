"""The slips of a case, and what an office had before it on one day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from applications import story
from applications.models import Application, CaseSlip, DaySlip, StatusChange
from applications.states import FOR_APPLICANT, SlipKind, Status
from catalogue import queries as catalogue
from documents import queries as papers
from kernel.country import country
from places import queries as places

DAY_ROWS_MAX = 2000
_TOLD = (
    Status.PAID,
    Status.IN_QUEUE,
    Status.AWAITING_COMPLETION,
    Status.UNDER_REVIEW,
    Status.APPROVED,
    Status.REFUSED,
    Status.ISSUED,
    Status.READY_FOR_COLLECTION,
    Status.COLLECTED,
)
_DECIDED = (Status.APPROVED, Status.REFUSED)
_HANDED_OVER = (Status.ISSUED, Status.COLLECTED)


@dataclass(frozen=True)
class SlipView:
    """A slip about a case; `is_out` once it is sealed and can be had."""

    kind: SlipKind
    version: int
    paper_id: int
    made_at: datetime
    is_out: bool


@dataclass(frozen=True)
class DayRow:
    """The last thing that happened to a case on the day."""

    at: datetime
    number: str
    service: str
    applicant: str = field(repr=False)
    act: str
    promised_at: datetime | None


@dataclass(frozen=True)
class Day:
    """An office's day; of very many cases the first `DAY_ROWS_MAX` are listed, all are counted."""

    day: date
    received: int
    decided: int
    handed_over: int
    late: int
    rows: tuple[DayRow, ...]

    def facts(self) -> dict[str, str | Sequence[Mapping[str, str]]]:
        """Return it as its wording declares it."""
        zone = country().zone
        return {
            "day": self.day.isoformat(),
            "received": str(self.received),
            "decided": str(self.decided),
            "handed_over": str(self.handed_over),
            "late": str(self.late),
            "cases": [
                {
                    "time": f"{row.at.astimezone(zone):%H:%M}",
                    "number": row.number,
                    "service": row.service,
                    "applicant": row.applicant,
                    "act": row.act,
                    "due_on": row.promised_at.astimezone(zone).date().isoformat()
                    if row.promised_at
                    else "",
                }
                for row in self.rows
            ],
        }


def slips(application_id: int, *, staff: bool = False) -> list[SlipView]:
    """Return the slips of a case, the newest first; the applicant sees those written to her."""
    rows = CaseSlip.objects.filter(application_id=application_id)
    if not staff:
        rows = rows.filter(kind__in=FOR_APPLICANT)
    found = list(rows.order_by("-pk"))
    out = papers.issued_ids([row.paper_id for row in found])
    return [
        SlipView(SlipKind(row.kind), row.version, row.paper_id, row.made_at, row.paper_id in out)
        for row in found
    ]


def day_slip(office_id: int, day: date) -> DaySlip | None:
    return DaySlip.objects.filter(office_id=office_id, day=day).first()


def day(office_id: int, day: date, *, language: str) -> Day:
    """Return what the office received, handled and handed over on a local day."""
    begins = datetime.combine(day, time.min, country().zone)
    moves = (
        StatusChange.objects.filter(
            office_id=office_id,
            changed_at__gte=begins,
            changed_at__lt=begins + timedelta(days=1),
            target__in=_TOLD,
        )
        .select_related("application__holder", "office")
        .defer(
            "application__answers",
            "application__private_answers",
            "application__holder__national_id",
        )
        .order_by("changed_at", "pk")
    )
    last: dict[int, StatusChange] = {}
    reached: dict[int, set[str]] = {}
    for move in moves:
        last[move.application_id] = move
        reached.setdefault(move.application_id, set()).add(move.target)
    names = _names(last.values(), language)
    office = places.office(office_id).told(language)
    listed = sorted(last.values(), key=lambda move: (move.changed_at, move.pk))
    return Day(
        day=day,
        received=_count(reached, (Status.PAID,)),
        decided=_count(reached, _DECIDED),
        handed_over=_count(reached, _HANDED_OVER),
        late=sum(_is_late(move) for move in listed),
        rows=tuple(_row(move, names, office) for move in listed[:DAY_ROWS_MAX]),
    )


def numbers_within(within: Q, numbers: Collection[str]) -> set[str]:
    """Return those of the numbers whose cases the condition holds for."""
    found = Application.objects.filter(within, number__in=numbers)
    return set(found.values_list("number", flat=True))


def numbered(numbers: Collection[str]) -> list[Application]:
    """Return the cases of these numbers."""
    return list(Application.objects.filter(number__in=numbers).only("pk", "officer_id"))


def _count(reached: Mapping[int, set[str]], states: Sequence[str]) -> int:
    return sum(not states_of.isdisjoint(states) for states_of in reached.values())


def _names(moves: Iterable[StatusChange], language: str) -> dict[str, str]:
    codes = sorted({move.application.service_code for move in moves})
    return {card.code: card.name.text for card in catalogue.services(language, codes=codes)}


def _is_late(move: StatusChange) -> bool:
    promised_at = move.application.promised_at
    return promised_at is not None and promised_at < move.changed_at


def _row(move: StatusChange, names: Mapping[str, str], office: str) -> DayRow:
    case, holder = move.application, move.application.holder
    [item, *_ahead] = story.tell(
        [move], status=case.status, office=office, promised_at=None, staff=True
    )
    return DayRow(
        at=move.changed_at,
        number=case.number,
        service=names.get(case.service_code, case.service_code),
        applicant=f"{holder.given_names} {holder.family_name}".strip(),
        act=item["text"],
        promised_at=case.promised_at,
    )
