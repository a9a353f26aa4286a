"""Cases that were paid together are routed together, each by the rules that it has alone."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications import operations
from applications.models import Application, RoutingNote
from kernel.models import EventRow
from places import queries as places
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.packing import FAR, NEIGHBOUR
from tests.applications.routing.test_choosing import _weigh, reasons
from tests.applications.routing.test_presence import away
from tests.applications.test_races import at_once
from tests.applications.world import Staffed
from tests.countries.packs import load
from tests.world import NOON


def together(*cases: Application) -> list[Application]:
    operations.route_all(application_ids=[one.pk for one in cases], at=NOON)
    return [world.fresh(one) for one in cases]


@pytest.mark.django_db
def test_colleagues_share_what_comes_at_once(uwase: Citizen, staffed: Staffed) -> None:
    routed = together(*[world.paid(uwase) for _ in range(6)])
    assert sorted(one.officer_id for one in routed) == sorted([staffed.aline, staffed.bosco] * 3)
    for one in routed:
        assert (one.status, one.history.last().target) == ("IN_QUEUE", "IN_QUEUE")
        assert reasons(one) == ["by_area", "lightest_load"]
    queued = EventRow.objects.filter(name="applications.case.queued")
    assert queued.count() == len(routed)


@pytest.mark.django_db
def test_what_one_is_given_weighs_for_the_next(uwase: Citizen, staffed: Staffed) -> None:
    _weigh(world.BIRTH, 5)
    heavy, *light = together(
        world.paid(uwase), *[world.paid(uwase, world.MARRIAGE) for _ in range(5)]
    )
    assert heavy.officer_id not in {one.officer_id for one in light}


@pytest.mark.django_db
def test_each_goes_to_its_own_office_and_never_to_whom_it_concerns(
    uwase: Citizen, staffed: Staffed
) -> None:
    chantal = people.citizen()
    her_account = world.officer(person_id=chantal.person_id)
    away(staffed.aline)
    away(staffed.bosco)
    here, there, nowhere, own = together(
        world.paid(uwase),
        world.paid(uwase, district=FAR[:2], birth_place_code=FAR),
        world.paid(uwase, birth_place_code=NEIGHBOUR),
        world.paid(chantal),
    )
    assert (here.officer_id, there.officer_id) == (her_account, staffed.far)
    assert there.deciding_office_id == world.office_id(FAR)
    assert (nowhere.officer_id, own.officer_id) == (None, None)
    unassigned = EventRow.objects.filter(name="applications.case.unassigned")
    told = {row.payload["subject_id"] for row in unassigned}
    assert told == {nowhere.pk, own.pk}


@pytest.mark.django_db
def test_what_is_past_routing_stays_where_it_is(uwase: Citizen, staffed: Staffed) -> None:
    before = world.queued(uwase)
    after, fresh = together(before, world.paid(uwase))
    assert (after.version, after.officer_id) == (before.version, before.officer_id)
    assert fresh.officer_id is not None


@pytest.mark.django_db
def test_where_one_has_no_office_none_is_routed(uwase: Citizen, staffed: Staffed) -> None:
    cases = [world.paid(uwase), world.paid(uwase, district=FAR[:2], birth_place_code=FAR)]
    places.Office.objects.exclude(pk=world.office_id()).update(active=False)
    with pytest.raises(places.NoOffice), transaction.atomic():
        together(*cases)
    assert {world.fresh(one).status for one in cases} == {"PAID"}
    operations.route(application_id=cases[0].pk, at=NOON)
    assert world.fresh(cases[0]).status == "IN_QUEUE"


@pytest.mark.django_db
def test_many_cost_no_more_queries_than_two(uwase: Citizen, staffed: Staffed) -> None:
    two, many = ([world.paid(uwase) for _ in range(n)] for n in (2, 8))
    together(world.paid(uwase))  # Definitions are read once.
    asked = []
    for cases in (two, many):
        with CaptureQueriesContext(connection) as captured:
            operations.route_all(application_ids=[one.pk for one in cases], at=NOON)
        asked.append(len(captured))
    assert asked[0] == asked[1] < 25


@pytest.mark.django_db(transaction=True)
def test_batches_that_overlap_give_no_case_two_officers(db, small_pack) -> None:
    with transaction.atomic():
        load(small_pack)
        for _ in range(3):
            world.officer()
        uwase = people.citizen()
        cases = [world.paid(uwase) for _ in range(6)]
    ids = [one.pk for one in cases]
    windows = [ids[start % 6 :] + ids[: start % 3] for start in range(12)]
    raised = at_once(
        *[lambda w=w: operations.route_all(application_ids=w, at=NOON) for w in windows]
    )
    assert raised == [None] * len(windows)
    assert RoutingNote.objects.count() == len(cases)
    for one in cases:
        assert world.fresh(one).history.filter(target="IN_QUEUE").count() == 1
