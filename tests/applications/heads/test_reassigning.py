"""The head of an office gives cases to another officer, and the case's history says so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import operations as accounts
from accounts import policies as rights
from applications import operations, queries
from applications.models import Reassignment
from applications.operations import choosing, reassigning
from kernel.models import EventRow
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import awaiting_second, decline, take, want_second
from tests.world import NOON

pytestmark = pytest.mark.django_db


def reassign(case, to, by, *, reason="workload", at=NOON):
    cases = case if isinstance(case, list) else [case]
    return operations.reassign(
        application_ids=[one.pk for one in cases],
        to_officer_id=to,
        by_id=by,
        reason_code=reason,
        at=at,
    )


def refused(case, to, by) -> str:
    with pytest.raises(operations.CannotReassign) as refusal:
        reassign(case, to, by)
    return refusal.value.why[case.pk]


def other(staffed, officer_id: int) -> int:
    return staffed.bosco if officer_id == staffed.aline else staffed.aline


def told(case) -> int:
    return EventRow.objects.filter(
        name="applications.case.reassigned", payload__subject_id=case.pk
    ).count()


def test_a_waiting_case_gets_another_officer_and_keeps_its_place(uwase, staffed, chantal, commits):
    case = world.queued(uwase)
    to = other(staffed, case.officer_id)
    assert reassign(case, to, chantal) == 1
    after = world.fresh(case)
    assert (after.status, after.officer_id, after.version) == ("IN_QUEUE", to, case.version + 1)
    assert (after.queue_at, after.promised_at) == (case.queue_at, case.promised_at)
    [row] = queries.reassignments(case.pk)
    assert (row.from_officer_id, row.to_officer_id, row.by_id) == (case.officer_id, to, chantal)
    assert (row.reason_code, row.version) == ("workload", after.version)
    assert told(case) == 1
    assert take(after, to).officer_id == to
    commits()


def test_a_case_in_hand_goes_back_to_the_queue_in_the_others_name(uwase, staffed, chantal, commits):
    case = world.taken(uwase, staffed.aline)
    reassign(case, staffed.bosco, chantal, reason="absent")
    after = world.fresh(case)
    assert (after.status, after.officer_id, after.held_until) == ("IN_QUEUE", staffed.bosco, None)
    assert queries.history(case.pk)[-1].note_code == "reassigned"
    # Whoever still has its page open decides nothing with it.
    with pytest.raises(operations.StalePage):
        operations.refuse(
            application_id=case.pk, by_id=staffed.aline, version=case.version,
            reason_code="no_entry", at=NOON,
        )  # fmt: skip
    commits()


def test_a_case_with_its_applicant_comes_back_to_the_other(uwase, staffed, chantal, commits):
    case = world.taken(uwase, staffed.aline)
    operations.ask_completion(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        fields={"father_name": "unclear"}, at=NOON,
    )  # fmt: skip
    # To ask for a completion is no step that bars anybody.
    reassign(world.fresh(case), staffed.bosco, chantal, reason="absent")
    operations.complete(
        application_id=case.pk, holder_id=uwase.person_id, by_id=uwase.account_id,
        given={"father_name": "Umutesi Jean-Bosco"}, at=NOON,
    )  # fmt: skip
    after = world.fresh(case)
    assert (after.status, after.officer_id) == ("UNDER_REVIEW", staffed.bosco)
    commits()


def test_twenty_go_together_or_not_at_all(staffed, chantal):
    cases = [world.queued(people.citizen()) for _ in range(4)]
    mine = [one for one in cases if one.officer_id != staffed.bosco]
    assert reassign(mine, staffed.bosco, chantal) == len(mine)
    with pytest.raises(operations.CannotReassign) as refusal:
        reassign([world.fresh(one) for one in cases], staffed.bosco, chantal)
    assert set(refusal.value.why.values()) == {reassigning.HERS_ALREADY}


def test_only_who_supervises_the_office_may(uwase, staffed, chantal, commits):
    case = world.queued(uwase)
    to = other(staffed, case.officer_id)
    for nobody in (to, world.officer("1101", "case.supervise")):
        with pytest.raises(rights.NotGranted):
            reassign(case, to, nobody)
    with pytest.raises(operations.UnknownReason):
        reassign(case, to, chantal, reason="because")
    assert world.fresh(case).version == case.version


def test_the_head_gives_her_own_case_to_nobody(staffed, chantal):
    uwase = people.citizen()
    case = world.queued(uwase)
    head = world.officer(world.HOME, "case.supervise", person_id=uwase.person_id)
    with pytest.raises(operations.NoSuchCase):
        reassign(case, other(staffed, case.officer_id), head)


def test_nobody_gets_what_she_may_not_decide(uwase, staffed, chantal):
    case = world.queued(uwase)
    assert refused(case, staffed.far, chantal) == reassigning.NOT_GRANTED
    assert refused(case, chantal, chantal) == reassigning.NOT_GRANTED
    assert refused(case, case.officer_id, chantal) == reassigning.HERS_ALREADY
    assert refused(case, 10**12, chantal) == reassigning.NOT_GRANTED
    uwases = world.officer(person_id=uwase.person_id)
    assert refused(case, uwases, chantal) == choosing.INTEREST
    assert not Reassignment.objects.exists()


def test_nobody_gets_a_case_while_she_is_away(uwase, staffed, chantal):
    case = world.queued(uwase)
    to = other(staffed, case.officer_id)
    accounts.plan_absence(
        account_id=to, from_at=NOON - timedelta(days=1), until_at=NOON + timedelta(days=3),
        kind="leave", stand_in_id=None, by_id=chantal, at=NOON - timedelta(hours=1),
    )  # fmt: skip
    assert refused(case, to, chantal) == reassigning.AWAY


def test_whoever_spoke_as_the_second_officer_does_not_get_it(uwase, staffed, chantal):
    world_case = awaiting(uwase, staffed)
    assert refused(world_case, staffed.bosco, chantal) == choosing.MADE_A_STEP
    with (
        pytest.raises(IntegrityError, match="earlier step"),
        transaction.atomic(),
    ):
        Reassignment.objects.create(
            application=world_case, version=world_case.version,
            office_id=world_case.deciding_office_id, from_officer_id=staffed.aline,
            to_officer_id=staffed.bosco, by_id=chantal, reason_code="late", at=NOON,
        )  # fmt: skip


def awaiting(uwase, staffed):
    """Return a case that Bosco, as its second officer, gave back to Aline."""
    want_second()
    case = awaiting_second(uwase, staffed.aline)
    decline(case, staffed.bosco)
    return world.fresh(case)


def test_what_is_approved_is_nobody_elses(uwase, staffed, chantal):
    case = world.approved(uwase, staffed.aline)
    assert refused(case, staffed.bosco, chantal) == reassigning.NOT_NOW


def test_the_database_keeps_the_row_true_and_for_ever(uwase, staffed, chantal):
    case = world.queued(uwase)
    to = other(staffed, case.officer_id)
    lie = {
        "application": case, "version": case.version, "office_id": case.deciding_office_id,
        "from_officer_id": None, "to_officer_id": to, "by_id": chantal, "at": NOON,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="not with the officer"), transaction.atomic():
        Reassignment.objects.create(**lie, reason_code="late")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reassignment.objects.create(**lie, reason_code="because")
    reassign(case, to, chantal)
    with pytest.raises(Exception, match=r"append-only|denied"), transaction.atomic():
        Reassignment.objects.all().delete()
