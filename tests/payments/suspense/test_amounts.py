"""The queue by amount: a range of one currency, its figures, and an address that keeps it."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from payments.models import OpenItem
from payments.queries import open_items
from payments.queries.open_items import Wanted
from tests.accounts.people import officer
from tests.applications.browser import officer_at
from tests.payments.suspense.stray import stray
from tests.payments.suspense.test_pages import QUEUE, codes, shown
from tests.payments.world import post, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def maker() -> Client:
    return officer_at(officer("money.view", "match.ask"))


@pytest.fixture
def three(world):
    """10, 900 and 1,500 francs."""
    stray(world, "x", 10, external_id="A")
    stray(world, "x", 900, external_id="B", rail=world.bank)
    stray(world, "x", 1_500, external_id="C")
    return world


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?least=10", ["A", "B", "C"]),
        ("?least=11", ["B", "C"]),
        ("?most=900", ["A", "B"]),
        ("?least=900&most=900", ["B"]),
        ("?least=1,000&most=2,000", ["C"]),
        ("?least=1%C2%A0500", ["C"]),
        ("?least=11&order=largest", ["C", "B"]),
        ("?least=11&rail=bank-rw", ["B"]),
        ("?least=5000", []),
        ("?least=&most=", ["A", "B", "C"]),
    ],
)
def test_a_range_of_amounts_has_both_its_ends(three, maker, query, found):
    assert codes(shown(maker, QUEUE + query)) == found


@pytest.mark.parametrize("query", ["?least=ten", "?most=-1", "?least=0.5", "?least=900&most=10"])
def test_what_is_no_range_is_said_and_finds_nothing(three, maker, query):
    page = shown(maker, QUEUE + query, 422)
    assert 'class="error-summary"' in page
    assert codes(page) == []
    typed = re.search(r"least=([^&]+)", query)
    if typed:
        assert f'value="{typed[1]}"' in page
    assert maker.get(f"{QUEUE}export.csv{query}").status_code == 404


def test_the_figures_of_the_filter_are_of_all_its_pages(three, maker, monkeypatch):
    monkeypatch.setattr(open_items, "PAGE_MAX", 1)
    page = shown(maker, f"{QUEUE}?least=11")
    assert codes(page) == ["B"]
    assert "2 payments, 2,400 RWF together" in page
    assert "3 payments, 2,410 RWF together" in shown(maker)


def test_figures_of_many_are_told_up_to_a_bound(three, maker, monkeypatch):
    monkeypatch.setattr(open_items, "COUNT_MAX", 2)
    page = shown(maker)
    assert "2 or more payments" in page
    assert "together" not in page
    [figure] = open_items.figures(Wanted(), now=NOON)
    assert (figure.currency, figure.count) == ("RWF", 3)


def test_every_link_of_the_page_keeps_the_filter(three, maker, monkeypatch):
    monkeypatch.setattr(open_items, "PAGE_MAX", 1)
    page = shown(maker, f"{QUEUE}?least=11&most=9,999&age=day&order=largest").replace("&amp;", "&")
    kept = re.findall(r'href="([^"]*least=11[^"]*)"', page)
    assert all("most=9999" in one and "age=day" in one and "order=largest" in one for one in kept)
    assert any("after=" in one for one in kept)  # The next page.
    assert any("reason=UNKNOWN_REFERENCE" in one for one in kept)
    [file] = [one for one in kept if "export.csv" in one]
    rows = list(csv.reader(io.StringIO(maker.get(file).getvalue().decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["C", "B"]


@pytest.mark.parametrize("order", ["oldest", "largest"])
def test_pages_of_a_range_follow_each_other(world, maker, order, monkeypatch):
    monkeypatch.setattr(open_items, "PAGE_MAX", 2)
    post(*(telling(world.mtn, "x", n, external_id=f"P{n}") for n in range(1, 9)))
    seen, address = [], f"{QUEUE}?least=3&most=7&order={order}"
    while address:
        page = shown(maker, address)
        seen += codes(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = QUEUE + older[1].replace("&amp;", "&") if older else ""
    assert sorted(seen) == ["P3", "P4", "P5", "P6", "P7"]


def test_an_amount_is_of_one_currency(three, maker):
    [kept] = OpenItem.objects.filter(amount_minor=900)
    in_francs = Wanted(least_minor=900, most_minor=900, currency="RWF")
    assert [one.pk for one in open_items.page(in_francs, now=NOON).items] == [kept.pk]
    in_dollars = Wanted(least_minor=900, most_minor=900, currency="USD")
    assert open_items.page(in_dollars, now=NOON).items == []


def test_a_filter_costs_no_more_queries(three, maker):
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(maker, address)
        return len(queries)

    shown(maker)
    assert asked(f"{QUEUE}?least=1&most=2000") == asked(QUEUE)
