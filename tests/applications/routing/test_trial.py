"""Where would this go, and why? Tried before it is done, and before it is published."""

from dataclasses import asdict

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import operations
from applications.models import Application, RoutingNote
from catalogue.models import Service
from places.models import Office
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.browser import officer_at
from tests.applications.packing import FAR, HOME, NEIGHBOUR
from tests.applications.routing.test_presence import away
from tests.applications.world import Staffed
from tests.world import NOON

pytestmark = pytest.mark.django_db


def explain(area_code: str = HOME, **more: object) -> operations.Explanation:
    given = {"birth_place_code": area_code}
    return operations.explain(service_code=world.BIRTH, given=given, at=NOON, **more)


@pytest.fixture
def head(house: None) -> int:
    return people.officer("case.supervise", area_code="12", display_name="Head")


def ask(account_id: int, **asked: str) -> str:
    query = {"service": world.BIRTH, "moment": "2026-11-23T12:00"} | asked
    answer = officer_at(account_id).get(reverse("applications:routing"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_trial_says_the_office_the_officer_and_what_speaks_against_others(
    uwase: Citizen, staffed: Staffed
) -> None:
    own = world.officer(person_id=uwase.person_id)
    away(staffed.aline)
    found = explain(holder_id=uwase.person_id)
    assert found.desk.office_id == world.office_id()
    assert found.desk.steps == ("by_area",)
    assert found.choice.officer_id == staffed.bosco
    said = {one.account_id: one.excluded for one in found.choice.candidates}
    assert said == {staffed.aline: "leave", staffed.bosco: "", own: "interest"}


def test_a_trial_says_what_routing_then_does(uwase: Citizen, staffed: Staffed) -> None:
    case = world.paid(uwase)
    thought = operations.explain_case(case, at=NOON)
    assert not RoutingNote.objects.filter(application=case).exists()
    operations.route(application_id=case.pk, at=NOON)
    assert world.fresh(case).officer_id == thought.choice.officer_id
    assert world.fresh(case).deciding_office_id == thought.desk.office_id


def test_a_trial_weighs_the_one_who_is_left_alone(uwase: Citizen, staffed: Staffed) -> None:
    away(staffed.aline)
    world.queued(uwase)
    weighed = {one.account_id: one.load for one in explain().choice.candidates}
    assert weighed == {staffed.aline: 0, staffed.bosco: 1}


def test_where_no_office_of_the_level_is_open_the_trial_says_so(house: None) -> None:
    Office.objects.filter(code=f"sector-{HOME}").update(active=False)
    assert explain().desk.steps == ("next_level_up",)


def test_other_rules_are_tried_on_the_last_cases(uwase: Citizen, staffed: Staffed) -> None:
    cases = [world.queued(uwase) for _ in range(2)]
    far = world.queued(uwase, birth_place_code=FAR, district="11")
    reach = world.reach(people.officer("case.supervise", area_code="12"))
    tried = operations.try_rules(
        service_code=world.BIRTH,
        office_level="district",
        area_field="birth_place_code",
        reach=reach,
        at=NOON,
    )
    assert (tried.cases, tried.moved) == (2, 2)
    assert {one.number for one in tried.shown} == {case.number for case in cases}
    assert far.number not in str(asdict(tried))
    same = operations.try_rules(
        service_code=world.BIRTH,
        office_level="sector",
        area_field="birth_place_code",
        reach=reach,
        at=NOON,
    )
    assert same.moved == 0


def test_the_page_answers_a_supervisor(head: int, staffed: Staffed) -> None:
    told = ask(head, area=HOME)
    assert "Aline" in told
    assert "the office of the level that the service names serves this area" in told


def test_the_page_is_no_ones_who_supervises_nothing(staffed: Staffed) -> None:
    assert officer_at(staffed.aline).get(reverse("applications:routing")).status_code == 403
    assert Client().get(reverse("applications:routing")).status_code == 302


def test_officers_of_an_office_that_she_does_not_supervise_are_not_shown(
    head: int, staffed: Staffed
) -> None:
    told = ask(head, area=FAR)
    assert "Far" not in told
    assert "its officers are not shown" in told


def test_why_somebody_is_away_is_not_said(head: int, staffed: Staffed) -> None:
    away(staffed.aline, kind="sick")
    told = ask(head, area=HOME)
    assert "away" in told
    assert "Illness" not in told


def test_a_case_that_is_not_hers_does_not_exist_there(
    head: int, uwase: Citizen, staffed: Staffed
) -> None:
    far = world.queued(uwase, birth_place_code=FAR, district="11")
    assert "No case with this number" in ask(head, number=far.number)
    near = world.queued(uwase)
    assert near.number in ask(head, number=near.number)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"area": ""}, "Say for which area"),
        ({"area": "Nowhere"}, "No area has this code"),
        ({"area": HOME, "service": "nothing"}, "Select a valid choice"),
        ({"area": HOME, "moment": "yesterday"}, "Enter a valid date"),
        ({"area": HOME, "level": "village-of-dreams"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_tried_is_said(head: int, asked: dict[str, str], said: str) -> None:
    assert said in ask(head, **asked)


def test_the_page_asks_as_much_for_many_cases_as_for_few(
    head: int, uwase: Citizen, staffed: Staffed
) -> None:
    asked = {"area": HOME, "level": "district"}
    world.queued(uwase)
    browser = officer_at(head)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as spent:
            browser.get(
                reverse("applications:routing"),
                {"service": world.BIRTH, "moment": "2026-11-23T12:00"} | asked,
            )
        counts.append(len(spent))
        for _ in range(3):
            world.queued(uwase, birth_place_code=NEIGHBOUR)
    assert counts[0] == counts[1] < 40
    assert Application.objects.count() == 7
    assert Service.objects.exists()


def test_a_case_of_a_service_that_was_closed_is_explained_still(
    uwase: Citizen, head: int, staffed: Staffed
) -> None:
    case = world.queued(uwase)
    Service.objects.filter(code=world.BIRTH).update(active=False)
    told = ask(head, service=world.SINGLE, number=case.number, level="district")
    assert "the office of the level that the service names serves this area" in told


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_beyond_all_calendars_is_answered(
    head: int, staffed: Staffed, moment: str
) -> None:
    assert ask(head, area=HOME, moment=moment)
