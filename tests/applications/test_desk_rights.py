"""The lists of the desk show what a grant covers, and nothing that its page would refuse."""

import pytest
import time_machine
from django.urls import reverse

from applications import queries
from applications.queries import queues
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import officer_at, text_of
from tests.applications.packing import FAR, HOME, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db

LISTS = tuple(queries.Shown)
QUEUE = "applications:queue"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


def listed(account_id, name, **more):
    return text_of(officer_at(account_id).get(reverse(QUEUE), {"list": name, **more}))


def counted(account_id):
    reach = world.reach(account_id)
    return queries.counts(reach, at=NOON).waiting


@pytest.mark.parametrize("name", LISTS)
def test_staff_of_the_office_without_a_grant_see_no_case(uwase, house, name):
    case = world.queued(uwase)
    clerk = people.staff(office_id=world.office_id(HOME)).pk
    page = listed(clerk, name)
    assert case.number not in page
    assert "Umutesi" not in page
    assert (counted(clerk).mine, counted(clerk).office, counted(clerk).unassigned) == (0, 0, 0)


@pytest.mark.parametrize("act", ["case.decide", "case.sign", "case.supervise"])
def test_any_right_over_cases_opens_the_offices_list(uwase, house, act):
    case = world.queued(uwase)
    colleague = people.officer(act, area_code=HOME, office_id=world.office_id(HOME))
    assert case.number in listed(colleague, "office")
    assert case.number in listed(colleague, "unassigned")
    found = counted(colleague)
    assert (found.mine, found.office, found.unassigned) == (0, 1, 1)


def test_a_right_that_is_about_something_else_opens_no_list(uwase, house):
    case = world.queued(uwase)
    other = people.officer("rights.give", area_code=HOME, office_id=world.office_id(HOME))
    assert case.number not in listed(other, "office")


def test_a_grant_for_one_service_lists_that_service_only(uwase, house):
    birth, single = world.queued(uwase), world.queued(uwase, world.SINGLE)
    narrow = world.officer(HOME, "case.supervise", service_code=world.SINGLE)
    page = listed(narrow, "office")
    assert single.number in page
    assert birth.number not in page
    assert counted(narrow).office == 1


def test_a_grant_elsewhere_does_not_list_her_own_office(uwase, house):
    case = world.queued(uwase)
    moved = people.officer("case.decide", area_code=FAR, office_id=world.office_id(HOME))
    assert case.number not in listed(moved, "office")


@pytest.mark.parametrize("area_code", ["12", "1", None])
def test_a_supervisor_sees_every_office_within_her_area(uwase, house, area_code):
    here = world.queued(uwase)
    there = world.queued(uwase, world.SINGLE, residence_code=NEIGHBOUR)
    supervisor = people.officer("case.supervise", area_code=area_code)
    page = listed(supervisor, "office")
    assert here.number in page
    assert there.number in page
    assert "Kimironko" in page  # Of several offices, each row names its own.
    assert counted(supervisor).office == 2


def test_a_supervisor_sees_no_office_outside_her_area(uwase, house):
    case = world.queued(uwase)
    supervisor = people.officer("case.supervise", area_code="11")
    assert case.number not in listed(supervisor, "office")
    assert counted(supervisor).office == 0


def test_a_supervisors_long_list_goes_on_by_key(uwase, house, monkeypatch):
    monkeypatch.setattr(queues, "PAGE_SIZE", 2)
    cases = [world.queued(uwase), world.queued(uwase, world.SINGLE, residence_code=NEIGHBOUR)]
    cases += [world.queued(uwase), world.queued(uwase)]
    supervisor = people.officer("case.supervise", area_code="12")
    first = listed(supervisor, "office")
    key = first.split("after=")[1].split('"')[0]
    rest = listed(supervisor, "office", after=key)
    for case in cases:
        assert (case.number in first) != (case.number in rest)


def test_her_own_case_is_not_on_her_desk(uwase, house):
    officer = world.officer(person_id=uwase.person_id)
    case = world.queued(uwase)
    assert case.number not in listed(officer, "office")
    assert case.number not in listed(officer, "unassigned")


@pytest.mark.parametrize("name", LISTS)
def test_an_officer_whose_grant_ended_sees_no_case_any_more(uwase, staffed, name):
    case = world.taken(uwase, staffed.aline)
    assert case.number in listed(staffed.aline, "mine")
    world.end_grants(staffed.aline, at=NOON)
    assert case.number not in listed(staffed.aline, name)
    assert counted(staffed.aline).mine == 0


def test_a_paper_waits_for_nobody_whose_grant_ended(uwase, staffed, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    case = world.drawn(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    assert case.number in text_of(browser.get(reverse("applications:to_sign")))
    world.end_grants(staffed.aline, at=NOON)
    assert case.number not in text_of(browser.get(reverse("applications:to_sign")))


@pytest.mark.parametrize("name", ["mine", "office", "unassigned"])
def test_what_the_lists_show_opens(uwase, staffed, registers, name):
    world.queued(uwase)
    supervisor = people.officer("case.supervise", area_code="12")
    for account_id in (staffed.aline, staffed.bosco, supervisor):
        page = listed(account_id, name)
        for link in page.split('href="/desk/')[1:]:
            address = "/desk/" + link.split('"')[0]
            assert officer_at(account_id).get(address).status_code == 200


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mine", "Nothing waits for you."),
        ("office", "Nothing waits at your office."),
        ("unassigned", "Every case has its officer."),
    ],
)
def test_an_empty_list_says_what_is_empty(house, name, words):
    assert words in listed(world.officer(), name)


def test_whoever_has_no_right_over_cases_is_told_so(house):
    clerk = people.staff(office_id=world.office_id(HOME)).pk
    assert "You have no right over cases here" in listed(clerk, "office")
