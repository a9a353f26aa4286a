"""What machines send: whatever PostgreSQL could not keep is refused where it is read."""

import io
import json

import pytest
from rest_framework.exceptions import ParseError

from kernel.parsing import JSONParser, NotKeepable, read_json, require_keepable

JUNK = [
    '"\\ud800"',
    '{"\\udfff": 1}',
    '{"name": "Uwase \\ud83d"}',
    '[[{"names": ["Uwase", "\\ude00\\ud83d"]}]]',
    '"\\u0000"',
    '{"a\\u0000": null}',
]
GOOD = ['"\\ud83d\\ude00"', '{"name": "\\\\ud800 and \\\\u0000"}', "[1, 2.5, null, true]", "{}"]


def parsed(text: str) -> object:
    return JSONParser().parse(io.BytesIO(text.encode()), "application/json", {})


@pytest.mark.parametrize("text", JUNK)
def test_what_cannot_be_kept_is_refused_and_not_said_again(text: str) -> None:
    with pytest.raises(ParseError) as refused:
        parsed(text)
    assert str(refused.value.detail).isascii()
    with pytest.raises(NotKeepable) as trouble:
        read_json(text)
    assert "Uwase" not in str(trouble.value)


@pytest.mark.parametrize("text", GOOD)
def test_what_is_whole_is_read(text: str) -> None:
    assert parsed(text) == read_json(text) == json.loads(text)


def test_bytes_that_spell_half_a_character_are_refused_too() -> None:
    """Python's own reader lets these bytes through, which are no UTF-8."""
    assert json.loads(b'"\xed\xa0\x80"') == "\ud800"
    with pytest.raises(ValueError, match="cannot be kept"):
        read_json(b'"\xed\xa0\x80"')
    with pytest.raises(ParseError):
        JSONParser().parse(io.BytesIO(b'"\xed\xa0\x80"'), "application/json", {})


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "", "9" * 5_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parsed(text)
    with pytest.raises(ValueError, match=r"\w"):
        read_json(text)


def test_depth_costs_the_judge_no_stack() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    require_keepable(deep)
