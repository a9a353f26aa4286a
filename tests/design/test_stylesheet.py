"""The look's own rules, read from the files that carry it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from design import style
from kernel.country import Accent, country

STATIC = Path(settings.BASE_DIR) / "design" / "static" / "design"
PACKS = ("rw", "ke", "bi")


def css() -> str:
    return style.sheet().text


@pytest.mark.parametrize("code", PACKS)
def test_everything_can_be_read_with_the_accent_of_every_country(settings, code: str) -> None:
    settings.COUNTRY_CODE = code
    assert style.hard_to_read(country().accent) == []


def test_an_accent_that_cannot_be_read_is_named_with_its_place() -> None:
    found = style.hard_to_read(Accent(light="#ffd84d", dark="#6fc3cf"))
    assert any(said.startswith("light: accent on card (") for said in found)
    assert not any(said.startswith("dark") for said in found)


def test_countries_look_alike_but_for_their_accent(settings) -> None:
    settings.COUNTRY_CODE = "rw"
    here = style.sheet()
    settings.COUNTRY_CODE = "bi"
    there = style.sheet()
    assert here.address != there.address
    assert country().accent.light in there.text
    assert country().accent.light not in here.text


def test_the_stylesheet_is_light_and_asks_nobody_outside() -> None:
    assert len(style.sheet().squeezed) < 9 * 1024
    assert "@import" not in css()
    assert "url(" not in css()


def test_what_is_made_shorter_says_the_same() -> None:
    assert "/*" not in css()
    # Blanks that carry sense: between words of a selector, and around the signs of a sum.
    assert ".stack>*+*" not in css()
    assert "calc(-1 * var(--" in css()
    assert css().count("{") == css().count("}")


def test_night_is_written_for_the_device_and_for_a_part_of_a_page() -> None:
    night = "--paper:#12171d;"
    assert css().count(night) == 2
    assert f".dark{{{night}" in css()
    # Paper is white whoever reads by night: the last word is the printer's.
    assert css().rindex("@media print{:root{--paper:#fff") > css().rindex(night)


def test_the_script_is_light_and_the_pages_own() -> None:
    script = (STATIC / "guichet.js").read_text(encoding="utf-8")
    assert len(script) < 6 * 1024
    assert "http" not in script


def test_the_page_turns_round_for_a_script_that_runs_from_the_right() -> None:
    physical = re.findall(
        r"(?:margin|padding|border)-(?:left|right)|[{;]\s*(?:left|right)\s*:|text-align:\s*(?:left|right)",
        css(),
    )
    assert physical == []


@pytest.mark.parametrize("asked", ["print", "forced-colors", "prefers-reduced-motion"])
def test_every_reader_is_thought_of(asked: str) -> None:
    assert asked in css()
