"""The board and the way down from it, as a browser shows them."""

import os

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import posting
from payments.models import Journal, Movement
from payments.operations import alarms
from payments.pages.board import summing
from payments.states import AlarmKind, Leg
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.test_poster import receive
from tests.payments.world import debit, in_flight, issue, make_world, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


def busy_day(now):
    world = make_world()
    bill = issue(500_000, 2_500, at=now)
    receive(bill.reference, 502_600, "B1", at=now)
    receive(issue(1_200_000, at=now).reference, 1_200_000, "B2", at=now)
    posting.post_inbox(now=now)
    post(
        telling(world.mtn, "nobody's", 45_000, external_id="C1", occurred_at=now),
        telling(world.mtn, "nobody's", 9_000, external_id="C2", occurred_at=now),
        debit(world.mtn, Leg.CHARGE, 900, original="C1", occurred_at=now),
        debit(world.mtn, Leg.WITHDRAWAL, 7_000, occurred_at=now),
        debit(world.mtn, Leg.SWEEP, 20_000, occurred_at=now),
        at=now,
    )
    refund = in_flight(world.mtn, "C2", 9_000, at=now)
    post(debit(world.mtn, Leg.PAYOUT, 9_000, key=refund.key, occurred_at=now), at=now)
    for number in range(3):
        alarms.raise_(
            kind=AlarmKind.DEBIT_UNEXPLAINED,
            subject=f"movement:{number}",
            rail_code="mtn-rw",
            facts={},
            at=now,
        )
    return bill


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_board_and_the_way_down_can_be_read_by_everybody(live_server, width, scheme):
    now = timezone.now()
    bill = busy_day(now)
    collection = Movement.objects.get(external_id="B1")
    today = timezone.localdate(now)
    addresses = {
        "board": reverse("payments:board"),
        "figure": summing.figure_url("received", today, "RWF", rail="bank-rw"),
        "accounts": reverse("payments:board_accounts"),
        "journal": reverse("payments:board_journal", args=[Journal.objects.first().pk]),
        "message": reverse(
            "payments:board_message", args=[collection.pk, collection.evidence.get().source_id]
        ),
        "search": reverse("payments:board_search"),
        "proof": reverse("payments:board_proof", args=[bill.id]),
    }
    browser = officer_at(people.officer("money.view"))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for name, address in addresses.items():
            page.goto(live_server.url + address)
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/board_{name}_{width}.png", full_page=True)
            assert (name, breaches(page), overhang(page)) == (name, [], 0)


def test_the_board_follows_the_books_by_itself(live_server):
    now = timezone.now()
    world = make_world()
    browser = officer_at(people.officer("money.view"))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened() as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        page.goto(live_server.url + reverse("payments:board"))
        post(telling(world.mtn, "nobody's", 424_242, occurred_at=now), at=now)
        page.get_by_role("link", name="424,242").first.wait_for()
