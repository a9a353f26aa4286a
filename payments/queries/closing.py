"""What can be asked about closing a day: the days, what a day's sheet says, what does not agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from accounts import queries as accounts
from kernel.country import country
from payments import sql
from payments.models import Close, CloseDifference, Journal, LedgerDay, Movement
from places import working

# Of the differences of one day, this many are read: more are not looked through one by one.
FOUND_MAX = 2_000
STANDING_MAX = 500
DAYS_SHOWN = 21
# No country rests for longer.
_REST_DAYS_MAX = 30


@dataclass(frozen=True, slots=True)
class Found:
    """Something of a day that does not agree."""

    kind: str
    subject: str
    rail_id: int | None
    rail_code: str | None
    currency: str
    amount_minor: int
    listed_id: int | None  # None: nobody has taken it, and it blocks the close.

    @property
    def key(self) -> str:
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, slots=True)
class Standing:
    """A listed difference with its owner's name; settled or not."""

    id: int
    day_found: date
    kind: str
    subject: str
    rail_code: str
    currency: str
    amount_minor: int
    owner_id: int
    owner: str
    note: str
    opened_at: datetime
    settled_at: datetime | None
    settled_note: str
    settled_by: str  # "" if its cause settled it, or nothing has.


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who prepared and who signed a day; what the second signature sealed."""

    prepared_by_id: int
    prepared_by: str
    prepared_at: datetime
    prepared_journals: int
    signed_by: str
    signed_at: datetime | None
    seal: str  # In hex; "" until it is signed.
    previous: str
    journals: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day in the list; `is_next`: it is the one that can be closed now or next."""

    day: date
    closed_at: datetime | None
    ready_on: date
    is_next: bool
    signatures: Signatures | None


def today(now: datetime) -> date:
    return now.astimezone(country().zone).date()


def ready_on(day: date) -> date:
    """Return the first day on which a day can be closed: the next working one."""
    ready = day + timedelta(days=1)
    for _ in range(_REST_DAYS_MAX):
        if working.is_working_day(ready):
            break
        ready += timedelta(days=1)
    return ready


def next_to_close() -> date | None:
    """Return the first open day of the ledger."""
    days = LedgerDay.objects.filter(closed_at=None).order_by("pk")
    return days.values_list("pk", flat=True).first()


def days(*, now: datetime, before: date | None = None) -> list[DayLine]:
    """Return days of the ledger, up to today or before another, the newest first: DAYS_SHOWN."""
    rows = LedgerDay.objects.filter(pk__lte=today(now))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:DAYS_SHOWN])
    signed = _signatures(Close.objects.filter(pk__in=[row.pk for row in found]))
    first = next_to_close()
    return [
        DayLine(row.pk, row.closed_at, ready_on(row.pk), row.pk == first, signed.get(row.pk))
        for row in found
    ]


def signatures(day: date) -> Signatures | None:
    """Return who has prepared and signed a day, None if nobody has."""
    return _signatures(Close.objects.filter(pk=day)).get(day)


def is_closed(day: date) -> bool:
    """:raises LedgerDay.DoesNotExist: if the ledger never opened it"""
    return LedgerDay.objects.get(pk=day).closed_at is not None


def found(day: date, *, most: int = FOUND_MAX) -> list[Found]:
    """Return what does not agree on a day, what nobody has listed first."""
    zone = str(country().zone)
    return [Found(*row) for row in sql.run("closing_found", day=day, zone=zone, most=most)]


def unlisted(differences: Iterable[Found]) -> list[Found]:
    return [one for one in differences if one.listed_id is None]


def standing(*, day: date | None = None) -> list[Standing]:
    """
    Return the listed differences that stand, the oldest first, STANDING_MAX at the most.

    :param day: those that were found on this day too, though they are settled
    """
    rows = CloseDifference.objects.filter(settled_at=None)
    if day is not None:
        rows = rows | CloseDifference.objects.filter(day_found=day)
    listed = list(
        rows.select_related("rail").order_by("settled_at", "day_found", "pk")[:STANDING_MAX]
    )
    return _with_names(listed)


def settled_by_people(day: date) -> list[Standing]:
    """
    Return what people have settled since the day before was signed, and of the day itself.

    Until the day's own signature, if it is signed; the latest first, STANDING_MAX at the most.
    """
    before = Close.objects.filter(pk__lt=day, signed_at__isnull=False).order_by("-pk")
    since = before.values_list("signed_at", flat=True).first()
    until = Close.objects.filter(pk=day).values_list("signed_at", flat=True).first()
    rows = CloseDifference.objects.filter(settled_by__isnull=False)
    if since is not None:
        rows = rows.filter(Q(settled_at__gt=since) | Q(day_found=day))
    if until is not None:
        rows = rows.filter(settled_at__lte=until)
    return _with_names(rows.select_related("rail").order_by("-settled_at", "pk")[:STANDING_MAX])


def _with_names(rows: Iterable[CloseDifference]) -> list[Standing]:
    listed = list(rows)
    people = {one for row in listed for one in (row.owner_id, row.settled_by_id) if one}
    names = _names(people)
    return [_standing(row, names) for row in listed]


def movement_names(subjects: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return id and provider's id of those subjects that are movements."""
    ids = [
        int(subject.removeprefix("movement:"))
        for subject in subjects
        if subject.startswith("movement:")
    ]
    rows = Movement.objects.filter(pk__in=ids).values_list("pk", "external_id")
    return {f"movement:{movement_id}": (movement_id, name) for movement_id, name in rows}


def journals_of(day: date) -> int:
    """Count the journals of one day."""
    return Journal.objects.filter(business_day=day).count()


def _standing(row: CloseDifference, names: dict[int, str]) -> Standing:
    return Standing(
        id=row.pk,
        day_found=row.day_found_id,
        kind=row.kind,
        subject=row.subject,
        rail_code=row.rail.code if row.rail else "",
        currency=row.currency,
        amount_minor=row.amount_minor,
        owner_id=row.owner_id,
        owner=names.get(row.owner_id, ""),
        note=row.note,
        opened_at=row.opened_at,
        settled_at=row.settled_at,
        settled_note=row.settled_note,
        settled_by=names.get(row.settled_by_id or 0, ""),
    )


def _signatures(rows: QuerySet[Close]) -> dict[date, Signatures]:
    closes: Sequence[Close] = list(rows.defer("totals", "differences", "record", "summary"))
    people = {row.prepared_by_id for row in closes} | {row.signed_by_id for row in closes}
    names = _names(one for one in people if one)
    return {
        row.pk: Signatures(
            prepared_by_id=row.prepared_by_id,
            prepared_by=names.get(row.prepared_by_id, ""),
            prepared_at=row.prepared_at,
            prepared_journals=row.prepared_journals,
            signed_by=names.get(row.signed_by_id or 0, ""),
            signed_at=row.signed_at,
            seal=bytes(row.sha256).hex() if row.sha256 else "",
            previous=bytes(row.previous_sha256).hex() if row.previous_sha256 else "",
            journals=row.journals or 0,
        )
        for row in closes
    }


def _names(account_ids: Iterable[int]) -> dict[int, str]:
    """Return how people are called at the desk, by account."""
    found = accounts.accounts(sorted(set(account_ids)))
    return {one.id: one.display_name or one.email or str(one.id) for one in found}
