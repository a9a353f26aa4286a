"""Channel health and the banner on the pay page, as a browser shows them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import traffic
from payments.models import Rail, RailHealth, RailHour
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.channels.test_channels import history
from tests.payments.prompts import contract_with
from tests.payments.world import issue, make_world

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world():
    made, now = make_world(), timezone.now()
    Rail.objects.filter(pk=made.mtn.pk).update(names={"en": "MTN Mobile Money"})
    Rail.objects.filter(pk=made.bank.pk).update(names={"en": "Bank of the Lakes"})
    history(made.mtn, an_hour=60, now=now)
    history(made.bank, an_hour=9, now=now)
    for back, count in enumerate((4, 21, 58, 63, 61, 59)):
        hour = traffic.hour_of(now) - traffic.HOUR * back
        for rail, many in ((made.mtn, count), (made.bank, 8 + back)):
            RailHour.objects.create(rail=rail, hour=hour, seen=many, first_at=hour, last_at=hour)
    RailHealth.objects.filter(rail=made.mtn).update(
        late_since=now - timedelta(minutes=50),
        late_seconds=41 * 60,
        looked_at=now,
        heard_at=now - timedelta(minutes=1),
        answered_at=now,
    )
    return made


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_channels_can_be_read_by_everybody(live_server, world, width, scheme):
    browser = officer_at(people.officer("money.view"))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        page.goto(live_server.url + "/desk/money/channels/")
        page.get_by_text("Payers are told that confirmations are 41 minutes late.").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_banner_on_the_pay_page_can_be_read_by_everybody(
    live_server, world, settings, width, scheme
):
    gateways = contract_with("http://127.0.0.1:9", rail_code="mtn-rw")
    settings.GATEWAYS = {**gateways, "rails": {**gateways["rails"], "bank-rw": {}}}
    issued = issue(500, at=timezone.now())
    with opened(width=width, scheme=scheme) as page:
        page.goto(live_server.url + reverse("payments:pay", args=[issued.key]))
        page.get_by_text("MTN Mobile Money confirmations are 40 minutes late.").wait_for()
        assert (breaches(page), overhang(page)) == ([], 0)
