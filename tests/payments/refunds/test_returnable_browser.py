"""When a fee goes back, as a browser shows it: before paying, while asking, while deciding."""

from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from payments.models import Movement
from payments.operations import billing, refunding
from tests.accounts.people import officer
from tests.countries import packs
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.refunds.test_pages_browser import keep, signed_in
from tests.payments.refunds.test_returnable import NEVER
from tests.payments.world import fee, issue, make_world, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


def asked_against_the_fee() -> tuple[int, int]:
    """Return a refund that its fee does not promise, and the collection."""
    world, now = make_world(), timezone.now()
    bill = billing.issue_bill(
        lines=[replace(fee(1500), returnable=NEVER)],
        currency="RWF",
        description={"en": "Boat licence"},
        payer_contact_id=None,
        at=now,
        expires_at=now.replace(year=now.year + 1),
    )
    post(telling(world.bank, bill.reference, 1500, external_id="FT26091", occurred_at=now), at=now)
    movement = Movement.objects.get(external_id="FT26091")
    refund_id = refunding.ask(
        movement_id=movement.pk,
        amount_minor=1000,
        reason="not_given: The office burned before it could print the licence.",
        by_id=officer("money.view", "refund.ask", display_name="Ange Mugisha"),
        by_hand=True,
        at=now,
    )
    return refund_id, movement.pk


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_promise_can_be_read_wherever_it_counts(live_server, width):
    with transaction.atomic():
        packs.load(packs.TINY)
    refund_id, movement_id = asked_against_the_fee()
    open_bill = issue(500, 700, at=timezone.now())
    staff = officer("money.view", "refund.ask", "refund.decide", display_name="Eric Habimana")
    pages = {
        "fees_service": (None, "/services/boat-licence/"),
        "fees_pay": (None, reverse("payments:pay", args=[open_bill.key])),
        "fees_ask": (staff, reverse("payments:refund_ask", args=[movement_id])),
        "fees_refund": (staff, reverse("payments:refund", args=[refund_id])),
        "fees_list": (staff, reverse("payments:refunds") + "?list=requested"),
    }
    for name, (account_id, address) in pages.items():
        with opened(width=width, scheme="light") as page:
            if account_id:
                signed_in(page, live_server, account_id)
            page.goto(live_server.url + address)
            keep(page, name, width, "light")
            assert breaches(page) == [], name
            assert overhang(page) == 0, name
