"""The counter prints a book, types a sheet in, and is told what is wrong with it."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts import queries as accounts
from applications.models import Application, DowntimeBook, DowntimeSheet
from applications.queries import downtime
from tests.applications import world
from tests.applications.browser import officer_at, text_of
from tests.applications.collection.world import counter
from tests.applications.packing import FAR
from tests.documents import harness
from tests.world import NOON

pytestmark = pytest.mark.django_db
BOOKS = "applications:downtime"


@pytest.fixture(autouse=True)
def _at_noon(house):
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def chantal(house):
    return counter(display_name="Chantal")


@pytest.fixture
def browser(chantal):
    return officer_at(chantal)


@pytest.fixture
def sheet(browser):
    with time_machine.travel(NOON - timedelta(days=9), tick=False):
        browser.post(reverse(BOOKS), {"service": world.BIRTH, "count": 2})
    return downtime.sheets(DowntimeBook.objects.get().pk)[0]


def at(sheet, name="downtime_sheet"):
    return reverse(f"applications:{name}", args=[sheet.code])


def hold(registers, citizen):
    entry = world.person_entry(citizen)
    registers.people[entry.national_id] = world.as_json(entry)


def typed(citizen, taken_by, **changed):
    person = accounts.person(citizen.person_id)
    who = {
        "national_id": person.national_id,
        "born_on": person.born_on.isoformat(),
        "family_name": person.family_name.upper(),
        "given_names": person.given_names,
        "phone": "0788123456",
        "received_on": "20/11/2026",
        "received_time": "9:30",
        "taken_by": taken_by,
    }
    answers = {
        code: "on" if answer is True else answer
        for code, answer in world.ANSWERS[world.BIRTH].items()
    }
    return answers | {f"who-{code}": value for code, value in (who | changed).items()}


def test_a_counter_numbers_a_book_and_opens_it_as_a_file(browser, sheet, tmp_path):
    book = DowntimeBook.objects.get()
    assert (book.first, book.last) == (1, 2)
    shown = text_of(browser.get(reverse("applications:downtime_book", args=[book.pk])))
    assert sheet.code in shown
    assert "2 sheets are neither captured nor spoiled" in shown
    file = browser.get(reverse("applications:downtime_pdf", args=[book.pk]))
    assert file.headers["Content-Type"] == "application/pdf"
    data = b"".join(file)
    assert data.startswith(b"%PDF")
    form = reverse("catalogue:form_pdf", args=[book.service_code])
    assert form in shown
    assert form in harness.words(data, tmp_path)


def test_a_sheet_is_found_by_its_number_and_a_slip_of_the_pen_is_said(browser, sheet):
    found = browser.post(reverse(BOOKS), {"code": sheet.code.replace("-", " ")})
    assert found.headers["Location"] == at(sheet)
    slipped = sheet.code[:-1] + str((int(sheet.code[-1]) + 1) % 10)
    wrong = browser.post(reverse(BOOKS), {"code": slipped})
    assert wrong.status_code == 422
    assert "Check each digit" in text_of(wrong)


def test_what_stands_on_a_sheet_is_typed_in_once(browser, sheet, uwase, chantal, registers):
    hold(registers, uwase)
    key = uuid4()
    for _ in range(2):
        answer = browser.post(at(sheet), typed(uwase, chantal) | {"key": key})
        assert answer.status_code == 302, text_of(answer)
    case = Application.objects.get()
    assert case.status == "AWAITING_PAYMENT"
    assert case.received_at.isoformat() == "2026-11-20T07:30:00+00:00"
    assert DowntimeSheet.objects.get(pk=sheet.pk).application_id == case.pk


@pytest.mark.parametrize(
    "changed",
    [{"born_on": "1/1/1970"}, {"family_name": "Mukamana"}, {"national_id": "1199070000009099"}],
)
def test_whoever_the_register_does_not_know_so_is_no_holder(
    browser, sheet, uwase, chantal, registers, changed
):
    hold(registers, uwase)
    answer = browser.post(at(sheet), typed(uwase, chantal, **changed))
    assert answer.status_code == 422
    assert not Application.objects.exists()


def test_a_time_in_the_future_is_said(browser, sheet, uwase, chantal, registers):
    hold(registers, uwase)
    answer = browser.post(at(sheet), typed(uwase, chantal, received_on="24/11/2026"))
    assert answer.status_code == 409
    assert "not in the future" in text_of(answer)


def test_a_sheet_is_declared_spoiled_by_somebody_who_is_sure(browser, sheet):
    browser.post(at(sheet, "spoil_sheet"), {"reason": "damaged"})
    assert DowntimeSheet.objects.get(pk=sheet.pk).spoiled == ""
    browser.post(at(sheet, "spoil_sheet"), {"reason": "damaged", "sure": "1"})
    assert DowntimeSheet.objects.get(pk=sheet.pk).spoiled == "damaged"
    assert "already" in text_of(browser.get(at(sheet)))


def test_another_office_and_an_officer_without_the_right_see_no_book(sheet, staffed):
    far = officer_at(counter(FAR))
    book = reverse("applications:downtime_book", args=[sheet.book_id])
    for address in (at(sheet), book, reverse("applications:downtime_pdf", args=[sheet.book_id])):
        assert far.get(address).status_code == 404
    assert far.post(at(sheet, "spoil_sheet"), {"sure": "1"}).status_code == 404
    assert officer_at(staffed.aline).get(reverse(BOOKS)).status_code == 403
