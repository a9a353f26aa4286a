"""What an answer of a feed says, by tables: nothing that a register sends can stop the reader."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registers import feed
from registers.feed import NotUnderstood

RECEIVED = datetime(2026, 11, 23, 10, tzinfo=UTC)

GOOD = {
    "id": "civil-7",
    "kind": "marriage",
    "happened_on": "2026-11-20",
    "recorded_at": "2026-11-21T09:00:00+02:00",
    "national_ids": ["1 1988 8 0000000 0 42", "1199078000000104"],
}


def body(*events: object, **more: object) -> bytes:
    return json.dumps({"events": list(events), "cursor": "7", **more}).encode()


def read(answer: bytes) -> feed.Page:
    return feed.read(answer, received_at=RECEIVED)


def test_an_event_is_read_with_its_numbers_as_registers_write_them() -> None:
    ((_, event),) = read(body(GOOD)).events

    assert event.national_ids == ("1198880000000042", "1199078000000104")
    assert event.happened_on == date(2026, 11, 20)
    assert event.recorded_at == datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert event.entry_kind == ""
    assert "1198880000000042" not in repr(event)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": 7},
        {"id": "x" * 101},
        {"id": "a\0b"},
        {"kind": "divorce"},
        {"kind": ["marriage"]},
        {"kind": "correction"},
        {"kind": "correction", "entry_kind": "land"},
        {"happened_on": "yesterday"},
        {"happened_on": None},
        {"recorded_at": "2026-11-21T09:00:00"},
        {"recorded_at": "soon"},
        {"national_ids": []},
        {"national_ids": "1199078000000104"},
        {"national_ids": [" "]},
        {"national_ids": [7]},
        {"national_ids": None},
        # What JSON can say and PostgreSQL cannot hold.
        {"id": "\ud800"},
        {"national_ids": ["\ud800"]},
        {"national_ids": ["11\0"]},
        # Times that nobody lives in: recorded or happened more than a day after we heard of it.
        {"recorded_at": "9999-12-31T23:59:59-14:00"},
        {"recorded_at": "0001-01-01T00:00:00+14:00"},
        {"recorded_at": "1899-12-31T23:59:59+00:00"},
        {"recorded_at": "2026-11-24T10:00:01+00:00"},
        {"happened_on": "1899-12-31"},
        {"happened_on": "2026-11-25"},
    ],
)
def test_an_event_that_is_not_understood_keeps_none_of_the_others(wrong: dict) -> None:
    page = read(body({**GOOD, **wrong}, GOOD, "no event at all"))
    assert [place.position for place, _ in page.events] == [1]
    assert [place.position for place in page.unread] == [0, 2]


@pytest.mark.parametrize(
    "right",
    [
        {"recorded_at": "1900-01-01T00:00:00+00:00", "happened_on": "1900-01-01"},
        {"recorded_at": "2026-11-24T10:00:00+00:00", "happened_on": "2026-11-24"},
        {"kind": "correction", "entry_kind": "criminal"},
        {"id": "acte-né-7"},
    ],
)
def test_an_event_of_our_time_is_understood(right: dict) -> None:
    page = read(body({**GOOD, **right}))
    assert (len(page.events), page.unread) == (1, ())


def test_the_same_row_has_the_same_digest_and_shows_nobody() -> None:
    turned = dict(reversed(list(GOOD.items())))
    (one, _), (other, _), (changed, _) = read(body(GOOD, turned, {**GOOD, "id": "8"})).events
    assert one.digest == other.digest != changed.digest
    assert "digest" not in repr(one)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b'{"events": []}',
        b'{"events": {}, "cursor": "1"}',
        b'{"events": [], "cursor": 1}',
        json.dumps({"events": [], "cursor": "x" * 201}).encode(),
        json.dumps({"events": [], "cursor": "\0"}).encode(),
        json.dumps({"events": [], "cursor": "\ud800"}).encode(),
        body(GOOD)[:-20],
        b"[" * 100_000,
    ],
)
def test_a_broken_answer_is_refused_whole(broken: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read(broken)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*GOOD, "entry_kind"]), inner, max_size=7)
        ),
        max_leaves=12,
    )
)
def test_no_event_of_any_shape_stops_the_reader(row: object) -> None:
    page = read(body(row, GOOD))
    assert page.events[-1][1].source_id == "civil-7"
