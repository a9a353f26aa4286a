"""The page that shows every part, and the parts that came with it."""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils import translation

from design import icons

pytestmark = pytest.mark.django_db


def draw(source: str, **context: object) -> str:
    return Template("{% load components %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize("language", ["en", "fr", "rw"])
def test_every_part_is_shown_light_and_dark_in_the_readers_language(client, language) -> None:
    page = client.get("/design/", headers={"accept-language": language}).content.decode()
    assert f'<html lang="{language}"' in page
    panes = re.findall(r'class="pane stack (light|dark)', page)
    assert Counter(panes) == {"light": 12, "dark": 12}
    twice = [one for one, n in Counter(re.findall(r'\sid="([^"]+)"', page)).items() if n > 1]
    assert twice == []


def test_the_page_costs_no_query_and_gives_no_cookie(client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/design/")
    assert answer.status_code == 200
    assert not answer.cookies


def test_only_where_the_house_is_built_do_pages_lead_to_it(client, settings) -> None:
    assert 'href="/design/"' in client.get("/verify/").content.decode()
    settings.PRODUCTION = True
    assert 'href="/design/"' not in client.get("/verify/").content.decode()


@pytest.mark.parametrize("name", icons.NAMES)
def test_a_picture_has_the_colour_of_its_words_and_is_passed_by(name: str) -> None:
    drawn = draw("{% icon name %}", name=name)
    svg = ElementTree.fromstring(drawn)
    assert svg.attrib == {
        "class": "icon", "viewBox": "0 0 24 24", "aria-hidden": "true", "focusable": "false",
    }  # fmt: skip
    assert not re.search(r"fill|stroke|style|#|<text", drawn)
    assert len(drawn) < 400


def test_a_need_without_a_picture_has_the_usual_one_and_a_slip_of_ours_is_refused() -> None:
    assert draw("{% icon 'boat-lost' 'paper' %}") == draw("{% icon 'paper' %}")
    with pytest.raises(ValueError, match="no such icon"):
        draw("{% icon 'papr' %}")
    with pytest.raises(ValueError, match="no such icon"):
        draw("{% icon '../../base' %}")


def test_every_need_of_every_country_has_a_picture() -> None:
    packs = Path(__file__).parents[2].glob("countries/*/needs.yaml")
    named = {code for one in packs for code in re.findall(r"- code: (\S+)", one.read_text())}
    assert named
    assert named <= set(icons.NAMES)


def test_the_way_says_what_is_done_where_one_is_and_what_comes() -> None:
    with translation.override("en"):
        drawn = draw("{% way steps 2 %}", steps=["Answers", "<i>Pay</i>", "Done"])
    assert drawn.count("<li") == 3
    assert 'Answers<span class="sr"> (done)</span>' in drawn
    assert '<li aria-current="step"><span>&lt;i&gt;Pay&lt;/i&gt;</span>' in drawn


def test_where_there_is_nothing_a_page_says_so_and_leads_on() -> None:
    drawn = draw("{% empty text hint url label %}", text="<b>", hint="", url="/x/", label="On")
    assert "<p><b>&lt;b&gt;</b></p>" in drawn
    assert '<a href="/x/">On</a>' in drawn
    assert "<a" not in draw("{% empty 'Nothing' %}")
