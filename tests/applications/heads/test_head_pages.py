"""What the head of an office sees, and of an area; absences; and cases that go round."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import queries as accounts
from accounts.models import Absence
from applications import operations, queries
from applications.events import CaseTransferredOften
from applications.models import Application
from applications.queries import heads, watching
from applications.queries.watching import Watch
from notifications.models import Message
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import transfer
from tests.applications.browser import officer_at, text_of
from tests.applications.packing import FAR, HOME
from tests.world import NOON
from workers import messages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def supervised(account_id):
    return queries.supervised(
        account_id=account_id, person_id=accounts.account(account_id).person_id, at=NOON
    )


def page(browser, name="head", **query):
    return browser.get(reverse(f"applications:{name}"), query)


def due(case, at):
    Application.objects.filter(pk=case.pk).update(promised_at=at, queue_at=at)


def line_of(lines, account_id):
    return next(one for one in lines if one.account_id == account_id)


def test_the_head_sees_load_and_age_by_officer(staffed, chantal):
    waiting = [world.queued(people.citizen()) for _ in range(3)]
    taken = world.taken(people.citizen(), staffed.aline)
    world.approved(people.citizen(), staffed.bosco)
    due(taken, NOON - timedelta(hours=1))
    lines = heads.officers(supervised(chantal), world.office_id(), at=NOON)
    aline, bosco = line_of(lines, staffed.aline), line_of(lines, staffed.bosco)
    assert aline.waiting + bosco.waiting == len(waiting)
    assert (aline.in_hand, aline.late, aline.load) == (1, 1, aline.waiting + 1)
    assert (bosco.in_hand, bosco.decided_today, bosco.decided_week) == (0, 1, 1)
    assert aline.since == NOON
    assert [one.name for one in lines] == ["Aline", "Bosco"]
    text = text_of(page(officer_at(chantal)))
    assert "Aline" in text
    assert "Bosco" in text


def test_who_heads_nothing_has_no_such_page(staffed, house):
    for name in ("head", "head_csv", "head_cases"):
        assert page(officer_at(staffed.aline), name).status_code == 403
    head = world.officer(FAR, "case.supervise")
    for name in ("head", "head_csv", "head_cases"):
        response = page(officer_at(head), name, office=world.office_id(HOME))
        assert response.status_code == 404
    for strange in ("1" * 30, "1" * 4_000):
        assert page(officer_at(head), office=strange).status_code == 404
    assert page(officer_at(head), "head_cases", list="everything").status_code == 404
    assert page(officer_at(head), "head_cases", list="officer", officer="1").status_code == 404


def test_an_office_without_a_case_has_its_page(staffed, chantal):
    text = text_of(page(officer_at(chantal)))
    assert "Nothing more is promised for today" in text
    assert "Nobody is away" in text


def test_todays_promises_stand_by_the_hour_and_tomorrows_late_ones_apart(staffed, chantal):
    late, today, tomorrow, taken, later = (world.queued(people.citizen()) for _ in range(5))
    operations.take(application_id=taken.pk, by_id=staffed.aline, at=NOON)
    ends = watching.tomorrow_ends(NOON)
    due(late, NOON - timedelta(minutes=5))
    due(today, NOON + timedelta(hours=2, minutes=20))
    due(tomorrow, ends - timedelta(hours=2))
    due(taken, ends - timedelta(hours=2))
    due(later, ends + timedelta(days=2))
    outlook = watching.outlook(supervised(chantal), world.office_id(), at=NOON)
    assert (outlook.overdue, outlook.today, outlook.tomorrow) == (1, 1, 2)
    [(hour, count)] = outlook.by_hour
    assert (hour, count) == ((NOON + timedelta(hours=2)).replace(minute=0), 1)
    # What is in somebody's hands is not among those that the head must give to somebody.
    found, _ = watching.cases(supervised(chantal), world.office_id(), Watch.TOMORROW, at=NOON)
    assert {one.pk for one in found} == {today.pk, tomorrow.pk}


def test_she_ticks_cases_and_gives_them_to_somebody_else(staffed, chantal):
    cases = [world.queued(people.citizen()) for _ in range(2)]
    for case in cases:
        Application.objects.filter(pk=case.pk).update(officer_id=staffed.aline)
    browser = officer_at(chantal)
    shown = text_of(page(browser, "head_cases", list="officer", officer=staffed.aline))
    assert all(case.number in shown for case in cases)
    address = reverse("applications:head_cases") + f"?list=officer&officer={staffed.aline}"
    asked = {
        "case": [case.number for case in cases], "to": staffed.bosco, "reason": "late",
        "office": world.office_id(),
    }  # fmt: skip
    assert browser.post(address, asked).status_code == 302
    assert {world.fresh(case).officer_id for case in cases} == {staffed.bosco}
    case_page = text_of(officer_at(staffed.bosco).get(_desk(cases[0])))
    assert "Given from Aline to Bosco by Chantal" in case_page
    assert "It would be late where it is" in case_page


def test_the_list_of_nobodys_cases_is_the_one_that_the_table_counts(staffed, chantal):
    case = world.queued(people.citizen())
    Application.objects.filter(pk=case.pk).update(officer_id=None)
    browser = officer_at(chantal)
    shown = text_of(page(browser, "head_cases", list="officer", officer=0))
    assert "Cases of nobody" in shown
    assert case.number in shown


def test_a_case_that_cannot_be_given_is_marked_and_none_is(uwase, staffed, chantal):
    case = world.queued(uwase)
    uwases = world.officer(person_id=uwase.person_id, display_name="Uwase")
    browser = officer_at(chantal)
    address = reverse("applications:head_cases") + (
        f"?list=officer&officer={case.officer_id}&office={world.office_id()}"
    )
    asked = {"case": [case.number], "to": uwases, "reason": "late"}
    refused = browser.post(address, asked)
    assert refused.status_code == 409
    assert "that officer has an interest in it" in text_of(refused)
    for missing in ("case", "to", "reason"):
        assert browser.post(address, asked | {missing: ""}).status_code in {404, 422}
    # A case of another office does not exist for her.
    far = world.queued(people.citizen(), birth_place_code=FAR, district="11")
    assert browser.post(address, asked | {"case": [far.number]}).status_code == 404
    assert world.fresh(case).version == case.version


def test_she_enters_an_absence_and_ends_it(staffed, chantal):
    browser = officer_at(chantal)
    typed = {
        "office": world.office_id(), "officer": staffed.aline, "from_day": "2026-11-23",
        "until_day": "2026-12-04", "kind": "leave", "stand_in": staffed.bosco,
    }  # fmt: skip
    today = NOON.date()
    typed |= {"from_day": today, "until_day": today + timedelta(days=10)}
    enter = reverse("applications:enter_absence")
    for wrong in (
        {"until_day": today - timedelta(days=2)},
        {"from_day": "soon"},
        {"stand_in": staffed.aline},
        {"officer": staffed.far},
        {"until_day": "9999-12-31"},
        {"from_day": "0001-01-01"},
    ):
        assert browser.post(enter, typed | wrong).status_code == 422, wrong
    assert not Absence.objects.exists()
    assert browser.post(enter, typed).status_code == 302
    assert browser.post(enter, typed).status_code == 422
    text = text_of(page(browser))
    assert "away" in text
    assert "Bosco stands in" in text
    assert world.queued(people.citizen()).officer_id == staffed.bosco
    [absence] = Absence.objects.all()
    end = reverse("applications:end_absence", args=[absence.pk])
    asked = {"office": world.office_id(), "officer": staffed.aline}
    assert browser.post(end, asked | {"officer": staffed.far}).status_code == 404
    assert officer_at(staffed.bosco).post(end, asked).status_code == 403
    assert browser.post(end, asked).status_code == 302
    absence.refresh_from_db()
    assert (absence.ended_by_id, absence.ended_at) == (chantal, NOON)


def test_an_absence_that_is_not_hers_to_enter_is_said_in_the_form(staffed, house):
    head = world.officer(HOME, "case.supervise", "case.decide", display_name="Chantal")
    visitor = people.officer("case.decide", area_code=HOME, office_id=world.office_id(FAR))
    world.taken(people.citizen(), visitor)
    today = NOON.date()
    typed = {"office": world.office_id(), "from_day": today, "until_day": today}
    for officer, kind in ((head, "training"), (visitor, "leave")):
        sent = typed | {"officer": officer, "kind": kind}
        refused = officer_at(head).post(reverse("applications:enter_absence"), sent)
        assert refused.status_code == 422
        assert "Somebody else, who supervises" in text_of(refused)
    assert not Absence.objects.exists()


def test_the_head_of_a_district_sees_its_offices_and_goes_into_one(staffed, house):
    district = _over("12")
    case = world.queued(people.citizen())
    world.queued(people.citizen(), birth_place_code=FAR, district="11")
    due(case, NOON - timedelta(hours=3))
    [line] = heads.offices(supervised(district), at=NOON)
    assert (line.office_id, line.waiting, line.late) == (world.office_id(), 1, 1)
    assert (line.late_percent, line.since, line.apologies) == (100, NOON, 0)
    browser = officer_at(district)
    inside = f"{reverse('applications:head')}?office={world.office_id()}"
    assert inside in text_of(page(browser))
    assert browser.get(inside).status_code == 200
    assert page(browser, office=world.office_id(FAR)).status_code == 404


def test_the_sums_of_an_area_and_its_file_tell_of_every_office(staffed, house, monkeypatch):
    monkeypatch.setattr(heads, "OFFICES_MAX", 1)
    world.queued(people.citizen())
    world.queued(people.citizen(), birth_place_code=FAR, district="11")
    browser = officer_at(_over("1"))
    shown = page(browser)
    assert (len(shown.context["rows"]), shown.context["waiting"]) == (1, 2)
    assert "Only these offices are listed" in text_of(shown)
    file = b"".join(page(browser, "head_csv").streaming_content).decode()
    assert len(file.splitlines()) == 3


def _over(area_code):
    return people.officer("case.supervise", area_code=area_code, display_name="District")


def test_both_tables_are_files_too(staffed, chantal):
    world.queued(people.citizen())
    file = b"".join(page(officer_at(chantal), "head_csv").streaming_content).decode()
    assert "Aline" in file
    assert len(file.splitlines()) == 3
    area = b"".join(page(officer_at(_over("12")), "head_csv").streaming_content).decode()
    assert len(area.splitlines()) == 2


@pytest.mark.parametrize("name", ["head", "head_cases"])
def test_the_pages_cost_the_same_however_much_there_is(name, staffed, chantal):
    browser = officer_at(chantal)
    query = {"list": "officer", "officer": staffed.aline} if name == "head_cases" else {}

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert page(browser, name, **query).status_code == 200
        return len(asked)

    for _ in range(2):
        world.queued(people.citizen())
    world.taken(people.citizen(), staffed.aline)
    before = cost()
    for number in range(3):
        third = world.officer(display_name=f"Another {number}")
        world.taken(people.citizen(), third, world.SINGLE)
        world.taken(people.citizen(), staffed.aline, world.MARRIAGE)
        world.queued(people.citizen())
    assert cost() == before


def test_a_case_given_on_three_times_is_said_to_the_supervisor(uwase, staffed, chantal):
    case = world.taken(uwase, staffed.aline)
    for to, by in ((staffed.bosco, staffed.aline), (staffed.aline, staffed.bosco)):
        # In a circle only a supervisor sends it.
        case = transfer(case, chantal if to == staffed.aline else by, officer_id=to)
        operations.take(application_id=case.pk, by_id=to, at=NOON)
        case = world.fresh(case)
    assert "given on three times" not in text_of(page(officer_at(chantal)))
    case = transfer(case, chantal, officer_id=staffed.bosco)
    browser = officer_at(chantal)
    assert "1 case was given on three times or more" in text_of(page(browser))
    assert case.number in text_of(page(browser, "head_cases", list="often"))


def test_she_is_told_of_it_by_a_message_without_a_person(uwase, staffed, house):
    world.officer(HOME, "case.supervise", person_id=people.citizen().person_id)
    case = world.queued(uwase)
    event = CaseTransferredOften(subject_id=case.pk, occurred_at=NOON)
    for _ in range(2):
        messages.tell_transferred_often(event, NOON)
    [sent] = Message.objects.filter(template="transferred_often")
    assert case.number in sent.body
    assert "Umutesi" not in sent.body


def _desk(case):
    return reverse("applications:desk_case", args=[case.number])
