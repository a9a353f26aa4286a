"""The words that banks share, by tables; what becomes of a whole message stands with its bank."""

import pytest

from payments.gateways.reading import part, text


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"bank": {"id": 1}}, {"id": 1}),
        ({"bank": {}}, {}),
        ({"other": {"id": 1}}, {}),
        ({"bank": None}, {}),
        ({"bank": "id"}, {}),
        ({"bank": [{"id": 1}]}, {}),
    ],
)
def test_a_part_is_an_object_or_empty(told, found):
    assert part(told, "bank") == found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (" A1 ", "A1"),
        (12, "12"),
        (0, "0"),
        (True, ""),
        (None, ""),
        (1.5, ""),
        (["A1"], ""),
        ({"id": "A1"}, ""),
    ],
)
def test_a_text_is_a_text_or_a_whole_number(value, said):
    assert text(value) == said
