"""The operator's page and the ticket of a debt, as a browser shows them."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from payments.models import RailHealth
from payments.operations import alarms, billing, checking, receipting
from payments.states import AlarmKind
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments import prompts
from tests.payments.reversing import take_back
from tests.payments.test_alarms import unreadable
from tests.payments.world import make_world, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_operators_page_can_be_read_by_everybody(live_server, width, scheme):
    world, now = make_world(), timezone.now()
    with transaction.atomic():
        for kind in AlarmKind:
            alarms.raise_(
                kind=kind,
                subject="movement:123456789",
                rail_code="mtn-rw",
                facts={"amount_minor": 1_234_567, "currency": "RWF", "first_message_id": 99},
                at=now,
            )
    RailHealth.objects.create(rail=world.mtn, troubled_at=now, silent_since=now)
    unreadable("mtn-rw", "bad_amount", read_at=now)
    checking.check(now)
    browser = officer_at(people.officer("money.view", "alarm.clear"))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        page.goto(live_server.url + reverse("payments:operations"))
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert (breaches(page), overhang(page)) == ([], 0)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_the_ticket_of_a_debt_with_its_receipts_can_be_read_by_everybody(
    live_server, width, scheme
):
    world, now = make_world(), timezone.now()
    issued = prompts.bill(at=now, lines=2, checked=False)
    post(telling(world.bank, issued.reference, issued.total_minor, occurred_at=now), at=now)
    receipting.issue_receipts(bill_id=issued.id, at=now)
    take_back(at=now)
    receipting.cancel_receipts(bill_id=issued.id, at=now)
    billing.keep_as_debt(bill_id=issued.id, at=now)
    with opened(width=width, scheme=scheme) as page:
        page.goto(live_server.url + reverse("payments:pay", args=[issued.key]))
        page.get_by_role("heading", name="This payment was taken back").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
