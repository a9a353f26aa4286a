"""Each status that a bill or an attempt has had is a row that nobody edits."""

from datetime import timedelta

import pytest

from kernel.models import StatusHistory
from payments.models import Bill
from payments.operations import billing
from tests.payments.world import issue
from tests.world import NOON

pytestmark = [pytest.mark.django_db]

LATE = NOON + timedelta(days=8)


def history(lifecycle, subject_id):
    return list(
        StatusHistory.objects.filter(lifecycle=lifecycle, subject_id=subject_id)
        .order_by("id")
        .values_list("source", "target")
    )


def test_a_bills_life_is_written_by_the_database_itself(world):
    bill = issue(500)
    Bill.objects.filter(pk=bill.id).update(revivable=False)  # No move, no row.
    billing.expire_due(now=LATE, limit=1)

    assert history("payments.bill", bill.id) == [("", "OPEN"), ("OPEN", "EXPIRED")]


def test_many_bills_moved_by_one_statement_each_have_their_row(world):
    bills = [issue(500) for _ in range(3)]
    billing.expire_due(now=LATE, limit=3)

    for bill in bills:
        assert history("payments.bill", bill.id)[-1] == ("OPEN", "EXPIRED")
