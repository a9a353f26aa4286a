"""Each list holds what it says, in the order that is asked for, and nothing beyond the reach."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications import operations, queries
from applications.models import Application
from applications.queries import queues, views
from applications.queries.queues import Filter, Shown, Sort
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import approve, want_second
from tests.applications.browser import officer_at, text_of
from tests.applications.packing import FAR, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db
QUEUE = "applications:queue"
LATER = NOON + timedelta(days=60)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


def listed(account_id, wanted, *, at=NOON, after=""):
    return queries.page(world.reach(account_id), wanted, at=at, after=after)


def numbers(account_id, wanted, *, at=NOON):
    return [case.number for case in listed(account_id, wanted, at=at).cases]


def ask_to_mend(case, by_id):
    operations.ask_completion(
        application_id=case.pk,
        by_id=by_id,
        version=world.fresh(case).version,
        fields={"father_name": "unclear"},
        at=NOON,
    )


def test_what_waits_for_its_applicant_is_in_a_list_of_its_own(uwase, staffed):
    mine, asked = (world.taken(uwase, staffed.aline) for _ in range(2))
    ask_to_mend(asked, staffed.aline)
    assert numbers(staffed.aline, Filter(Shown.CITIZEN)) == [asked.number]
    assert numbers(staffed.aline, Filter(Shown.MINE)) == [mine.number]
    assert numbers(staffed.far, Filter(Shown.CITIZEN)) == []


def test_what_waits_for_a_second_officer_is_the_offices_and_not_the_firsts(uwase, staffed):
    want_second()
    case = world.taken(uwase, staffed.aline)
    approve(case, staffed.aline, world.birth_act(uwase))
    assert world.fresh(case).status == "AWAITING_SECOND"
    assert numbers(staffed.aline, Filter(Shown.MINE)) == []
    assert queries.counts(world.reach(staffed.aline), at=NOON).waiting.mine == 0
    assert numbers(staffed.aline, Filter(Shown.OFFICE)) == [case.number]


def test_what_is_past_its_promise_is_late_while_it_is_the_offices_turn(uwase, staffed):
    waits, asked = (world.taken(uwase, staffed.aline) for _ in range(2))
    ask_to_mend(asked, staffed.aline)
    assert numbers(staffed.aline, Filter(Shown.LATE)) == []
    assert numbers(staffed.aline, Filter(Shown.LATE), at=LATER) == [waits.number]
    assert queries.counts(world.reach(staffed.aline), at=LATER).late == 1


def test_what_was_decided_today_is_done_and_tomorrow_it_is_not(uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    assert numbers(staffed.bosco, Filter(Shown.DONE)) == [case.number]
    tomorrow = NOON + timedelta(days=1)
    assert numbers(staffed.bosco, Filter(Shown.DONE), at=tomorrow) == []
    assert queries.counts(world.reach(staffed.bosco), at=NOON).done == 1


def test_what_came_in_here_and_lies_elsewhere_is_told_without_a_person(uwase, staffed):
    case = world.queued(uwase)
    away = Application.objects.filter(pk=case.pk)
    away.update(deciding_office=world.office_id(FAR), officer=None)
    page = text_of(officer_at(staffed.aline).get(reverse(QUEUE), {"list": "elsewhere"}))
    assert case.number in page
    assert "Umutesi" not in page
    assert reverse("applications:desk_case", args=[case.number]) not in page
    assert queries.counts(world.reach(staffed.aline), at=NOON).elsewhere == 1
    assert numbers(staffed.far, Filter(Shown.ELSEWHERE)) == []
    assert numbers(staffed.far, Filter(Shown.UNASSIGNED)) == [case.number]


def test_what_is_on_its_way_waits_with_another_office_until_it_arrives(uwase, staffed):
    case = world.queued(uwase)
    sent = operations.hand_over(
        application_id=case.pk,
        by_id=staffed.aline,
        to_office_id=world.office_id(NEIGHBOUR),
        what="case",
        at=NOON,
    )
    aline = officer_at(staffed.aline)

    def elsewhere(**narrowed):
        return text_of(aline.get(reverse(QUEUE), {"list": "elsewhere"} | narrowed))

    page = elsewhere()
    assert "on its way" in page
    # It is still her office's own case, though nobody works on it.
    assert reverse("applications:desk_case", args=[case.number]) in page
    assert case.number in elsewhere(service=world.BIRTH)
    assert case.number not in elsewhere(service=world.SINGLE)
    assert case.number not in elsewhere(officer=str(staffed.bosco))
    counts = queries.counts(world.reach(staffed.aline), at=NOON)
    assert (counts.away, counts.elsewhere, counts.waiting.office) == (1, 0, 0)
    assert queries.counts(world.reach(staffed.far), at=NOON).away == 0
    there = world.officer(NEIGHBOUR)
    operations.acknowledge_arrival(hand_over_id=sent, by_id=there, at=NOON)
    page = elsewhere()
    assert case.number in page
    assert "on its way" not in page
    counts = queries.counts(world.reach(staffed.aline), at=NOON)
    assert (counts.away, counts.elsewhere) == (0, 1)


def test_a_case_elsewhere_is_told_only_of_services_that_she_has_a_right_over(uwase, house):
    case = world.queued(uwase)
    Application.objects.filter(pk=case.pk).update(
        deciding_office=world.office_id(FAR), officer=None
    )
    narrow = world.officer(service_code=world.SINGLE)
    assert numbers(narrow, Filter(Shown.ELSEWHERE)) == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [(Sort.URGENT, [1, 0, 2]), (Sort.OLDEST, [0, 1, 2]), (Sort.NEWEST, [2, 1, 0])],
)
@pytest.mark.parametrize("area_code", [None, "12"])
@pytest.mark.parametrize("shown", [Shown.OFFICE, Shown.UNASSIGNED])
def test_each_order_goes_on_by_key_across_offices(
    uwase, house, monkeypatch, sort, order, area_code, shown
):
    monkeypatch.setattr(queues, "PAGE_SIZE", 1)
    cases = [
        world.queued(uwase, world.SINGLE),
        world.queued(uwase, world.SINGLE, residence_code=NEIGHBOUR),
        world.queued(uwase, world.SINGLE),
    ]
    for case, hour in zip(cases, (5, 4, 6), strict=True):
        due = NOON + timedelta(hours=hour)
        Application.objects.filter(pk=case.pk).update(queue_at=due, promised_at=due)
    supervisor = people.officer("case.supervise", area_code=area_code)
    found, after = [], ""
    for _ in range(4):
        page = listed(supervisor, Filter(shown, sort), after=after)
        found += [case.number for case in page.cases]
        if not (after := page.after):
            break
    assert found == [cases[index].number for index in order]


def test_a_list_is_narrowed_by_service_officer_state_and_office(uwase, staffed):
    birth = world.taken(uwase, staffed.aline)
    single = world.queued(uwase, world.SINGLE, residence_code=NEIGHBOUR)
    supervisor = people.officer("case.supervise", area_code="12")
    for wanted, found in (
        ({"service_code": world.BIRTH}, [birth]),
        ({"officer_id": staffed.aline}, [birth]),
        ({"officer_id": 0}, [single]),
        ({"status": "IN_QUEUE"}, [single]),
        ({"office_id": world.office_id(NEIGHBOUR)}, [single]),
        ({"office_id": world.office_id(NEIGHBOUR), "service_code": world.BIRTH}, []),
    ):
        assert numbers(supervisor, Filter(Shown.OFFICE, **wanted)) == [one.number for one in found]


def test_an_office_beyond_her_reach_narrows_to_nothing(uwase, staffed):
    world.queued(uwase)
    wanted = Filter(Shown.OFFICE, office_id=world.office_id())
    assert numbers(staffed.far, wanted) == []
    assert numbers(staffed.aline, wanted) != []


@pytest.mark.parametrize("shown", list(Shown))
@pytest.mark.parametrize("sort", list(Sort))
def test_a_filter_is_read_as_it_was_written(shown, sort):
    for more in (
        {},
        {"officer_id": 0},
        {"office_id": 7, "service_code": "x", "status": "IN_QUEUE"},
    ):
        wanted = Filter(shown, sort, **more)
        assert views.read(views.write(wanted)) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        {"list": "all"},
        {"sort": "name"},
        {"status": "DRAFT"},
        {"officer": "-1"},
        {"officer": "\u0661"},
        {"office": "9" * 19},
        {"service": "x" * 61},
    ],
)
def test_a_filter_that_nobody_can_have_chosen_is_not_found(staffed, typed):
    assert officer_at(staffed.aline).get(reverse(QUEUE), typed).status_code == 404


def test_what_is_counted_up_to_a_limit_says_so(uwase, staffed, monkeypatch):
    monkeypatch.setattr(queries.desk, "COUNT_MAX", 1)
    monkeypatch.setattr(queries, "COUNT_MAX", 1)
    for _ in range(2):
        world.taken(uwase, staffed.aline)
    with time_machine.travel(LATER):
        page = text_of(officer_at(staffed.aline).get(reverse(QUEUE)))
    assert '<span class="hint num">1+</span>' in page
    assert '<span class="hint num">2</span>' in page


@pytest.mark.parametrize("name", list(Shown))
def test_an_empty_list_that_is_narrowed_leads_back_to_all_of_it(staffed, name):
    answer = officer_at(staffed.aline).get(reverse(QUEUE), {"list": name, "service": "nothing"})
    assert "Nothing here fits what you asked for." in text_of(answer)
    assert f"list={name}&quot;" not in text_of(answer)
