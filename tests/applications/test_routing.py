"""Where a case goes: pure rules by tables, then the operation."""

import pytest

from applications import operations, policies
from applications.operations.routing import find_desk, levels_from
from catalogue import queries as catalogue
from kernel.models import EventRow
from places import queries as places
from places.models import Office
from tests.accounts import people
from tests.applications import world
from tests.applications.packing import FAR, HOME, NEIGHBOUR
from tests.world import NOON

LEVELS = ("province", "district", "sector")


@pytest.mark.parametrize(
    ("level", "tried"),
    [
        ("sector", ["sector", "district", "province", "national"]),
        ("district", ["district", "province", "national"]),
        ("province", ["province", "national"]),
        ("national", ["national"]),
        ("automatic", ["automatic", "national"]),
    ],
)
def test_the_next_level_up_is_tried_when_a_level_has_no_office(level, tried):
    assert levels_from(level, LEVELS) == tried


@pytest.mark.parametrize(
    ("candidates", "loads", "turn", "chosen"),
    [
        ([], {}, 0, None),
        ([7], {7: 99}, 0, 7),
        ([7, 8], {7: 3, 8: 2}, 0, 8),
        ([7, 8], {7: 3}, 0, 8),
        ([8, 7], {}, 0, 7),
        ([8, 7], {}, 1, 8),
        ([8, 7], {}, 2, 7),
        ([7, 8, 9], {7: 1, 8: 1, 9: 0}, 1, 9),
    ],
)
def test_the_lightest_load_wins_and_equal_loads_take_turns(candidates, loads, turn, chosen):
    assert policies.lightest(candidates, loads, turn=turn) == chosen


@pytest.mark.parametrize(
    ("account_id", "person_id", "interested"),
    [(1, None, True), (1, 50, False), (1, 60, True), (2, 50, True), (2, 60, True)],
)
def test_interest_is_holding_the_case_or_having_applied_for_it(account_id, person_id, interested):
    assert (
        policies.has_interest(
            account_id=account_id, person_id=person_id, holder_id=60, applicant_id=2
        )
        is interested
    )


@pytest.mark.django_db
def test_the_service_names_the_field_that_decides_the_office(house):
    definition = catalogue.current(world.SINGLE).definition
    desk = find_desk(definition, {"residence_code": NEIGHBOUR}, at=NOON)
    assert places.office(desk.office_id).code == f"sector-{NEIGHBOUR}"


@pytest.mark.django_db
def test_where_a_sector_has_no_office_its_district_decides(house):
    Office.objects.filter(code=f"sector-{HOME}").update(active=False)
    definition = catalogue.current(world.BIRTH).definition
    desk = find_desk(definition, {"birth_place_code": HOME}, at=NOON)
    assert places.office(desk.office_id).code == "district-12"
    assert desk.area_code == "12"


@pytest.mark.django_db
def test_an_area_that_does_not_exist_has_no_sector_office(house):
    definition = catalogue.current(world.BIRTH).definition
    desk = find_desk(definition, {"birth_place_code": "9999"}, at=NOON)
    assert places.office(desk.office_id).level == "national"


@pytest.mark.django_db
def test_a_paid_case_is_laid_before_its_office_and_named_to_an_officer(uwase, staffed):
    case = world.queued(uwase)
    assert case.status == "IN_QUEUE"
    assert case.deciding_office.code == f"sector-{HOME}"
    assert case.officer_id in {staffed.aline, staffed.bosco}
    assert case.history.last().note_code == "lightest_load"


@pytest.mark.django_db
def test_two_cases_go_to_two_officers(uwase, staffed):
    cases = [world.queued(uwase) for _ in range(4)]
    assert sorted(case.officer_id for case in cases) == sorted([staffed.aline, staffed.bosco] * 2)


@pytest.mark.django_db
def test_an_officer_never_gets_her_own_case(uwase, house):
    world.officer(person_id=uwase.person_id)
    case = world.queued(uwase)
    assert case.officer_id is None


@pytest.mark.django_db
def test_nobody_free_leaves_the_case_in_the_queue_and_says_so_aloud(uwase, house):
    world.officer(FAR)
    case = world.queued(uwase)
    assert (case.status, case.officer_id) == ("IN_QUEUE", None)
    assert case.history.last().note_code == "nobody_free"
    assert EventRow.objects.filter(
        name="applications.case.unassigned", payload__subject_id=case.pk
    ).exists()


@pytest.mark.django_db
def test_the_offices_own_officer_comes_before_the_districts(uwase, house):
    people.officer("case.decide", area_code="12")
    own = world.officer()
    assert world.queued(uwase).officer_id == own


@pytest.mark.django_db
def test_the_district_helps_where_the_sector_has_nobody(uwase, house):
    district = people.officer("case.decide", area_code="12")
    assert world.queued(uwase).officer_id == district


@pytest.mark.django_db
def test_an_officer_granted_for_another_service_does_not_get_it(uwase, house):
    world.officer(service_code=world.MARRIAGE)
    assert world.queued(uwase).officer_id is None


@pytest.mark.django_db
def test_a_case_is_routed_once_however_often_it_is_asked(uwase, staffed):
    case = world.queued(uwase)
    operations.route(application_id=case.pk, at=NOON)
    assert world.fresh(case).version == case.version


@pytest.mark.django_db
def test_an_unpaid_case_is_not_routed(uwase, staffed):
    made = world.draft(uwase)
    world.submit(uwase, made)
    operations.route(application_id=made.pk, at=NOON)
    assert world.fresh(made).status == "AWAITING_PAYMENT"
