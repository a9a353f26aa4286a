"""Money whose reference lost its first digit: found, asked for, decided, and the case goes on."""

from datetime import timedelta
from uuid import uuid4

import pytest

from payments import queries as bills
from payments.models import Match, OpenItem
from payments.operations import exact_matching
from payments.queries.exactness import exact
from tests.accounts.people import officer
from tests.applications import world
from tests.applications.test_reversal_story import deliver, told
from tests.payments.books import check_all
from tests.payments.suspense.stray import lost_first
from tests.payments.world import post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=5)


def test_a_digit_lost_on_the_way_costs_the_citizen_nothing(uwase, staffed):
    case = world.draft(uwase)
    bill = bills.bill(world.submit(uwase, case).bill_id)
    post(telling(world.rail(), lost_first(bill.reference), bill.due_minor))
    deliver(at=NOON)
    assert world.fresh(case).status == "AWAITING_PAYMENT"

    [sure] = exact(OpenItem.objects.select_related("movement"))
    assert sure.bill.pk == bill.id
    set_id = exact_matching.ask(
        key=uuid4(), movement_ids=[sure.item.pk], by_id=officer("match.ask"), at=NOON
    )
    exact_matching.approve(
        set_id=set_id,
        match_ids=Match.objects.values_list("pk", flat=True),
        by_id=officer("match.decide"),
        at=SOON,
    )
    deliver(at=SOON)

    assert world.fresh(case).status == "IN_QUEUE"
    assert "paid" in told()
    assert not OpenItem.objects.exists()
    check_all()
