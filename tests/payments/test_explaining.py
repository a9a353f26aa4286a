"""A withdrawal that turned out to be something: two people say what, and the books follow."""

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.models import EventRow
from payments import posting
from payments.models import Alarm, Difference, Explanation, Movement, Rail
from payments.operations import watching
from payments.states import AlarmKind, Leg
from tests.accounts.people import staff
from tests.payments.books import balance, check_all
from tests.payments.settling import asked, explain, explained, withdrawal
from tests.payments.world import debit, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


def collection(external_id):
    return Movement.objects.get(external_id=external_id, leg="credit")


@pytest.mark.parametrize(
    ("answer", "account", "amount"),
    [
        ("sweep", ("sweeps_in_transit",), 70),
        ("charge", ("charges", "mtn-rw"), 70),
        ("loss", ("losses", "mtn-rw"), 70),
    ],
)
def test_an_explained_withdrawal_stands_where_such_money_stands(world, answer, account, amount):
    post(telling(world.mtn, "nobody's", 100))
    gone = withdrawal(world.mtn, 70)
    assert balance("unexplained", "mtn-rw") == 70

    explained(gone, answer)

    assert balance("unexplained", "mtn-rw") == 0
    assert balance(*account) == amount
    check_all()


def test_a_charge_that_people_explained_is_borne_by_whom_the_tariff_names(world):
    Rail.objects.filter(pk=world.mtn.pk).update(tariff={"bearer": "treasury"})
    post(telling(world.mtn, "nobody's", 100))

    explained(withdrawal(world.mtn, 7), "charge")

    assert balance("charges", "treasury") == 7
    check_all()


def test_money_that_came_back_meets_its_withdrawal_in_transit(world):
    post(telling(world.mtn, "nobody's", 100))
    gone = withdrawal(world.mtn, 70)
    post(debit(world.bank, Leg.TRANSFER, 70, external_id="T1"))

    explained(gone, "returned", transfer=Movement.objects.get(leg="transfer"))

    assert balance("sweeps_in_transit") == 0
    check_all()


def test_an_explained_reversal_takes_suspense_first_and_opens_the_bill_again(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 600, external_id="C1"))
    gone = withdrawal(world.mtn, 300)

    reopened = explain(asked(gone, "reversal", original=collection("C1")))

    assert (reopened, state_of(bill)) == (1, ("PART_PAID", 300))
    assert (balance("suspense", "mtn-rw"), balance("unexplained", "mtn-rw")) == (0, 0)
    assert balance("payable", "district-11") == -300
    [told] = EventRow.objects.filter(name="payments.collection.reversed")
    assert told.payload["subject_id"] == collection("C1").pk
    check_all()


def test_a_reversal_takes_no_more_than_is_left(world):
    post(telling(world.mtn, "nobody's", 100, external_id="C1"))
    post(debit(world.mtn, Leg.REVERSAL, 60, original="C1"))
    explanation = asked(withdrawal(world.mtn, 50), "reversal", original=collection("C1"))

    with pytest.raises(posting.NothingLeft):
        explain(explanation)


def test_what_people_explained_is_no_second_debit_when_the_provider_says_so_late(world):
    """The message tells the reversal under its own id, after people said what the line was."""
    post(telling(world.mtn, "nobody's", 100, external_id="C1"))
    gone = withdrawal(world.mtn, 100, external_id="LINE-1")
    explained(gone, "reversal", original=collection("C1"))

    late = debit(
        world.mtn, Leg.REVERSAL, 100, original="C1", external_id="REV-1", source="statement"
    )
    posted = post(late)

    assert (posted.movements, posted.differences) == (0, 0)
    assert gone.evidence.count() == 2
    assert post(late).movements == 0  # And by that name from now on.
    check_all()


def test_a_second_reversal_of_what_people_explained_is_a_withdrawal_again(world):
    post(telling(world.mtn, "nobody's", 100, external_id="C1"))
    explained(withdrawal(world.mtn, 100), "reversal", original=collection("C1"))

    again = post(debit(world.mtn, Leg.REVERSAL, 100, original="C1", external_id="REV-2"))

    assert (again.movements, again.unexplained, again.differences) == (1, 1, 1)
    check_all()


def rings():
    watching.watch(NOON)
    return Alarm.objects.filter(kind=AlarmKind.EVIDENCE_DISAGREES, cleared_at=None).count()


def test_a_withdrawal_that_is_told_later_as_a_reversal_rings_and_an_explanation_mends_it(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="C1"))
    gone = withdrawal(world.mtn, 500, external_id="D1")

    retold = debit(
        world.mtn, Leg.REVERSAL, 500, original="C1", external_id="D1", source="statement"
    )
    posted = post(retold)

    assert (posted.movements, posted.differences) == (0, 1)
    assert Difference.objects.get().movement == collection("C1")
    assert (rings(), state_of(bill)) == (1, ("PAID", 500))

    explained(gone, "reversal", original=collection("C1"))

    assert state_of(bill) == ("OPEN", 0)
    assert balance("unexplained", "mtn-rw") == 0
    assert (
        post(debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="D1")).differences == 0
    )
    check_all()


def test_two_outgoings_under_one_id_ring_and_an_explanation_mends_it(world):
    """One id, two amounts: the ledger has one movement, and people look for the other."""
    post(
        telling(world.mtn, "nobody's", 500, external_id="C1"),
        telling(world.mtn, "nobody's", 300, external_id="C2"),
    )
    gone = withdrawal(world.mtn, 300, external_id="D1")

    posted = post(debit(world.mtn, Leg.REVERSAL, 500, original="C1", external_id="D1"))

    assert (posted.movements, posted.differences) == (0, 2)
    assert set(Difference.objects.values_list("movement_id", "told_amount_minor")) == {
        (gone.pk, 500),
        (collection("C1").pk, 500),
    }
    assert rings() == 2
    explained(gone, "reversal", original=collection("C2"))
    assert balance("suspense", "mtn-rw") == -500
    check_all()


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("two_persons", "checker_id = maker_id, approved = true, decided_at = now()"),
        ("explanation_decided_by_somebody", "approved = true, decided_at = now()"),
        ("explanation_decided_by_somebody", "approved = true"),
        ("explanation_frozen_once_asked", "answer = 'sweep'"),
        ("explanation_frozen_once_asked", "reason = 'other'"),
        ("explanation_frozen_once_asked", "movement_id = original_id"),
    ],
)
def test_raw_sql_does_not_bend_a_decision(world, rule, changed):
    post(telling(world.mtn, "nobody's", 100))
    explanation = asked(withdrawal(world.mtn, 70), "loss")

    with (
        pytest.raises(DatabaseError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE payments_explanation SET {changed} WHERE id = {explanation.pk}")

    assert refusal.value.__cause__.diag.constraint_name == rule


def test_approved_and_posted_are_one(world, commits):
    post(telling(world.mtn, "nobody's", 100))
    explanation = asked(withdrawal(world.mtn, 70), "loss")

    commits()

    def approve_and_post_nothing():
        with transaction.atomic():
            Explanation.objects.filter(pk=explanation.pk).update(
                approved=True, checker=staff(), decided_at=NOON
            )
            commits()

    def post_and_approve_nothing():
        with transaction.atomic():
            posting.explain(explanation.pk, at=NOON)
            commits()

    with pytest.raises(DatabaseError, match="approved and posted are one"):
        approve_and_post_nothing()
    with pytest.raises(DatabaseError, match="as it is about"):
        post_and_approve_nothing()
    explain(explanation)
    check_all()


def test_one_person_with_two_logins_is_one_pair_of_hands(world):
    post(telling(world.mtn, "nobody's", 100))
    explanation = asked(withdrawal(world.mtn, 70), "loss")
    twin = staff(person_id=explanation.maker.person_id)

    with pytest.raises(DatabaseError, match="one person"), transaction.atomic():
        Explanation.objects.filter(pk=explanation.pk).update(
            approved=True, checker=twin, decided_at=NOON
        )


def test_an_explanation_begins_undecided_and_a_withdrawal_has_one(world):
    post(telling(world.mtn, "nobody's", 100))
    gone = withdrawal(world.mtn, 70)
    with pytest.raises(DatabaseError, match="begin decided"), transaction.atomic():
        asked(gone, "loss", checker=staff(), approved=True, decided_at=NOON)
    first = asked(gone, "loss")
    with pytest.raises(DatabaseError, match="explanation_stands_once"), transaction.atomic():
        asked(gone, "sweep")

    Explanation.objects.filter(pk=first.pk).update(approved=False, checker=staff(), decided_at=NOON)

    explained(gone, "sweep")
    check_all()


def test_an_explanation_names_what_the_withdrawal_can_have_been(world):
    post(
        telling(world.mtn, "nobody's", 100, external_id="C1"),
        telling(world.mtn, "nobody's", 69, external_id="SMALL"),
        telling(world.bank, "nobody's", 100, external_id="ELSEWHERE"),
        debit(world.bank, Leg.TRANSFER, 71, external_id="T1"),
    )
    gone = withdrawal(world.mtn, 70)

    for impossible in ("SMALL", "ELSEWHERE"):
        with pytest.raises(DatabaseError, match="cannot have been"), transaction.atomic():
            asked(gone, "reversal", original=collection(impossible))
    with pytest.raises(DatabaseError, match="cannot have been"), transaction.atomic():
        asked(gone, "returned", transfer=Movement.objects.get(leg="transfer"))
    with pytest.raises(DatabaseError, match="names_what_it_was"), transaction.atomic():
        asked(gone, "loss", original=collection("C1"))
    with pytest.raises(DatabaseError, match="is no withdrawal"), transaction.atomic():
        asked(collection("C1"), "loss")

    explained(gone, "reversal", original=collection("C1"))
    check_all()
