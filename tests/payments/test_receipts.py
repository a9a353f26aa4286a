"""Official receipts: one a payment and beneficiary, without a gap, and never taken away."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from documents import numbering
from documents.rendering.receipts import VERSION
from payments import invariants, queries
from payments.models import Bill, Receipt, ReceiptCancellation, ReceiptSeries
from payments.operations import receipting
from tests.payments.reversing import take_back
from tests.payments.world import issue, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


def paid(world, *amounts: int, at=NOON):
    bill = issue(*amounts)
    post(telling(world.bank, bill.reference, sum(amounts)), at=at)
    return bill


def receipts(bill) -> list[queries.ReceiptView]:
    return queries.receipts(bill.id)


def broken() -> list[str]:
    """Return the invariants about receipts that do not hold."""
    found = []
    with connection.cursor() as cursor:
        for one in invariants.INVARIANTS:
            if one.code.startswith("receipt"):
                cursor.execute(one.sql)
                found += [one.code] if cursor.fetchall() else []
    return found


def test_each_beneficiary_of_a_paid_bill_gives_one_receipt(world, commits):
    bill = paid(world, 500, 300, 200)

    receipting.issue_receipts(bill_id=bill.id, at=NOON)

    commits()
    district, treasury = sorted(receipts(bill), key=lambda one: -one.amount_minor)
    assert (district.amount_minor, treasury.amount_minor) == (700, 300)
    assert [line["amount_minor"] for line in district.lines] == [500, 200]
    assert district.lines[0]["revenue_code"] == "R1"
    assert district.lines[0]["legal_source"] == "Order 1/2020"
    assert district.rails == ({"en": "bank-rw"},)
    assert numbering.normalise_number(district.number) == district.number
    assert broken() == []


def test_news_of_payment_told_twice_issues_once(world, commits):
    bill = paid(world, 500)
    first = receipting.issue_receipts(bill_id=bill.id, at=NOON)
    assert receipting.issue_receipts(bill_id=bill.id, at=LATER) == []
    commits()
    assert [one.number for one in receipts(bill)] == first


def test_an_unpaid_bill_gives_no_receipt(world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 200))
    assert receipting.issue_receipts(bill_id=bill.id, at=NOON) == []
    assert not ReceiptSeries.objects.exists()


def test_numbers_of_a_beneficiary_and_year_leave_no_gap(world, commits):
    for _ in range(3):
        receipting.issue_receipts(bill_id=paid(world, 500).id, at=NOON)
    next_year = NOON + timedelta(days=90)
    receipting.issue_receipts(bill_id=paid(world, 500).id, at=next_year)
    commits()
    numbers = Receipt.objects.order_by("pk").values_list("series_year", "series_no")
    assert list(numbers) == [(2026, 1), (2026, 2), (2026, 3), (2027, 1)]
    assert broken() == []


def test_money_taken_back_cancels_the_receipt_and_leaves_it(world, commits):
    bill = paid(world, 500)
    [number] = receipting.issue_receipts(bill_id=bill.id, at=NOON)
    take_back(at=LATER)

    assert receipting.cancel_receipts(bill_id=bill.id, at=LATER) == [number]
    assert receipting.cancel_receipts(bill_id=bill.id, at=LATER) == []

    commits()
    [cancelled] = receipts(bill)
    assert (cancelled.number, cancelled.cancelled_at) == (number, LATER)
    assert broken() == []


def test_a_receipt_of_money_that_is_there_is_not_cancelled(world):
    bill = paid(world, 500)
    receipting.issue_receipts(bill_id=bill.id, at=NOON)
    assert receipting.cancel_receipts(bill_id=bill.id, at=LATER) == []


@pytest.mark.parametrize("cancelled_first", [True, False])
def test_a_bill_that_is_paid_again_has_a_new_receipt_whatever_is_told_first(
    world, commits, cancelled_first
):
    bill = paid(world, 500)
    [old] = receipting.issue_receipts(bill_id=bill.id, at=NOON)
    take_back(at=LATER)
    if cancelled_first:
        receipting.cancel_receipts(bill_id=bill.id, at=LATER)
    post(telling(world.mtn, bill.reference, 500), at=LATER)

    [new] = receipting.issue_receipts(bill_id=bill.id, at=LATER)
    assert receipting.cancel_receipts(bill_id=bill.id, at=LATER) == []

    commits()
    assert [(one.number, one.cancelled_at is None) for one in receipts(bill)] == [
        (new, True),
        (old, False),
    ]
    assert receipts(bill)[0].rails == ({"en": "mtn-rw"},)
    assert broken() == []


def test_a_late_word_of_a_payment_that_was_taken_back_issues_nothing(world):
    bill = paid(world, 500)
    take_back(at=LATER)
    assert receipting.issue_receipts(bill_id=bill.id, at=LATER) == []


# --- what PostgreSQL refuses by itself --------------------------------------------------------


@pytest.fixture
def receipt(world):
    bill = paid(world, 500)
    receipting.issue_receipts(bill_id=bill.id, at=NOON)
    return Receipt.objects.get()


@pytest.mark.parametrize("change", [{"amount_minor": 1}, {"number": "X"}])
def test_postgresql_refuses_to_change_a_receipt(receipt, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk)._raw_delete("default")


def insert(receipt: Receipt) -> None:
    """Take the next number of the series for it, all or nothing."""
    series = {"beneficiary_id": receipt.beneficiary_id, "year": receipt.series_year}
    with transaction.atomic():
        if not ReceiptSeries.objects.filter(**series).update(last=receipt.series_no):
            ReceiptSeries.objects.create(**series, last=receipt.series_no)
        receipt.save(force_insert=True)


def test_postgresql_refuses_a_receipt_of_a_payment_that_is_not_the_bills(receipt):
    receipt.pk, receipt.number, receipt.series_no, receipt.paid_at = None, "N", 2, LATER
    with pytest.raises(DatabaseError, match="not its own"):
        insert(receipt)


def test_postgresql_refuses_a_receipt_over_another_amount_than_its_lines(world):
    bill = Bill.objects.get(pk=paid(world, 500).id)
    wrong = Receipt(
        bill=bill, beneficiary=bill.lines.get().beneficiary, number="N", series_year=2026,
        series_no=1, currency="RWF", amount_minor=499, lines=[], rails=[], template_version=1,
        paid_at=bill.paid_at, issued_at=NOON,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="not what its lines are"):
        insert(wrong)


def bump(commits) -> None:
    with transaction.atomic():
        ReceiptSeries.objects.update(last=2)
        commits()


def test_postgresql_refuses_a_number_that_stands_on_no_receipt(receipt, commits):
    with pytest.raises(DatabaseError, match="on no receipt"):
        bump(commits)


def test_postgresql_refuses_to_cancel_a_receipt_of_money_that_is_there(receipt):
    with pytest.raises(DatabaseError, match="still there"), transaction.atomic():
        ReceiptCancellation.objects.create(receipt=receipt, reason="x", cancelled_at=NOON)


def test_a_receipt_is_drawn_by_the_newest_template(receipt):
    assert receipt.template_version == VERSION


# --- the file ---------------------------------------------------------------------------------


@pytest.fixture
def browser():
    with time_machine.travel(LATER, tick=False):
        yield Client()


def text_of(data: bytes) -> str:
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return str(pdf.docinfo)


def test_the_pay_page_leads_to_the_receipt_once_the_bill_is_paid(world, browser):
    bill = paid(world, 500)
    address = f"/pay/{bill.key}/"
    assert "Official receipt" not in browser.get(address).content.decode()
    assert browser.get(f"{address}receipt.pdf").status_code == 404

    [number] = receipting.issue_receipts(bill_id=bill.id, at=NOON)

    assert f"{number} (PDF)" in browser.get(address).content.decode()
    answer = browser.get(f"{address}receipt.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="{number}.pdf"' in answer["Content-Disposition"]
    assert number in text_of(answer.content)
    assert browser.get(f"{address}receipt.pdf").content == answer.content
    assert browser.get(f"{address}receipt.pdf?number=OR-X").status_code == 404


def test_a_cancelled_receipt_says_so_on_the_page_and_in_its_file(world, browser):
    bill = paid(world, 500)
    [number] = receipting.issue_receipts(bill_id=bill.id, at=NOON)
    before = browser.get(f"/pay/{bill.key}/receipt.pdf").content
    take_back()
    receipting.cancel_receipts(bill_id=bill.id, at=LATER)

    page = browser.get(f"/pay/{bill.key}/").content.decode()
    assert "cancelled: the payment was taken back" in page
    after = browser.get(f"/pay/{bill.key}/receipt.pdf?number={number}").content
    assert after != before
