"""A batch come back, as two officers see it on their pages, and an agency and the API after."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from payments.models import Movement, OpenItem, Release, Remittance
from payments.states import Leg
from payments.states import RemittanceState as M
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.payments.remittances.test_pages import act, ledger_days, revenue_officer
from tests.payments.remittances.world import (
    DISTRICT,
    Desk,
    believed,
    desk,
    layout,
    name_account,
    paid,
    sent,
)
from tests.payments.world import debit, post, telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(monkeypatch) -> Desk:
    layout(monkeypatch)
    opened, now = desk(), timezone.now()
    ledger_days(now)
    name_account(opened, at=now - timedelta(days=2))
    paid(opened, 800, at=now - timedelta(days=2), rail=opened.world.bank)
    return opened


@pytest.fixture
def batch(at_desk) -> Remittance:
    """Paid by the bank an hour ago."""
    now = timezone.now()
    made = sent(at_desk, at=now)
    post(debit(made.rail, Leg.REMITTANCE, 800, key=made.key, occurred_at=now), at=now)
    made.refresh_from_db()
    return made


def came(batch: Remittance, amount_minor: int = 800, code: str = "RET-1", text: str = "") -> int:
    now = timezone.now()
    told = text or f"RETURN {batch.end_to_end_id}"
    post(telling(batch.rail, told, amount_minor, external_id=code, occurred_at=now), at=now)
    return Movement.objects.get(external_id=code).pk


def page_of(client, batch: Remittance) -> str:
    return client.get(reverse("payments:remittance", args=[batch.key])).content.decode()


def test_two_officers_take_back_a_batch_and_the_agency_sees_it(at_desk, batch) -> None:
    first, second = officer_at(at_desk.asks), officer_at(at_desk.decides)
    credit_id = came(batch)
    came(batch, code="RENT", text="rent")
    shown = page_of(first, batch)
    assert shown.index("RET-1") < shown.index("RENT")
    assert "names this batch" in shown

    act(first, batch, "return", credit=credit_id, reason="letter 7 of the bank")

    assert "You asked for this yourself" in page_of(first, batch)
    asked = Release.objects.get()
    assert "letter 7 of the bank" in page_of(second, batch)
    typed = {"which": asked.pk, "answer": "yes"}
    refused = act(second, batch, "returned", **typed, password="wrong")
    assert b"not your password" in refused.content
    said = act(second, batch, "returned", **typed, password=people.PASSWORD).content.decode()
    assert "Sent back by its bank" in said
    assert "letter 7 of the bank" in said

    hers = officer_at(revenue_officer())
    own = hers.get(reverse("payments:agency_batch", args=[DISTRICT, batch.key])).content.decode()
    assert "Sent back by its bank" in own
    assert "letter 7" not in own
    told = hers.get(f"/api/agencies/{DISTRICT}/remittances/{batch.key}/").json()
    assert told["state"] == "RETURNED"
    assert OpenItem.objects.count() == 1


def test_a_part_of_it_is_refused_in_words_and_stays_in_suspense(at_desk, batch) -> None:
    first = officer_at(at_desk.asks)
    came(batch, 790)
    answered = act(first, batch, "return", credit="other", code="RET-1", reason="part of it")
    assert answered.status_code == 422
    assert "Only whole batches come back" in answered.content.decode()
    unknown = act(first, batch, "return", credit="other", code="NOBODY", reason="x")
    assert "cannot be that batch" in unknown.content.decode()
    assert (Release.objects.count(), OpenItem.objects.get().amount_minor) == (0, 790)


def test_from_what_did_not_match_somebody_points_at_the_batch(at_desk, batch) -> None:
    first = officer_at(at_desk.asks)
    credit_id = came(batch, text="no name at all")
    url = reverse("payments:remittance_credit", args=[credit_id])
    assert batch.number in first.get(url).content.decode()
    assert first.post(url, {"batch": batch.key}).status_code == 422
    first.post(url, {"batch": batch.key, "reason": "the bank rang"})
    assert Release.objects.get().remittance_id == batch.pk
    in_part = reverse("payments:remittance_credit", args=[came(batch, 1, "PART")])
    assert "No batch of exactly this amount" in first.get(in_part).content.decode()
    nothing = reverse("payments:remittance_credit", args=[10**9])
    assert first.get(nothing).status_code == 404
    stranger = officer_at(people.officer("match.ask"))
    assert stranger.get(url).status_code == 403


def test_a_stale_page_decides_nothing(at_desk, batch) -> None:
    first, second = officer_at(at_desk.asks), officer_at(at_desk.decides)
    act(first, batch, "return", credit=came(batch), reason="letter")
    asked = Release.objects.get()
    stale = {"which": asked.pk, "answer": "no"}
    act(second, batch, "returned", **stale)
    said = act(second, batch, "returned", **stale).content.decode()
    assert "Somebody has decided about this return already" in said
    batch.refresh_from_db()
    assert batch.state == M.CONFIRMED


def test_what_was_paid_after_all_is_said_on_the_batchs_page(at_desk) -> None:
    now = timezone.now()
    batch = sent(at_desk, at=now)
    believed(at_desk, batch, at=now)
    post(debit(batch.rail, Leg.REMITTANCE, 800, key=batch.key, occurred_at=now), at=now)
    shown = page_of(officer_at(at_desk.asks), batch)
    assert "it may have paid this batch after all" in shown


def test_the_page_costs_the_same_with_one_credit_and_with_many(at_desk, batch) -> None:
    first = officer_at(at_desk.asks)
    came(batch)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            page_of(first, batch)
        return len(counted)

    before = queries()
    for number in range(4):
        came(batch, code=f"MORE-{number}")
    assert queries() == before
