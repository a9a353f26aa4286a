"""Whoever changes the language in the middle of a form stays there, with all she has sent."""

import html
import re

import pytest
import time_machine
from django.urls import reverse

from tests.applications import world
from tests.applications.browser import citizen_at
from tests.applications.test_citizen_pages import answer, start
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_a_change_of_language_keeps_the_page_and_the_draft(uwase):
    with time_machine.travel(NOON, tick=False):
        browser = citizen_at(uwase)
        number = start(browser)
        answer(browser, number, "district", district="12")
        answer(browser, number, "parents", father_name="Umutesi Jean-Bosco", mother_name="")

        here = reverse("applications:group", args=[number, "parents"]) + "?change=1"
        page = browser.get(here).content.decode()
        switch = re.search(r'<form class="languages" action="([^"]+)"[^>]*>(.*?)</form>', page)
        back = re.search(r'name="next" value="([^"]*)"', switch[2])[1]
        kept = browser.get(switch[1], {"next": html.unescape(back), "language": "fr"}, follow=True)

        assert kept.redirect_chain == [(here, 302)]
        french = kept.content.decode()
        assert '<html lang="fr"' in french
        assert 'value="Umutesi Jean-Bosco"' in french
        assert world.case(number).given["father_name"] == "Umutesi Jean-Bosco"
