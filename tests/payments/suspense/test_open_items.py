"""The queue of suspense follows its entries by itself, and only they write it."""

from datetime import timedelta

import psycopg
import pytest

from payments.models import Hold, Movement, OpenItem
from payments.operations import holding_items, matching
from payments.states import Leg
from tests.accounts.people import officer
from tests.payments.books import check_all
from tests.payments.suspense.stray import stray
from tests.payments.world import debit, give_back, in_flight, issue, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db


def queue() -> list[tuple[str, int, str]]:
    rows = OpenItem.objects.order_by("movement_id")
    return list(rows.values_list("movement__external_id", "amount_minor", "reason"))


def test_what_goes_straight_to_its_bill_never_stands_in_the_queue(world):
    post(telling(world.mtn, issue(500).reference, 500))
    assert queue() == []
    check_all()


def test_what_is_over_stands_there_and_leaves_part_by_part(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 900, external_id="OVER"))
    stray(world, "nobody's", 70)
    assert queue() == [("OVER", 400, "OVERPAID"), ("S1", 70, "UNKNOWN_REFERENCE")]

    movement = Movement.objects.get(external_id="OVER")
    maker, checker = officer("match.ask"), officer("match.decide")
    other = issue(300)
    asked = matching.ask(
        movement_id=movement.pk,
        bill_id=other.id,
        amount_minor=300,
        reason="the same family",
        by_id=maker,
        at=NOON,
    )
    matching.approve(match_id=asked, by_id=checker, at=NOON)
    assert queue()[0] == ("OVER", 100, "OVERPAID")

    post(debit(world.mtn, Leg.REVERSAL, 900, original="OVER"))
    assert queue() == [("S1", 70, "UNKNOWN_REFERENCE")]
    check_all()


def test_a_refund_that_failed_is_as_old_as_the_money(world):
    stray(world, "nobody's", 90)
    refund = in_flight(world.mtn, "S1", 90)
    assert queue() == []

    later = NOON + timedelta(days=3)
    give_back(refund, at=later)

    [item] = OpenItem.objects.all()
    assert (item.reason, item.opened_at) == ("REFUND_FAILED", NOON)
    check_all()


def test_many_in_one_batch_are_queued_by_one_statement(world):
    post(*(telling(world.mtn, "nobody's", 10 + n, external_id=f"B{n}") for n in range(50)))
    assert OpenItem.objects.count() == 50
    check_all()


def test_the_application_writes_no_open_item(world, as_application):
    for statement in (
        "INSERT INTO payments_open_item VALUES (1, 1, 'RWF', 1, 'OVERPAID', now())",
        "UPDATE payments_open_item SET amount_minor = 1",
        "UPDATE payments_open_item SET held_by_id = 1",
        "DELETE FROM payments_open_item",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_application.execute(statement)
        as_application.rollback()
    as_application.execute("UPDATE payments_open_item SET unclaimed_since = now()")


# --- holds ------------------------------------------------------------------------------------

TOMORROW = NOON + timedelta(days=1)


def hold(movement, by_id, **other) -> None:
    holding_items.hold(
        **{
            "movement_id": movement.pk,
            "until": TOMORROW,
            "note": "asking the payer",
            "by_id": by_id,
            "at": NOON,
            **other,
        }
    )


def test_who_holds_it_is_seen_and_others_leave_it_alone_until_then(world):
    bill, (ange, beata) = issue(500), (officer("match.ask"), officer("match.ask"))
    movement = stray(world, "nobody's", 500)
    hold(movement, ange)
    item = OpenItem.objects.get()
    assert (item.held_by_id, item.held_until, item.hold_note) == (
        ange,
        TOMORROW,
        "asking the payer",
    )
    wanted = {
        "movement_id": movement.pk,
        "bill_id": bill.id,
        "amount_minor": 500,
        "reason": "hers",
    }
    with pytest.raises(holding_items.HeldByAnother):
        matching.ask(**wanted, by_id=beata, at=NOON)
    with pytest.raises(holding_items.HeldByAnother):
        hold(movement, beata)

    matching.ask(**wanted, by_id=beata, at=TOMORROW)


def test_asking_ends_ones_own_hold_and_the_trace_stays(world):
    bill, ange = issue(500), officer("match.ask")
    movement = stray(world, "nobody's", 500)
    hold(movement, ange)
    matching.ask(
        movement_id=movement.pk,
        bill_id=bill.id,
        amount_minor=500,
        reason="hers",
        by_id=ange,
        at=NOON,
    )
    assert OpenItem.objects.get().held_by_id is None
    assert list(Hold.objects.order_by("pk").values_list("by_id", "until_at")) == [
        (ange, TOMORROW),
        (ange, None),
    ]


def test_a_colleague_may_lift_it(world):
    movement = stray(world, "nobody's", 500)
    hold(movement, officer("match.ask"))
    holding_items.lift(movement_id=movement.pk, by_id=officer("release.ask"), at=NOON)
    assert OpenItem.objects.get().held_until is None


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"note": " "}, holding_items.HoldWithoutReason),
        ({"until": NOON}, holding_items.HoldWithoutReason),
        ({"until": NOON + timedelta(days=31)}, holding_items.HoldWithoutReason),
    ],
)
def test_a_hold_says_why_and_until_when(world, other, refusal):
    with pytest.raises(refusal):
        hold(stray(world, "nobody's", 5), officer("match.ask"), **other)


def test_what_is_not_there_is_not_held(world):
    bill = issue(500)
    post(telling(world.mtn, bill.reference, 500, external_id="PAID"))
    with pytest.raises(holding_items.NotOpen):
        hold(Movement.objects.get(external_id="PAID"), officer("match.ask"))
    with pytest.raises(holding_items.NotGranted):
        hold(stray(world, "nobody's", 5), officer("money.view"))


@pytest.mark.django_db(transaction=True)
def test_a_trace_of_holds_stays_and_holds_only_what_stands(world, as_application):
    who = officer("match.ask")
    hold(stray(world, "nobody's", 5), who)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute("UPDATE payments_hold SET note = ''")
    as_application.rollback()
    post(telling(world.mtn, issue(5).reference, 5, external_id="PAID"))
    with pytest.raises(psycopg.DatabaseError, match="nothing of it stands in suspense"):
        as_application.execute(
            "INSERT INTO payments_hold (movement_id, by_id, until_at, note, at)"
            f" SELECT id, {who}, now() + interval '1 day', 'why', now()"
            " FROM payments_movement WHERE external_id = 'PAID'"
        )
