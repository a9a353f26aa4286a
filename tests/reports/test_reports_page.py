"""The page of reports: revenue as chart and table, to whom it may be shown, and to take along."""

import csv
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.operations.submitting import charge_prefix
from applications.queries import reporting as cases
from payments.queries import bill as bill_by_id
from reports.queries import building
from tests.accounts import people
from tests.applications import world as applied
from tests.applications.packing import FAR, HOME
from tests.payments.world import issue, make_world, post, telling
from tests.reports.people import agency, browser, end_rights, watcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

PAGE = "/desk/reports/"
NOVEMBER = {"unit": "month", "on": "2026-11-23"}


@pytest.fixture
def world():
    return make_world()


def pay(world, *amounts: int, rail: str = "mtn") -> None:
    bill = issue(*amounts)
    post(telling(getattr(world, rail), bill.reference, sum(amounts)))


def pay_for_a_case(world, uwase, service: str = applied.BIRTH) -> int:
    """Let her apply and pay; return what it cost."""
    submitted = applied.submit(uwase, applied.draft(uwase, service))
    bill = bill_by_id(submitted.bill_id)
    post(telling(world.mtn, bill.reference, bill.total_minor))
    return bill.total_minor


def text(client, **asked: str) -> str:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_revenue_stands_there_by_agency_with_chart_table_and_rule(world):
    pay(world, 700, 300)
    page = text(browser(watcher()))

    assert "Revenue by agency" in page
    assert "1 November 2026 \u2013 30 November 2026" in page
    assert re.search(r"<th scope=\"row\">district-11.*?>700</td>", page)
    assert "on the ledger&#x27;s business day" in page
    assert '<rect class="now" width="1000"' in page
    assert "style=" not in page


def test_nothing_says_so(world):
    assert "Nothing in this period." in text(browser(watcher()), **NOVEMBER)


@pytest.mark.parametrize(
    ("report", "by", "says"),
    [
        ("revenue", "channel", "mtn-rw"),
        ("revenue", "period", "23 November"),
        ("suspense", "age", "Up to a day"),
        ("suspense", "reason", "No bill has this reference"),
        ("suspense", "channel", "bank-rw"),
        ("refunds", "state", "Nothing in this period."),
        ("fees", "channel", "Nothing in this period."),
        ("lines", "line", "Take it along"),
    ],
)
def test_every_report_can_be_asked_for(world, report, by, says):
    pay(world, 700)
    post(telling(world.bank, "000000000000", 5))

    assert says in text(browser(watcher()), report=report, by=by, **NOVEMBER)


def test_a_case_is_told_by_its_service_and_down_to_its_area(world, uwase):
    cost = pay_for_a_case(world, uwase)
    client = browser(watcher())

    by_service = text(client, by="service", **NOVEMBER)
    assert re.search(rf"<th scope=\"row\">[^<]*[Bb]irth.*?>{cost:,}</td>", by_service)
    country = text(client, by="area", **NOVEMBER)
    (top,) = re.findall(r"within=(\w+)\">", country)
    district = text(client, by="area", within=top, **NOVEMBER)
    assert re.findall(r"within=(\w+)\">", district) == [HOME[:2]]
    nowhere = text(client, by="area", within="99", **NOVEMBER)
    assert "Nothing in this period." in nowhere


def test_a_charge_names_its_case(uwase):
    draft = applied.draft(uwase)
    applied.submit(uwase, draft)

    owner = charge_prefix(draft.pk).removesuffix(":")
    assert cases.facts({owner, "", "elsewhere:7"}) == {
        owner: cases.CaseFacts(draft.service_code, applied.office_id(HOME))
    }


def test_an_areas_watcher_sees_its_own_area_and_nothing_of_the_country(world, uwase):
    cost = pay_for_a_case(world, uwase)
    pay(world, 77)
    near, far = browser(watcher(area_code=HOME)), browser(watcher(area_code=FAR))

    page = text(near, **NOVEMBER)
    assert f">{cost:,}</td>" in page
    assert ">77</td>" not in page
    assert "not the whole country" in page
    assert "Nothing in this period." in text(far, **NOVEMBER)
    assert "report=suspense" not in page
    for report in ("suspense", "refunds", "fees"):
        assert near.get(PAGE, {"report": report}).status_code == 403


def test_a_services_watcher_sees_that_service_alone(world, uwase):
    cost = pay_for_a_case(world, uwase)

    assert f">{cost:,}</td>" in text(browser(watcher(service_code=applied.BIRTH)), **NOVEMBER)
    other = text(browser(watcher(service_code=applied.MARRIAGE)), **NOVEMBER)
    assert "Nothing in this period." in other


def test_an_agencys_finance_sees_its_own_revenue_alone(world):
    pay(world, 700, 300)
    treasury = browser(agency("treasury"))

    page = text(treasury, **NOVEMBER)
    assert ">300</td>" in page
    assert ">700</td>" not in page
    assert "district-11" not in page
    assert treasury.get(PAGE, {"report": "suspense"}).status_code == 403
    told = rows_of(treasury.get(f"{PAGE}file.csv", {"report": "lines", "by": "line", **NOVEMBER}))
    assert [row[2] for row in told[1:]] == ["treasury"]


def test_others_see_nothing(world):
    from_elsewhere = browser(people.officer("case.decide"))
    assert from_elsewhere.get(PAGE).status_code == 403
    assert from_elsewhere.get(f"{PAGE}file.csv").status_code == 403
    assert from_elsewhere.post(f"{PAGE}make/").status_code == 403
    ended = watcher()
    end_rights(ended)
    assert browser(ended).get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302


def rows_of(answer) -> list[list[str]]:
    assert answer.status_code == 200
    told = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(told, newline="")))


def test_a_report_can_be_taken_along_in_three_forms(world):
    pay(world, 700, 300)
    client = browser(watcher())

    answer = client.get(f"{PAGE}file.csv", NOVEMBER)
    assert answer["Content-Disposition"].endswith('revenue-by-agency-2026-11-01-2026-11-30.csv"')
    header, *rows = rows_of(answer)
    assert header[:3] == ["Agency", "Received", "received_minor"]
    assert rows == [
        ["district-11", "700", "700", "0", "0", "700", "700", "0", "0", "", "1", "RWF"],
        ["treasury", "300", "300", "0", "0", "300", "300", "0", "0", "", "1", "RWF"],
    ]
    book = client.get(f"{PAGE}file.xlsx", NOVEMBER)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert [cell.value for cell in sheet[2]][:3] == ["district-11", 700, 700]
    paper = client.get(f"{PAGE}file.pdf", NOVEMBER)
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")
    assert client.get(f"{PAGE}file.doc", NOVEMBER).status_code == 302
    assert client.get(f"{PAGE}file.page", NOVEMBER).status_code == 302


@pytest.mark.parametrize(
    "asked",
    [
        {"unit": "range", "first": "2026-11-20", "last": "2026-11-01"},
        {"unit": "range", "first": "1999-11-20", "last": "2026-11-01"},
        {"unit": "range"},
        {"unit": "month", "on": "soon"},
        {"unit": "week"},
        {"by": "state"},
        {"within": "x" * 99},
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_breaks(world, asked):
    answer = browser(watcher()).get(PAGE, {**NOVEMBER, **asked})

    assert answer.status_code == 422
    assert b"error-summary" in answer.content


def test_a_big_report_is_not_read_at_once(world, monkeypatch):
    monkeypatch.setattr(building, "SUMMED_MAX", 3)
    for _ in range(4):
        pay(world, 100)
    client = browser(watcher())

    page = text(client, **NOVEMBER)
    assert "made in the background" in page
    assert "Make it as PDF" in page
    assert '<table class="cards report">' not in page
    assert client.get(f"{PAGE}file.csv", NOVEMBER).url.startswith(PAGE)


@pytest.mark.parametrize("by", ["agency", "service", "period"])
def test_many_payments_take_as_many_queries_as_one(world, uwase, by):
    client = browser(watcher())
    pay_for_a_case(world, uwase)
    text(client, by=by, **NOVEMBER)
    with CaptureQueriesContext(connection) as one:
        text(client, by=by, **NOVEMBER)
    for number in range(8):
        pay(world, 100 + number, 50, rail="bank")
    pay_for_a_case(world, uwase, applied.MARRIAGE)
    with CaptureQueriesContext(connection) as many:
        text(client, by=by, **NOVEMBER)

    assert len(many) == len(one)
