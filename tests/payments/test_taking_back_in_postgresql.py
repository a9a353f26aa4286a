"""What the application's login cannot do to money that goes back; a success beside each."""

import os

import psycopg
import pytest

from payments.models import BillLine, LedgerAccount, Movement, Refund
from payments.states import Leg
from tests.accounts.people import staff
from tests.payments.books import check_all
from tests.payments.world import debit, in_flight, issue, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

DAY = NOON.date()
REVERSAL = (
    "INSERT INTO payments_movement"
    " (id, rail_id, external_id, leg, currency, amount_minor, original_id, occurred_at)"
    " SELECT 9001, m.rail_id, 'R9001', 'reversal', 'RWF', {amount}, m.id, now()"
    " FROM payments_movement m WHERE m.external_id = 'C1'"
)
JOURNAL = (
    "INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at)"
    " VALUES (9001, '{kind}', {subject}, '{day}', now())"
)
POSTINGS = (
    "INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)"
    " VALUES (9001, 1, {clearing}, 'RWF', -{amount}), (9001, 2, {other}, 'RWF', {amount})"
)
RELEASE = (
    "INSERT INTO payments_suspense_item"
    " (movement_id, journal_id, reason, currency, amount_minor, opened_at)"
    " SELECT m.id, 9001, '{reason}', 'RWF', -{amount}, now()"
    " FROM payments_movement m WHERE m.external_id = 'C1'"
)
UNALLOCATE = (
    "INSERT INTO payments_allocation (movement_id, line_id, journal_id, amount_minor)"
    " SELECT m.id, {line}, 9001, -{amount} FROM payments_movement m WHERE m.external_id = 'C1'"
)


def commit(session, *statements):
    """All statements in one transaction of the application's login, up to the commit."""
    try:
        for statement in statements:
            session.execute(statement)
        session.commit()
    finally:
        session.rollback()


def refused(rule):
    return pytest.raises(psycopg.DatabaseError, match=rule)


def account(code):
    return LedgerAccount.objects.get(code=code).pk


def reversal(amount, *, other="suspense:mtn-rw:RWF", journal="reversal"):
    return (
        REVERSAL.format(amount=amount),
        JOURNAL.format(kind=journal, subject=9001, day=DAY),
        POSTINGS.format(
            clearing=account("clearing:mtn-rw:RWF"), other=account(other), amount=amount
        ),
    )


def test_a_reversal_takes_what_its_journal_says_of_its_own_original(world, as_application):
    post(
        telling(world.mtn, "", 500, external_id="C1"),
        telling(world.mtn, "", 500, external_id="C2"),
    )
    another = RELEASE.replace("'C1'", "'C2'")
    with refused("is not divided as it came"):
        commit(as_application, *reversal(300))
    with refused("is not divided as it came"):
        commit(as_application, *reversal(300), RELEASE.format(reason="REVERSED", amount=200))
    with refused("is not divided as it came"):
        commit(as_application, *reversal(300), another.format(reason="REVERSED", amount=300))
    with refused("does not post what it divides"):
        commit(
            as_application,
            *reversal(300, other="unexplained:mtn-rw:RWF"),
            RELEASE.format(reason="REVERSED", amount=300),
        )
    with refused("has no journal"):
        commit(
            as_application,
            *reversal(300, journal="withdrawal"),
            RELEASE.format(reason="REVERSED", amount=300),
        )

    commit(as_application, *reversal(300), RELEASE.format(reason="REVERSED", amount=300))
    post(telling(world.mtn, "", 1))  # The books go on.


@pytest.mark.parametrize(
    ("reason", "sign"),
    [("REVERSED", 1), ("REFUNDED", 1), ("MATCHED", 1), ("OVERPAID", -1), ("REFUND_FAILED", -1)],
)
def test_a_reason_has_its_sign(world, as_application, reason, sign):
    post(telling(world.mtn, "", 500, external_id="C1"))
    with refused("suspense_reason_has_its_sign"):
        commit(
            as_application,
            *reversal(300),
            RELEASE.format(reason=reason, amount=300).replace("-300", str(sign * 300)),
        )


def test_suspense_is_never_taken_below_zero(world, as_application):
    post(telling(world.mtn, issue(300).reference, 500, external_id="C1"))
    with refused("less stands in suspense than is taken"):
        commit(as_application, *reversal(300), RELEASE.format(reason="REVERSED", amount=300))
    commit(as_application, "SELECT 1")


def test_of_two_sessions_that_take_the_same_suspense_one_waits_and_is_refused(
    world, as_application
):
    """Each of them leaves the collection divided to the last unit."""
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 100)
    given_back = Movement.objects.get(external_id="C1")
    assert given_back.pk == refund.movement_id
    first = (*reversal(400), RELEASE.format(reason="REVERSED", amount=400))
    second = [
        statement.replace("9001", "9002").replace("'reversal'", "'match'")
        for statement in (*reversal(400)[1:], RELEASE.format(reason="MATCHED", amount=400))
    ]
    for statement in first:
        as_application.execute(statement)
    with psycopg.connect(os.environ["DATABASE_URL"]) as rival:
        rival.execute("SET lock_timeout = '300ms'")
        with refused("lock timeout"):
            commit(rival, *second)
        as_application.commit()
        with refused("less stands in suspense than is taken"):
            commit(rival, *second)


def test_a_line_gives_back_no_more_than_the_movement_paid_of_it(world, as_application):
    bill = issue(300, 300)
    post(
        telling(world.mtn, bill.reference, 300, external_id="C1"),
        telling(world.bank, bill.reference, 300, external_id="C2"),
    )
    [own, others] = BillLine.objects.filter(bill_id=bill.id).order_by("line_no")
    fallen = (
        "UPDATE payments_bill SET state = 'PART_PAID', paid_minor = 300, paid_at = NULL"
        f" WHERE id = {bill.id}"
    )
    with refused("gives back more of a line than it paid|gives more than it brought"):
        commit(
            as_application,
            *reversal(300, other="payable:treasury:RWF"),
            UNALLOCATE.format(line=others.pk, amount=300),
            fallen,
        )

    commit(
        as_application,
        *reversal(300, other="payable:district-11:RWF"),
        UNALLOCATE.format(line=own.pk, amount=300),
        fallen,
    )
    assert state_of(bill) == ("PART_PAID", 300)


def test_nothing_is_taken_off_a_bill_by_a_journal_of_money_that_came(world, as_application):
    """Out of the bill and into suspense, under the name of a second collection."""
    bill = issue(300)
    post(
        telling(world.mtn, bill.reference, 300, external_id="C1"),
        telling(world.mtn, "", 300, external_id="C2"),
    )
    line = BillLine.objects.get(bill_id=bill.id)
    journal = (
        "(SELECT j.id FROM payments_journal j JOIN payments_movement m ON m.id = j.subject_id"
        " WHERE m.external_id = 'C2')"
    )
    with refused("does not post what it divides"):
        commit(
            as_application,
            UNALLOCATE.format(line=line.pk, amount=300).replace("9001", journal),
            JOURNAL.format(kind="match", subject=1, day=DAY),
            POSTINGS.format(
                clearing=account("suspense:mtn-rw:RWF"),
                other=account("payable:district-11:RWF"),
                amount=300,
            ),
            RELEASE.format(reason="OVERPAID", amount=300).replace("-300", "300"),
            f"UPDATE payments_bill SET state = 'OPEN', paid_minor = 0, paid_at = NULL"
            f" WHERE id = {bill.id}",
        )


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 1",
        "movement_id = movement_id + 1",
        "key = gen_random_uuid()",
        "reason = 'another'",
        "currency = 'KES'",
        "maker_id = checker_id, checker_id = maker_id",
        "checker_id = maker_id",
        "state = 'DECLINED'",
        "state = 'REQUESTED'",
    ],
)
def test_a_refund_stays_as_two_people_decided_it(world, as_application, change):
    post(telling(world.mtn, "", 500, external_id="C1"))
    in_flight(world.mtn, "C1", 200)
    with refused("is frozen|refund_two_people|no edge"):
        commit(as_application, f"UPDATE payments_refund SET {change}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        commit(as_application, "DELETE FROM payments_refund")
    commit(as_application, "UPDATE payments_refund SET queries = 1, state = 'UNKNOWN'")


def asked(amount=200, *, maker="{maker}", checker="NULL", state="REQUESTED", currency="RWF"):
    return (
        "INSERT INTO payments_refund"
        " (movement_id, currency, amount_minor, reason, state, maker_id, checker_id)"
        f" SELECT m.id, '{currency}', {amount}, 'paid twice', '{state}', {maker}, {checker}"
        " FROM payments_movement m WHERE m.external_id = 'C1'"
    )


def decided(state, *, checker):
    return (
        f"{asked()}; UPDATE payments_refund"
        f" SET state = '{state}', checker_id = {checker}, decided_at = now()"
    )


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (asked(501), "did not bring that"),
        (asked(currency="KES"), "did not bring that"),
        (asked(0), "refund_amount_positive"),
        (asked(maker="NULL"), "refund_has_its_people"),
        (asked(checker="{checker}"), "refund_has_its_people"),
        (decided("AWAITING_FUNDS", checker="{maker}"), "refund_two_people|one person"),
        (decided("APPROVED", checker="NULL"), "refund_has_its_people"),
        (asked(state="APPROVED", checker="{checker}"), "cannot begin as APPROVED"),
        (asked(state="PROPOSED", maker="NULL"), "refund_proposed_by_a_rule"),
        (decided("APPROVED", checker="{checker}"), "journals say otherwise|not divided"),
        (asked().replace("'C1'", "'D1'"), "did not bring that"),
    ],
)
def test_a_refund_is_of_what_came_in_by_two_people_and_posted(
    world, as_application, statement, rule
):
    post(
        telling(world.mtn, "", 500, external_id="C1"),
        debit(world.mtn, Leg.SWEEP, 500, external_id="D1"),
    )
    people = {"maker": staff().pk, "checker": staff().pk}
    with refused(rule):
        commit(as_application, statement.format(**people))

    commit(as_application, asked().format(**people))
    assert Refund.objects.get().amount_minor == 200
    check_all()


@pytest.mark.parametrize("state", ["FAILED", "DONE"])
def test_a_refund_ends_only_with_its_money(world, as_application, state):
    post(telling(world.mtn, "", 500, external_id="C1"))
    in_flight(world.mtn, "C1", 200)
    with refused("journals say otherwise|not divided|was not paid out"):
        commit(as_application, f"UPDATE payments_refund SET state = '{state}'")


def test_movements_are_held_but_never_changed(world, as_application):
    post(telling(world.mtn, "", 500, external_id="C1"))
    held = Movement.objects.get().pk
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        commit(as_application, f"SELECT FROM payments_movement WHERE id = {held} FOR UPDATE")
    commit(as_application, f"SELECT payments_hold_movements(ARRAY[{held}])")
