"""Who gets a case: present, granted, without an interest, and with the least to do."""

from datetime import timedelta

import pytest

from accounts import operations as accounts
from accounts.models import Account
from applications import operations, queries
from applications.models import Application, SecondApproval
from applications.operations import choosing
from catalogue.models import ServiceVersion
from kernel.models import EventRow
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.acts.world import awaiting_second, want_second
from tests.applications.packing import FAR, HOME, NEIGHBOUR
from tests.applications.routing.test_presence import DAY, away
from tests.applications.world import Staffed
from tests.world import NOON

pytestmark = pytest.mark.django_db


def reasons(case: Application) -> list[str]:
    return queries.routings(case.pk)[-1].reasons


def test_one_who_is_away_gets_nothing_and_her_colleague_does(
    uwase: Citizen, staffed: Staffed
) -> None:
    away(staffed.aline)
    assert {world.queued(uwase).officer_id for _ in range(3)} == {staffed.bosco}


def test_her_stand_in_from_elsewhere_shares_with_the_office(
    uwase: Citizen, staffed: Staffed
) -> None:
    helper = people.officer(
        "case.decide", area_code="12", office_id=world.office_id(NEIGHBOUR), display_name="Helper"
    )
    away(staffed.aline, stand_in_id=helper)
    cases = [world.queued(uwase) for _ in range(4)]
    assert sorted(case.officer_id for case in cases) == sorted([staffed.bosco, helper] * 2)
    stood_in = next(case for case in cases if case.officer_id == helper)
    assert reasons(stood_in) == ["by_area", "stands_in", "lightest_load"]


def test_a_stand_in_without_the_right_stands_in_for_nothing(
    uwase: Citizen, staffed: Staffed
) -> None:
    away(staffed.aline, stand_in_id=staffed.far)
    away(staffed.bosco)
    case = world.queued(uwase)
    assert case.officer_id is None
    assert reasons(case) == ["by_area", "nobody_free"]


def test_where_the_whole_office_is_away_the_district_helps(
    uwase: Citizen, staffed: Staffed
) -> None:
    district = people.officer("case.decide", area_code="12")
    away(staffed.aline)
    away(staffed.bosco)
    case = world.queued(uwase)
    assert case.officer_id == district
    assert reasons(case) == ["by_area", "from_around", "lightest_load"]


def test_a_delegation_counts_while_it_lasts(uwase: Citizen, house: None) -> None:
    world.end_grants(world.officer(), at=NOON - DAY)
    deputy = world.officer()
    Account.objects.get(pk=deputy).grants.update(until_at=None)
    assert world.queued(uwase).officer_id == deputy


def test_who_declined_as_the_second_officer_does_not_get_the_case(
    uwase: Citizen, staffed: Staffed
) -> None:
    want_second()
    case = awaiting_second(uwase, staffed.aline)
    operations.decline_second(
        application_id=case.pk, by_id=staffed.bosco, version=case.version, text="Look.", at=NOON
    )
    assert SecondApproval.objects.filter(application=case).exists()
    operations.release(
        application_id=case.pk,
        by_id=staffed.aline,
        version=world.fresh(case).version,
        at=NOON,
    )
    assert world.fresh(case).officer_id is None


def test_asking_for_a_completion_bars_nobody(uwase: Citizen, staffed: Staffed) -> None:
    case = world.taken(uwase, staffed.aline)
    operations.ask_completion(
        application_id=case.pk,
        by_id=staffed.aline,
        version=case.version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    assert not choosing.makers(case.pk)


def test_a_heavy_case_weighs_more_than_a_light_one(uwase: Citizen, staffed: Staffed) -> None:
    _weigh(world.BIRTH, 5)
    heavy = world.queued(uwase)
    light = [world.queued(uwase, world.MARRIAGE) for _ in range(5)]
    assert heavy.officer_id not in {case.officer_id for case in light}


def test_why_it_came_to_her_is_kept(uwase: Citizen, staffed: Staffed) -> None:
    case = world.queued(uwase)
    (note,) = queries.routings(case.pk)
    assert (note.version, note.office_id, note.officer_id, note.candidates) == (
        case.version,
        case.deciding_office_id,
        case.officer_id,
        2,
    )


def test_the_nearest_supervisor_is_told_that_nobody_is_free(uwase: Citizen, house: None) -> None:
    own = people.officer(
        "case.supervise", area_code=HOME, office_id=world.office_id(), display_name="Own"
    )
    district = people.officer("case.supervise", area_code="12")
    people.officer("case.supervise", area_code=FAR, office_id=world.office_id(FAR))
    case = world.queued(uwase)
    assert queries.supervisors(case.pk, at=NOON) == [own]
    Account.objects.filter(pk=own).update(is_active=False)
    assert queries.supervisors(case.pk, at=NOON) == [district]
    assert EventRow.objects.filter(name="applications.case.unassigned").count() == 1


def test_an_absence_that_ends_tonight_is_none_tomorrow(uwase: Citizen, staffed: Staffed) -> None:
    away(staffed.aline, days=0.4)
    away(staffed.bosco, days=5)
    case = world.paid(uwase)
    operations.route(application_id=case.pk, at=NOON + timedelta(hours=11))
    assert world.fresh(case).officer_id == staffed.aline
    assert accounts.absences([staffed.bosco], at=NOON)


def _weigh(service: str, load: int) -> None:
    version = ServiceVersion.objects.get(service__code=service)
    version.pk, version.number = None, version.number + 1
    version.definition = version.definition | {"load": load}
    version.save(force_insert=True)
    version.service.current = version
    version.service.save()
