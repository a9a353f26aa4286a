"""Books of an office, and the sheets of which nobody has said yet what became of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts import policies as rights
from applications import policies
from applications.models import DowntimeBook, DowntimeSheet
from places import queries as places

BOOKS_MAX = 50


@dataclass(frozen=True)
class BookLine:
    """A book with how many of its sheets are neither captured nor spoiled."""

    book: DowntimeBook
    sheets: int
    missing: int


def may_receive(*, account_id: int, at: datetime) -> bool:
    return bool(rights.scopes(account_id=account_id, act_codes=[policies.RECEIVE.code], at=at))


def books(*, account_id: int, at: datetime) -> list[BookLine]:
    """Return the books of her counters, those with missing sheets first, the newest first."""
    found = (
        _reached(account_id, at=at)
        .annotate(
            sheets_of=Count("sheets"),
            missing=Count("sheets", filter=Q(sheets__ended_at=None)),
        )
        .order_by("-pk")[:BOOKS_MAX]
    )
    lines = [BookLine(book, book.sheets_of, book.missing) for book in found]
    return sorted(lines, key=lambda line: line.missing == 0)


def book(book_id: int, *, account_id: int, at: datetime) -> DowntimeBook | None:
    """Return a book of her counters, or None: it does not exist there."""
    return _reached(account_id, at=at).filter(pk=book_id).first()


def sheets(book_id: int) -> list[DowntimeSheet]:
    """Return a book's sheets in the order of their numbers, with the cases made of them."""
    found = DowntimeSheet.objects.filter(book_id=book_id).select_related("application")
    deferred = ("application__answers", "application__private_answers")
    return list(found.defer(*deferred).order_by("number"))


def sheet(code: str, *, account_id: int, at: datetime) -> DowntimeSheet | None:
    """Return a sheet of her counters, or None."""
    found = DowntimeSheet.objects.select_related("book__office__area").filter(code=code).first()
    if found is None or book(found.book_id, account_id=account_id, at=at) is None:
        return None
    return found


def _reached(account_id: int, *, at: datetime) -> QuerySet[DowntimeBook]:
    scopes = rights.scopes(account_id=account_id, act_codes=[policies.RECEIVE.code], at=at)
    offices = places.offices_within({scope.area_code for scope in scopes if scope.area_code})
    within = Q(pk__in=[])
    for scope in scopes:
        of_scope = Q() if scope.service_code == rights.ANY else Q(service_code=scope.service_code)
        if scope.area_code is not None:
            of_scope &= Q(office_id__in=sorted(offices[scope.area_code]))
        within |= of_scope & Q(pk__isnull=False)
    return DowntimeBook.objects.filter(within).select_related("office__area")
