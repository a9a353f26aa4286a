"""Whose words a machine made, the page of a procedure says; once, and in that language alone."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from catalogue.pages import public
from design.notes import MACHINE
from design.wording import Share, Shares

pytestmark = pytest.mark.django_db
PATHS = ("/services/birth-certificate/", "/services/birth-certificate/print/")


def told(client, path: str, language: str) -> int:
    """Count how often the page says that a machine made its words."""
    with translation.override(language):
        opening = gettext(MACHINE).partition("%(language)s")[0]
    page = client.get(path, headers={"accept-language": language}).content.decode()
    return " ".join(page.split()).count(opening.replace("'", "&#x27;"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("site", [Shares(), Shares(citizens=Share(total=9, machine=1))])
def test_the_page_says_it_once_whoever_made_the_words_of_the_site(
    rw, client, monkeypatch, path, site
) -> None:
    monkeypatch.setattr("design.wording.shares", lambda language: site)
    assert public.wording.shares("rw") is site
    assert told(client, path, "rw") == 1


def test_a_language_that_people_wrote_says_nothing(rw, client) -> None:
    assert [told(client, path, language) for path in PATHS for language in ("en", "fr")] == [0] * 4
