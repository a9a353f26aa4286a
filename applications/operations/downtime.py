"""The downtime book: printed before the network goes, captured when it is there again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction

from accounts import licences
from accounts import operations as accounts_at_work
from accounts import policies as rights
from accounts import queries as accounts
from applications import answers, policies
from applications.models import Application, DowntimeBook, DowntimeSheet
from applications.models.downtime import LATE_MAX
from applications.operations.drafting import NotApplicable, free_number, require_complete
from applications.operations.moving import begin
from applications.operations.review import UnknownReason
from applications.operations.submitting import submit
from applications.states import SpoiledReason
from catalogue import queries as catalogue
from kernel import references
from kernel.country import country
from places import queries as places
from registers.entries import PersonEntry

log = structlog.get_logger()

SHEETS_MAX = 50


class BadCount(Exception):
    """A book has 1 to 50 sheets."""


class NoSuchSheet(Exception):
    """No sheet of this office has that number."""


class SheetEnded(Exception):
    """The sheet was captured, or declared spoiled, before."""


class BadTime(Exception):
    """It was received before the book was printed, in the future, or more than 30 days ago."""


class NotOfTheOffice(Exception):
    """Whoever took the paper is no officer of the office whose sheet it is."""


class NotHerPhone(Exception):
    """The phone is that of an officer who had the sheet in hand, or of an agent's business."""


@dataclass(frozen=True)
class OnSheet:
    """What stands on a sheet: whose it is, by the register's word, and how she is reached."""

    entry: PersonEntry
    phone: str
    language: str
    answers: Mapping[str, Any]
    received_at: datetime
    taken_by_id: int


def print_book(*, office_id: int, service_code: str, by_id: int, count: int, at: datetime) -> int:
    """
    Number the sheets of a new book of an office, and return the book's id; its file is drawn later.

    The numbers of an office go on where its last book of the year ended, without a gap.

    :raises BadCount: if it is not 1 to 50
    :raises NotApplicable: if the service takes no applications, or asks for files
    :raises accounts.policies.NotGranted: if she does not receive for this service there
    """
    if not 1 <= count <= SHEETS_MAX:
        raise BadCount(count)
    _require_service(service_code)
    _require_right(office_id, service_code, by_id, at=at)
    year = at.astimezone(country().zone).year
    with transaction.atomic():
        _hold_numbers(office_id)
        books = DowntimeBook.objects.filter(office_id=office_id, year=year).order_by("-last")
        first = (books.values_list("last", flat=True).first() or 0) + 1
        book = DowntimeBook.objects.create(
            office_id=office_id,
            service_code=service_code,
            year=year,
            first=first,
            last=first + count - 1,
            printed_by_id=by_id,
            printed_at=at,
        )
        DowntimeSheet.objects.bulk_create(
            DowntimeSheet(
                book=book, number=number, code=references.sheet_number(office_id, year, number)
            )
            for number in range(first, first + count)
        )
    log.info("downtime.printed", book_id=book.pk, office_id=office_id, sheets=count)
    return int(book.pk)


def capture(*, sheet_code: str, on_sheet: OnSheet, by_id: int, at: datetime) -> str:
    """
    Make a case of a sheet, send it in, and return its number; the applicant is told what to pay.

    The case is hers, and its clocks count from when the office received it. Where she has proved
    herself from a phone before, it is that one that is told, whatever number stands on the sheet.

    :raises NoSuchSheet, SheetEnded: if there is no such open sheet
    :raises BadTime: if it cannot have been received then
    :raises NotOfTheOffice: if whoever took it is not of the office
    :raises NotHerPhone: if the phone is one of those who took or typed it, or of an agent
    :raises Incomplete: if the form would not take the answers
    :raises NotApplicable: if the service takes no applications any more
    :raises policies.OwnCase, accounts.policies.NotGranted: if it is hers, or she has no right
    """
    with transaction.atomic():
        sheet = _open_sheet(sheet_code)
        book = sheet.book
        _require_right(book.office_id, book.service_code, by_id, at=at)
        _require_time(book, on_sheet.received_at, at=at)
        application = _begin(book, on_sheet, by_id=by_id, at=at)
        for account_id in {by_id, on_sheet.taken_by_id}:
            _require_another(application, account_id, on_sheet.phone, at=at)
        if accounts.account(on_sheet.taken_by_id).office_id != book.office_id:
            raise NotOfTheOffice(sheet.pk)
        submit(
            application_ids=[application.pk],
            holder_id=application.holder_id,
            by_id=by_id,
            at=at,
            received_by_office_id=book.office_id,
        )
        sheet.application, sheet.received_at = application, on_sheet.received_at
        sheet.taken_by_id = on_sheet.taken_by_id
        _end(sheet, by_id=by_id, at=at, changed=("application", "received_at", "taken_by"))
    log.info("downtime.captured", sheet_id=sheet.pk, case_id=application.pk)
    return application.number


def spoil(*, sheet_code: str, by_id: int, reason_code: str, at: datetime) -> None:
    """
    Declare that a sheet becomes no case, with a reason; that cannot be taken back.

    :param reason_code: of `SpoiledReason`
    :raises UnknownReason: if there is no such reason
    :raises NoSuchSheet, SheetEnded: if there is no such open sheet
    :raises accounts.policies.NotGranted: if she has no right
    """
    if reason_code not in SpoiledReason.values:
        raise UnknownReason(reason_code)
    with transaction.atomic():
        sheet = _open_sheet(sheet_code)
        _require_right(sheet.book.office_id, sheet.book.service_code, by_id, at=at)
        sheet.spoiled = reason_code
        _end(sheet, by_id=by_id, at=at, changed=("spoiled",))
    log.info("downtime.spoiled", sheet_id=sheet.pk, reason=reason_code)


def _begin(book: DowntimeBook, on_sheet: OnSheet, *, by_id: int, at: datetime) -> Application:
    service = catalogue.current(book.service_code)
    on_paper = accounts_at_work.know_phone(phone=on_sheet.phone, language=on_sheet.language)
    holder_id = accounts_at_work.know_person(entry=on_sheet.entry, at=at)
    contact_id = accounts.own_contact_id(holder_id) or on_paper
    application = Application(
        number=free_number(service.definition.case_prefix, at),
        service_version_id=service.id,
        service_code=service.service_code,
        holder_id=holder_id,
        account_id=accounts_at_work.account_at(contact_id=contact_id, language=on_sheet.language),
        contact_id=contact_id,
        language=on_sheet.language,
        created_at=at,
        received_at=on_sheet.received_at,
    )
    application.answers, application.private_answers = answers.split(
        service.definition, dict(on_sheet.answers)
    )
    _require_service(book.service_code)
    begin(application, by_id=by_id)
    require_complete(application, service.definition, at=at)
    return application


def _require_service(service_code: str) -> None:
    try:
        definition = catalogue.current(service_code).definition
    except catalogue.NoService:
        raise NotApplicable(service_code) from None
    # A file cannot be typed in from a sheet: such a service waits for the network.
    if not definition.applicable or any(slot.required for slot in definition.slots.values()):
        raise NotApplicable(service_code)


def _require_right(office_id: int, service_code: str, by_id: int, *, at: datetime) -> None:
    area = places.office(office_id).area
    rights.require(
        account_id=by_id, act=policies.RECEIVE.code, service_code=service_code,
        area_code=area.code if area else None, at=at,
    )  # fmt: skip


def _require_time(book: DowntimeBook, received_at: datetime, *, at: datetime) -> None:
    if not max(book.printed_at, at - LATE_MAX) <= received_at <= at:
        raise BadTime(book.pk)


def _require_another(case: Application, account_id: int, phone: str, *, at: datetime) -> None:
    if policies.has_interest(
        account_id=account_id,
        person_id=accounts.account(account_id).person_id,
        holder_id=case.holder_id,
        applicant_id=case.account_id,
    ):
        raise policies.OwnCase(case.pk)
    # What is told, and the code that gives the paper out, would reach the officer.
    for contact_id in {case.contact_id, accounts.phone_contact_id(phone) or 0}:
        if licences.is_agents_phone(contact_id, at=at) or accounts.is_reached_at(
            account_id=account_id, contact_id=contact_id, at=at
        ):
            raise NotHerPhone(case.pk)


def _open_sheet(sheet_code: str) -> DowntimeSheet:
    sheets = DowntimeSheet.objects.select_for_update(of=("self",)).select_related("book")
    sheet = sheets.filter(code=sheet_code).first()
    if sheet is None:
        raise NoSuchSheet
    if sheet.ended_at is not None:
        raise SheetEnded(sheet.pk)
    return sheet


def _end(sheet: DowntimeSheet, *, by_id: int, at: datetime, changed: tuple[str, ...]) -> None:
    sheet.ended_by_id, sheet.ended_at = by_id, at
    sheet.save(update_fields=["ended_by", "ended_at", *changed])


def _hold_numbers(office_id: int) -> None:
    """Let two who print for one office at once number one after the other."""
    held = "SELECT pg_advisory_xact_lock(hashtext('applications_downtimebook'), %s)"
    with connection.cursor() as cursor:
        cursor.execute(held, [office_id])
