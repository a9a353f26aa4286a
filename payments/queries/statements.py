"""What can be asked about statements: those that wait for a person, and the lines that wait."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from payments.models import Statement, StatementLine
from payments.states import LineFate, StatementState

HELD_MAX = 200
NOT_OURS_SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement; `held_back` says why it is not posted, `problems` what the reader saw."""

    id: int
    file_id: int
    file_name: str
    rail_code: str
    account: str
    currency: str
    number: str
    from_day: date | None
    to_day: date | None
    opening_minor: int | None
    closing_minor: int | None
    entries: int
    difference_minor: int | None
    problems: tuple[str, ...]
    state: str
    held_back: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A reversal whose collection nobody has told of yet."""

    id: int
    rail_code: str
    account: str
    booked_day: date
    amount_minor: int
    currency: str
    original_id: str


def held_for_a_person(*, now: datetime) -> tuple[StatementView, ...]:
    """
    Return the held statements that still want somebody, the oldest first, 200 at the most.

    One whose days another file has told since wants nobody, nor one that is not ours and has been
    here for two weeks.
    """
    covers = Statement.objects.filter(
        state=StatementState.POSTED,
        is_advice=False,
        rail=OuterRef("rail"),
        account=OuterRef("account"),
        from_day__lte=OuterRef("from_day"),
        to_day__gte=OuterRef("to_day"),
    )
    held = Statement.objects.filter(
        Q(state=StatementState.KEPT)
        | Q(state=StatementState.REFUSED, imported_at__gt=now - NOT_OURS_SHOWN)
    ).exclude(held_back="")
    rows = held.exclude(Exists(covers)).select_related("rail", "file").defer("file__body")
    return tuple(_view(row) for row in rows.order_by("pk")[:HELD_MAX])


def statement(statement_id: int) -> StatementView:
    """:raises Statement.DoesNotExist: if there is none"""
    rows = Statement.objects.select_related("rail", "file").defer("file__body")
    return _view(rows.get(pk=statement_id))


def fates(statement_id: int) -> dict[str, int]:
    """Return how many lines of a statement came to which fate."""
    counted = StatementLine.objects.filter(statement=statement_id).values("fate")
    return {row["fate"]: row["lines"] for row in counted.annotate(lines=Count("pk"))}


def lines_waiting() -> tuple[WaitingLine, ...]:
    """Return the lines that wait for the collection they undo, the oldest first."""
    waiting = StatementLine.objects.filter(fate=LineFate.WAITING).select_related("rail")
    return tuple(
        WaitingLine(
            id=line.pk,
            rail_code=line.rail.code,
            account=line.account,
            booked_day=line.booked_day,
            amount_minor=line.amount_minor,
            currency=line.currency,
            original_id=line.original_id,
        )
        for line in waiting.order_by("pk")[:HELD_MAX]
    )


def _view(row: Statement) -> StatementView:
    return StatementView(
        id=row.pk,
        file_id=row.file_id,
        file_name=row.file.name,
        rail_code=row.rail.code if row.rail else "",
        account=row.account,
        currency=row.currency,
        number=row.number,
        from_day=row.from_day,
        to_day=row.to_day,
        opening_minor=row.opening_minor,
        closing_minor=row.closing_minor,
        entries=row.entries,
        difference_minor=row.difference_minor,
        problems=tuple(row.problems),
        state=row.state,
        held_back=row.held_back,
        imported_at=row.imported_at,
    )
