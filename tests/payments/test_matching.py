"""Money in suspense to the bill that was meant: proposed, asked for, decided by another."""

from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from accounts.policies import NotGranted
from payments import queries
from payments.likeness import Reason
from payments.models import Allocation, Bill, LedgerAccount, Match, Movement, Refund, SuspenseItem
from payments.operations import billing, matching, proposing, refunding
from payments.states import Leg
from tests.accounts.people import officer
from tests.payments.books import balance, check_all
from tests.payments.test_reversals import news, suspense
from tests.payments.world import debit, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def maker() -> int:
    return officer("match.ask")


@pytest.fixture
def checker() -> int:
    return officer("match.decide")


def swapped(reference: str) -> str:
    """As fingers type it: two neighbours that differ, the wrong way round."""
    at = next(i for i in range(11) if reference[i] != reference[i + 1])
    return reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]


def stray(world, bill, amount, *, external_id="C1") -> Movement:
    post(telling(world.mtn, swapped(bill.reference), amount, external_id=external_id))
    return Movement.objects.get(external_id=external_id)


def ask(movement, bill, amount, maker, **other) -> int:
    return matching.ask(
        **{
            "movement_id": movement.pk,
            "bill_id": bill.id,
            "amount_minor": amount,
            "reason": "two digits swapped",
            "by_id": maker,
            "at": NOON,
            **other,
        }
    )


def test_a_mistyped_reference_is_proposed_and_two_people_bring_it_home(world, maker, checker):
    bill = issue(500, 250)
    movement = stray(world, bill, 750)
    assert suspense() == [("UNKNOWN_REFERENCE", 750)]

    [proposal] = queries.proposals(movement.pk)
    assert proposal.bill_id == bill.id
    assert Reason.ONE_SLIP in proposal.reasons
    match_id = ask(movement, bill, 750, maker)
    assert state_of(bill) == ("OPEN", 0)
    matching.approve(match_id=match_id, by_id=checker, at=SOON)

    assert state_of(bill) == ("PAID", 750)
    assert Bill.objects.get(pk=bill.id).paid_at == SOON
    assert news("bill.paid") == [bill.id]
    assert suspense() == [("UNKNOWN_REFERENCE", 750), ("MATCHED", -750)]
    assert balance("suspense", "mtn-rw") == 0
    assert (balance("payable", "district-11"), balance("payable", "treasury")) == (-500, -250)
    assert list(Allocation.objects.order_by("pk").values_list("amount_minor", flat=True)) == [
        500,
        250,
    ]
    check_all()


def test_one_person_matches_nothing(world, maker, checker):
    both = officer("match.ask", "match.decide")
    bill = issue(500)
    movement = stray(world, bill, 500)
    match_id = ask(movement, bill, 500, both)

    with pytest.raises(matching.SamePerson):
        matching.approve(match_id=match_id, by_id=both, at=SOON)
    with pytest.raises(matching.SamePerson):
        matching.decline(match_id=match_id, by_id=both, at=SOON)
    with pytest.raises(NotGranted):
        matching.approve(match_id=match_id, by_id=maker, at=SOON)
    with pytest.raises(NotGranted):
        ask(movement, bill, 500, checker)
    with pytest.raises(IntegrityError, match="one person"), transaction.atomic():
        Match.objects.filter(pk=match_id).update(checker_id=both, approved=True, decided_at=SOON)

    matching.approve(match_id=match_id, by_id=checker, at=SOON)
    with pytest.raises(matching.MatchDecided):
        matching.approve(match_id=match_id, by_id=checker, at=SOON)
    check_all()


def test_a_part_leaves_the_rest_in_suspense_and_on_the_bill(world, maker, checker):
    bill, other = issue(500), issue(300)
    movement = stray(world, bill, 700)

    matching.approve(match_id=ask(movement, bill, 400, maker), by_id=checker, at=SOON)
    matching.approve(match_id=ask(movement, other, 300, maker), by_id=checker, at=SOON)

    assert state_of(bill) == ("PART_PAID", 400)
    assert state_of(other) == ("PAID", 300)
    assert news("bill.part_paid") == [bill.id]
    assert balance("suspense", "mtn-rw") == 0
    check_all()


def test_a_match_that_is_declined_moves_nothing_and_may_be_asked_again(world, maker, checker):
    bill = issue(500)
    movement = stray(world, bill, 500)
    match_id = ask(movement, bill, 500, maker)
    with pytest.raises(matching.AlreadyAsked):
        ask(movement, bill, 300, maker)

    matching.decline(match_id=match_id, by_id=checker, at=SOON)

    assert state_of(bill) == ("OPEN", 0)
    with pytest.raises(matching.MatchDecided):
        matching.approve(match_id=match_id, by_id=checker, at=SOON)
    matching.approve(match_id=ask(movement, bill, 500, maker), by_id=checker, at=SOON)
    assert state_of(bill) == ("PAID", 500)
    check_all()


@pytest.mark.parametrize(("amount", "fits"), [(0, False), (-1, False), (501, False), (500, True)])
def test_no_more_than_is_due(world, maker, amount, fits):
    bill = issue(500)
    movement = stray(world, bill, 900)
    if fits:
        ask(movement, bill, amount, maker)
        return
    with pytest.raises(matching.NothingToMatch):
        ask(movement, bill, amount, maker)


def test_no_more_than_stands_in_suspense_and_is_not_promised(world, maker, checker):
    bill = issue(900)
    movement = stray(world, bill, 600)
    with pytest.raises(matching.NothingToMatch):
        ask(movement, bill, 601, maker)
    promise = {"movement_id": movement.pk, "reason": "not theirs", "at": NOON}
    refunding.ask(amount_minor=600, by_id=officer("refund.ask"), **promise)

    with pytest.raises(matching.NothingToMatch):
        ask(movement, bill, 1, maker)
    with pytest.raises(matching.NothingToMatch):
        ask(movement, bill, 1, maker, reason=" ")


def test_a_bill_in_another_currency_or_that_has_ended_takes_nothing(world, maker):
    movement = stray(world, issue(500), 500)
    in_dollars, cancelled, paid, expired, owed = (
        issue(500, currency="USD" if n == 0 else "RWF") for n in range(5)
    )
    billing.cancel_bill(bill_id=cancelled.id, at=NOON)
    post(telling(world.bank, paid.reference, 500))
    Bill.objects.filter(pk=owed.id).update(state="OWED")
    ask(movement, owed, 500, maker)
    billing.expire_due(now=NOON + timedelta(days=8), limit=100)

    for bill in (in_dollars, cancelled, paid, expired):
        with pytest.raises(matching.BillTakesNoMoney):
            ask(movement, bill, 500, maker)


@pytest.mark.parametrize("meanwhile", ["paid", "cancelled", "reversed"])
def test_what_has_changed_since_it_was_asked_for_is_seen(world, maker, checker, meanwhile):
    bill = issue(500)
    movement = stray(world, bill, 500)
    match_id = ask(movement, bill, 500, maker)
    if meanwhile == "paid":
        post(telling(world.bank, bill.reference, 500))
    elif meanwhile == "cancelled":
        billing.cancel_bill(bill_id=bill.id, at=NOON)
    else:
        post(debit(world.mtn, Leg.REVERSAL, 500, original="C1"))

    with pytest.raises((matching.BillTakesNoMoney, matching.NothingToMatch)):
        matching.approve(match_id=match_id, by_id=checker, at=SOON)

    assert Match.objects.get().decided_at is None
    check_all()


def test_what_a_rule_would_pay_back_of_it_is_declined_with_it(world, maker, checker):
    bill, other = issue(500), issue(500)
    post(telling(world.bank, bill.reference, 500))
    post(telling(world.mtn, bill.reference, 500, external_id="TWICE"))
    movement = Movement.objects.get(external_id="TWICE")
    refund_id = proposing.for_suspended(movement_id=movement.pk, at=NOON)

    matching.approve(match_id=ask(movement, other, 500, maker), by_id=checker, at=SOON)

    refund = Refund.objects.get(pk=refund_id)
    assert (refund.state, refund.checker_id) == ("DECLINED", checker)
    assert state_of(other) == ("PAID", 500)
    check_all()


def test_matched_money_can_be_taken_back_as_any(world, maker, checker):
    bill = issue(500)
    movement = stray(world, bill, 700)
    matching.approve(match_id=ask(movement, bill, 500, maker), by_id=checker, at=SOON)

    post(debit(world.mtn, Leg.REVERSAL, 700, original="C1"))

    assert state_of(bill) == ("OPEN", 0)
    assert balance("clearing", "mtn-rw") == balance("suspense", "mtn-rw") == 0
    check_all()


# --- what the application's login cannot do ---------------------------------------------------


def commit(session, *statements):
    try:
        for statement in statements:
            session.execute(statement)
        session.commit()
    finally:
        session.rollback()


def refused(rule):
    return pytest.raises(psycopg.DatabaseError, match=rule)


DECIDED = "UPDATE payments_match SET approved = true, checker_id = {checker}, decided_at = now()"
JOURNAL = (
    "INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at)"
    " SELECT 9001, 'match', id, '{day}', now() FROM payments_match"
)
POSTINGS = (
    "INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)"
    " VALUES (9001, 1, {suspense}, 'RWF', 500), (9001, 2, {payable}, 'RWF', -500)"
)
RELEASE = (
    "INSERT INTO payments_suspense_item"
    " (movement_id, journal_id, reason, currency, amount_minor, opened_at)"
    " SELECT id, 9001, 'MATCHED', 'RWF', -500, now() FROM payments_movement"
    " WHERE external_id = '{which}'"
)
ALLOCATE = (
    "INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)"
    " SELECT m.id, l.id, 9001, 500 FROM payments_movement m, payments_bill_line l"
    " WHERE m.external_id = '{which}' AND l.bill_id = {bill}"
)
PAID = (
    "UPDATE payments_bill SET state = 'PAID', paid_minor = 500, paid_at = now() WHERE id = {bill}"
)


@pytest.mark.django_db(transaction=True)
def test_only_what_two_people_named_is_posted(world, as_application, maker, checker):
    bill, another = issue(500), issue(500)
    movement = stray(world, bill, 500)
    stray(world, another, 500, external_id="C2")
    ask(movement, bill, 500, maker)

    def account(code):
        return LedgerAccount.objects.get(code=code).pk

    decided = DECIDED.format(checker=checker)
    booked = (
        JOURNAL.format(day=NOON.date()),
        POSTINGS.format(
            suspense=account("suspense:mtn-rw:RWF"), payable=account("payable:district-11:RWF")
        ),
    )

    def divided(which, whose):
        bill_id = whose.id
        return (
            RELEASE.format(which=which),
            ALLOCATE.format(which=which, bill=bill_id),
            PAID.format(bill=bill_id),
        )

    with refused("approved and posted are one"):
        commit(as_application, decided)
    with refused("no such match|approved and posted are one"):
        commit(as_application, *booked, *divided("C1", bill))
    with refused("approved and posted are one"):
        commit(as_application, decided, *booked, *divided("C1", another))
    with refused("does not post what it divides"):
        commit(as_application, *booked, *divided("C2", bill), decided)
    with refused("one person"):
        commit(as_application, DECIDED.format(checker=maker))
    with refused("is frozen"):
        commit(as_application, "UPDATE payments_match SET amount_minor = 400")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        commit(as_application, "DELETE FROM payments_match")

    commit(as_application, decided, *booked, *divided("C1", bill))
    with refused("is frozen"):
        commit(as_application, "UPDATE payments_match SET approved = false")
    assert state_of(bill) == ("PAID", 500)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("currency", "amount", "rule"),
    [("RWF", 501, "did not bring that"), ("USD", 500, "did not bring that"), ("RWF", 500, "")],
)
def test_only_what_came_in_is_matched(world, as_application, maker, currency, amount, rule):
    bill = issue(500, currency=currency)
    movement = stray(world, bill, 500)
    asked = (
        "INSERT INTO payments_match"
        " (movement_id, bill_id, amount_minor, reason, maker_id, asked_at)"
        f" VALUES ({movement.pk}, {bill.id}, {amount}, 'swapped', {maker}, now())"
    )
    if rule:
        with refused(rule):
            commit(as_application, asked)
    else:
        commit(as_application, asked)
        assert Match.objects.count() == 1


def test_two_matches_of_the_same_money_are_one(world, maker, checker):
    first, second = issue(500), issue(500)
    movement = stray(world, first, 500)
    one, other = ask(movement, first, 500, maker), ask(movement, second, 500, maker)

    matching.approve(match_id=one, by_id=checker, at=SOON)
    with pytest.raises(matching.NothingToMatch):
        matching.approve(match_id=other, by_id=checker, at=SOON)

    assert SuspenseItem.objects.count() == 2
    assert not connection.needs_rollback
    check_all()
