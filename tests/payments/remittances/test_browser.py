"""The pages of remittances as a browser shows them: readable by everybody, on any width."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import ledger
from payments.models import Movement, Remittance
from payments.operations import remitting
from payments.states import Leg
from places.models import Beneficiary
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.payments.remittances.test_pages import revenue_officer
from tests.payments.remittances.world import (
    DISTRICT,
    TREASURY,
    answer,
    approve,
    desk,
    layout,
    name_account,
    new_account,
    paid,
    proposed,
    sent,
)
from tests.payments.world import debit, post, telling

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(monkeypatch):
    """Batches in several states, an account that waits for its second person."""
    layout(monkeypatch)
    at_desk, now = desk(), timezone.now()
    both = people.officer("remittance.ask", "remittance.decide", "money.view", display_name="Ange")
    ledger.open_days((now - timedelta(days=3)).date(), (now + timedelta(days=3)).date())
    for code, name in ((DISTRICT, "Nyarugenge district"), (TREASURY, "State treasury")):
        Beneficiary.objects.filter(code=code).update(names={"en": name})
    before = now - timedelta(days=2)
    paid(at_desk, 412_500, 96_000, at=before)
    name_account(at_desk, at=before)
    refused = sent(at_desk, now)
    remitting.take_report(
        remittance_id=refused.pk, data=answer(refused, "RJCT", "AC04"), by_id=at_desk.asks, at=now
    )
    paid(at_desk, 7_700, at=before)
    kept = sent(at_desk, now)
    remitting.ask_withdrawal(
        remittance_id=kept.pk, reason="The clerk found the order unread", by_id=at_desk.asks, at=now
    )
    paid(at_desk, 88_000, 12_000, at=before)
    asked = proposed(at_desk, at=now)
    name_account(at_desk, TREASURY, number="0001-777", at=before)
    approved = proposed(at_desk, TREASURY, at=now)
    approve(approved, at_desk.decides, now)
    paid(at_desk, 5_500, 3_000, at=now)
    remitting.ask_account(
        beneficiary_code=DISTRICT,
        currency="RWF",
        new=new_account("RW99"),
        by_id=at_desk.asks,
        at=now,
    )
    hers = revenue_officer(TREASURY)
    come_back, credit = came_back(at_desk, approved, now)
    return {
        "come_back": (both, reverse("payments:remittance", args=[come_back.key])),
        "credit": (both, reverse("payments:remittance_credit", args=[credit.pk])),
        "list": (both, reverse("payments:remittances")),
        "refused": (both, reverse("payments:remittance", args=[refused.key])),
        "taken_back": (both, reverse("payments:remittance", args=[kept.key])),
        "proposed": (both, reverse("payments:remittance", args=[asked.key])),
        "approved": (both, reverse("payments:remittance", args=[approved.key])),
        "accounts": (both, reverse("payments:settlement_accounts")),
        "change": (
            both,
            reverse("payments:settlement_account_change", args=[DISTRICT, "RWF"]),
        ),
        "agency": (hers, reverse("payments:agency", args=[TREASURY])),
        "agency_batches": (hers, reverse("payments:agency_batches", args=[TREASURY])),
        "agency_batch": (
            hers,
            reverse("payments:agency_batch", args=[TREASURY, approved.key]),
        ),
    }


def came_back(at_desk, batch, now) -> tuple[Remittance, Movement]:
    """A batch paid and credited again, with one more payment that could be it."""
    post(debit(batch.rail, Leg.REMITTANCE, batch.amount_minor, key=batch.key, occurred_at=now))
    for code, text in (("FT26326RET", f"RETURN {batch.end_to_end_id} AC04"), ("FT26327", "rent")):
        told = telling(batch.rail, text, batch.amount_minor, external_id=code, occurred_at=now)
        post(told, at=now)
    return batch, Movement.objects.get(external_id="FT26326RET")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_every_page_can_be_read_by_everybody(live_server, scene, width, scheme) -> None:
    for account_id in {account_id for account_id, _ in scene.values()}:
        browser = officer_at(account_id)
        session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
        with opened(width=width, scheme=scheme) as page:
            page.context.add_cookies([{**session, "url": live_server.url}])
            for name, (reader, path) in scene.items():
                if reader != account_id:
                    continue
                page.goto(live_server.url + path)
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                assert (name, breaches(page), overhang(page)) == (name, [], 0)
