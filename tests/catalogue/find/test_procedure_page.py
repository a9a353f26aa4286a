"""The page of a procedure says what it knows, what it does not, and asks whether it was right."""

import json
import re
from itertools import pairwise

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext

from catalogue.explaining import PER_PAGE_MAX, Glossary
from catalogue.models import Remark, Service, ServiceVersion
from catalogue.queries_found import TermCard
from catalogue.words import Told
from tests.world import NOON

pytestmark = pytest.mark.django_db
SINGLE = "/services/certificate-being-single/"


def _page(client, path: str = SINGLE, language: str = "en") -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_all_that_somebody_needs_before_she_goes(rw, client) -> None:
    page = _page(client)
    for words in (
        "Who may apply",
        "What you need first",
        "legal source not yet checked",
        "Promised",
        "not measured yet",
        "Where, and whom to ask",
        "How it goes",
        "What you receive",
        "Questions people ask",
        "What does the officer compare?",
        "Where this comes from",
        "Was this page right?",
        "Version 1 of this page",
        "Certificate",
        "Apply, pay and receive the paper here",
        f"{SINGLE}before/",
        f"{SINGLE}print/",
    ):
        assert words in page, words


def test_a_page_that_nobody_has_confirmed_says_so(rw, client) -> None:
    assert "This page waits for its first confirmation" in _page(client)


def test_the_headings_go_down_step_by_step(rw, client) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", _page(client))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_machines_read_the_same_facts_and_nothing_in_them_can_end_the_block(rw, client) -> None:
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', _page(client))
    facts = json.loads(block[1])
    assert facts["@type"] == "GovernmentService"
    assert facts["offers"][0]["price"] == "500"
    assert facts["offers"][0]["priceCurrency"] == "RWF"
    assert "<" not in block[1]


def test_the_page_needs_no_script_and_is_the_same_until_something_changes(rw, client) -> None:
    first = client.get(SINGLE)
    assert "src=" not in first.content.decode()
    again = client.get(SINGLE, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_the_sheet_to_print_carries_the_address_as_a_code_and_the_day(rw, client) -> None:
    page = _page(client, f"{SINGLE}print/")
    assert "<svg" in page
    assert SINGLE in page
    assert "As it stood on" in page
    assert "Who may apply" in page


def test_a_remark_is_kept_with_the_version_and_without_the_person(rw, client) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = client.post(
            f"{SINGLE}right/", {"verdict": "wrong", "words": "The fee is 1,000 here."}
        )
    assert answer.status_code == 302
    kept = Remark.objects.get()
    assert (kept.verdict, kept.words, kept.at) == ("wrong", "The fee is 1,000 here.", NOON)
    assert kept.version_id == Service.objects.get(code="certificate-being-single").current_id
    assert {field.name for field in Remark._meta.concrete_fields} == {
        "id", "service", "version", "verdict", "words", "language", "at"
    }  # fmt: skip
    assert "Thank you" in _page(client)


def test_a_remark_without_a_verdict_is_asked_for_it_and_an_unknown_page_takes_none(
    rw, client
) -> None:
    assert client.post(f"{SINGLE}right/", {"words": "x"}).status_code == 422
    assert client.post("/services/none/right/", {"verdict": "right"}).status_code == 404
    assert not Remark.objects.exists()
    assert 'value="wrong"' in _page(client, f"{SINGLE}right/?is=wrong")


def test_postgresql_refuses_a_remark_on_another_services_version(rw) -> None:
    of_another = ServiceVersion.objects.get(service__code="life")
    service = Service.objects.get(code="residence")
    with (
        pytest.raises(IntegrityError, match="page_report_of_its_version"),
        transaction.atomic(),
    ):
        Remark.objects.create(
            service=service, version=of_another, verdict="right", language="en", at=NOON
        )


def test_what_looks_like_html_is_shown_as_it_was_typed(tiny, client) -> None:
    glossary = Glossary([])
    assert glossary.mark("<b>now</b> & then", "en") == "&lt;b&gt;now&lt;/b&gt; &amp; then"


def _term(code: str, name: str) -> TermCard:
    told = Told(name, "en", fallback=False)
    return TermCard(code, told, told, {"en": name})


def test_a_word_of_offices_is_explained_where_it_first_stands() -> None:
    glossary = Glossary([_term("extract", "Extract"), _term("cert", "Certificate / attestation")])
    marked = glossary.mark("An extract, or two extracts, and an attestation.", "en")
    assert marked == (
        'An <a class="term" href="#term-extract">extract</a>, or two extracts, and an '
        '<a class="term" href="#term-cert">attestation</a>.'
    )
    assert [term.code for term in glossary.met] == ["extract", "cert"]
    assert glossary.mark("Another extract", "en") == "Another extract"
    assert glossary.mark("Un extract", "fr") == "Un extract"


def test_a_page_explains_a_few_words_and_no_more() -> None:
    names = [f"officialword{letter}" for letter in "abcdefghijkl"]
    glossary = Glossary([_term(name, name) for name in names])
    glossary.mark(" ".join(names), "en")
    assert len(glossary.met) == PER_PAGE_MAX


def test_the_explanations_stand_at_the_foot_of_the_page(rw, client) -> None:
    page = _page(client, "/services/land-transfer-succession/")
    for code in re.findall(r'href="#(term-[\w-]+)"', page):
        assert f'id="{code}"' in page
    assert (
        'class="term"' in _page(client, "/services/recognition-record/") or 'class="term"' in page
    )


def test_the_glossary_tells_each_word_in_the_languages_that_have_it(rw, client) -> None:
    page = _page(client, "/glossary/", "fr")
    assert "Guichet unique" in page
    assert "Irangamimerere" in page


def test_the_questions_of_the_country_are_answered_in_its_languages(rw, client) -> None:
    assert "Do I need an account?" in _page(client, "/faq/")
    assert "Ai-je besoin" in _page(client, "/faq/", "fr")


def test_the_public_board_counts_kinds_and_stages_and_lists_them(rw, client) -> None:
    page = _page(client, "/digitisation/")
    assert "38 procedures" in page
    assert "Apply, pay and receive the paper here" in page
    assert 'href="/services/epassport/"' in page


def test_a_need_in_our_own_words_says_that_they_are_ours(rw, client) -> None:
    for language, said in (("rw", True), ("fr", False)):
        with translation.override(language):
            ours = gettext("The words in this language are our translation.")
        assert (ours in _page(client, "/needs/birth/", language)) is said


COUNTED = [
    ("/services/boat-licence/", 6),
    ("/services/boat-licence/print/", 6),
    ("/services/boat-licence/before/", 1),
    ("/services/boat-licence/right/", 1),
    ("/glossary/", 1),
    ("/faq/", 1),
    ("/digitisation/", 1),
    ("/directory/", 2),
    ("/search/?q=boat", 2),
]


@pytest.mark.parametrize(("path", "count"), COUNTED)
def test_each_page_costs_a_constant_number_of_queries(
    tiny, client, django_assert_num_queries, path, count
) -> None:
    with translation.override("en"), django_assert_num_queries(count):
        _page(client, path)
