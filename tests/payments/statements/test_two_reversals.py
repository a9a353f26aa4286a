"""A collection taken back twice: each line of a statement is the debit that it names."""

import json

import pytest

from payments import posting
from payments.models import Difference, Movement, StatementLine
from payments.operations import intake
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import issue, make_world
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def hear_reversal(name, original, amount):
    said = {
        "type": "reversal",
        "id": name,
        "original_id": original,
        "amount": str(amount),
        "currency": "RWF",
        "paid_at": NOON.isoformat(),
    }
    intake.receive(
        rail_code="bank-rw",
        kind="bycontract.notification",
        body=json.dumps(said).encode(),
        headers={},
        remote_ip=None,
        auth="valid",
        at=NOON,
    )
    while posting.post_inbox(now=NOON):
        pass


@pytest.mark.parametrize("order", [("OTHER", "TOLD"), ("TOLD", "OTHER")])
def test_a_line_of_another_id_is_not_the_reversal_that_its_file_names_too(order):
    make_world()
    account = Account()
    bring(account.statement(Booking(amount=500, id="PAID", text=issue(500).reference)))
    hear_reversal("TOLD", "PAID", 500)

    bring(
        account.statement(
            *(
                Booking(amount=-500, id=name, is_reversal=True, original="PAID", day=1)
                for name in order
            ),
            day=1,
        )
    )

    [told] = Movement.objects.filter(leg="reversal")
    assert told.external_id == "TOLD"
    [other] = Movement.objects.filter(leg="withdrawal")
    assert other.external_id == "OTHER"
    lines = StatementLine.objects.filter(amount_minor=-500).order_by("line_no")
    assert {line.external_id: line.movement_id for line in lines} == {
        "TOLD": told.pk,
        "OTHER": other.pk,
    }
    assert Difference.objects.filter(movement__external_id="PAID").exists()
