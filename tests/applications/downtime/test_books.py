"""What was written by hand while there was no network is captured once, with its true time."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import queries as accounts
from accounts.policies import NotGranted
from applications import operations, writing
from applications.models import Application, DowntimeBook, DowntimeSheet, StatusChange
from applications.operations import OnSheet
from applications.queries import clocks, downtime
from applications.states import SlipKind
from catalogue import queries as catalogue
from kernel import references
from places import working
from tests.accounts import people
from tests.applications import world
from tests.applications.collection.world import counter
from tests.applications.packing import FAR, FREE, HOME
from tests.world import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PRINTED = NOON - 10 * DAY
RECEIVED = NOON - 3 * DAY
PHONE = "+250788123456"


@pytest.fixture
def chantal(house) -> int:
    return counter(display_name="Chantal", at=NOON - 60 * DAY)


@pytest.fixture
def sheets(chantal) -> list[str]:
    return codes(book(chantal))


def book(by_id, count=3, service=world.BIRTH, *, at=PRINTED, area=HOME):
    return operations.print_book(
        office_id=world.office_id(area), service_code=service, by_id=by_id, count=count, at=at
    )


def codes(book_id):
    return [one.code for one in downtime.sheets(book_id)]


def on_sheet(citizen, taken_by_id, *, received_at=RECEIVED, service=world.BIRTH, **changed):
    values = {
        "entry": world.person_entry(citizen),
        "phone": PHONE,
        "language": "en",
        "answers": world.ANSWERS[service],
        "received_at": received_at,
        "taken_by_id": taken_by_id,
    }
    return OnSheet(**(values | changed))


def capture(code, citizen, by_id, *, taken_by_id=None, at=NOON, **changed):
    number = operations.capture(
        sheet_code=code,
        on_sheet=on_sheet(citizen, taken_by_id or by_id, **changed),
        by_id=by_id,
        at=at,
    )
    return world.case(number)


def test_the_sheets_of_an_office_have_no_gap_within_a_year_and_begin_anew(chantal):
    books = [book(chantal, 3), book(chantal, 2), book(chantal, 1, at=PRINTED + 200 * DAY)]
    numbers = [(one.year, one.first, one.last) for one in DowntimeBook.objects.filter(pk__in=books)]
    assert sorted(numbers) == [(2026, 1, 3), (2026, 4, 5), (2027, 1, 1)]


def test_a_slip_of_the_pen_in_a_sheets_number_is_seen(sheets):
    code = sheets[0]
    assert references.normalise_sheet_number(code.replace("-", " ")) == code
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert references.normalise_sheet_number(wrong) is None
    assert references.normalise_sheet_number("12") is None


def test_a_captured_case_is_hers_with_its_bill_and_says_who_typed_it_in(
    uwase, staffed, chantal, sheets
):
    taker = counter()
    case = capture(sheets[0], uwase, chantal, taken_by_id=taker)
    assert (case.status, case.holder_id) == ("AWAITING_PAYMENT", uwase.person_id)
    assert case.bill_id is not None
    assert (case.received_at, case.submitted_at) == (RECEIVED, NOON)
    # Whatever stands on the sheet: who would be told there can be anybody.
    assert case.contact_id == uwase.contact_id != accounts.phone_contact_id(PHONE)
    assert case.receiving_office_id == world.office_id(HOME)
    typed = set(StatusChange.objects.filter(application=case).values_list("changed_by", flat=True))
    assert typed == {chantal}
    sheet = DowntimeSheet.objects.get(application=case)
    assert (sheet.ended_by_id, sheet.taken_by_id, sheet.received_at) == (chantal, taker, RECEIVED)


def test_its_clocks_count_from_the_true_time_and_not_while_it_waits_for_money(
    uwase, staffed, chantal, sheets
):
    case = capture(sheets[0], uwase, chantal)
    world.pay(case.bill_id, at=NOON + 2 * HOUR)
    operations.confirm_payment(bill_id=case.bill_id, at=NOON + 2 * HOUR)
    paid = world.fresh(case)
    promised = working.add_working_days(RECEIVED, _days(paid))
    waited = working.working_seconds(NOON, NOON + 2 * HOUR)
    assert paid.promised_at == working.add_working_time(promised, waited)
    operations.route(application_id=case.pk, at=NOON + 2 * HOUR)
    told = clocks.of(world.fresh(case), NOON + 2 * HOUR)
    assert told.office >= working.working_seconds(RECEIVED, NOON)


def _days(case):
    return catalogue.version(case.service_version_id).definition.working_days


def test_a_free_case_counts_from_the_true_time_alone(uwase, staffed, chantal):
    [code] = codes(book(chantal, 1, FREE))
    case = capture(code, uwase, chantal, service=FREE)
    assert case.status == "PAID"
    assert case.promised_at == working.add_working_days(RECEIVED, _days(case))


def test_its_acknowledgement_tells_when_it_was_received(uwase, staffed, chantal):
    [code] = codes(book(chantal, 1, FREE))
    case = capture(code, uwase, chantal, service=FREE)
    facts = writing.facts(SlipKind.ACKNOWLEDGEMENT, case, language="en")
    assert facts["received_at"] == writing.moment(RECEIVED)


def test_a_sheet_is_captured_once_and_its_number_may_not_be_another_offices(uwase, chantal, sheets):
    capture(sheets[0], uwase, chantal)
    with pytest.raises(operations.SheetEnded):
        capture(sheets[0], uwase, chantal)
    with pytest.raises(NotGranted):
        capture(sheets[1], uwase, counter(FAR))
    with pytest.raises(operations.NoSuchSheet):
        capture("00001-26-000011", uwase, chantal)
    assert Application.objects.count() == 1


@pytest.mark.parametrize("received_at", [NOON + HOUR, PRINTED - HOUR, NOON - 31 * DAY])
def test_a_time_that_cannot_be_is_refused(uwase, chantal, received_at):
    [code] = codes(book(chantal, 1, at=NOON - 40 * DAY if received_at < PRINTED - DAY else PRINTED))
    with pytest.raises(operations.BadTime):
        capture(code, uwase, chantal, received_at=received_at)
    assert not Application.objects.exists()


def test_nobody_captures_her_own_case_nor_took_it(uwase, chantal, sheets):
    own = counter(person_id=uwase.person_id)
    for captured_by, taken_by in ((own, chantal), (chantal, own)):
        with pytest.raises(operations.OwnCase):
            capture(sheets[0], uwase, captured_by, taken_by_id=taken_by)


def test_whoever_took_it_is_of_the_office(uwase, chantal, sheets):
    with pytest.raises(operations.NotOfTheOffice):
        capture(sheets[0], uwase, chantal, taken_by_id=counter(FAR))


def test_answers_that_the_form_would_not_take_make_no_case(uwase, chantal, sheets):
    with pytest.raises(operations.Incomplete):
        capture(sheets[0], uwase, chantal, answers={})
    assert not Application.objects.exists()
    assert DowntimeSheet.objects.get(code=sheets[0]).ended_at is None


def test_what_is_neither_captured_nor_spoiled_is_missing(uwase, chantal, sheets):
    capture(sheets[0], uwase, chantal)
    operations.spoil(sheet_code=sheets[1], by_id=chantal, reason_code="damaged", at=NOON)
    [line] = downtime.books(account_id=chantal, at=NOON)
    assert (line.sheets, line.missing) == (3, 1)
    assert downtime.books(account_id=counter(FAR), at=NOON) == []


def test_a_spoiled_sheet_stays_spoiled_and_has_a_reason(uwase, chantal, sheets):
    with pytest.raises(operations.UnknownReason):
        operations.spoil(sheet_code=sheets[0], by_id=chantal, reason_code="", at=NOON)
    operations.spoil(sheet_code=sheets[0], by_id=chantal, reason_code="lost", at=NOON)
    with pytest.raises(operations.SheetEnded):
        capture(sheets[0], uwase, chantal)


@pytest.mark.parametrize("count", [0, 51, -1])
def test_a_book_has_one_to_fifty_sheets(chantal, count):
    with pytest.raises(operations.BadCount):
        book(chantal, count)


def test_only_a_counter_prints_a_book_of_its_own_office(staffed, chantal):
    for stranger in (staffed.aline, counter(FAR)):
        with pytest.raises(NotGranted):
            book(stranger)
    with pytest.raises(operations.NotApplicable):
        book(chantal, service="no-such-service")


def test_postgresql_knows_no_true_time_without_a_sheet(uwase, chantal, sheets):
    case = capture(sheets[0], uwase, chantal)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(received_at=NOON - DAY)
    with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
        DowntimeSheet.objects.filter(code=sheets[0]).update(spoiled="lost")
    with pytest.raises(IntegrityError, match="not the one"), transaction.atomic():
        DowntimeSheet.objects.filter(code=sheets[1]).update(
            application=world.draft(people.citizen()),
            received_at=RECEIVED,
            taken_by_id=chantal,
            ended_by_id=chantal,
            ended_at=NOON,
        )


def test_postgresql_lets_no_number_be_skipped_and_no_sheet_vanish(chantal, sheets):
    office_id = world.office_id(HOME)
    with pytest.raises(IntegrityError, match="follow each other"), transaction.atomic():
        DowntimeBook.objects.create(
            office_id=office_id,
            service_code=world.BIRTH,
            year=2026,
            first=9,
            last=9,
            printed_by_id=chantal,
            printed_at=NOON,
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        DowntimeSheet.objects.filter(code=sheets[0]).delete()
