"""Law 1, by any sequence of events that hypothesis can think of."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import posting
from payments.models import Bill, LedgerAccount, Movement, Refund
from payments.operations import billing
from payments.states import Leg
from tests.payments.books import check_all
from tests.payments.world import (
    debit,
    fee,
    give_back,
    in_flight,
    issue,
    make_world,
    state_of,
    telling,
)
from tests.world import NOON

AMOUNTS = st.sampled_from([1, 100, 250, 400, 500, 750, 1000, 3000])
STEPS = st.one_of(
    st.tuples(st.just("issue"), st.lists(AMOUNTS, min_size=1, max_size=3)),
    st.tuples(
        st.just("pay"),
        st.lists(
            st.tuples(
                st.integers(0, 3),  # Which bill, newest first; beyond the last: nobody's.
                AMOUNTS,
                st.integers(0, 6),  # The provider's id: some come again, with other amounts.
                st.sampled_from(["RWF", "RWF", "RWF", "USD"]),
                st.booleans(),  # By which rail.
            ),
            min_size=1,
            max_size=6,
        ),
    ),
    st.tuples(
        st.just("lose"),
        st.lists(
            st.tuples(
                st.sampled_from([leg for leg in Leg if leg != Leg.CREDIT]),
                AMOUNTS,
                st.integers(0, 6),  # The collection's id.
                st.integers(0, 6),  # The provider's id of the debit.
                st.booleans(),  # By which rail.
                st.booleans(),  # Whether it names a refund of ours by its key.
                st.booleans(),  # Whether it waits for its original.
                st.booleans(),  # Whether a statement tells it.
            ),
            min_size=1,
            max_size=4,
        ),
    ),
    # A credit and debits of it in one batch.
    st.tuples(st.just("both"), st.lists(AMOUNTS, min_size=2, max_size=4)),
    st.tuples(
        st.just("refund"),
        st.tuples(st.integers(0, 9), AMOUNTS, st.sampled_from(["pay_out", "give_up", ""])),
    ),
    st.tuples(st.sampled_from(["pay_out", "give_up", "owe"]), st.integers(0, 3)),
    st.tuples(st.sampled_from(["replace", "cancel", "expire", "reissue"]), st.integers(0, 3)),
)


class _Undo(Exception):
    """Ends the example and leaves nothing behind."""


class Story:
    def __init__(self):
        self.world = make_world()
        self.bills = []
        self.sent = 0
        self.now = NOON

    def pick(self, back):
        return self.bills[-1 - back] if back < len(self.bills) else None

    def issue(self, amounts):
        self.bills.append(issue(*amounts, at=self.now))

    def pay(self, payments):
        tellings = [
            telling(
                self.world.bank if by_bank else self.world.mtn,
                bill.reference if (bill := self.pick(back)) else "nobody's",
                amount,
                external_id=f"X{number}",
                currency=currency,
            )
            for back, amount, number, currency, by_bank in payments
        ]
        with transaction.atomic():
            posting.post(tellings, at=self.now)

    def lose(self, debits):
        keys = list(Refund.objects.values_list("key", flat=True))
        tellings = [
            debit(
                self.world.bank if by_bank else self.world.mtn,
                leg,
                amount,
                external_id=f"X{number}",
                original=f"X{original}",
                key=keys[number % len(keys)] if keys and by_key else None,
                last_try=not waits,
                source="statement" if by_line else "message",
            )
            for leg, amount, original, number, by_bank, by_key, waits, by_line in debits
            if leg != Leg.TRANSFER or not self.has_come(by_bank, amount, f"X{number}")
        ]
        with transaction.atomic():
            posting.post(tellings, at=self.now)

    def has_come(self, by_bank, amount, external_id):
        """
        Whether a collection is known by this.

        No statement then tells of a sweep's arrival under it: two people say what it is
        (test_arriving_twice.py).
        """
        rail = self.world.bank if by_bank else self.world.mtn
        return Movement.objects.filter(
            rail=rail, external_id=external_id, leg=Leg.CREDIT, amount_minor=amount
        ).exists()

    def both(self, amounts):
        bill, self.sent = self.pick(0), self.sent + 1
        first, *others = amounts
        with transaction.atomic():
            posting.post(
                [
                    *(
                        debit(self.world.mtn, Leg.REVERSAL, amount, original=f"Y{self.sent}")
                        for amount in others
                    ),
                    telling(
                        self.world.mtn,
                        bill.reference if bill else "nobody's",
                        first,
                        external_id=f"Y{self.sent}",
                    ),
                ],
                at=self.now,
            )

    def refund(self, what):
        which, amount, then = what
        movements = list(Movement.objects.filter(leg=Leg.CREDIT).order_by("-pk"))[: which + 1]
        if not movements or movements[-1].amount_minor < amount:
            return
        last = movements[-1]
        with suppress(posting.NothingLeft), transaction.atomic():
            refund = in_flight(last.rail, last.external_id, amount, at=self.now)
            # A provider's own name of it, that other debits may be told by, too.
            Refund.objects.filter(pk=refund.pk).update(handle=f"X{which % 7}")
            check_all()
            if then:
                getattr(self, then)(0)

    def pay_out(self, back):
        if refund := self.pending(back):
            paid = debit(
                refund.movement.rail,
                Leg.PAYOUT,
                refund.amount_minor,
                key=refund.key,
                currency=refund.currency,
            )
            with transaction.atomic():
                posting.post([paid], at=self.now)
            refund.refresh_from_db()
            assert refund.state == "DONE"

    def give_up(self, back):
        if refund := self.pending(back):
            give_back(refund, at=self.now)

    def pending(self, back):
        return Refund.objects.filter(state="PENDING").order_by("-pk")[back : back + 1].first()

    def owe(self, back):
        if (bill := self.pick(back)) and state_of(bill)[0] in {"OPEN", "PART_PAID"}:
            Bill.objects.filter(pk=bill.id).update(state="OWED")

    def replace(self, back):
        if bill := self.pick(back):
            with suppress(billing.BillNotOpen):
                self.bills.append(
                    billing.replace_bill(bill_id=bill.id, lines=[fee(500)], at=self.now)
                )

    def cancel(self, back):
        if bill := self.pick(back):
            with suppress(billing.BillNotOpen):
                billing.cancel_bill(bill_id=bill.id, at=self.now)

    def expire(self, _back):
        self.now += timedelta(days=8)
        billing.expire_due(now=self.now, limit=100)

    def reissue(self, back):
        """The same charges once more, as after an expiry."""
        if not (bill := self.pick(back)):
            return
        lines = [fee(line.amount_minor, charge_key=line.charge_key) for line in bill.lines]
        with suppress(billing.ChargeAlreadyBilled):
            self.bills.append(
                billing.issue_bill(
                    lines=lines,
                    currency="RWF",
                    description={},
                    payer_contact_id=None,
                    at=self.now,
                    expires_at=self.now + timedelta(days=7),
                )
            )


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_no_money_is_lost_or_counted_twice_whatever_happens_in_which_order(db, steps):
    with suppress(_Undo), transaction.atomic():
        story = Story()
        for act, what in steps:
            getattr(story, act)(what)
            check_all()
        raise _Undo
    assert not Movement.objects.exists()
    assert not Bill.objects.exists()
    assert not LedgerAccount.objects.filter(currency="USD").exists()
