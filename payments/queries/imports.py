"""What the desk asks about files of statements: a look at one, its posting, its lines' fates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet

from payments import sql
from payments.models import Import, Statement, StatementFile, StatementPreview, WatchedFile
from payments.states import ImportState, ImportStep, StatementFileState

FILES_MAX = 20
STATEMENTS_MAX = 200
# Files that nobody has decided on are shown for so long.
OPEN_SINCE = timedelta(days=90)
TROUBLE_SINCE = timedelta(days=14)
RUNS = (ImportState.QUEUED, ImportState.RUNNING)
_CHUNK = 1000
_BOOL = BooleanField()

# What a line came to; `StatementLine` and `UnpostedLine` say it, and the books what became of it.
SUSPENSE, UNEXPLAINED = "SUSPENSE", "UNEXPLAINED"
FATES = ("POSTED", SUSPENSE, UNEXPLAINED, "MATCHED", "WAITING", "REFUSED", "KNOWN", "NOTHING")
EXCEPTIONS = (SUSPENSE, UNEXPLAINED, "WAITING", "REFUSED")

START = (0, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file and its fate, by `FATES`; `leg` is what its movement is, if it has one."""

    statement_id: int
    line_no: int
    booked_day: date | None
    amount_minor: int
    currency: str
    external_id: str
    fate: str
    leg: str
    movement_id: int | None
    rail_code: str

    @property
    def key(self) -> tuple[int, int]:
        return self.statement_id, self.line_no


class NoImport(Exception):
    """There is no such import or file."""


def file(file_id: int) -> StatementFile:
    """
    Return a file without its bytes.

    :raises NoImport: if there is none
    """
    found = StatementFile.objects.defer("body").select_related("rail", "by").filter(pk=file_id)
    if (one := found.first()) is None:
        raise NoImport(file_id)
    return one


def statements(file_id: int) -> list[Statement]:
    """Return the statements of a file with their rails and what the last look found, in order."""
    rows = Statement.objects.filter(file=file_id).select_related(
        "rail", "confirmed_by", "preview__before"
    )
    return list(rows.order_by("place")[:STATEMENTS_MAX])


def one(import_id: int) -> Import:
    """:raises NoImport: if there is none"""
    if (found := _imports().filter(pk=import_id).first()) is None:
        raise NoImport(import_id)
    return found


def last_of(file_id: int) -> Import | None:
    return _imports().filter(file=file_id).order_by("-pk").first()


def lately(limit: int = FILES_MAX) -> list[Import]:
    """Return the files that somebody said to post, the newest first."""
    return list(_imports().filter(step=ImportStep.POST).order_by("-pk")[:limit])


def being_read() -> list[Import]:
    """Return the files that wait to be read or are being read, the oldest first."""
    reading = _imports().filter(step=ImportStep.READ, state__in=RUNS)
    return list(reading.order_by("pk")[:FILES_MAX])


def not_read(*, now: datetime) -> list[Import]:
    """Return the files that somebody brought of late and nobody could read, the newest first."""
    later = Import.objects.filter(file=OuterRef("file"), pk__gt=OuterRef("pk"))
    failed = _imports().filter(
        ~Exists(later),
        step=ImportStep.READ,
        state=ImportState.FAILED,
        asked_at__gt=now - TROUBLE_SINCE,
    )
    return list(failed.order_by("-pk")[:FILES_MAX])


def undecided(*, now: datetime) -> list[StatementFile]:
    """
    Return files that were looked at and not posted, though something in them is in order.

    `needs_second` says of each whether its look asks for another person than who brought it.
    """
    in_order = Statement.objects.filter(file=OuterRef("pk"), held_back="", state="KEPT")
    runs = Import.objects.filter(file=OuterRef("pk"), state__in=RUNS)
    asks = StatementPreview.objects.filter(
        statement__file=OuterRef("pk"), statement__held_back="", statement__state="KEPT"
    ).exclude(second_why="")
    by_bank = WatchedFile.objects.filter(file=OuterRef("pk"))
    files = StatementFile.objects.filter(
        Exists(in_order),
        ~Exists(runs),
        state=StatementFileState.KEPT,
        imported_at__gt=now - OPEN_SINCE,
    )
    asked = files.annotate(needs_second=ExpressionWrapper(Exists(asks) & ~Exists(by_bank), _BOOL))
    return list(
        asked.defer("body").select_related("rail", "by").order_by("-imported_at")[:FILES_MAX]
    )


def in_trouble(*, now: datetime) -> list[WatchedFile]:
    """Return files of the watched folder that could not be read of late, the newest first."""
    rows = WatchedFile.objects.filter(seen_at__gt=now - TROUBLE_SINCE).exclude(problem="")
    return list(rows.select_related("rail").order_by("-seen_at")[:FILES_MAX])


def lines(
    file_id: int,
    *,
    fates: Sequence[str] = (),
    after: tuple[int, int] = START,
    limit: int,
) -> list[Line]:
    """Return lines of a file in its order, after one, of these fates or of all."""
    rows: list[tuple[Any, ...]] = sql.run(
        "fates_of_lines",
        file_id=file_id,
        fates=list(fates),
        after_statement=after[0],
        after_line=after[1],
        limit=limit,
    )
    return [Line(*row) for row in rows]


def exceptions(file_id: int) -> Iterator[Line]:
    """Yield every line of a file that wants a person, a page in memory at a time."""
    after = START
    while found := lines(file_id, fates=EXCEPTIONS, after=after, limit=_CHUNK):
        yield from found
        after = found[-1].key


def _imports() -> QuerySet[Import]:
    return Import.objects.select_related("file__rail", "by").defer("file__body")
