"""Two officers: the first approves and signs, the second confirms or says why not."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Account
from applications import operations, queries
from applications.models import Application, SecondApproval, StatusChange
from documents import queries as papers
from documents.models import Paper
from tests.applications import world
from tests.applications.acts.world import (
    approve,
    awaiting_second,
    decline,
    second,
    want_second,
)
from tests.applications.packing import NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_wanted(house):
    want_second()


def test_the_first_officer_approves_the_second_confirms_and_the_first_signs(
    uwase, staffed, commits
):
    case = awaiting_second(uwase, staffed.aline)
    assert (case.status, case.officer_id, case.paper_id) == ("AWAITING_SECOND", staffed.aline, None)
    assert case.cited_entry_id is not None
    second(case, staffed.bosco, world.birth_act(uwase))
    approved = world.fresh(case)
    assert (approved.status, approved.cited_entry_id) == ("APPROVED", case.cited_entry_id)
    assert papers.paper(approved.paper_id).officer_id == staffed.aline
    assert queries.history(case.pk)[-1].changed_by_id == staffed.bosco
    commits()


def test_a_service_that_wants_one_officer_asks_for_no_second(uwase, staffed):
    assert world.approved(uwase, staffed.aline, world.SINGLE).status == "APPROVED"


def test_whoever_made_a_step_of_the_case_does_not_second_it(uwase, staffed):
    case = awaiting_second(uwase, staffed.aline)
    with pytest.raises(operations.MadeAStep):
        second(case, staffed.aline, world.birth_act(uwase))
    assert not operations.may_second(case, staffed.aline, at=NOON)
    assert operations.may_second(case, staffed.bosco, at=NOON)


def test_nor_does_she_under_another_account(uwase, staffed):
    case = awaiting_second(uwase, staffed.aline)
    person_id = Account.objects.get(pk=staffed.aline).person_id
    other_account = world.officer(person_id=person_id)
    with pytest.raises(operations.MadeAStep):
        second(case, other_account, world.birth_act(uwase))
    with pytest.raises(operations.MadeAStep):
        decline(case, other_account)


def test_asking_for_a_completion_is_a_step_and_laying_the_case_back_is_none(uwase, staffed):
    case = world.taken(uwase, staffed.bosco)
    operations.ask_completion(
        application_id=case.pk,
        by_id=staffed.bosco,
        version=case.version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"father_name": "Umutesi Jean-Bosco"},
        at=NOON,
    )
    for leaving in (staffed.bosco, carine := world.officer()):
        operations.take(application_id=case.pk, by_id=leaving, at=NOON)
        now = world.fresh(case)
        operations.release(application_id=case.pk, by_id=leaving, version=now.version, at=NOON)
    operations.take(application_id=case.pk, by_id=staffed.aline, at=NOON)
    approve(world.fresh(case), staffed.aline, world.birth_act(uwase))
    waiting = world.fresh(case)
    with pytest.raises(operations.MadeAStep):
        second(waiting, staffed.bosco, world.birth_act(uwase))
    second(waiting, carine, world.birth_act(uwase))
    assert world.fresh(case).status == "APPROVED"


def test_nobody_without_a_grant_or_with_an_interest_seconds(uwase, staffed):
    case = awaiting_second(uwase, staffed.aline)
    own = world.officer(person_id=uwase.person_id)
    signer = world.officer(world.HOME, "case.sign")
    for stranger in (staffed.far, signer):
        with pytest.raises(operations.NotGranted):
            second(case, stranger, world.birth_act(uwase))
    with pytest.raises(operations.OwnCase):
        second(case, own, world.birth_act(uwase))
    world.end_grants(staffed.bosco, at=NOON - world.MINUTE)
    with pytest.raises(operations.NotGranted):
        second(case, staffed.bosco, world.birth_act(uwase))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"mother_name": "Mukamana Rosette"}, operations.EntryChanged),
        ({"father_name": "Somebody Else"}, operations.AnswersDiffer),
        ({"number": "218"}, operations.EntryChanged),
    ],
)
def test_the_second_confirms_what_the_first_approved(uwase, staffed, changed, refusal):
    case = awaiting_second(uwase, staffed.aline)
    with pytest.raises(refusal):
        second(case, staffed.bosco, world.birth_act(uwase, **changed))
    with pytest.raises(operations.NoEntry):
        second(case, staffed.bosco, None)
    assert not Paper.objects.exists()


def test_the_first_is_told_at_once_that_there_could_be_no_paper(uwase, staffed):
    want_second(world.SINGLE)
    case = world.taken(uwase, staffed.aline, world.SINGLE)
    with pytest.raises(operations.RegisterDenies):
        approve(case, staffed.aline, world.person_entry(uwase, marital_status="married"))
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_declined_with_words_the_case_is_the_first_officers_again(uwase, staffed, commits):
    case = awaiting_second(uwase, staffed.aline)
    with pytest.raises(operations.TextRefused):
        decline(case, staffed.bosco, " ")
    decline(case, staffed.bosco, "The mother is another one")
    back = world.fresh(case)
    assert (back.status, back.officer_id, back.cited_entry_id) == (
        "UNDER_REVIEW", staffed.aline, None,
    )  # fmt: skip
    assert back.held_until > NOON
    assert queries.last_decline(case.pk).text == "The mother is another one"
    commits()
    # She may approve it again, on what the register says by then; the colleague looks again.
    approve(back, staffed.aline, world.birth_act(uwase))
    second(world.fresh(case), staffed.bosco, world.birth_act(uwase))
    assert queries.last_decline(case.pk) is None
    assert world.fresh(case).status == "APPROVED"


def test_a_case_is_seconded_once(uwase, staffed):
    case = awaiting_second(uwase, staffed.aline)
    second(case, staffed.bosco, world.birth_act(uwase))
    with pytest.raises(operations.StalePage):
        second(case, staffed.bosco, world.birth_act(uwase))
    with pytest.raises(operations.NotNow):
        second(world.fresh(case), staffed.bosco, world.birth_act(uwase))


def test_money_that_comes_and_goes_skips_no_second_officer(uwase, staffed):
    case = awaiting_second(uwase, staffed.aline)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Application.objects.filter(pk=case.pk).update(status="APPROVED", held_from="")
    assert refusal.value.__cause__.diag.constraint_name == "held_case_goes_back"
    operations.restore_payment(bill_id=case.bill_id, at=NOON)
    assert world.fresh(case).status == "AWAITING_SECOND"


# --- what PostgreSQL refuses by itself


def refused(rule: str):
    return pytest.raises(DatabaseError, match=rule)


def test_postgresql_lets_nobody_be_both(uwase, staffed):
    case = awaiting_second(uwase, staffed.aline)
    said = {
        "application": case,
        "version": case.version + 1,
        "first_id": staffed.aline,
        "approved": True,
        "at": NOON,
    }
    with refused("second_approval_two_people"), transaction.atomic():
        SecondApproval.objects.create(second_id=staffed.aline, **said)
    with refused("second_declined_with_words"), transaction.atomic():
        SecondApproval.objects.create(second_id=staffed.bosco, **(said | {"approved": False}))
    move = {
        "application": case,
        "version": case.version + 1,
        "source": "AWAITING_SECOND",
        "target": "APPROVED",
        "changed_at": NOON,
    }
    for by_id, rule in {
        None: "cannot second it",
        staffed.aline: "cannot second it",
        staffed.bosco: "no second officer has spoken",
    }.items():
        with refused(rule), transaction.atomic():
            StatusChange.objects.create(changed_by_id=by_id, **move)


def test_postgresql_approves_nothing_by_one_officer_where_two_are_wanted(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with refused("approved by two"), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(status="APPROVED")
    waiting = awaiting_second(uwase, staffed.aline)
    with refused("its entry and its paper stay"), transaction.atomic():
        Application.objects.filter(pk=waiting.pk).update(cited_entry=None)


def test_the_neighbour_who_never_saw_it_seconds_nothing(uwase, staffed):
    case = awaiting_second(uwase, staffed.aline)
    with pytest.raises(operations.NotGranted):
        decline(case, world.officer(NEIGHBOUR))
