"""Charges, sweeps, transfers, withdrawals; other names of a collection; what stops no batch."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from kernel.models import EventRow
from payments import ledger, posting
from payments.gateways import PARSERS
from payments.models import (
    Difference,
    Evidence,
    Inbox,
    LedgerAccount,
    LedgerDay,
    Movement,
    Rail,
    UnpostedMessage,
)
from payments.operations import billing, intake
from payments.posting import WAITS_MAX
from payments.states import Leg
from tests.payments.books import balance, check_all
from tests.payments.closing import days
from tests.payments.world import debit, issue, post, state_of, telling
from tests.world import NOON


@pytest.mark.django_db
def test_a_charge_is_borne_by_the_rail_where_no_tariff_says_otherwise(world):
    post(telling(world.mtn, "", 500, external_id="C1"))

    post(debit(world.mtn, Leg.CHARGE, 9, original="C1", external_id="C1"))

    charge = Movement.objects.get(leg="charge")
    assert charge.original.external_id == "C1"
    assert balance("charges", "mtn-rw") == 9
    assert balance("clearing", "mtn-rw") == 491
    check_all()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bearer", "borne_by"), [("treasury", "treasury"), ("nobody", "mtn-rw"), ("", "mtn-rw")]
)
def test_a_charge_is_borne_by_whom_the_tariff_names(world, bearer, borne_by):
    Rail.objects.filter(pk=world.mtn.pk).update(tariff={"bearer": bearer})

    post(debit(world.mtn, Leg.CHARGE, 9), debit(world.mtn, Leg.CHARGE, 3))

    assert balance("charges", borne_by) == 12
    assert LedgerAccount.objects.filter(code="charges:treasury:RWF").exists() == (
        borne_by == "treasury"
    )
    check_all()


@pytest.mark.django_db
def test_a_sweep_is_on_its_way_until_the_other_rail_has_it(world):
    post(telling(world.mtn, "", 500))

    post(debit(world.mtn, Leg.SWEEP, 400))
    assert balance("sweeps_in_transit") == 400
    post(debit(world.bank, Leg.TRANSFER, 400))

    assert balance("sweeps_in_transit") == 0
    assert (balance("clearing", "mtn-rw"), balance("clearing", "bank-rw")) == (100, 400)
    assert balance("suspense", "bank-rw") == 0
    check_all()


@pytest.mark.django_db
def test_money_that_nobody_here_ordered_is_told_and_stands_apart(world):
    posted = post(debit(world.mtn, Leg.WITHDRAWAL, 70))

    assert posted.unexplained == 1
    assert balance("unexplained", "mtn-rw") == 70
    withdrawal = Movement.objects.get()
    assert EventRow.objects.get(name="payments.debit.unexplained").payload["subject_id"] == (
        withdrawal.pk
    )
    check_all()


@pytest.mark.django_db
def test_a_batch_of_every_leg_is_a_constant_number_of_statements(
    world, django_assert_max_num_queries
):
    def batch(size, first):
        bills = [issue(100) for _ in range(size)]
        return [
            each
            for number, bill in enumerate(bills, start=first)
            for each in (
                telling(world.mtn, bill.reference, 130, external_id=f"C{number}"),
                debit(world.mtn, Leg.REVERSAL, 130, original=f"C{number}"),
                debit(world.mtn, Leg.CHARGE, 1, original=f"C{number}"),
                debit(world.mtn, Leg.SWEEP, 2),
                debit(world.mtn, Leg.WITHDRAWAL, 3),
            )
        ]

    counts = []
    run = posting.debiting.sql.run
    for size, first in ((2, 1), (40, 1000)):
        tellings = batch(size, first)
        names = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                posting.debiting.sql,
                "run",
                lambda name, names=names, **values: (names.append(name), run(name, **values))[1],
            )
            with django_assert_max_num_queries(3):
                post(*tellings)
        counts.append(names)

    assert counts[0] == counts[1]
    check_all()


@pytest.mark.django_db
def test_what_is_told_by_another_id_of_a_known_collection_is_that_collection(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="N1"))

    again = post(
        telling(world.bank, "", 500, external_id="S1", other_ids=("?", "N1"), source="statement")
    )

    assert (again.movements, again.evidence) == (0, 1)
    assert state_of(bill) == ("PAID", 500)
    assert Difference.objects.count() == 0
    # By its own id alone it is known from now on, too.
    assert post(telling(world.bank, "", 500, external_id="S1")).movements == 0
    check_all()


@pytest.mark.django_db
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
@pytest.mark.parametrize("statement_first", [True, False])
def test_notification_and_entry_are_one_whichever_comes_first(world, together, statement_first):
    bill = issue(500)
    notification = telling(world.bank, bill.reference, 500, external_id="N1")
    entry = telling(world.bank, bill.reference, 500, external_id="S1", other_ids=("N1",))
    both = [entry, notification] if statement_first else [notification, entry]

    for batch in [both] if together else [[one] for one in both]:
        post(*batch)

    assert Movement.objects.count() == 1
    assert Evidence.objects.count() == 2
    assert state_of(bill) == ("PAID", 500)
    check_all()


@pytest.mark.django_db
def test_two_entries_that_share_a_name_which_is_no_collections_are_two(world):
    """A payer's own reference, repeated, must never make one movement of two."""
    post(
        telling(world.bank, "", 500, external_id="S1", other_ids=("RENT",)),
        telling(world.bank, "", 500, external_id="S2", other_ids=("RENT",)),
    )
    post(telling(world.bank, "", 500, external_id="S3", other_ids=("RENT",)))

    assert Movement.objects.count() == 3
    check_all()


@pytest.mark.django_db
def test_a_reversal_finds_its_original_by_its_other_name(world):
    post(telling(world.bank, "", 500, external_id="S1", other_ids=("N1",)))

    post(debit(world.bank, Leg.REVERSAL, 500, original="N1"))

    assert set(Movement.objects.values_list("leg", flat=True)) == {"credit", "reversal"}
    check_all()


@pytest.mark.django_db
def test_money_for_a_bill_that_was_expired_by_mistake_is_late_money(world):
    """Success after "failed" or "expired": the prompt's end says nothing about money."""
    bill = issue(500)
    billing.expire_due(now=NOON + timedelta(days=8), limit=1)

    post(telling(world.mtn, bill.reference, 500))

    assert state_of(bill) == ("PAID", 500)
    check_all()


@pytest.mark.django_db
def test_of_two_pieces_of_evidence_that_disagree_the_first_is_posted_and_both_are_kept(world):
    bill = issue(500)

    post(
        telling(world.mtn, bill.reference, 500, external_id="C1"),
        telling(world.mtn, bill.reference, 450, external_id="C1", source="statement"),
        debit(world.mtn, Leg.CHARGE, 9, external_id="F1"),
        debit(world.mtn, Leg.CHARGE, 8, external_id="F1", source="statement"),
    )

    assert sorted(Difference.objects.values_list("told_amount_minor", flat=True)) == [8, 450]
    assert Evidence.objects.count() == 4
    assert state_of(bill) == ("PAID", 500)
    check_all()


def receive(at=NOON, kind="test.page"):
    return intake.receive(
        rail_code="bank-rw",
        kind=kind,
        body=b"[]",
        headers={},
        remote_ip=None,
        auth="valid",
        at=at,
    )


@pytest.fixture
def page(monkeypatch):
    """What the next messages tell, in place of a parser's reading."""
    told = []
    monkeypatch.setitem(PARSERS, "test.page", lambda _body, _context: tuple(told))
    return told


@pytest.mark.django_db(transaction=True)
def test_a_message_may_tell_of_many_movements_and_one_bad_one_stops_nothing(world, page):
    bill = issue(500)
    good = telling(world.bank, bill.reference, 500).told
    page += [good, replace(good, external_id="C2", amount_minor=0), replace(good, external_id="C3")]
    receive()

    assert posting.post_inbox(now=NOON) == 1

    assert state_of(bill) == ("PAID", 500)
    assert Movement.objects.count() == 2
    assert UnpostedMessage.objects.get().reason == "bad_amount"
    assert not Inbox.objects.exists()
    check_all(with_messages=True)


@pytest.mark.django_db(transaction=True)
def test_a_reversal_told_before_its_collection_waits_in_the_inbox(world, page):
    bill = issue(500)
    other = telling(world.bank, "", 70, external_id="C9").told
    page += [debit(world.bank, Leg.REVERSAL, 500, original="C1", external_id="R1").told, other]
    receive()
    posting.post_inbox(now=NOON)
    waiting = Inbox.objects.get()
    assert (waiting.due_at, waiting.refusals) == (NOON + timedelta(seconds=4), 1)
    # What else the message tells is posted, and the message is accounted for all the while.
    assert Movement.objects.get().external_id == "C9"
    check_all(with_messages=True)

    post(telling(world.bank, bill.reference, 500, external_id="C1"))
    assert posting.post_inbox(now=NOON) == 0
    assert posting.post_inbox(now=NOON + timedelta(seconds=5)) == 1

    assert state_of(bill) == ("OPEN", 0)
    assert not Inbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_reversal_of_what_nobody_ever_tells_is_a_withdrawal_in_the_end(world, page):
    page.append(debit(world.bank, Leg.REVERSAL, 500, original="C1", external_id="R1").told)
    receive()
    now = NOON

    for _ in range(WAITS_MAX):
        assert posting.post_inbox(now=now) == 1
        assert not Movement.objects.exists()
        now = Inbox.objects.get().due_at
    posting.post_inbox(now=now)

    assert Movement.objects.get().leg == "withdrawal"
    assert now - NOON < timedelta(minutes=30)
    check_all(with_messages=True)


@pytest.mark.django_db(transaction=True)
def test_a_day_closes_when_the_journals_in_flight_have_landed(world):
    closed = threading.Event()
    days.close_through(NOON.date() - timedelta(days=1))

    def close():
        with transaction.atomic():
            days.sign(NOON.date())
            ledger.close_day(day=NOON.date(), at=NOON)
        connection.close()
        closed.set()

    closing = threading.Thread(target=close)
    with transaction.atomic():
        posting.post([telling(world.mtn, "", 500)], at=NOON)
        closing.start()
        assert not closed.wait(0.3)
    closing.join(10)

    assert LedgerDay.objects.get(pk=NOON.date()).closed_at == NOON
    # What comes after stands on the next day.
    post(telling(world.mtn, "", 70, external_id="LATE"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_day FROM payments_journal ORDER BY id")
        assert cursor.fetchall() == [
            (NOON.date(),),
            ((NOON + timedelta(days=1)).date(),),
        ]


@pytest.mark.django_db
def test_a_day_closes_once_and_only_if_it_was_opened(world):
    days.close_through(NOON.date())
    with pytest.raises(ledger.DayClosed):
        ledger.close_day(day=NOON.date(), at=NOON)
    with pytest.raises(ledger.NoSuchDay):
        ledger.close_day(day=NOON.date() - timedelta(days=900), at=NOON)
