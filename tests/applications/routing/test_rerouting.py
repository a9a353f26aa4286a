"""An officer leaves, an office closes: her cases go on, by themselves."""

from datetime import timedelta

import pytest

from accounts.events import AccountClosed
from accounts.models import Account
from applications import operations, queries
from applications.invariants import INVARIANTS
from applications.operations import rerouting
from kernel.models import EventRow
from places.models import Office
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.packing import HOME
from tests.applications.routing.test_presence import DAY, away
from tests.applications.world import Staffed
from tests.world import NOON
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)


def leave(account_id: int) -> None:
    Account.objects.filter(pk=account_id).update(is_active=False)


def hers(uwase: Citizen, officer_id: int) -> list:
    """Return the cases of three that came to her."""
    cases = [world.queued(uwase) for _ in range(4)]
    return [case for case in cases if case.officer_id == officer_id]


@pytest.mark.parametrize(
    "departure",
    [
        leave,
        lambda account_id: world.end_grants(account_id, at=NOON),
        lambda account_id: away(account_id, days=10),
    ],
    ids=["left", "no right any more", "away for long"],
)
def test_the_cases_of_one_who_is_gone_go_to_her_colleague(
    uwase: Citizen, staffed: Staffed, departure
) -> None:
    waiting = hers(uwase, staffed.aline)
    departure(staffed.aline)
    assert operations.reroute_stranded(now=LATER) == len(waiting) == 2
    for case in waiting:
        assert world.fresh(case).officer_id == staffed.bosco
        assert world.fresh(case).version == case.version + 1
        assert queries.routings(case.pk)[-1].reasons[0] == "rerouted"
        assert EventRow.objects.filter(
            name="applications.case.reassigned", payload__subject_id=case.pk
        ).exists()
    assert operations.reroute_stranded(now=LATER) == 0


def test_the_news_of_her_departure_moves_her_cases_without_waiting_for_the_sweep(
    uwase: Citizen, staffed: Staffed
) -> None:
    waiting = hers(uwase, staffed.aline)
    people.close_account(account_id=staffed.aline, by_id=people.officer("staff.manage"), at=NOON)
    news = AccountClosed(subject_id=staffed.aline, occurred_at=NOON)
    for _again in range(2):
        for handler in ROUTES[AccountClosed]:
            handler(news, LATER)
    assert [world.fresh(case).officer_id for case in waiting] == [staffed.bosco] * 2
    assert operations.reroute_stranded(now=LATER) == 0


def test_the_night_before_she_is_back_her_cases_stay_with_her(
    uwase: Citizen, staffed: Staffed
) -> None:
    away(staffed.aline, days=3.5)  # To the midnight after her last day.
    away(staffed.bosco, days=10)
    evening, night = NOON + 3 * DAY + timedelta(hours=6), NOON + 3 * DAY + timedelta(hours=8)
    case = world.paid(uwase)
    operations.route(application_id=case.pk, at=evening)
    assert world.fresh(case).officer_id == staffed.aline
    before = world.fresh(case).version
    assert operations.reroute_stranded(now=night) == 0
    assert world.fresh(case).version == before


def test_the_night_before_she_is_away_for_long_her_cases_go_on(
    uwase: Citizen, staffed: Staffed
) -> None:
    waiting = hers(uwase, staffed.aline)
    away(staffed.aline, days=10, after=0.5)
    assert operations.reroute_stranded(now=NOON + timedelta(hours=2)) == 0
    night = NOON + timedelta(hours=8)
    assert operations.reroute_stranded(now=night) == len(waiting) == 2
    assert {world.fresh(case).officer_id for case in waiting} == {staffed.bosco}
    assert operations.reroute_stranded(now=night) == 0


def test_a_day_off_moves_nothing(uwase: Citizen, staffed: Staffed) -> None:
    hers(uwase, staffed.aline)
    away(staffed.aline, days=1)
    assert operations.reroute_stranded(now=LATER) == 0


def test_a_case_in_the_hands_of_one_who_left_is_laid_back(uwase: Citizen, staffed: Staffed) -> None:
    case = world.taken(uwase, staffed.aline)
    leave(staffed.aline)
    assert operations.reroute_stranded(now=LATER) == 1
    case = world.fresh(case)
    assert (case.status, case.officer_id) == ("IN_QUEUE", staffed.bosco)
    assert case.history.last().note_code == "rerouted"


def test_a_case_in_hand_stays_with_one_who_goes_on_leave(uwase: Citizen, staffed: Staffed) -> None:
    case = world.taken(uwase, staffed.aline)
    away(staffed.aline, days=10)
    assert operations.reroute_stranded(now=LATER) == 0
    assert world.fresh(case).officer_id == staffed.aline


def test_what_waits_for_the_applicant_stays_with_its_officer(
    uwase: Citizen, staffed: Staffed
) -> None:
    case = world.taken(uwase, staffed.aline)
    operations.ask_completion(
        application_id=case.pk,
        by_id=staffed.aline,
        version=case.version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    away(staffed.aline, days=10)
    assert operations.reroute_stranded(now=LATER) == 0
    assert world.fresh(case).officer_id == staffed.aline


def test_nobody_left_is_said_aloud_once(uwase: Citizen, staffed: Staffed) -> None:
    case = world.queued(uwase)
    leave(staffed.aline)
    leave(staffed.bosco)
    assert operations.reroute_stranded(now=LATER) == 1
    assert world.fresh(case).officer_id is None
    assert operations.reroute_stranded(now=LATER) == 0
    assert EventRow.objects.filter(name="applications.case.unassigned").count() == 1


def test_a_closed_offices_cases_go_to_its_district(uwase: Citizen, staffed: Staffed) -> None:
    case = world.queued(uwase)
    district = people.officer("case.decide", area_code="12")
    Office.objects.filter(code=f"sector-{HOME}").update(active=False)
    assert operations.reroute_stranded(now=LATER) == 1
    case = world.fresh(case)
    assert case.deciding_office.code == "district-12"
    assert case.officer_id == district
    assert case.receiving_office.code == f"sector-{HOME}"


def test_by_command_she_gets_none_of_it_back(uwase: Citizen, staffed: Staffed) -> None:
    waiting = hers(uwase, staffed.aline)
    assert operations.reroute(officer_id=staffed.aline, at=LATER) == len(waiting)
    assert {world.fresh(case).officer_id for case in waiting} == {staffed.bosco}
    with pytest.raises(ValueError, match="an office or an officer"):
        operations.reroute(at=LATER)


def test_what_is_the_heads_own_stays_where_it_lies(uwase: Citizen, staffed: Staffed) -> None:
    waiting = hers(uwase, staffed.aline)
    head = people.officer("case.supervise", area_code="12", person_id=uwase.person_id)
    assert operations.reroute(officer_id=staffed.aline, by_id=head, at=LATER) == 0
    other = people.officer("case.supervise", area_code="12")
    assert operations.reroute(officer_id=staffed.aline, by_id=other, at=LATER) == len(waiting)


def test_papers_whose_signer_left_are_listed_for_the_supervisor(
    uwase: Citizen, staffed: Staffed, settings, tmp_path
) -> None:
    settings.FILES_DIR = tmp_path
    case = world.drawn(uwase, staffed.aline)
    head = people.officer("case.supervise", area_code="12")
    assert queries.without_signer(world.reach(head), at=NOON) == []
    leave(staffed.aline)
    assert queries.without_signer(world.reach(head), at=LATER) == [case]


def test_what_is_kept_of_the_desks_stays_true(uwase: Citizen, staffed: Staffed) -> None:
    hers(uwase, staffed.aline)
    leave(staffed.aline)
    operations.reroute_stranded(now=NOON + DAY)
    told = {one.code for one in INVARIANTS if one.code == "tally_is_truth"}
    assert told
    assert queries.loads([staffed.aline, staffed.bosco]) == {staffed.bosco: 4}


def test_a_case_that_breaks_stays_where_it_lies_and_the_others_go_on(
    uwase: Citizen, staffed: Staffed, monkeypatch
) -> None:
    poisoned, sound = hers(uwase, staffed.aline)
    leave(staffed.aline)
    usual = rerouting.lay_before

    def lay_before(case, *args, **how):
        if case.pk == poisoned.pk:
            raise ValueError
        usual(case, *args, **how)

    monkeypatch.setattr(rerouting, "lay_before", lay_before)
    assert operations.reroute_stranded(now=LATER) == 1
    assert world.fresh(sound).officer_id == staffed.bosco
    assert world.fresh(poisoned).officer_id == staffed.aline


def test_cases_that_no_office_takes_stand_in_nobodys_way(
    uwase: Citizen, staffed: Staffed, monkeypatch
) -> None:
    nowhere, sound = hers(uwase, staffed.aline)
    leave(staffed.aline)
    usual = rerouting.desk_of
    monkeypatch.setattr(rerouting, "AT_ONCE_MAX", 1)
    monkeypatch.setattr(
        rerouting, "desk_of", lambda case: None if case.pk == nowhere.pk else usual(case)
    )
    assert operations.reroute_stranded(now=LATER) == 1
    assert world.fresh(sound).officer_id == staffed.bosco
