"""The desk's room of remittances, its files, and what an agency sees: as people use them."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from payments import ledger
from payments.models import Remittance, RemittanceRefusal, SettlementAccount
from payments.operations.remitting.pack import Accounting
from payments.states import RemittanceState as M
from tests.accounts import people
from tests.accounts.people import Grant
from tests.applications.browser import officer_at
from tests.payments.remittances.test_pain001 import N, schema
from tests.payments.remittances.world import (
    DISTRICT,
    TREASURY,
    Desk,
    answer,
    approve,
    built,
    desk,
    layout,
    name_account,
    paid,
    proposed,
    sent,
)

pytestmark = pytest.mark.django_db
ACCOUNT = {
    "number": "0004 000 281",
    "holder_name": "Nyarugenge district",
    "bank_name": "Bank of Kigali",
    "bic": "BKIGRWRW",
    "reason": "Letter 12/2026",
}


@pytest.fixture
def at_desk(monkeypatch, settings) -> Desk:
    layout(monkeypatch)
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {"bank-rw": {"accounts": ["4002-77"]}}}
    now = timezone.now()
    opened = desk()
    ledger_days(now)
    paid(opened, 500, 200, at=now - timedelta(days=2))
    return opened


def ledger_days(now) -> None:
    ledger.open_days((now - timedelta(days=3)).date(), (now + timedelta(days=3)).date())


def revenue_officer(code: str = DISTRICT) -> int:
    holder = people.officer("revenue.view")
    Grant.objects.filter(account_id=holder).update(ended_at=timezone.now(), ended_by_id=holder)
    now = timezone.now() - timedelta(days=1)
    giver, _ = people.givers(now)
    Grant.objects.create(
        account_id=holder, act="revenue.view", beneficiary_code=code, from_at=now,
        given_by=giver, given_at=now,
    )  # fmt: skip
    return holder


def act(client: Client, batch: Remittance, name: str, **typed):
    url = reverse("payments:remittance_act", args=[batch.key, name])
    return client.post(url, {"seen": batch.state, **typed}, follow=True)


def test_two_officers_walk_a_batch_from_its_account_to_the_banks_answer(at_desk) -> None:
    first, second = officer_at(at_desk.asks), officer_at(at_desk.decides)
    url = reverse("payments:settlement_account_change", args=[DISTRICT, "RWF"])
    assert first.post(url, ACCOUNT).status_code == 302
    change = SettlementAccount.objects.get()
    decide = reverse("payments:settlement_account_decide")
    assert (
        b"in force"
        in second.post(decide, {"change": change.pk, "answer": "yes"}, follow=True).content
    )
    page = first.get(reverse("payments:remittances")).content.decode()
    assert "0004000281" in page
    assert "no account named" in page  # The treasury's.
    first.post(reverse("payments:remittance_build"), {"beneficiary": DISTRICT, "currency": "RWF"})
    batch = Remittance.objects.get()
    assert (
        "Order 1/2020"
        in first.get(reverse("payments:remittance", args=[batch.key])).content.decode()
    )
    act(first, batch, "propose")
    batch.refresh_from_db()
    refused = act(second, batch, "approve", password="wrong")
    assert refused.status_code == 422
    assert b"not your password" in refused.content
    act(second, batch, "approve", password=people.PASSWORD)
    batch.refresh_from_db()
    assert batch.state == M.APPROVED
    order = first.get(reverse("payments:remittance_order", args=[batch.key]))
    root = etree.fromstring(order.content)
    schema().assertValid(root)
    assert root.xpath("string(//p:InstdAmt)", namespaces=N) == "500"
    assert root.xpath("string(//p:DbtrAcct//p:Othr/p:Id)", namespaces=N) == "4002-77"
    act(first, batch, "sent", bank_receipt="BK-77")
    batch.refresh_from_db()
    file = io.BytesIO(answer(batch, "RJCT", "AC04"))
    said = act(first, batch, "report", file=file).content.decode()
    assert "The account is closed." in said
    assert "You brought this answer" in said
    batch.refresh_from_db()
    assert batch.state == M.SENT
    refusal = RemittanceRefusal.objects.get()
    assert batch.number in second.get(reverse("payments:remittances")).content.decode()
    answered = {"which": refusal.pk, "answer": "yes"}
    assert act(second, batch, "refusal", **answered).status_code == 422
    said = act(second, batch, "refusal", **answered, password=people.PASSWORD).content.decode()
    assert "Refused by the bank" in said


def test_two_officers_take_back_an_order_that_was_never_handed_in(at_desk) -> None:
    name_account(at_desk)
    batch = sent(at_desk, at=timezone.now())
    first, second = officer_at(at_desk.asks), officer_at(at_desk.decides)
    assert act(first, batch, "cancel", reason="mine").status_code != 500
    said = act(first, batch, "withdraw", reason="it lies in the drawer").content.decode()
    assert "You asked for this yourself" in said
    assert (
        "is said not to have got it" in second.get(reverse("payments:remittances")).content.decode()
    )
    shown = second.get(reverse("payments:remittance", args=[batch.key])).content.decode()
    assert "it lies in the drawer" in shown
    answered = {"which": RemittanceRefusal.objects.get().pk, "answer": "yes"}
    assert act(second, batch, "refusal", **answered).status_code == 422
    said = act(second, batch, "refusal", **answered, password=people.PASSWORD).content.decode()
    assert "Cancelled. Its money waits for the next batch." in said
    batch.refresh_from_db()
    assert batch.state == M.CANCELLED


def test_an_order_that_somebody_takes_back_is_not_given_out(at_desk) -> None:
    name_account(at_desk)
    at = timezone.now()
    batch = proposed(at_desk, at=at)
    approve(batch, at_desk.decides, at)
    first = officer_at(at_desk.asks)
    order = reverse("payments:remittance_order", args=[batch.key])
    assert first.get(order).status_code == 200
    act(first, batch, "withdraw", reason="wrong fee")
    assert first.get(order).status_code == 302
    assert order not in first.get(reverse("payments:remittance", args=[batch.key])).content.decode()


def test_a_stale_page_and_a_double_click_do_nothing_and_say_so(at_desk) -> None:
    name_account(at_desk)
    batch = built(at_desk, at=timezone.now())
    first = officer_at(at_desk.asks)
    stale = Remittance.objects.get()
    act(first, batch, "propose")
    again = act(first, stale, "propose")
    assert "has moved on since you opened the page" in again.content.decode()
    building = {"beneficiary": DISTRICT, "currency": "RWF"}
    twice = first.post(reverse("payments:remittance_build"), building, follow=True)
    assert "Nothing waits up to the last cut-off" in twice.content.decode()
    assert Remittance.objects.count() == 1


def test_what_was_typed_stays_and_each_mistake_stands_beside_it(at_desk) -> None:
    first = officer_at(at_desk.asks)
    url = reverse("payments:settlement_account_change", args=[DISTRICT, "RWF"])
    answered = first.post(url, {**ACCOUNT, "bic": "NONSENSE1"})
    assert answered.status_code == 422
    said = answered.content.decode()
    assert "This is no BIC" in said
    assert 'value="Nyarugenge district"' in said


def test_an_order_is_given_out_only_while_it_is_approved(at_desk) -> None:
    name_account(at_desk)
    first = officer_at(at_desk.asks)
    batch = built(at_desk, at=timezone.now())
    for name in ("remittance_order", "remittance_order_csv"):
        url = reverse(f"payments:{name}", args=[batch.key])
        assert "moved on" in first.get(url, follow=True).content.decode()
    act(first, batch, "propose")
    now = timezone.now()
    approve(Remittance.objects.get(), at_desk.decides, now)
    csv = first.get(reverse("payments:remittance_order_csv", args=[batch.key]))
    assert "4002-77" in csv.getvalue().decode()
    batch.refresh_from_db()
    act(first, batch, "sent", bank_receipt="BK-1")
    again = first.get(reverse("payments:remittance_order", args=[batch.key]), follow=True)
    assert "moved on" in again.content.decode()


def test_without_an_account_of_ours_no_order_is_made_and_the_page_says_why(
    at_desk, settings
) -> None:
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": {}}
    name_account(at_desk)
    now = timezone.now()
    batch = proposed(at_desk, at=now)
    approve(batch, at_desk.decides, now)
    first = officer_at(at_desk.asks)
    url = reverse("payments:remittance_order", args=[batch.key])
    assert "No account number of ours" in first.get(url, follow=True).content.decode()


def test_the_advice_and_the_journal_say_the_same_sums(at_desk, monkeypatch) -> None:
    layout(
        monkeypatch,
        accounting=Accounting(
            columns=(("Code", "revenue_code"), ("Débit", "debit"), ("Loi", "legal_source")),
            separator=";", decimal=",", encoding="cp1252",
        ),
    )  # fmt: skip
    name_account(at_desk)
    now = timezone.now()
    batch = proposed(at_desk, at=now)
    approve(batch, at_desk.decides, now)
    first = officer_at(at_desk.asks)
    pdf = first.get(reverse("payments:remittance_advice", args=[batch.key]))
    assert pdf.content.startswith(b"%PDF")
    assert pdf.content == first.get(pdf.request["PATH_INFO"]).content
    xlsx = first.get(reverse("payments:remittance_advice_xlsx", args=[batch.key]))
    rows = list(openpyxl.load_workbook(io.BytesIO(xlsx.getvalue())).active.values)
    record = dict(zip(rows[0], rows[1], strict=True))
    assert (record["revenue_code"], record["net_minor"], record["net"]) == ("R1", 500, 500)
    journal = first.get(reverse("payments:remittance_journal", args=[batch.key])).getvalue()
    assert journal.decode("cp1252") == "Code;Débit;Loi\r\nR1;500;Order 1/2020\r\n"
    month = first.get(reverse("payments:remittances_journal"), {"month": f"{now:%Y-%m}"})
    assert month.getvalue() == journal


def test_an_agency_sees_its_own_and_anothers_batch_does_not_exist(at_desk) -> None:
    name_account(at_desk)
    name_account(at_desk, TREASURY)
    now = timezone.now()
    batch, other = proposed(at_desk, at=now), proposed(at_desk, TREASURY, at=now)
    for one in (batch, other):
        approve(one, at_desk.decides, now)
    hers = officer_at(revenue_officer())
    assert hers.get(reverse("payments:agencies"), follow=True).status_code == 200
    own = reverse("payments:agency_batch", args=[DISTRICT, batch.key])
    assert "0004000281" in hers.get(own).content.decode()
    assert hers.get(reverse("payments:agency", args=[DISTRICT])).status_code == 200
    assert hers.get(reverse("payments:agency_batches", args=[DISTRICT])).status_code == 200
    for name in ("agency_batch", "agency_advice", "agency_advice_xlsx"):
        for code in (DISTRICT, TREASURY, "nobody"):
            url = reverse(f"payments:{name}", args=[code, other.key])
            assert hers.get(url).status_code == 404, url
    for name in ("agency", "agency_batches"):
        assert hers.get(reverse(f"payments:{name}", args=[TREASURY])).status_code == 404
    assert hers.get(reverse("payments:remittance", args=[batch.key])).status_code == 403
    assert hers.get(reverse("payments:remittances")).status_code == 403


def test_the_api_tells_an_agency_the_same(at_desk) -> None:
    name_account(at_desk)
    now = timezone.now()
    batch = proposed(at_desk, at=now)
    hers, path = officer_at(revenue_officer()), f"/api/agencies/{DISTRICT}"
    # What nobody has approved is not told.
    assert hers.get(f"{path}/remittances/").json() == {"batches": [], "after": None}
    assert hers.get(f"{path}/remittances/{batch.key}/").status_code == 404
    approve(batch, at_desk.decides, now)
    [told] = hers.get(f"{path}/remittances/").json()["batches"]
    assert (told["number"], told["amount_minor"], told["amount"]) == (batch.number, 500, "500")
    one = hers.get(f"{path}/remittances/{batch.key}/").json()
    assert [line["revenue_code"] for line in one["lines"]] == ["R1"]
    stranger = officer_at(revenue_officer(TREASURY))
    for url in (f"{path}/revenue/", f"{path}/remittances/", f"{path}/remittances/{batch.key}/"):
        assert stranger.get(url).status_code == 404
        assert Client().get(url).status_code in {401, 403}
    assert hers.get(f"{path}/remittances/?after=x").status_code == 400


def test_revenue_counts_what_waits_and_what_was_batched_once(at_desk) -> None:
    now = timezone.now()
    hers = officer_at(revenue_officer())
    paid(at_desk, 300, at=now)
    name_account(at_desk)

    def today() -> list[int]:
        told = hers.get(f"/api/agencies/{DISTRICT}/revenue/").json()
        return [one["today_minor"] for one in told]

    assert today() == [300]
    built(at_desk, at=now + timedelta(days=1))
    assert today() == [300]


def test_a_grant_ended_yesterday_shows_nothing(at_desk) -> None:
    holder = revenue_officer()
    ended = timezone.now() - timedelta(hours=1)
    Grant.objects.filter(account_id=holder, ended_at=None).update(
        ended_at=ended, ended_by_id=at_desk.asks
    )
    assert officer_at(holder).get(reverse("payments:agency", args=[DISTRICT])).status_code == 404


def test_the_pages_cost_the_same_with_one_batch_and_with_many(at_desk) -> None:
    now = timezone.now()
    name_account(at_desk, at=now)
    first = officer_at(at_desk.asks)
    batch = built(at_desk, at=now)
    pages = [
        reverse("payments:remittances"),
        reverse("payments:remittance", args=[batch.key]),
        reverse("payments:settlement_accounts"),
    ]
    counts = [_queries(first, page) for page in pages]
    for number in range(5):
        paid(at_desk, 100 + number, at=now - timedelta(days=2))
        built(at_desk, at=now)
        name_account(at_desk, number=f"77{number}", at=now)
    assert [_queries(first, page) for page in pages] == counts


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return len(counted)
