"""The switch of language keeps the page, needs no script, and makes no page anybody's own."""

import pytest

pytestmark = pytest.mark.django_db


def switch(client, language: str, back: str = "/services/"):
    return client.get("/language/", {"language": language, "next": back})


def test_a_reader_chooses_and_comes_back_to_the_page_she_was_on(client) -> None:
    answer = switch(client, "fr", "/verify/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/verify/?x=1")
    assert '<html lang="fr"' in client.get("/verify/").content.decode()


@pytest.mark.parametrize("language", ["", "xx", "../en", "sw"])
def test_a_language_that_the_country_does_not_speak_changes_nothing(client, language) -> None:
    answer = switch(client, language)
    assert answer["Location"] == "/services/"
    assert not answer.cookies


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "\\\\x", "", ";env;", "x"]
)
def test_the_switch_leads_nowhere_else(client, back) -> None:
    assert switch(client, "fr", back)["Location"] == "/"


def test_the_choice_is_only_asked_for(client) -> None:
    assert client.post("/language/", {"language": "fr"}).status_code == 405


def test_the_switch_stands_on_a_page_that_gives_no_cookie(tiny, client) -> None:
    answer = client.get("/")
    assert 'class="languages" action="/language/"' in answer.content.decode()
    assert not answer.cookies
