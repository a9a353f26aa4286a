"""The room of control as a browser shows it: limits, moves, debits that wait for a person."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import operations as accounts
from payments import ledger
from payments.models import LimitDefault, Movement
from payments.operations.controlling import explaining, giving_up, limits, moving
from payments.states import Leg
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.control.allowed import allow_losses, allow_sweeps
from tests.payments.world import debit, make_world, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

ACTS = tuple(
    f"{what}.{how}" for what in ("release", "limit", "sweep", "move") for how in ("ask", "decide")
)


@pytest.fixture
def room():
    """One of everything: in force, waiting, done."""
    world, now = make_world(), timezone.now()
    ledger.open_days(now.date(), now.date() + timedelta(days=1))
    maker = people.officer(*ACTS)
    for act, scale in (("refund.decide", 1), ("remittance.decide", 1000)):
        LimitDefault.objects.create(
            act=act,
            currency="RWF",
            per_act_minor=500_000 * scale,
            per_person_minor=5_000_000 * scale,
            per_day_minor=10_000_000 * scale,
            zone="Africa/Kigali",
        )
    limits.ask(
        act="refund.decide",
        rail_code="*",
        currency="RWF",
        per_act_minor=400_000,
        per_person_minor=2_000_000,
        per_day_minor=6_000_000,
        reason="Circular 4/2026 of the treasury",
        by_id=maker,
        at=now,
    )
    post(
        telling(world.bank, "", 912_400, occurred_at=now),
        debit(world.mtn, Leg.WITHDRAWAL, 12_500, external_id="18827364550", occurred_at=now),
        debit(world.mtn, Leg.WITHDRAWAL, 400, external_id="18827364551", occurred_at=now),
        at=now,
    )
    allow_losses()
    gone = Movement.objects.get(external_id="18827364551")
    explaining.ask(
        movement_id=gone.pk, answer="charge", reason="Their letter of 3 May", by_id=maker, at=now
    )
    type(world.bank).objects.filter(pk=world.bank.pk).update(active=False)
    allow_sweeps(world.bank)
    order = {"rail_code": "bank-rw", "reason": "The contract ended on 30 June"}
    given = _given(order, 890_000, maker, now)
    _given(order, 10_000, maker, now)
    giving_up.ask(move_id=given, reason="The portal was closed on 1 July", by_id=maker, at=now)
    moving.ask(**order, amount_minor=12_400, by_id=maker, at=now)


def _given(order, amount_minor, maker, now):
    given = moving.ask(**order, amount_minor=amount_minor, by_id=maker, at=now)
    checker = people.officer("move.decide")
    step = accounts.step_up(
        account_id=checker,
        password=people.PASSWORD,
        purpose=moving.PURPOSE,
        session_key="s",
        at=now,
    )
    moving.decide(move_id=given, approved=True, by_id=checker, step_up_id=step.pk, at=now)
    return given


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "light"), (DESK, "dark")])
def test_everybody_can_read_and_fill_the_room(live_server, room, width, scheme):
    browser = officer_at(people.officer("money.view", *ACTS))
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        page.goto(live_server.url + reverse("payments:control"))
        _shoot(page, f"control_room_{width}_{scheme}")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert (breaches(page), overhang(page)) == ([], 0)


def _shoot(page, name: str) -> None:
    if folder := os.environ.get("GUICHET_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
