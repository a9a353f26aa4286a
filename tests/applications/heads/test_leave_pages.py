"""Leave as an officer plans it herself, and as the head of her office sees and plans it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts import operations as accounts
from accounts.models import Absence, WorkingWeek
from applications import operations
from applications.models import Application, Escalation
from applications.states import Status
from kernel.models import AuditEntry
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import officer_at, text_of
from tests.applications.packing import FAR, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db
LEAVE = "applications:leave"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def of(name, account_id):
    address = reverse(f"applications:{name}", args=[account_id])
    return f"{address}?office={world.office_id()}"


def test_an_officer_plans_her_leave_names_a_stand_in_and_ends_it(staffed):
    aline, today = officer_at(staffed.aline), NOON.date()
    typed = {"from_day": today, "until_day": today + timedelta(days=4), "stand_in": staffed.bosco}
    for wrong in (
        {"until_day": today - timedelta(days=1)},
        {"from_day": ""},
        {"stand_in": staffed.aline},
        {"stand_in": staffed.far},
    ):
        assert aline.post(reverse(LEAVE), typed | wrong).status_code == 422, wrong
    assert aline.post(reverse(LEAVE), typed).headers["Location"] == reverse(LEAVE)
    [leave] = Absence.objects.all()
    assert (leave.account_id, leave.kind, leave.entered_by_id) == (
        staffed.aline, "leave", staffed.aline,
    )  # fmt: skip
    assert "Bosco stands in" in text_of(aline.get(reverse(LEAVE)))
    assert world.queued(people.citizen()).officer_id == staffed.bosco
    end = reverse("applications:end_leave", args=[leave.pk])
    officer_at(staffed.bosco).post(end)
    leave.refresh_from_db()
    assert leave.ended_at is None
    aline.post(end)
    leave.refresh_from_db()
    assert (leave.ended_by_id, leave.ended_at) == (staffed.aline, NOON)
    assert "No absence is planned" in text_of(aline.get(reverse(LEAVE)))


def test_she_says_on_which_days_she_works(staffed):
    aline, week = officer_at(staffed.aline), reverse("applications:leave_week")
    assert aline.post(week, {"days": []}).status_code == 422
    assert aline.post(week, {"days": ["9"]}).status_code == 422
    assert aline.post(week, {"days": ["0", "2"]}).status_code == 302
    assert WorkingWeek.objects.get().weekdays == [0, 2]
    # Each day of the country's week is nothing of her own.
    assert aline.post(week, {"days": ["0", "1", "2", "3", "4"]}).status_code == 302
    assert not WorkingWeek.objects.exists()


def test_the_head_sees_her_week_and_changes_it(staffed, chantal):
    accounts.set_week(account_id=staffed.aline, weekdays=[0, 2], by_id=staffed.aline, at=NOON)
    browser = officer_at(chantal)
    assert "Mon, Wed" in text_of(browser.get(reverse("applications:head")))
    assert "Working days" in text_of(browser.get(of("officer", staffed.aline)))
    sent = {"office": world.office_id(), "days": ["1"]}
    assert browser.post(of("officer_week", staffed.aline), sent).status_code == 302
    assert WorkingWeek.objects.get().entered_by_id == chantal
    # Somebody else's people do not exist for her, and officers set nobody's week but theirs.
    assert browser.post(of("officer_week", staffed.far), sent).status_code == 404
    assert (
        officer_at(staffed.bosco).post(of("officer_week", staffed.aline), sent).status_code == 403
    )


def test_what_waits_with_an_officer_who_left_is_laid_before_others_after_one_question(
    staffed, chantal
):
    waits, taken = world.queued(people.citizen()), world.taken(people.citizen(), staffed.aline)
    Application.objects.filter(pk=waits.pk).update(officer_id=staffed.aline)
    browser, address = officer_at(chantal), of("reroute", staffed.aline)
    asked = text_of(browser.get(address))
    assert "2 cases wait with this officer" in asked
    assert world.fresh(waits).officer_id == staffed.aline
    browser.post(address, {"office": world.office_id()})
    for case in (waits, taken):
        assert (world.fresh(case).officer_id, world.fresh(case).status) == (
            staffed.bosco, Status.IN_QUEUE,
        )  # fmt: skip
    assert AuditEntry.objects.filter(act="cases.rerouted", actor_id=chantal).count() == 1
    assert "Nothing waits with this officer" in text_of(browser.get(address))


@pytest.mark.parametrize("who", ["bosco", "narrow", "far"])
def test_nobody_else_moves_her_cases(staffed, chantal, who):
    case = world.taken(people.citizen(), staffed.aline)
    others = {
        "bosco": staffed.bosco,
        "narrow": world.officer(world.HOME, "case.supervise", service_code=world.BIRTH),
        "far": world.officer(FAR, "case.supervise"),
    }
    refused = officer_at(others[who]).post(of("reroute", staffed.aline))
    assert refused.status_code in {403, 404}
    assert world.fresh(case).officer_id == staffed.aline


def test_a_supervisor_who_decides_too_does_not_lay_her_own_cases_before_others(staffed):
    both = world.officer(world.HOME, "case.decide", "case.supervise", display_name="Diane")
    case = world.taken(people.citizen(), both)
    assert officer_at(both).post(of("reroute", both)).status_code == 403
    assert reverse("applications:reroute", args=[both]) not in text_of(
        officer_at(both).get(of("officer", both))
    )
    assert world.fresh(case).officer_id == both


def test_what_is_on_its_way_is_nobodys_to_give(staffed, chantal):
    case = world.queued(people.citizen())
    operations.hand_over(
        application_id=case.pk, by_id=staffed.aline, to_office_id=world.office_id(NEIGHBOUR),
        what="case", at=NOON,
    )  # fmt: skip
    shown = officer_at(chantal).get(reverse("applications:head"))
    assert shown.context["nobody"] == 0
    assert {line.account_id for line in shown.context["lines"]} == {staffed.aline, staffed.bosco}


def test_escalations_of_the_month_are_counted_by_office(staffed, chantal):
    case = world.queued(people.citizen())
    late = NOON + timedelta(days=60)
    operations.escalate(late)
    assert Escalation.objects.filter(application=case).exists()
    with time_machine.travel(late + timedelta(minutes=1), tick=False):
        shown = officer_at(chantal).get(reverse("applications:head"))
        assert shown.context["told"] == Escalation.objects.count()
        over = people.officer("case.supervise", area_code="12", display_name="District")
        area = officer_at(over).get(reverse("applications:head"))
        assert area.context["escalations"] == Escalation.objects.count()
