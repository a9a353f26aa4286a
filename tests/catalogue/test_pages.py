"""The public pages: light, in every language, at a constant cost."""

import pytest
from django.test import Client
from django.utils import translation

from catalogue.models import Service
from catalogue.pages import public
from tests import weighing
from tests.applications.drafts.test_saved import new_version

pytestmark = pytest.mark.django_db

PAGES = ["/", "/services/", "/search/?q=certificate", "/needs/birth/",
         "/services/birth-certificate/", "/services/epassport/"]  # fmt: skip


def _text(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_offers_needs_and_what_can_be_applied_for(rw, client) -> None:
    page = _text(client, "/")
    assert "A child is born" in page
    assert "/services/certificate-being-single/" in page
    assert "not measured yet" in page
    assert 'action="/search/"' in page


def test_every_service_has_a_page_in_every_language(rw, client) -> None:
    for code in Service.objects.values_list("code", flat=True):
        for language in ("en", "fr", "rw"):
            _text(client, f"/services/{code}/", language)


def test_a_service_page_says_fee_law_promise_and_sources(rw, client) -> None:
    page = _text(client, "/services/birth-certificate/")
    for words in (
        "500 RWF",
        "legal source not yet checked",
        "the district of the office that decides",
        "1 working day",
        "not measured yet",
        "support.irembo.gov.rw",
        "Who may apply",
    ):
        assert words in page


def test_a_value_that_no_source_gives_is_said_to_be_not_published(rw, client) -> None:
    assert "not published" in _text(client, "/services/cbhi/")
    assert "not published" in _text(client, "/services/land-document/")
    assert "Free" in _text(client, "/services/life/")


def test_a_service_that_is_not_carried_here_says_where_to_go(rw, client) -> None:
    page = _text(client, "/services/nationality/")
    assert "Go to the office" in page
    assert "Apply now" not in page


def test_what_is_told_in_another_language_is_marked(rw, client, rf) -> None:
    with translation.override("rw"):
        answer = public.service(rf.get("/"), "birth-certificate")
    kinyarwanda = answer.content.decode()
    assert "Icyemezo cy&#x27;amavuko" in kinyarwanda
    assert '<span lang="en">' not in kinyarwanda
    assert '<span lang="en">' not in _text(client, "/services/birth-certificate/", "en")
    assert '<span lang="en">' not in _text(client, "/services/birth-certificate/", "fr")
    new_version(names={"en": "Birth certificate"})
    assert '<span lang="en">' in _text(client, "/services/birth-certificate/", "fr")


def test_search_shows_what_was_typed_and_never_runs_it(rw, client) -> None:
    page = _text(client, "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Nothing found" in _text(client, "/search/?q=xqzwk")
    assert _text(client, "/search/?q=" + "a" * 4_000)
    assert client.get("/search/?q=%00").status_code == 400
    assert "birth-certificate" in _text(client, "/search/?q=brth")


@pytest.mark.parametrize("path", ["/services/none/", "/needs/none/", "/services/Birth/"])
def test_an_unknown_name_is_not_found(tiny, client, path) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/services/", "/search/"])
def test_pages_are_only_read(tiny, client, path) -> None:
    assert client.post(path).status_code in {403, 405}


QUERIES = [("/", 3), ("/services/", 3), ("/needs/boat/", 3), ("/services/boat-licence/", 6),
           ("/search/?q=boat", 2)]  # fmt: skip


@pytest.mark.parametrize(("path", "count"), QUERIES)
def test_a_page_costs_a_constant_number_of_queries(
    tiny, client, django_assert_num_queries, path, count
) -> None:
    with django_assert_num_queries(count):
        _text(client, path)


def test_a_whole_country_costs_no_query_more(rw, client, django_assert_num_queries) -> None:
    for path, count in (("/", 3), ("/services/", 3), ("/services/epassport/", 6)):
        with django_assert_num_queries(count):
            _text(client, path)


def test_no_page_is_heavy_with_its_style(rw, client) -> None:
    for path in PAGES:
        weighing.refuse_heavy(weighing.squeezing(client).get(path), path)
