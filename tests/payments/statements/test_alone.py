"""What one officer's file cannot do by itself: decide about money, or hide what left."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from payments.models import Alarm, Movement, Rail, Remittance, StatementLine
from payments.operations import alarms, importing, paying_out, watching
from payments.operations.closing import listing
from payments.operations.importing import hands
from payments.queries import closing
from payments.states import AlarmKind, Leg, RefundState, RemittanceState
from tests.accounts import people
from tests.payments.control.allowed import allow_sweeps
from tests.payments.refunds.desks import approved, paid_twice, proven
from tests.payments.remittances import world as batches
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.world import debit, issue, make_world, post, state_of, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOON + timedelta(hours=2)
NEXT_DAY = NOON + timedelta(days=1)


def advice(*bookings: Booking) -> bytes:
    return written(*bookings, opening=None, closing=None, form="4")


def alone(data: bytes, at=LATER) -> None:
    """One officer brings it; it is refused, by the code and by PostgreSQL, and posts nothing."""
    her, lines = people.officer("statement.import"), StatementLine.objects.count()
    with pytest.raises(importing.NeedsSecond):
        bring(data, by_id=her, at=at)
    assert StatementLine.objects.count() == lines
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hands.Hands, "makes", lambda *_: None)
        with pytest.raises(Exception, match="needs a second pair of hands"):
            bring(data, by_id=her, at=at)
    assert StatementLine.objects.count() == lines


def by_two(data: bytes, at=LATER) -> None:
    first, second = people.officer("statement.import"), people.officer("statement.import")
    bring(data, by_id=first, confirmed_by_id=second, at=at)


# --- what a line decides


def test_a_paid_bill_is_taken_back_by_two(db):
    make_world()
    bill = issue(500)
    bring(Account().statement(Booking(amount=500, id="FT1", text=bill.reference)))
    taken_back = advice(
        Booking(amount=-500, id="FT1R", original="FT1", text="FT1", is_reversal=True)
    )
    alone(taken_back)
    assert state_of(bill)[0] == "PAID"
    by_two(taken_back)
    assert state_of(bill)[0] == "OPEN"


def test_what_is_to_be_taken_back_later_needs_two_as_well(db):
    make_world()
    alone(advice(Booking(amount=-500, id="FT9R", original="FT9", text="FT9", is_reversal=True)))


def test_a_batch_is_confirmed_by_two_and_a_refusal_that_follows_rings(monkeypatch):
    batches.layout(monkeypatch)
    desk = batches.desk()
    batches.name_account(desk)
    batches.paid(desk, 800, rail=desk.world.bank)
    batch = batches.sent(desk)
    shown = advice(
        Booking(amount=-800, id="FTB", end_to_end=batch.end_to_end_id, text=batch.number, day=1)
    )
    at = NEXT_DAY + timedelta(days=1)
    alone(shown, at=at)
    assert Remittance.objects.get().state == RemittanceState.SENT
    by_two(shown, at=at)
    assert Remittance.objects.get().state == RemittanceState.CONFIRMED
    batches.remitting.take_report(
        remittance_id=batch.pk,
        data=batches.answer(batch, "RJCT", "AC04"),
        by_id=desk.asks,
        at=at,
    )
    rings = Alarm.objects.get(kind=AlarmKind.EVIDENCE_DISAGREES, cleared_at=None)
    assert rings.subject == f"remittance:{batch.pk}"
    found = closing.found(at.date())
    assert f"alarm:{rings.pk}" in [one.subject for one in found]


def test_a_refund_by_hand_ends_by_two(db):
    world = make_world()
    asker, decider = people.officer("refund.ask"), people.officer("refund.decide")
    refund = proven(approved(paid_twice(world), asker, decider), asker, decider)
    paying_out.paid(refund_id=refund.pk, external_id="OUT1", by_id=asker, at=LATER)
    shown = advice(Booking(amount=-refund.amount_minor, id="OUT1", text="x"))
    alone(shown)
    by_two(shown)
    refund.refresh_from_db()
    assert refund.state == RefundState.DONE


def test_a_sweep_arrives_by_two(db):
    world = make_world()
    allow_sweeps(world.mtn)
    post(telling(world.mtn, "x", 300), debit(world.mtn, Leg.SWEEP, 300, external_id="SWEEP1"))
    arrived = advice(Booking(amount=300, id="FTS", text="SWEEP1"))
    alone(arrived)
    by_two(arrived)
    assert Movement.objects.filter(leg=Leg.TRANSFER, external_id="SWEEP1").exists()


@pytest.mark.parametrize("code", ["ACMT/MCOP/CHRG", ""])
def test_no_debit_is_made_up_by_one(code):
    make_world()
    alone(advice(Booking(amount=-1, id="FEE", code=code)))


def test_what_one_person_may_move_counts_what_leaves_too(db):
    world = make_world()
    Rail.objects.filter(pk=world.bank.pk).update(by_hand_max_minor=100)
    alone(advice(Booking(amount=60, id="IN"), Booking(amount=-41, id="OUT")))
    her = people.officer("statement.import")
    bring(advice(Booking(amount=60, id="IN"), Booking(amount=-40, id="OUT")), by_id=her, at=LATER)
    assert Movement.objects.count() == 2


def test_what_one_person_may_move_is_not_raised_for_a_file_of_hers(db):
    world = make_world()
    rail = Rail.objects.filter(pk=world.bank.pk)
    rail.update(by_hand_max_minor=1000)  # Nothing has moved: the pack may.
    post(telling(world.bank, "", 5))
    with pytest.raises(IntegrityError, match="never raised"), transaction.atomic():
        rail.update(by_hand_max_minor=1001)
    rail.update(by_hand_max_minor=999)


# --- what another statement hides


def hidden() -> Account:
    """A false statement stands where the bank's own would be: 400 left, and it does not say so."""
    make_world()
    account = Account()
    bring(account.statement(Booking(amount=500, id="FT1")))
    false = written(Booking(amount=-1, id="FEE", day=1), opening=500, closing=499, number=2, day=1)
    alone(false, at=NEXT_DAY)
    by_two(false, at=NEXT_DAY)
    own = account.statement(Booking(amount=-400, id="GONE", day=1), day=1)
    said = bring(own, at=NEXT_DAY + timedelta(hours=1)).statements[0]
    assert said.held_back == "gap"
    return account


def held(day):
    return [one for one in closing.found(day) if one.kind == "statement_gap"]


def test_the_banks_own_statement_that_is_held_back_is_a_difference_until_its_lines_are_told():
    account = hidden()
    her = people.officer("alarm.clear", "close.prepare")
    alarm = Alarm.objects.get(kind=AlarmKind.STATEMENT_GAP, cleared_at=None)
    with pytest.raises(alarms.NeedsAnswer):
        alarms.clear(alarm_id=alarm.pk, by_id=her, at=LATER + timedelta(days=1))
    with (
        pytest.raises(IntegrityError, match="nobody has answered it"),
        transaction.atomic(),
    ):
        Alarm.objects.filter(pk=alarm.pk).update(cleared_at=NEXT_DAY, cleared_by=her)
    alarms.clear(
        alarm_id=alarm.pk, by_id=her, at=LATER + timedelta(days=1), answer="allowed", note="fine"
    )
    [found] = held(NEXT_DAY.date())
    assert found.subject.startswith("statement:")
    listing.take(day=NEXT_DAY.date(), keys=[found.key], note="see", by_id=her, at=NEXT_DAY)
    assert listing.settle_gone(NEXT_DAY) == 0
    [standing] = closing.standing()
    with pytest.raises(listing.NotHersToSettle):
        listing.settle(difference_id=standing.id, note="no", by_id=her, at=NEXT_DAY)
    # Two people lead what stands to the bank's own balance, by what it tells and the false lacks.
    leading = [Booking(amount=1, id="NO-FEE", day=1), Booking(amount=-400, id="GONE", day=1)]
    by_two(
        written(*leading, opening=499, closing=100, number=3, day=1),
        at=NEXT_DAY + timedelta(hours=3),
    )
    assert listing.settle_gone(NEXT_DAY + timedelta(hours=4)) == 1
    assert not held(NEXT_DAY.date())
    assert Movement.objects.get(external_id="GONE").leg == Leg.WITHDRAWAL
    following = account.statement(Booking(amount=7, id="FT4", day=2), day=2)
    said = bring(following, at=NEXT_DAY + timedelta(days=1)).statements[0]
    assert (said.state, said.held_back) == ("POSTED", "")


def test_a_held_statement_whose_lines_another_tells_rings_no_more(db):
    make_world()
    account = Account()
    broken = written(Booking(amount=500, id="FT1"), opening=0, closing=900)
    bring(broken)
    assert Alarm.objects.filter(kind=AlarmKind.STATEMENT_UNBALANCED, cleared_at=None).count() == 1
    assert len(held(NOON.date())) == 1
    bring(account.statement(Booking(amount=500, id="FT1")))
    watching.watch(LATER)
    assert not Alarm.objects.filter(kind=AlarmKind.STATEMENT_UNBALANCED, cleared_at=None).exists()
    assert not held(NOON.date())
