"""The look's own rules, read from the files that carry it."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "design" / "static" / "design"
CSS = re.sub(r"/\*.*?\*/", "", (STATIC / "guichet.css").read_text(encoding="utf-8"), flags=re.S)


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,8})", block))


LIGHT = tokens(CSS.split("}", 1)[0])
DARK = {**LIGHT, **tokens(CSS.split("prefers-color-scheme: dark", 1)[1].split("}", 1)[0])}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * d for d in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the ratio of WCAG 2.2, 1.4.3."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("ink", "card"),
        ("ink-2", "paper"),
        ("ink-2", "card"),
        ("ink-2", "accent-soft"),
        ("link", "paper"),
        ("link", "card"),
        ("accent-ink", "accent"),
        ("accent-ink", "accent-deep"),
        ("accent", "accent-soft"),
        ("good", "good-soft"),
        ("warn", "warn-soft"),
        ("bad", "bad-soft"),
        ("bad", "paper"),
        ("ink", "warn-soft"),
        ("ink", "accent-soft"),
    ],
)
def test_words_can_be_read_on_their_ground(scheme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(scheme[text], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_field_and_the_ring_of_focus_can_be_seen(scheme: dict[str, str]) -> None:
    assert contrast(scheme["edge"], scheme["card"]) >= 3
    assert contrast(scheme["ink"], scheme["paper"]) >= 3


def test_the_stylesheet_is_light_and_asks_nobody_outside() -> None:
    assert len(gzip.compress(CSS.encode())) < 8 * 1024
    assert "@import" not in CSS
    assert "url(" not in CSS


def test_the_script_is_light_and_the_pages_own() -> None:
    script = (STATIC / "guichet.js").read_text(encoding="utf-8")
    assert len(script) < 6 * 1024
    assert "http" not in script


def test_the_page_turns_round_for_a_script_that_runs_from_the_right() -> None:
    physical = re.findall(
        r"(?:margin|padding|border)-(?:left|right)|[{;]\s*(?:left|right)\s*:|text-align:\s*(?:left|right)",
        CSS,
    )
    assert physical == []


@pytest.mark.parametrize("asked", ["print", "forced-colors", "prefers-reduced-motion"])
def test_every_reader_is_thought_of(asked: str) -> None:
    assert asked in CSS
