"""The provider takes money back: before issue the case is held, after it the fee is owed."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications import operations
from kernel.events import Event
from kernel.models import EventRow
from notifications.models import Message
from payments import queries as bills
from payments.events import BillOwed, BillPaid, BillReopened
from payments.models import Refund
from payments.operations import billing
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.payments import world as money
from tests.payments.reversing import take_back
from tests.world import NOON
from workers import messages, processes

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(LATER, tick=False):
        yield


def reverse_payment(bill_id: int) -> None:
    """Let the provider take the last payment back, and the house hear of it."""
    take_back(at=LATER)
    processes.hold_or_owe(BillReopened(subject_id=bill_id, occurred_at=LATER), LATER)


def pay_again(bill_id: int) -> None:
    world.pay(bill_id, at=LATER)
    processes.confirm_payment(BillPaid(subject_id=bill_id, occurred_at=LATER), LATER)


def issued(citizen, staffed, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    case = world.drawn(citizen, staffed.aline)
    operations.conclude(application_id=case.pk, at=NOON)
    return case


def page(citizen, case) -> str:
    return text_of(citizen_at(citizen).get(reverse("applications:case", args=[case.number])))


@pytest.mark.parametrize("state", ["paid", "queued", "taken", "approved"])
def test_a_case_that_is_not_issued_is_held_and_goes_on_when_it_is_paid_again(uwase, staffed, state):
    make = getattr(world, state)
    case = make(uwase, staffed.aline) if state in {"taken", "approved"} else make(uwase)

    reverse_payment(case.bill_id)

    held = world.fresh(case)
    assert (held.status, held.held_from) == ("PAYMENT_HELD", case.status)
    assert bills.bill(case.bill_id).state == "OPEN"

    pay_again(case.bill_id)

    # A paid case that waited for its office goes there at once.
    assert world.fresh(case).status == ("IN_QUEUE" if state == "paid" else case.status)


def test_the_case_page_says_what_happened_and_what_to_do(uwase, staffed):
    case = world.queued(uwase)
    reverse_payment(case.bill_id)
    bill = bills.bill(case.bill_id)

    said = page(uwase, case)

    assert "The payment for this case was taken back" in said
    assert "Pay the same reference again, and it goes on" in said
    assert reverse("payments:pay", args=[bill.key]) in said
    pay_again(case.bill_id)
    assert "The payment for this case was taken back" not in page(uwase, case)
    assert "Paid again; the case goes on" in page(uwase, case)


def test_the_reference_of_a_held_case_can_be_paid_long_after_its_old_term(uwase, staffed):
    case = world.queued(uwase)
    reverse_payment(case.bill_id)
    month_later = NOON + timedelta(days=30)
    billing.expire_due(now=month_later, limit=10)
    assert bills.bill(case.bill_id).state == "OPEN"
    with time_machine.travel(month_later, tick=False):
        ticket = text_of(citizen_at(uwase).get(f"/pay/{bills.bill(case.bill_id).key}/"))
    assert "Pay with one reference" in ticket


def test_a_bill_whose_term_ended_before_we_heard_is_owed_and_can_still_be_paid(uwase, staffed):
    case = world.queued(uwase)
    take_back(at=LATER)
    after_its_term = NOON + timedelta(days=8)
    billing.expire_due(now=after_its_term, limit=10)
    assert bills.bill(case.bill_id).state == "EXPIRED"

    told = BillReopened(subject_id=case.bill_id, occurred_at=LATER)
    processes.hold_or_owe(told, after_its_term)

    assert world.fresh(case).status == "PAYMENT_HELD"
    assert bills.bill(case.bill_id).state == "OWED"
    pay_again(case.bill_id)
    assert world.fresh(case).status == "IN_QUEUE"


def test_after_issue_the_paper_stays_and_the_fee_is_owed(uwase, staffed, settings, tmp_path):
    case = issued(uwase, staffed, settings, tmp_path)

    reverse_payment(case.bill_id)

    assert world.fresh(case).status == "ISSUED"
    bill = bills.bill(case.bill_id)
    assert (bill.state, bill.due_minor) == ("OWED", bill.total_minor)
    said = page(uwase, case)
    assert "Your paper stays valid, and the fee is owed" in said
    assert "Download (PDF)" in said
    ticket = text_of(citizen_at(uwase).get(f"/pay/{bill.key}/"))
    assert "This payment was taken back" in ticket

    pay_again(case.bill_id)
    assert bills.bill(case.bill_id).state == "PAID"
    assert "is owed" not in page(uwase, case)


def test_of_two_cases_on_one_bill_the_issued_one_is_owed_and_the_other_is_held(
    uwase, staffed, settings, tmp_path
):
    settings.FILES_DIR = tmp_path
    given, waiting = world.draft(uwase), world.draft(uwase, world.SINGLE)
    bill_id = world.submit(uwase, given, waiting).bill_id
    world.pay(bill_id)
    operations.confirm_payment(bill_id=bill_id, at=NOON)
    for case in (given, waiting):
        operations.route(application_id=case.pk, at=NOON)
    operations.take(application_id=given.pk, by_id=staffed.aline, at=NOON)
    operations.approve(
        application_id=given.pk,
        by_id=staffed.aline,
        version=world.fresh(given).version,
        entry=world.birth_act(uwase),
        at=NOON,
    )
    operations.conclude(application_id=given.pk, at=NOON)

    reverse_payment(bill_id)

    assert [world.fresh(case).status for case in (given, waiting)] == ["ISSUED", "PAYMENT_HELD"]
    assert bills.bill(bill_id).state == "OWED"
    pay_again(bill_id)
    assert world.fresh(waiting).status == "IN_QUEUE"


def test_a_bill_that_is_for_no_case_is_left_alone(uwase):
    world.rail()
    bill = money.issue(500)
    world.pay(bill.id)
    reverse_payment(bill.id)
    assert bills.bill(bill.id).state == "OPEN"


def test_news_told_twice_late_or_out_of_order_changes_nothing_more(uwase, staffed):
    case = world.queued(uwase)
    reverse_payment(case.bill_id)
    held = world.fresh(case)
    told = BillReopened(subject_id=case.bill_id, occurred_at=LATER)
    processes.hold_or_owe(told, LATER)
    # The first payment's news, told again while its money is gone.
    paid = BillPaid(subject_id=case.bill_id, occurred_at=NOON)
    processes.confirm_payment(paid, LATER)
    assert world.fresh(case).version == held.version

    pay_again(case.bill_id)
    processes.hold_or_owe(told, LATER)
    assert world.fresh(case).status == "IN_QUEUE"


def test_a_bill_that_is_paid_is_no_debt(uwase, staffed):
    case = world.queued(uwase)
    billing.keep_as_debt(bill_id=case.bill_id, at=NOON)
    assert bills.bill(case.bill_id).state == "PAID"


# --- what the citizen is told -----------------------------------------------------------------


def told(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template))


def test_she_is_told_that_her_case_is_held_and_when_it_goes_on(uwase, staffed):
    case = world.queued(uwase)
    reverse_payment(case.bill_id)
    held = next(news("applications.case.payment_held"))
    messages.tell_payment_held(held, LATER)
    messages.tell_payment_held(held, LATER)
    assert len(told("payment_held")) == 1

    pay_again(case.bill_id)
    messages.tell_payment_restored(next(news("applications.case.payment_restored")), LATER)
    assert len(told("payment_restored")) == 1


def test_nobody_is_asked_for_money_that_has_come_again(uwase, staffed):
    case = world.queued(uwase)
    reverse_payment(case.bill_id)
    held = next(news("applications.case.payment_held"))
    pay_again(case.bill_id)
    messages.tell_payment_held(held, LATER)
    assert told("payment_held") == []


def test_she_is_told_of_a_debt_once_for_all_papers_of_the_bill(uwase, staffed, settings, tmp_path):
    case = issued(uwase, staffed, settings, tmp_path)
    reverse_payment(case.bill_id)
    owed = BillOwed(subject_id=case.bill_id, occurred_at=LATER)
    messages.tell_debt(owed, LATER)
    messages.tell_debt(owed, LATER)
    assert len(told("debt")) == 1


def news(name: str):
    """Return the events of this name as handlers see them."""
    for row in EventRow.objects.filter(name=name).order_by("pk"):
        yield Event.known[name].from_payload(row.payload)


# --- a paid case is taken back ----------------------------------------------------------------


def withdraw(citizen, case) -> None:
    operations.withdraw(
        application_id=case.pk, holder_id=citizen.person_id, by_id=citizen.account_id, at=LATER
    )


def test_taking_a_paid_case_back_proposes_its_fee_and_nobody_approves_it_alone(uwase, staffed):
    case = world.queued(uwase)
    withdraw(uwase, case)

    [refund_id] = operations.propose_refund(application_id=case.pk, at=LATER)
    assert operations.propose_refund(application_id=case.pk, at=LATER) == [refund_id]

    refund = Refund.objects.get()
    assert (refund.state, refund.maker_id) == ("PROPOSED", None)
    assert refund.amount_minor == bills.bill(case.bill_id).total_minor


def test_taking_back_one_case_of_a_paid_bill_proposes_its_share_alone(uwase, staffed):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    world.pay(sent.bill_id)
    operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    for case in (birth, single):
        withdraw(uwase, case)
        operations.propose_refund(application_id=case.pk, at=LATER)
    bill = bills.bill(sent.bill_id)
    proposed = list(Refund.objects.order_by("pk").values_list("amount_minor", flat=True))
    assert proposed == [line.amount_minor for line in bill.lines]
    assert sum(proposed) == bill.total_minor


def test_taking_an_unpaid_or_a_free_case_back_proposes_nothing(uwase, staffed):
    unpaid, draft = world.draft(uwase), world.draft(uwase, world.SINGLE)
    world.submit(uwase, unpaid)
    for case in (unpaid, draft):
        withdraw(uwase, case)
        assert operations.propose_refund(application_id=case.pk, at=LATER) == []


def test_money_that_goes_back_for_a_withdrawn_case_does_not_hold_the_others(uwase, staffed):
    birth, single = world.draft(uwase), world.draft(uwase, world.SINGLE)
    sent = world.submit(uwase, birth, single)
    fees = {line.charge_key: line.amount_minor for line in bills.bill(sent.bill_id).lines}
    fee_of_birth = next(
        v for k, v in fees.items() if k.startswith(f"applications.case:{birth.pk}:")
    )
    # Two payments: the one that goes back is the share of the case that is taken back.
    world.pay(sent.bill_id, amount_minor=sum(fees.values()) - fee_of_birth)
    world.pay(sent.bill_id)
    operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    withdraw(uwase, birth)

    reverse_payment(sent.bill_id)

    assert world.fresh(single).status == "PAID"
    assert bills.bill(sent.bill_id).state == "PART_PAID"


def test_nobody_pays_again_for_cases_that_were_all_taken_back(uwase, staffed):
    case = world.queued(uwase)
    withdraw(uwase, case)
    reverse_payment(case.bill_id)
    assert bills.bill(case.bill_id).state == "CANCELLED"
