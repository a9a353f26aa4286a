"""What stands behind an address's question mark is cut in one place, and never breaks a page."""

import pytest
from django.test import Client, RequestFactory

from kernel import asking


def asked(**told: str):
    return RequestFactory().get("/", told)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("", ""), ("  Kimironko ", "Kimironko"), ("a\x00b", "ab"), ("x" * 99, "x" * 10)],
)
def test_a_text_is_cut_to_what_it_may_be(typed: str, read: str) -> None:
    assert asking.text(asked(q=typed), "q", most=10) == read
    assert asking.text(asked(), "q", most=10) == ""


@pytest.mark.parametrize(
    ("typed", "read"),
    [("3", 3), ("99", 9), ("-1", 0), ("x", 0), ("1" * 5_000, 0), ("٣", 0), ("3.5", 0)],
)
def test_a_number_is_one_that_there_can_be(typed: str, read: int) -> None:
    assert asking.number(asked(page=typed), "page", most=9) == read


def test_a_code_that_is_longer_than_any_names_nothing() -> None:
    assert asking.code(asked(area="12"), "area") == "12"
    assert len(asking.code(asked(area="1" * 70), "area")) == 61


@pytest.mark.django_db
def test_a_question_that_is_longer_than_any_of_ours_is_refused() -> None:
    at_most = "q=" + "x" * (asking.QUERY_BYTES_MAX - 2)
    assert Client().get(f"/robots.txt?{at_most}").status_code == 200
    assert Client().get(f"/robots.txt?{at_most}x").status_code == 414
    machine = Client().get(f"/api/health/?{at_most}x")
    assert (machine.status_code, machine["Content-Type"]) == (414, "application/problem+json")
