"""
Every page that opens to anybody, as browsers show it: for all readers, on all screens.

Each page is looked at by day on a phone and by night on a desk, in the languages by turns; where
nothing may be left out, in every language, both schemes and both widths. The pages of whoever is
signed in are looked at in the same way where their stories are told.
"""

import itertools
import os

import pytest
from django.db import transaction

from kernel.country import country
from tests.countries.packs import load
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.face import public

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

WHOLE = os.environ.get("GUICHET_NOTHING_LEFT_OUT") == "1"
# WCAG 2.2, 1.4.10: so narrow is a window of 1,280 at four times its size.
NARROWEST = 320
LETTERS_A_LINE_MAX = 80

# WCAG 2.2, 1.4.12, as a reader's own style would set it.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important }
    * { word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const style = getComputedStyle(one);
  return style.overflow !== "visible" && style.clipPath === "none" && one.clientHeight > 1
    && one.scrollHeight > one.clientHeight + 2
    && !one.matches("svg, svg *, pre, input, textarea, select");
}).map((one) => one.outerHTML.slice(0, 80))"""
STICK_OUT = """() => [...document.querySelectorAll("body *")].filter((one) =>
  one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
).map((one) => one.outerHTML.slice(0, 80))"""
LONG_LINES = """(most) => [...document.querySelectorAll("main p")].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.bottom / 8)));
  const text = one.innerText.trim();
  return tops.size > 1 && text.length / tops.size > most;
}).map((one) => one.innerText.slice(0, 80))"""
STOPS = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const style = getComputedStyle(here);
  return {
    tag: here.tagName,
    name: (here.innerText || here.getAttribute("aria-label") || here.id || "").trim().slice(0, 40),
    shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    order: [...document.querySelectorAll("*")].indexOf(here),
  };
}"""


@pytest.fixture(autouse=True)
def _country(db, light_rw, monkeypatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with transaction.atomic():
        load(light_rw)


def read_in(page, live_server, language: str) -> None:
    page.context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])


def test_every_public_page_can_be_read_by_everybody(live_server) -> None:
    languages = country().languages
    looks = list(itertools.product((PHONE, DESK), ("light", "dark")))
    found, titles = [], {}
    with opened(width=PHONE) as page:
        for turn, address in enumerate(public.addresses()):
            for language in languages if WHOLE else [languages[turn % len(languages)]]:
                read_in(page, live_server, language)
                page.goto(live_server.url + address)
                titles.setdefault((language, page.title()), []).append(address)
                assert page.evaluate("document.documentElement.lang") == language
                for width, scheme in looks if WHOLE else [looks[0], looks[3]]:
                    page.set_viewport_size({"width": width, "height": 800})
                    page.emulate_media(color_scheme=scheme)
                    wrong = breaches(page)
                    if wrong or overhang(page):
                        found.append((address, language, width, scheme, wrong, overhang(page)))
    assert found == []
    assert [pages for pages in titles.values() if len(pages) > 1] == []
    assert all(title.endswith(" · Guichet") for _, title in titles)


def test_public_pages_fit_the_narrowest_window_and_a_readers_own_spacing(live_server) -> None:
    found: list[object] = []
    with opened(width=NARROWEST) as page:
        read_in(page, live_server, "fr")
        for address in public.addresses():
            page.set_viewport_size({"width": NARROWEST, "height": 800})
            page.goto(live_server.url + address)
            if overhang(page):
                found.append((address, page.evaluate(STICK_OUT)))
            page.evaluate(SPACED)
            if overhang(page) or page.evaluate(CUT_OFF):
                found.append((address, page.evaluate(STICK_OUT), page.evaluate(CUT_OFF)))
    assert found == []


def test_no_line_of_text_is_so_long_that_the_next_is_lost(live_server) -> None:
    found = []
    with opened(width=DESK) as page:
        read_in(page, live_server, "en")
        for address in public.addresses():
            page.goto(live_server.url + address)
            if long := page.evaluate(LONG_LINES, LETTERS_A_LINE_MAX):
                found.append((address, long))
    assert found == []


@pytest.mark.parametrize("address", ["/", "/services/birth-certificate/", "/verify/"])
def test_the_keyboard_goes_through_a_page_as_it_is_read(live_server, address) -> None:
    with opened(width=PHONE, script=True) as page:
        page.goto(live_server.url + address)
        stops = []
        for _ in range(60):
            page.keyboard.press("Tab")
            stop = page.evaluate(STOPS)
            if stop["tag"] == "BODY" or (stops and stop["order"] <= stops[0]["order"]):
                break
            stops.append(stop)
    assert len(stops) > 8
    assert stops[0]["name"] == "Skip to the content"
    assert [one["name"] for one in stops if not (one["shown"] and one["seen"])] == []
    assert [one["order"] for one in stops] == sorted(one["order"] for one in stops)
