"""At the desk: take, lay back, completion, refusal, approval, and who may not."""

from datetime import timedelta

import pytest

from accounts.policies import NotGranted
from applications import operations, queries
from applications.models import Application, CompletionRequest, Refusal
from documents import queries as papers
from registers import queries as registers
from tests.accounts import people
from tests.applications import world
from tests.applications.packing import FAR, FREE, HOME, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db

HALF_AN_HOUR = timedelta(minutes=30)


def approve(case, by_id, entry, *, version=None, at=NOON):
    operations.approve(
        application_id=case.pk,
        by_id=by_id,
        version=case.version if version is None else version,
        entry=entry,
        at=at,
    )


def ask(case, by_id, at=NOON, **fields):
    operations.ask_completion(
        application_id=case.pk,
        by_id=by_id,
        version=case.version,
        fields=fields or {"father_name": "unclear"},
        note="As in your father's papers",
        at=at,
    )


# --- take and lay back


def test_an_officer_takes_a_case_in_hand_for_half_an_hour(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    assert (case.status, case.officer_id) == ("UNDER_REVIEW", staffed.aline)
    assert case.held_until == NOON + HALF_AN_HOUR


def test_taking_ones_own_case_again_makes_the_hold_longer_and_is_no_move(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    later = NOON + 10 * world.MINUTE
    operations.take(application_id=case.pk, by_id=staffed.aline, at=later)
    again = world.fresh(case)
    assert (again.held_until, again.version) == (later + HALF_AN_HOUR, case.version)


def test_a_case_in_a_colleagues_hand_cannot_be_taken_until_the_hold_ends(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.HeldByAnother) as refusal:
        operations.take(application_id=case.pk, by_id=staffed.bosco, at=NOON)
    assert (refusal.value.officer_id, refusal.value.until) == (staffed.aline, case.held_until)
    operations.take(application_id=case.pk, by_id=staffed.bosco, at=case.held_until)
    assert world.fresh(case).officer_id == staffed.bosco


def test_a_case_of_another_office_cannot_be_taken(uwase, staffed):
    case = world.queued(uwase)
    with pytest.raises(NotGranted):
        operations.take(application_id=case.pk, by_id=staffed.far, at=NOON)


def test_an_officer_whose_grant_ended_a_minute_ago_cannot_take(uwase, staffed):
    case = world.queued(uwase)
    world.end_grants(staffed.aline, at=NOON - world.MINUTE)
    with pytest.raises(NotGranted):
        operations.take(application_id=case.pk, by_id=staffed.aline, at=NOON)


def test_an_officer_cannot_take_her_own_case(uwase, staffed):
    case = world.queued(uwase)
    own = world.officer(person_id=uwase.person_id)
    with pytest.raises(operations.OwnCase):
        operations.take(application_id=case.pk, by_id=own, at=NOON)


def test_an_unpaid_case_cannot_be_taken(uwase, staffed):
    made = world.draft(uwase)
    world.submit(uwase, made)
    with pytest.raises(operations.NotNow):
        operations.take(application_id=made.pk, by_id=staffed.aline, at=NOON)


def test_a_case_laid_back_goes_to_the_colleague(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.release(application_id=case.pk, by_id=staffed.aline, version=case.version, at=NOON)
    back = world.fresh(case)
    assert (back.status, back.officer_id, back.held_until) == ("IN_QUEUE", staffed.bosco, None)


def test_only_who_holds_a_case_can_lay_it_back(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.NotHeld):
        operations.release(
            application_id=case.pk, by_id=staffed.bosco, version=case.version, at=NOON
        )


def test_a_hold_ends_by_itself_and_the_case_stays_named_to_its_officer(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    assert operations.release_holds(now=NOON) == 0
    assert operations.release_holds(now=NOON + HALF_AN_HOUR) == 1
    back = world.fresh(case)
    assert (back.status, back.officer_id) == ("IN_QUEUE", staffed.aline)


# --- completion


def test_completion_is_asked_field_by_field_and_gives_the_applicant_the_turn(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, father_name="unclear", reason="check")
    assert world.fresh(case).status == "AWAITING_COMPLETION"
    request = queries.open_completion(case.pk)
    assert request.asked == {"father_name": "unclear", "reason": "check"}


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({}, operations.NothingAsked),
        ({"salary": "unclear"}, operations.UnknownField),
        ({"father_name": "because"}, operations.UnknownReason),
        ({"father_name": "no_entry"}, operations.UnknownReason),
    ],
)
def test_completion_that_makes_no_sense_is_refused(uwase, staffed, fields, refusal):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(refusal):
        operations.ask_completion(
            application_id=case.pk,
            by_id=staffed.aline,
            version=case.version,
            fields=fields,
            at=NOON,
        )
    assert world.fresh(case).status == "UNDER_REVIEW"
    assert not CompletionRequest.objects.exists()


def test_the_mended_case_returns_to_the_officer_who_asked(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline)
    later = NOON + timedelta(hours=3)
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"father_name": "Umutesi Jean Bosco"},
        at=later,
    )
    back = world.fresh(case)
    assert (back.status, back.officer_id) == ("UNDER_REVIEW", staffed.aline)
    assert back.given["father_name"] == "Umutesi Jean Bosco"
    assert queries.open_completion(case.pk) is None


def test_the_offices_clock_stands_still_while_it_is_the_applicants_turn(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    assert case.promised_at == NOON + timedelta(days=1)
    ask(case, staffed.aline)
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"father_name": "Umutesi Jean Bosco"},
        at=NOON + timedelta(hours=3),
    )
    assert world.fresh(case).promised_at == NOON + timedelta(days=1, hours=3)


def test_only_what_was_asked_can_be_mended(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline)
    with pytest.raises(operations.NotAsked):
        operations.complete(
            application_id=case.pk,
            holder_id=uwase.person_id,
            by_id=uwase.account_id,
            given={"father_name": "x", "reason": "bank"},
            at=NOON,
        )


def test_somebody_else_cannot_mend(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline)
    with pytest.raises(operations.NotHers):
        operations.complete(
            application_id=case.pk,
            holder_id=uwase.person_id + 1,
            by_id=uwase.account_id,
            given={"father_name": "x"},
            at=NOON,
        )


def test_a_case_whose_place_was_mended_goes_to_the_office_that_now_decides(uwase, staffed):
    neighbour = world.officer(NEIGHBOUR)
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, birth_place_code="check")
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"birth_place_code": NEIGHBOUR},
        at=NOON,
    )
    moved = world.fresh(case)
    assert (moved.status, moved.officer_id) == ("IN_QUEUE", neighbour)
    assert moved.deciding_office.code == f"sector-{NEIGHBOUR}"
    # Where it came in is a fact and stays; who decides also hands over.
    assert moved.receiving_office.code == f"sector-{HOME}"
    assert moved.handing_office.code == f"sector-{NEIGHBOUR}"


def test_a_handing_office_of_its_own_stays_when_another_office_decides(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    Application.objects.filter(pk=case.pk).update(handing_office=world.office_id(FAR))
    ask(case, staffed.aline, birth_place_code="check")
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"birth_place_code": NEIGHBOUR},
        at=NOON,
    )
    moved = world.fresh(case)
    assert moved.deciding_office.code == f"sector-{NEIGHBOUR}"
    assert moved.handing_office.code == f"sector-{FAR}"


def test_laying_a_case_back_moves_no_office(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.release(application_id=case.pk, by_id=staffed.aline, version=case.version, at=NOON)
    back = world.fresh(case)
    for office in (back.receiving_office, back.deciding_office, back.handing_office):
        assert office.code == f"sector-{HOME}"


def test_a_mended_case_whose_officer_lost_her_grant_goes_to_a_colleague(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline)
    world.end_grants(staffed.aline, at=NOON)
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"father_name": "x"},
        at=NOON + world.MINUTE,
    )
    moved = world.fresh(case)
    assert (moved.status, moved.officer_id) == ("IN_QUEUE", staffed.bosco)


# --- refusal


def test_a_refusal_gives_a_reason_of_the_services_list(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.refuse(
        application_id=case.pk,
        by_id=staffed.aline,
        version=case.version,
        reason_code="no_entry",
        note="See the sector office",
        at=NOON,
    )
    refused = world.fresh(case)
    assert (refused.status, refused.decided_at) == ("REFUSED", NOON)
    assert queries.last_refusal(case.pk).reason_code == "no_entry"


@pytest.mark.parametrize("reason_code", ["", "because", "unclear"])
def test_a_refusal_without_such_a_reason_is_no_refusal(uwase, staffed, reason_code):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.UnknownReason):
        operations.refuse(
            application_id=case.pk,
            by_id=staffed.aline,
            version=case.version,
            reason_code=reason_code,
            at=NOON,
        )
    assert not Refusal.objects.exists()


# --- approval


@pytest.mark.parametrize("service", [world.BIRTH, world.MARRIAGE, world.SINGLE, FREE])
def test_approval_cites_the_entry_and_asks_for_the_paper_at_once(uwase, staffed, service):
    case = world.approved(uwase, staffed.aline, service)
    assert (case.status, case.decided_at) == ("APPROVED", NOON)
    cited = registers.cited_entry(case.cited_entry_id)
    assert cited.facts_sha256
    paper = papers.paper(case.paper_id)
    assert (paper.state, paper.officer_id) == ("REQUESTED", staffed.aline)
    assert paper.office_id == case.deciding_office_id
    assert not paper.sealed_only


def test_approval_without_an_entry_is_refused(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.NoEntry):
        approve(case, staffed.aline, None)
    assert world.fresh(case).status == "UNDER_REVIEW"


@pytest.mark.parametrize(
    "changed",
    [
        {"father_name": "Umutesi Jean"},
        {"birth_place_code": NEIGHBOUR},
        {"family_name": "Uwera"},
        {"born_on": "1990-04-13"},
    ],
)
def test_approval_with_a_difference_is_refused(uwase, staffed, changed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.AnswersDiffer):
        approve(case, staffed.aline, world.birth_act(uwase, **changed))
    assert (world.fresh(case).status, world.fresh(case).paper_id) == ("UNDER_REVIEW", None)


def test_writing_is_no_difference(uwase, staffed):
    case = world.taken(uwase, staffed.aline, father_name="umutesi jean bosco")
    approve(case, staffed.aline, world.birth_act(uwase))
    assert world.fresh(case).status == "APPROVED"


def test_an_answer_that_was_left_out_is_no_difference(uwase, staffed):
    case = world.taken(uwase, staffed.aline, father_name="")
    approve(case, staffed.aline, world.birth_act(uwase))
    assert world.fresh(case).status == "APPROVED"


def test_the_entry_of_another_person_approves_nothing(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.EntryOfAnother):
        approve(case, staffed.aline, world.birth_act(people.citizen()))


@pytest.mark.parametrize("status", ["married", "widowed", "divorced"])
def test_nobody_is_certified_single_whom_the_register_does_not_call_so(uwase, staffed, status):
    case = world.taken(uwase, staffed.aline, world.SINGLE)
    with pytest.raises(operations.RegisterDenies):
        approve(case, staffed.aline, world.person_entry(uwase, marital_status=status))
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_a_decision_on_a_page_that_is_out_of_date_is_refused_with_what_changed(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline)
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"father_name": "Umutesi J"},
        at=NOON,
    )
    with pytest.raises(operations.StalePage) as refusal:
        approve(case, staffed.aline, world.birth_act(uwase))
    changes = queries.changes_since(case.pk, refusal.value.since)
    assert [change.target for change in changes] == ["AWAITING_COMPLETION", "UNDER_REVIEW"]


def test_who_does_not_hold_a_case_cannot_approve_it(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.NotHeld):
        approve(case, staffed.bosco, world.birth_act(uwase))


def test_approving_twice_makes_one_paper(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    approve(case, staffed.aline, world.birth_act(uwase))
    with pytest.raises(operations.StalePage):
        approve(case, staffed.aline, world.birth_act(uwase))
    with pytest.raises(operations.NotNow):
        approve(case, staffed.aline, world.birth_act(uwase), version=case.version + 1)


def test_a_grant_that_ended_while_the_case_was_in_hand_approves_nothing(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    world.end_grants(staffed.aline, at=NOON)
    with pytest.raises(NotGranted):
        approve(case, staffed.aline, world.birth_act(uwase), at=NOON + world.MINUTE)


# --- issuing


def test_news_of_the_paper_may_come_late_twice_or_in_the_wrong_order(uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    operations.conclude(application_id=case.pk, at=NOON)
    assert world.fresh(case).status == "ISSUED"
    operations.mark_rendered(application_id=case.pk, at=NOON)
    operations.conclude(application_id=case.pk, at=NOON)
    assert world.fresh(case).status == "ISSUED"
    assert world.fresh(case).deciding_office.code == f"sector-{HOME}"


def test_a_drawn_paper_waits_for_the_officers_key(uwase, staffed, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    case = world.drawn(uwase, staffed.aline)
    assert world.fresh(case).status == "AWAITING_SIGNATURE"
    aline, bosco = (world.reach(one) for one in (staffed.aline, staffed.bosco))
    assert [one.pk for one in queries.to_sign(aline, at=NOON)] == [case.pk]
    assert queries.to_sign(bosco, at=NOON) == []
