"""A journal moves what its fact moved, whoever writes it; a success beside each refusal."""

from dataclasses import dataclass

import psycopg
import pytest

from payments.models import LedgerAccount, Movement, MovementAlias, Refund
from payments.states import Leg
from tests.accounts.people import staff
from tests.payments.books import check_all
from tests.payments.world import debit, give_back, in_flight, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 9001
Line = tuple[int, str, int]


@dataclass(frozen=True)
class Application:
    """What the application's login commits in one transaction, as SQL."""

    session: psycopg.Connection

    def commits(self, *statements: str) -> None:
        try:
            for statement in statements:
                self.session.execute(statement)
            self.session.commit()
        finally:
            self.session.rollback()

    def is_refused(self, rule: str, *statements: str) -> None:
        with pytest.raises(psycopg.DatabaseError) as refusal:
            self.commits(*statements)
        assert refusal.value.diag.constraint_name == rule


@pytest.fixture
def world():
    made = make_world()
    bill = issue(500, 300)
    post(
        telling(made.bank, bill.reference, 800, external_id="C1"),
        telling(made.bank, "nobody's", 500, external_id="S1"),
    )
    return made


@pytest.fixture
def application(as_application):
    return Application(as_application)


def account(code: str) -> int:
    return LedgerAccount.objects.get(code=f"{code}:RWF").pk


def movement(rail, leg, amount, *, refund="NULL", original="NULL"):
    return (
        "INSERT INTO payments_movement (id, rail_id, external_id, leg, currency, amount_minor,"
        f" refund_id, original_id, occurred_at) VALUES ({NUMBER}, {rail.pk}, 'NEW', '{leg}', 'RWF',"
        f" {amount}, {refund}, {original}, now())"
    )


def lines(*held: Line) -> str:
    written = ", ".join(
        f"({NUMBER}, {line_no}, {account(code)}, 'RWF', {amount})" for line_no, code, amount in held
    )
    return (
        "INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)"
        f" VALUES {written}"
    )


def journal(kind, subject, *held: Line):
    return (
        (
            "INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at)"
            f" VALUES ({NUMBER}, '{kind}', {subject}, '{NOON.date()}', now())"
        ),
        lines(*held),
    )


def suspended(movement_id, amount, reason="UNKNOWN_REFERENCE"):
    return (
        "INSERT INTO payments_suspense_item"
        " (movement_id, journal_id, reason, currency, amount_minor, opened_at)"
        f" VALUES ({movement_id}, {NUMBER}, '{reason}', 'RWF', {amount}, now())"
    )


def stray() -> Movement:
    return Movement.objects.get(external_id="S1")


def done(refund) -> str:
    return f"UPDATE payments_refund SET state = 'DONE' WHERE id = {refund.pk}"


def test_a_collection_is_about_money_that_came_in(world, application):
    apart = (1, "payable:treasury", 300), (2, "payable:district-11", -300)
    application.is_refused("journal_has_its_fact", *journal("collection", 777_777, *apart))

    post(debit(world.bank, Leg.WITHDRAWAL, 300, external_id="W1"))
    withdrawal = Movement.objects.get(external_id="W1").pk
    taken = (1, "clearing:bank-rw", 300), (2, "payable:treasury", -300)
    application.is_refused("journal_has_its_fact", *journal("collection", withdrawal, *taken))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("clearing:mtn-rw", 5),  # Of another rail.
        ("refund_float:bank-rw", 5),
        ("payable:treasury", 5),
        ("clearing:bank-rw", 6),
    ],
)
def test_a_collection_comes_into_its_own_rail_s_account(world, application, first, second):
    def came(code, amount):
        held = (1, code, amount), (2, "suspense:bank-rw", -amount)
        return (
            movement(world.bank, "credit", 5),
            *journal("collection", NUMBER, *held),
            suspended(NUMBER, 5),
        )

    with pytest.raises(psycopg.DatabaseError, match=r"does not move|does not post"):
        application.commits(*came(first, second))
    application.commits(*came("clearing:bank-rw", 5))


@pytest.mark.parametrize("places", [(0, -1), (-2, -1)])
def test_lines_are_numbered_from_one(world, application, places):
    one, other = places
    came = (1, "clearing:bank-rw", 5), (2, "suspense:bank-rw", -5)
    beside = (one, "payable:treasury", 300), (other, "payable:district-11", -300)
    application.is_refused(
        "posting_numbered_from_one",
        movement(world.bank, "credit", 5),
        *journal("collection", NUMBER, *came, *beside),
        suspended(NUMBER, 5),
    )


def test_no_line_is_added_once_a_journal_has_been_checked(world, application):
    came = (1, "clearing:bank-rw", 5), (2, "suspense:bank-rw", -5)
    beside = (3, "payable:treasury", 300), (4, "payable:district-11", -300)
    posted = (
        movement(world.bank, "credit", 5),
        *journal("collection", NUMBER, *came),
        suspended(NUMBER, 5),
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET CONSTRAINTS ALL DEFERRED",
    )
    application.is_refused("journal_written_at_once", *posted, lines(*beside))
    application.commits(*posted)


OTHERS = {
    "charge": "charges:bank-rw",
    "sweep": "sweeps_in_transit",
    "transfer": "sweeps_in_transit",
    "withdrawal": "unexplained:bank-rw",
}


@pytest.mark.parametrize(("leg", "other"), OTHERS.items())
def test_a_debit_moves_its_amount_to_the_account_of_its_leg(world, application, leg, other):
    sign = 1 if leg == "transfer" else -1

    def moved(*held):
        return movement(world.bank, leg, 5), *journal(leg, NUMBER, *held)

    own, far = (1, "clearing:bank-rw", 5 * sign), (2, other, -5 * sign)
    beside = (3, "payable:treasury", 300), (4, "payable:district-11", -300)
    for refused in (
        ((1, "clearing:bank-rw", 300 * sign), (2, other, -300 * sign)),
        ((1, "clearing:bank-rw", -5 * sign), (2, other, 5 * sign)),
        ((1, "clearing:mtn-rw", 5 * sign), far),
        ((1, "refund_float:bank-rw", 5 * sign), far),
        (own, (2, "payable:treasury", -5 * sign)),
        (own, (2, "suspense:bank-rw", -5 * sign)),
        (own, far, *beside),
    ):
        application.is_refused("journal_moves_its_fact", *moved(*refused))
    application.commits(*moved(own, far))


def test_what_nothing_explains_stays_on_its_own_rail(world, application):
    held = (1, "clearing:bank-rw", -5), (2, "unexplained:mtn-rw", 5)
    application.is_refused(
        "journal_moves_its_fact",
        movement(world.bank, "withdrawal", 5),
        *journal("withdrawal", NUMBER, *held),
    )


def test_a_top_up_moves_its_amount_into_its_own_float(world, application):
    maker, checker = staff(), staff()
    asked = (
        "INSERT INTO payments_float_top_up (id, rail_id, currency, amount_minor, reason, maker_id,"
        f" checker_id, asked_at, confirmed_at) VALUES ({NUMBER}, {world.bank.pk}, 'RWF', 5, 'x',"
        f" {maker.pk}, {checker.pk}, now(), now())"
    )
    own, far = (1, "refund_float:bank-rw", 5), (2, "sweeps_in_transit", -5)
    for refused in (
        ((1, "clearing:bank-rw", -300), (2, "payable:treasury", 300)),
        ((1, "refund_float:bank-rw", 300), (2, "sweeps_in_transit", -300)),
        ((1, "refund_float:mtn-rw", 5), far),
        (own, (2, "payable:treasury", -5)),
    ):
        application.is_refused("journal_moves_its_fact", asked, *journal("float", NUMBER, *refused))
    application.commits(asked, *journal("float", NUMBER, own, far))


def test_a_top_up_that_is_asked_for_and_confirmed_at_once_is_posted(world, application):
    maker, checker = staff(), staff()
    asked = (
        "INSERT INTO payments_float_top_up (id, rail_id, currency, amount_minor, reason, maker_id,"
        f" asked_at) VALUES ({NUMBER}, {world.bank.pk}, 'RWF', 5, 'x', {maker.pk}, now())"
    )
    confirmed = (
        f"UPDATE payments_float_top_up SET checker_id = {checker.pk}, confirmed_at = now()"
        f" WHERE id = {NUMBER}"
    )
    application.is_refused("top_up_is_posted", asked, confirmed)

    own, far = (1, "refund_float:bank-rw", 5), (2, "sweeps_in_transit", -5)
    application.commits(asked, confirmed, *journal("float", NUMBER, own, far))
    check_all()


def test_a_refund_moves_its_amount_into_refunds_in_transit(world, application):
    maker, checker = staff(), staff()
    asked = (
        "INSERT INTO payments_refund (id, movement_id, currency, amount_minor, reason, state,"
        f" maker_id) VALUES ({NUMBER}, {stray().pk}, 'RWF', 500, 'x', 'REQUESTED', {maker.pk});"
        "UPDATE payments_refund SET state = 'APPROVED', decided_at = now(),"
        f" checker_id = {checker.pk}"
        f" WHERE id = {NUMBER}"
    )
    released = suspended(stray().pk, -500, "REFUNDED")
    far = (2, "suspense:bank-rw", 500)
    for first in ("payable:treasury", "refunds_in_transit:mtn-rw", "clearing:bank-rw"):
        held = journal("refund", NUMBER, (1, first, -500), far)
        application.is_refused("journal_moves_its_fact", asked, *held, released)
    held = journal("refund", NUMBER, (1, "refunds_in_transit:bank-rw", -500), far)
    application.commits(asked, *held, released)
    check_all()


def test_a_refund_cannot_begin_as_decided(world, application):
    maker, checker = staff(), staff()
    for state in ("APPROVED", "AWAITING_FUNDS", "PENDING", "DONE", "DECLINED"):
        application.is_refused(
            "refund_begins_undecided",
            "INSERT INTO payments_refund (movement_id, currency, amount_minor, reason, state,"
            f" maker_id, checker_id) VALUES ({stray().pk}, 'RWF', 500, 'x', '{state}',"
            f" {maker.pk}, {checker.pk})",
        )


def test_a_refund_that_failed_returns_as_much_and_into_suspense(world, application):
    refund = in_flight(world.bank, "S1", 500)
    failed = f"UPDATE payments_refund SET state = 'FAILED' WHERE id = {refund.pk}"
    own = (1, "refunds_in_transit:bank-rw", 500)
    elsewhere = journal("refund_returned", refund.pk, own, (2, "payable:treasury", -500))
    application.is_refused("movement_is_divided", failed, *elsewhere)

    give_back(refund)
    check_all()


def test_a_reversal_takes_what_it_divides_even_if_a_refund_has_taken_it(world, application):
    """The shares come to the same with those of a refund that was never given back."""
    refund = in_flight(world.bank, "S1", 500)
    failed = f"UPDATE payments_refund SET state = 'FAILED' WHERE id = {refund.pk}"
    taken = (1, "clearing:bank-rw", -500), (2, "payable:treasury", 500)
    own, far = (1, "refunds_in_transit:bank-rw", 500), (2, "payable:treasury", -500)
    other = [statement.replace(str(NUMBER), "9002") for statement in journal("x", NUMBER, own, far)]
    other[0] = other[0].replace("'x', 9002", f"'refund_returned', {refund.pk}")
    application.is_refused(
        "journal_posts_what_it_divides",
        movement(world.bank, "reversal", 500, original=stray().pk),
        *journal("reversal", NUMBER, *taken),
        failed,
        *other,
    )

    post(debit(world.bank, Leg.REVERSAL, 800, original="C1"))
    check_all()


def test_a_refund_is_done_when_it_was_paid_out(world, application):
    refund = in_flight(world.bank, "S1", 500)
    application.is_refused("refund_done_is_paid_out", done(refund))

    post(debit(world.bank, Leg.PAYOUT, 500, key=refund.key))
    assert Refund.objects.get(pk=refund.pk).state == "DONE"
    check_all()


def test_a_payout_is_its_refund_s_amount_on_its_own_rail(world, application):
    refund = in_flight(world.bank, "S1", 500)

    def paid(rail, amount, *, own="clearing", transit="refunds_in_transit", leg="payout"):
        held = (1, f"{own}:{rail.code}", -amount), (2, f"{transit}:{rail.code}", amount)
        return movement(rail, leg, amount, refund=refund.pk), *journal(leg, NUMBER, *held)

    application.is_refused("refund_paid_as_approved", *paid(world.bank, 5), done(refund))
    application.is_refused("refund_paid_as_approved", *paid(world.mtn, 500), done(refund))
    application.is_refused("refund_paid_as_approved", *paid(world.bank, 500))
    application.is_refused(
        "journal_moves_its_fact", *paid(world.bank, 500, transit="suspense"), done(refund)
    )
    application.commits(*paid(world.bank, 500, own="refund_float"), done(refund))


def test_another_name_is_one_of_a_movement_on_its_rail_and_of_its_leg(world, application):
    def named(rail, leg="credit"):
        return (
            "INSERT INTO payments_movement_alias (rail_id, external_id, leg, movement_id)"
            f" VALUES ({rail.pk}, 'ALSO', '{leg}', {stray().pk})"
        )

    application.is_refused("alias_of_its_movement", named(world.mtn))
    application.is_refused("alias_of_its_movement", named(world.bank, "reversal"))
    application.commits(named(world.bank))
    assert MovementAlias.objects.get(external_id="ALSO").movement_id == stray().pk
