"""How pages and their stylesheet travel: squeezed, once, and not again while they are the same."""

import gzip

import pytest

from design import style

pytestmark = pytest.mark.django_db


def test_the_stylesheet_is_kept_for_ever_under_an_address_of_its_content(client) -> None:
    answer = client.get(style.sheet().address, headers={"accept-encoding": "gzip, br"})
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert gzip.decompress(answer.content).decode() == style.sheet().text
    assert "Cookie" not in answer["Vary"]
    assert "Content-Security-Policy" not in answer


def test_whoever_cannot_unsqueeze_is_sent_it_plainly(client) -> None:
    answer = client.get(style.sheet().address)
    assert answer.content.decode() == style.sheet().text
    assert "Content-Encoding" not in answer


def test_a_page_older_than_the_house_is_styled_and_nobody_keeps_that(client) -> None:
    answer = client.get("/style/000000000000.css")
    assert answer.content.decode() == style.sheet().text
    assert answer["Cache-Control"] == "no-store"


def test_the_stylesheet_takes_nothing(client) -> None:
    assert client.post(style.sheet().address).status_code == 404


@pytest.mark.parametrize("path", ["/", "/services/", "/services/boat-licence/", "/needs/boat/"])
def test_a_page_that_is_unchanged_is_not_sent_again(tiny, client, path) -> None:
    told = {"accept-encoding": "gzip", "accept-language": "en"}
    first = client.get(path, headers=told)
    assert first.status_code == 200
    again = client.get(path, headers=told | {"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_each_language_is_a_page_of_its_own(tiny, client) -> None:
    first = client.get("/", headers={"accept-language": "en"})
    other = client.get("/", headers={"accept-language": "fr", "if-none-match": first["ETag"]})
    assert other.status_code == 200
    assert "Accept-Language" in other["Vary"]


@pytest.mark.parametrize("path", ["/", "/services/", "/services/boat-licence/"])
def test_what_anybody_reads_is_the_same_for_everybody(tiny, client, path) -> None:
    answer = client.get(path)
    assert not answer.cookies
    assert "csrfmiddlewaretoken" not in answer.content.decode()
