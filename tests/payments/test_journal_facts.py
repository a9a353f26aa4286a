"""A journal that is about nothing does not commit, whoever writes it; a success beside each."""

import psycopg
import pytest

from payments.models import LedgerAccount, Movement, Refund
from payments.states import Leg
from tests.payments.books import check_all
from tests.payments.world import debit, in_flight, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

MOVEMENT = (
    "INSERT INTO payments_movement (id, rail_id, external_id, leg, currency, amount_minor,"
    " occurred_at) VALUES (9001, {rail}, 'M9001', '{leg}', 'RWF', 500, now())"
)


def commit(session, *statements):
    try:
        for statement in statements:
            session.execute(statement)
        session.commit()
    finally:
        session.rollback()


def journal(kind, subject_id, *, other="unexplained:mtn-rw:RWF"):
    """A journal that takes 500 out of clearing, into another account."""
    clearing, into = (
        LedgerAccount.objects.get(code=code).pk for code in ("clearing:mtn-rw:RWF", other)
    )
    return (
        (
            "INSERT INTO payments_journal (id, kind, subject_id, business_day, occurred_at)"
            f" VALUES (9001, '{kind}', {subject_id}, '{NOON.date()}', now())"
        ),
        (
            "INSERT INTO payments_posting (journal_id, line_no, account_id, currency, amount_minor)"
            f" VALUES (9001, 1, {clearing}, 'RWF', -500), (9001, 2, {into}, 'RWF', 500)"
        ),
    )


@pytest.mark.parametrize(
    "kind",
    [
        *(leg.value for leg in Leg if leg != Leg.CREDIT),
        "refund",
        "refund_returned",
        "float",
        "match",
        "gift",
    ],
)
def test_a_journal_about_nothing_is_refused(world, as_application, kind):
    with pytest.raises(psycopg.DatabaseError, match=f"no such {kind} as it is about"):
        commit(as_application, *journal(kind, 424242))


@pytest.mark.parametrize("kind", ["charge", "sweep", "payout"])
def test_a_journal_about_another_leg_is_refused(world, as_application, kind):
    post(debit(world.mtn, Leg.WITHDRAWAL, 500))
    withdrawal = Movement.objects.get().pk
    with pytest.raises(psycopg.DatabaseError, match=f"no such {kind} as it is about"):
        commit(as_application, *journal(kind, withdrawal))

    moved = MOVEMENT.format(rail=world.mtn.pk, leg="withdrawal")
    commit(as_application, moved, *journal("withdrawal", 9001))


@pytest.mark.parametrize(
    ("state", "kind"), [("REQUESTED", "refund"), ("PENDING", "refund_returned")]
)
def test_a_journal_of_a_refund_that_is_not_so_far_is_refused(world, as_application, state, kind):
    post(telling(world.mtn, "", 500, external_id="C1"))
    refund = in_flight(world.mtn, "C1", 200)
    if state == "REQUESTED":
        refund = Refund.objects.create(
            movement=refund.movement,
            currency="RWF",
            amount_minor=100,
            reason="paid twice",
            state="REQUESTED",
            maker=refund.maker,
        )
    with pytest.raises(psycopg.DatabaseError, match=f"no such {kind} as it is about"):
        commit(as_application, *journal(kind, refund.pk))
    check_all()
