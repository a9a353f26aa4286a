"""The rooms of refunds and of found money, as a browser shows them."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.models import Movement
from payments.operations import claiming, floating, paying_out, proposing, refunding
from tests.accounts.people import officer
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments import deciding
from tests.payments.finding import payers
from tests.payments.refunds.desks import proof
from tests.payments.world import issue, make_world, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

SIZES = [(PHONE, "light"), (DESK, "light"), (PHONE, "dark"), (DESK, "dark")]
SHOTS = os.environ.get("GUICHET_SHOTS", "")


def keep(page, name: str, width: int, scheme: str) -> None:
    if SHOTS and scheme == "light":
        page.screenshot(path=Path(SHOTS) / f"{name}_{width}.png", full_page=True)


def signed_in(page, live_server, account_id: int) -> None:
    browser = officer_at(account_id)
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "url": live_server.url}])


def a_day_of_refunds() -> tuple[int, int, int]:
    """Refunds in several states; return one that is to be paid by hand, its maker, her second."""
    world, now = make_world(), timezone.now()
    maker = officer("money.view", "refund.ask", "match.ask", display_name="Ange Mugisha")
    checker = officer("money.view", "refund.decide", display_name="Eric Habimana")
    ids = []
    for number in range(4):
        bill = issue(1500, at=now)
        for turn in ("A", "B"):
            external_id = f"FT2609{number}{turn}"
            came = telling(
                world.bank, bill.reference, 1500, external_id=external_id, occurred_at=now
            )
            post(came, at=now)
        twice = Movement.objects.get(external_id=f"FT2609{number}B")
        refund_id = proposing.for_suspended(movement_id=twice.pk, at=now)
        ids.append(refund_id)
    for refund_id in ids[:2]:
        refunding.take_up(refund_id=refund_id, by_id=maker, at=now)
    deciding.approve(refund_id=ids[0], by_id=checker, at=now)
    shown = proof(code="FT26090B")
    paying_out.prove(refund_id=ids[0], proof=shown, by_id=maker, at=now)
    floating.ask(rail_code="mtn-rw", amount_minor=50_000, reason="M17", by_id=maker, at=now)
    return ids[0], maker, checker


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_the_rooms_of_refunds_can_be_read_by_everybody(live_server, width, scheme):
    refund_id, maker, checker = a_day_of_refunds()
    movement_id = Movement.objects.get(external_id="FT26093B").pk
    pages = {
        "refunds_list": (maker, reverse("payments:refunds") + "?list=proposed"),
        "refunds_to_decide": (checker, reverse("payments:refunds") + "?list=requested"),
        "refunds_refund": (checker, reverse("payments:refund", args=[refund_id])),
        "refunds_payee": (maker, reverse("payments:refund", args=[refund_id])),
        "refunds_ask": (maker, reverse("payments:refund_ask", args=[movement_id])),
        "refunds_floats": (maker, reverse("payments:floats")),
    }
    for name, (account_id, address) in pages.items():
        with opened(width=width, scheme=scheme) as page:
            signed_in(page, live_server, account_id)
            page.goto(live_server.url + address)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            keep(page, name, width, scheme)
            assert (breaches(page), overhang(page)) == ([], 0), name


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_whoever_paid_finds_her_money_by_keyboard(live_server, width, scheme):
    world, now = make_world(), timezone.now()
    payers.paid(world, "CI2609A", times=2, at=now)
    with opened(width=width, scheme=scheme) as page:
        page.goto(live_server.url + reverse("payments:find"))
        keep(page, "finding_ask", width, scheme)
        assert (breaches(page), overhang(page)) == ([], 0)
        for code, said in (
            ("CI2609A", "It has paid:"),
            ("CI2609AX1", "This money is mine"),
            ("NOTHERE", "We cannot show you money"),
        ):
            page.get_by_label("Code of the payment").fill(code)
            page.get_by_label("Phone that paid").fill("0788 123 456")
            page.keyboard.press("Enter")
            page.get_by_text(said).first.wait_for()
            keep(page, f"finding_{code}", width, scheme)
            assert (breaches(page), overhang(page)) == ([], 0), code
            assert "788" not in page.url
        page.get_by_label("Code of the payment").fill("CI2609AX1")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="This money is mine").press("Enter")
        page.get_by_text("Write this number down.").wait_for()
        keep(page, "finding_claimed", width, scheme)
        assert (breaches(page), overhang(page)) == ([], 0)


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_the_desk_that_finds_money_can_be_read_by_everybody(live_server, width, scheme):
    world, now = make_world(), timezone.now()
    maker = officer("money.view", "refund.ask", "match.ask", display_name="Ange Mugisha")
    post(telling(world.bank, "nobody's", 1500, external_id="LOST1", occurred_at=now), at=now)
    lost = Movement.objects.get(external_id="LOST1")
    claiming.open_at_desk(
        movement_id=lost.pk, code="LOST1", phone=payers.PHONE, by_id=maker, at=now
    )
    with opened(width=width, scheme=scheme) as page:
        signed_in(page, live_server, maker)
        page.goto(live_server.url + reverse("payments:find_desk"))
        page.get_by_label("Code of the payment").fill("lost 1")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="She claims it").wait_for()
        keep(page, "finding_desk", width, scheme)
        assert (breaches(page), overhang(page)) == ([], 0)
        page.get_by_role("link", name="CL-").click()
        page.get_by_role("heading", name="Proof").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        keep(page, "finding_claim", width, scheme)
        assert (breaches(page), overhang(page)) == ([], 0)
