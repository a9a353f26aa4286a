"""A colour or a size that is no token is found, wherever it stands."""

import pytest

from config.stack import look
from design import colours

RAW = [
    "a { color: #fff }",
    "a { color: RGB(1 2 3) }",
    "a { background: white }",
    "a { padding: 3px }",
    "a { margin-inline: calc(-1 * .5rem) }",
    "a { animation: go 1.8s }",
    "@media print { a { inset: 0 1rem } }",
    "a { --own: #123456 }",
]
TOKENS = [
    "a { color: var(--ink) }",
    "a { color: currentColor; border: 0; font-weight: 600 }",
    "a { padding: .5em 2ch 10% }",
    "a { transform: rotate(45deg); flex: 1 1 0 }",
    "@media (min-width: 56rem) { a { gap: var(--s1) } }",
    "a:not(.b):hover { white-space: nowrap }",
    "/* 3px and #fff are only talked about */",
]


@pytest.mark.parametrize("css", RAW)
def test_a_value_of_its_own_is_found(css: str) -> None:
    assert len(list(look.raw(css, tokens_here=False))) == 1


@pytest.mark.parametrize("css", TOKENS)
def test_a_token_is_left_in_peace(css: str) -> None:
    assert list(look.raw(css, tokens_here=False)) == []


def test_an_app_may_name_tokens_of_its_own_and_sizes_of_its_paper() -> None:
    assert list(look.raw("a { --v: #fff; margin: 18mm }", tokens_here=True)) == []
    assert list(look.raw("a { margin: 18mm }", tokens_here=False)) != []


def test_every_sheet_of_the_house_keeps_the_rule(capsys) -> None:
    assert look.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21.0), ("#777777", "#ffffff", 4.48), ("#abc", "#aabbcc", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert colours.contrast(other, one) == colours.contrast(one, other)


def test_what_lies_between_two_colours() -> None:
    assert colours.mixed("#000000", "#ffffff", 0.5) == "#808080"
    assert colours.mixed("#0b5d6b", "#ffffff", 0.0) == "#0b5d6b"
    assert colours.readable_on("#ffd84d", "#fff", "#000") == "#000"
