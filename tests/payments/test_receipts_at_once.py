"""Many workers issue at the same moment: no number twice, none left out, one a payment."""

import threading

import pytest
from django.db import connection

from payments.models import Receipt
from payments.operations import receipting
from tests.payments.test_receipts import broken, paid
from tests.payments.world import make_world
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 8


def issue_at_once(bill_ids: list[int]) -> list[Exception]:
    """Issue the receipts of each in a thread of its own; return what was raised."""
    raised: list[Exception] = []
    start = threading.Barrier(len(bill_ids))

    def run(bill_id: int) -> None:
        try:
            start.wait()
            receipting.issue_receipts(bill_id=bill_id, at=NOON)
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(bill_id,)) for bill_id in bill_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_bills_of_the_same_beneficiaries_paid_at_once_are_numbered_without_a_gap():
    world = make_world()
    bills = [paid(world, 500, 300) for _ in range(WORKERS)]
    assert issue_at_once([bill.id for bill in bills]) == []
    assert broken() == []
    numbers = Receipt.objects.order_by("beneficiary_id", "series_no")
    assert list(numbers.values_list("series_no", flat=True)) == [*range(1, WORKERS + 1)] * 2


def test_the_same_news_heard_by_many_workers_issues_one_receipt():
    bill = paid(make_world(), 500)
    assert issue_at_once([bill.id] * WORKERS) == []
    assert Receipt.objects.count() == 1
