"""The pages of what did not match, as a browser shows them and as a keyboard works them."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from payments import ledger
from payments.models import Match, Movement, SuspenseRule
from payments.operations import arrivals, exact_matching, holding_items, splitting
from payments.states import Leg
from tests.accounts.people import officer
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.suspense.stray import badly_rf, lost_first, stray, swapped
from tests.payments.world import debit, issue, make_world, post

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

QUEUE = "/desk/money/suspense/"


@pytest.fixture
def desk() -> dict[str, int]:
    """A morning's queue, with proposals, a hold, a set and a split; and who is there."""
    world, now = make_world(), timezone.now()
    ledger.open_days((now - timedelta(days=60)).date(), (now + timedelta(days=2)).date())
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=500, legal_term_days=None)
    maker = officer(
        *("money.view", "match.ask", "refund.ask", "release.ask"),
        display_name="Alice Nyirahabimana",
        at=now - timedelta(days=1),
    )
    checker = officer(*("money.view", "match.decide", "release.decide"), at=now - timedelta(days=1))

    def came(typed, amount, code, *, days=0):
        return stray(
            world, typed, amount, external_id=code, at=now - timedelta(days=days, minutes=5)
        )

    meant = issue(5000, at=now - timedelta(days=1))
    likely = came(swapped(meant.reference), 5000, "MP261122.0911.C48213", days=12)
    held = came("SCHOOL FEES TERM 1", 12_500, "MP261121.1402.A11902", days=41)
    holding_items.hold(
        movement_id=held.pk,
        until=now + timedelta(days=3),
        note="I have rung the school",
        by_id=maker,
        at=now,
    )
    for n in range(6):
        bill = issue(1500, at=now - timedelta(days=1))
        typed = (lost_first if n % 2 else badly_rf)(bill.reference)
        came(typed, 1500, f"MP261122.10{n}0.B2211{n}", days=n)
    sure = [came(lost_first(issue(700, at=now).reference), 700, f"SURE{n}") for n in range(3)]
    set_id = exact_matching.ask(
        key=uuid4(), movement_ids=[one.pk for one in sure], by_id=maker, at=now
    )
    first, second = issue(800, at=now), issue(400, at=now)
    family = came("FOR BOTH CHILDREN", 1200, "MP261120.0800.F00017", days=2)
    splitting.ask_split(
        key=uuid4(),
        movement_id=family.pk,
        parts=[(first.id, 800), (second.id, 400)],
        reason="SEVERAL_BILLS: the mother came to the desk",
        by_id=maker,
        at=now,
    )
    return {
        "maker": maker,
        "checker": checker,
        "item": likely.pk,
        "held": held.pk,
        "set": set_id,
        **_own_money(world, maker, now),
    }


def _own_money(world, maker: int, now) -> dict[str, int]:
    """Two sweeps that the bank told first; of one somebody has asked."""
    found = {}
    for name, amount, code in (("ours", 1_250_000, "FT26326X91"), ("asked", 880_000, "FT26325K07")):
        left, came = now - timedelta(hours=30), now - timedelta(hours=28)
        text = f"TRF MTN MOMO {code}-SW BULK"
        credit = stray(world, text, amount, external_id=code, rail=world.bank, at=came)
        told = debit(world.mtn, Leg.SWEEP, amount, external_id=f"{code}-SW", occurred_at=left)
        post(told, at=now)
        found[name] = credit.pk
    arrivals.ask(
        movement_id=found["asked"],
        sweep_id=Movement.objects.get(external_id="FT26325K07-SW").pk,
        reason="The bank's line names the wallet's own number",
        by_id=maker,
        at=now,
    )
    return found


def at_desk(page, live_server, account_id: int) -> None:
    browser = officer_at(account_id)
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "url": live_server.url}])


def _shot(page, name: str, width: int) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"suspense_{name}_{width}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "light"), (DESK, "dark")])
def test_every_page_can_be_read_by_everybody(live_server, desk, width, scheme):
    pages = {
        "queue": ("maker", QUEUE),
        "item": ("maker", f"{QUEUE}{desk['item']}/"),
        "held": ("maker", f"{QUEUE}{desk['held']}/"),
        "ours": ("maker", f"{QUEUE}{desk['ours']}/"),
        "arrival": ("maker", f"{QUEUE}{desk['ours']}/arrival/"),
        "arrived": ("checker", f"{QUEUE}{desk['asked']}/arrival/"),
        "exact": ("maker", f"{QUEUE}exact/"),
        "decide": ("checker", f"{QUEUE}to-decide/"),
        "set": ("checker", f"{QUEUE}exact/{desk['set']}/"),
    }
    with opened(width=width, scheme=scheme) as page:
        for name, (who, address) in pages.items():
            at_desk(page, live_server, desk[who])
            page.goto(live_server.url + address)
            if scheme == "light":
                _shot(page, name, width)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            if name == "item" and scheme == "light":
                _shot(page, "item_open", width)
            assert (name, breaches(page), overhang(page)) == (name, [], 0)


def test_an_officer_works_by_keys_alone(live_server, desk):
    with opened() as page:
        at_desk(page, live_server, desk["maker"])
        page.goto(f"{live_server.url}{QUEUE}?reason=UNKNOWN_REFERENCE")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{QUEUE}{desk['item']}/")
        page.keyboard.press("m")
        page.get_by_role("button", name="Ask for this match").first.click()
        page.get_by_text("Asked for. Another person decides about it.").wait_for()
        match = Match.objects.get(set=None)

        at_desk(page, live_server, desk["checker"])
        page.goto(f"{live_server.url}{QUEUE}to-decide/")
        page.keyboard.press("a")
        page.get_by_text("Decided.").wait_for()
        match.refresh_from_db()
        assert match.approved
