"""What was looked for in vain is counted for whoever names procedures, and nothing of who asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from catalogue import queries_found
from catalogue.models import MissedSearch
from catalogue.operations import hearing
from kernel import retention
from tests.accounts import people
from tests.applications.browser import officer_at

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def _missed(text: str, *, day: date = DAY) -> None:
    hearing.missed(text=text, language="en", day=day)


def test_a_search_in_vain_counts_its_words_and_a_good_one_counts_none(tiny, client) -> None:
    client.get("/search/?q=boat")
    assert not MissedSearch.objects.exists()
    page = client.get("/search/?q=xqzwk").content.decode()
    assert "Nothing found" in page
    assert "Try one word" in page
    assert [(row.word, row.times) for row in MissedSearch.objects.all()] == [("xqzwk", 1)]


def test_an_empty_search_says_what_to_type_and_offers_what_happened(tiny, client) -> None:
    page = client.get("/search/").content.decode()
    assert "Type what you need" in page
    assert "I have a boat" in page


def test_words_are_counted_by_day_and_told_once_enough_people_asked(tiny) -> None:
    for _ in range(2):
        _missed("drone permission")
    assert queries_found.missed(since=DAY) == []
    _missed("Drone!")
    assert queries_found.missed(since=DAY) == [("drone", "en", 3)]
    assert queries_found.missed(since=DAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    "text",
    ["uwase@example.org passport", "1 1990 8 0000001 0 42", "call 0788123456", "id1199", "ab"],
)
def test_numbers_and_addresses_are_kept_nowhere(tiny, text) -> None:
    _missed(text)
    assert not MissedSearch.objects.exists()


def test_postgresql_refuses_a_number_among_the_words(tiny) -> None:
    with pytest.raises(IntegrityError, match="missed_word_is_nobodys_number"), transaction.atomic():
        MissedSearch.objects.create(day=DAY, word="0788", language="en", times=1)


def test_whoever_types_at_random_fills_a_day_and_no_more(tiny, monkeypatch) -> None:
    monkeypatch.setattr(hearing, "MISSED_A_DAY_MAX", 2)
    for word in ("alpha", "bravo", "charlie"):
        _missed(word)
    _missed("alpha")
    assert MissedSearch.objects.count() == 2


def test_after_ninety_days_a_word_is_forgotten(tiny) -> None:
    now = datetime(2026, 6, 1, 3, tzinfo=UTC)
    _missed("ancient", day=now.date() - timedelta(days=91))
    _missed("fresh", day=now.date() - timedelta(days=10))
    assert retention.due(now=now)["searches"] == 1
    retention.forget_now(now=now)
    assert [row.word for row in MissedSearch.objects.all()] == ["fresh"]


def test_a_table_of_missed_words_names_nobody(tiny) -> None:
    with connection.cursor() as cursor:
        columns = {c.name for c in connection.introspection.get_table_description(
            cursor, MissedSearch._meta.db_table)}  # fmt: skip
    assert columns == {"id", "day", "word", "language", "times"}


def test_whoever_edits_services_reads_the_words_and_nobody_else_does(tiny, client) -> None:
    for _ in range(3):
        _missed("seaweed", day=datetime.now(UTC).date())
    page = officer_at(people.officer("catalogue.edit")).get("/staff/catalogue/searches/")
    assert "seaweed" in page.content.decode()
    assert (
        officer_at(people.officer("case.decide")).get(page.request["PATH_INFO"]).status_code == 403
    )
    assert client.get(page.request["PATH_INFO"]).status_code == 302
