"""Whoever changes the language in the middle of a form stays there, with all she has sent."""

import pytest
import time_machine
from django.urls import reverse

from design.speaking import SWITCH
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
        typed = {"father_name": "Umutesi Jean-Bosco", "mother_name": ""}
        kept = browser.post(here, {**typed, SWITCH: "fr"}, follow=True)

        assert kept.redirect_chain == [(here, 303)]
        french = kept.content.decode()
        assert '<html lang="fr"' in french
        assert 'value="Umutesi Jean-Bosco"' in french
        assert world.case(number).given["father_name"] == "Umutesi Jean-Bosco"
