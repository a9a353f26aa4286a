"""The rooms of closing and control, as a browser shows them to everybody."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import ledger
from payments.models import CloseDifference, Movement
from payments.operations import alarms, closing
from payments.operations.controlling import explaining, limits, sweeping
from payments.queries import BillView
from payments.queries import closing as queries
from payments.states import AlarmKind, Leg
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.closing.days import close_through
from tests.payments.control.allowed import allow_losses
from tests.payments.world import World, debit, issue, make_world, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

ACTS = (
    "money.view",
    "alarm.clear",
    "close.prepare",
    "close.sign",
    "release.ask",
    "release.decide",
    "remittance.ask",
    "remittance.decide",
    "limit.ask",
    "limit.decide",
    "sweep.ask",
    "sweep.decide",
    "move.ask",
    "move.decide",
)
SIZES = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")]


@pytest.fixture
def day():
    """A working day of last week, with what a bad day has; the one before it is closed."""
    world, now = make_world(), timezone.now()
    day = (now - timedelta(days=7)).date()
    while queries.ready_on(day) > day + timedelta(days=1):
        day -= timedelta(days=1)
    ledger.open_days(day - timedelta(days=2), now.date())
    at = now.replace(hour=9) - (now.date() - day)
    paid = _what_came(world, at)
    close_through(day - timedelta(days=1), at=at)
    maker, other = people.officer(*ACTS, display_name="Aline Uwase"), people.officer(*ACTS)
    _take(day, "statement_missing", "Asked the bank: comes at noon", maker, now)
    post(telling(world.mtn, paid.reference, 3_400, external_id="MP1", occurred_at=at), at=at)
    _take(day, "amounts_differ", "Asked MTN", maker, now)
    closing.settle(
        difference_id=CloseDifference.objects.get(kind="amounts_differ").pk,
        note="3,500 is right: MTN's letter of today",
        by_id=maker,
        at=now,
    )
    _ask(maker, other, now)
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    for kind in (AlarmKind.DEBIT_UNEXPLAINED, AlarmKind.RAIL_SILENT):
        alarms.raise_(kind=kind, subject="movement:1", rail_code="mtn-rw", facts={}, at=now)
    return day


def _what_came(world: World, at: datetime) -> BillView:
    """A day's money, some of it odd; return the bill that MP1 paid."""
    paid, reversed_ = issue(2_500, 1_000, at=at), issue(5_000, at=at)
    post(
        telling(world.mtn, paid.reference, 3_500, external_id="MP1", occurred_at=at),
        telling(world.mtn, reversed_.reference, 5_000, external_id="MP2", occurred_at=at),
        telling(world.bank, "no such reference", 12_000, external_id="BK1", occurred_at=at),
        debit(world.mtn, Leg.REVERSAL, 5_000, original="MP2", occurred_at=at),
        debit(world.mtn, Leg.CHARGE, 35, original="MP1", occurred_at=at),
        debit(world.mtn, Leg.SWEEP, 1_500, occurred_at=at),
        debit(world.bank, Leg.WITHDRAWAL, 700, external_id="BK-DEBIT-7", occurred_at=at),
        debit(world.bank, Leg.WITHDRAWAL, 900, external_id="BK-DEBIT-8", occurred_at=at),
        at=at,
    )
    return paid


def _take(day: date, kind: str, note: str, by_id: int, now: datetime) -> None:
    first = next(one for one in queries.found(day) if one.kind == kind)
    closing.take(day=day, keys=[first.key], note=note, by_id=by_id, at=now)


def _ask(maker: int, other: int, now: datetime) -> None:
    """What waits for a second person in the room of control."""
    allow_losses()
    gone = Movement.objects.get(external_id="BK-DEBIT-8")
    explaining.ask(
        movement_id=gone.pk, answer="loss", reason="Fee in the contract", by_id=maker, at=now
    )
    amounts = {"per_act_minor": 500_000, "per_person_minor": 900_000, "per_day_minor": 2_000_000}
    amounts["reason"] = "Circular 4/2026"
    first_limit = limits.ask(
        act="refund.decide", rail_code="*", currency="RWF", **amounts, by_id=maker, at=now
    )
    limits.decide(limit_id=first_limit, approved=True, by_id=other, at=now)
    limits.ask(
        act="remittance.decide", rail_code="*", currency="RWF", **amounts, by_id=maker, at=now
    )
    sweeping.ask(
        rail_code="mtn-rw",
        account="100-000-7712",
        bank="National Bank",
        reason="Treasury's letter of 3 May",
        by_id=maker,
        at=now,
    )


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_every_page_can_be_read_by_everybody(live_server, day, width, scheme):
    browser = officer_at(people.officer(*ACTS))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    closed = (day - timedelta(days=1)).isoformat()
    pages = {
        "closing_days": reverse("payments:closing"),
        "closing_day": reverse("payments:closing_day", args=[day.isoformat()]),
        "closing_closed": reverse("payments:closing_day", args=[closed]),
        "control_room": reverse("payments:control"),
        "control_register": reverse("payments:control_register"),
        "control_alarms": reverse("payments:operations"),
    }
    found = {}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for name, address in pages.items():
            page.goto(live_server.url + address)
            _shoot(page, f"{name}_{width}_{scheme}")
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            found[name] = (breaches(page), overhang(page))
    assert found == dict.fromkeys(pages, ([], 0))


def test_a_day_is_prepared_and_signed_with_the_keyboard_alone_and_without_a_script(
    live_server, day
):
    maker, checker = people.officer(*ACTS), people.officer(*ACTS)
    address = live_server.url + reverse("payments:closing_day", args=[day.isoformat()])
    for who, button in ((maker, "Prepare the close"), (checker, "Sign and close the day")):
        browser = officer_at(who)
        session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
        with opened(script=False) as page:
            page.context.add_cookies([{**session, "url": live_server.url}])
            page.goto(address)
            if who == maker:
                page.get_by_label("What you are doing about it").fill("Asked both")
                page.keyboard.press("Tab")
                page.keyboard.press("Enter")
            else:
                page.get_by_label("Your password").fill(people.PASSWORD)
            page.get_by_role("button", name=button).press("Enter")
            page.get_by_role("status").wait_for()
    assert queries.is_closed(day)


def _shoot(page, name: str) -> None:
    folder = os.environ.get("GUICHET_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
