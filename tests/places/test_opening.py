"""Open or closed, and until when: by the hours, the week and the feasts of Rwanda in 2026."""

import dataclasses
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kernel.country import country
from places import opening

KIGALI = ZoneInfo("Africa/Kigali")
LUNCH = ((time(8), time(12)), (time(14), time(17)))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KIGALI)


MOMENTS = [
    # at, open, what changes next, the feast of that day
    ("2026-11-23 12:00", True, "2026-11-23 17:00", ""),
    ("2026-11-23 08:00", True, "2026-11-23 17:00", ""),
    ("2026-11-23 17:00", False, "2026-11-24 08:00", ""),
    ("2026-11-23 06:00", False, "2026-11-23 08:00", ""),
    ("2026-11-28 10:00", False, "2026-11-30 08:00", ""),  # Saturday
    ("2026-12-25 10:00", False, "2026-12-29 08:00", "Christmas Day"),  # Boxing Day is moved
]


@pytest.mark.parametrize(("at", "is_open", "changes", "feast"), MOMENTS)
def test_an_office_is_open_in_its_hours(at: str, is_open: bool, changes: str, feast: str) -> None:
    found = opening.opening("sector-1209", at=_at(at), language="en")
    assert found == opening.Opening(is_open, _at(changes), feast)


def test_an_office_with_hours_of_its_own_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    here = dataclasses.replace(country(), hours_by_office={"late": LUNCH})
    monkeypatch.setattr(opening, "country", lambda: here)
    at_lunch = opening.opening("late", at=_at("2026-11-23 13:00"), language="en")
    assert at_lunch == opening.Opening(is_open=False, changes_at=_at("2026-11-23 14:00"), feast="")
    assert opening.hours_are_assumed("another")
    assert not opening.hours_are_assumed("late")


def test_a_country_that_never_works_never_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    here = dataclasses.replace(country(), working_week=())
    monkeypatch.setattr(opening, "country", lambda: here)
    monkeypatch.setattr(opening.working, "country", lambda: here)
    found = opening.opening("sector-1209", at=_at("2026-11-23 12:00"), language="en")
    assert (found.is_open, found.changes_at) == (False, None)


def test_feasts_are_told_in_the_readers_language_where_they_have_a_name() -> None:
    assert opening.feast_on(date(2026, 12, 25), "fr") == "Noël"
    assert opening.feast_on(date(2026, 12, 25), "xx")
    assert opening.feast_on(date(2026, 11, 23), "en") == ""


def test_the_next_feasts_close_offices_on_days_of_the_week_only() -> None:
    found = opening.feasts_after(date(2026, 11, 23), count=3, language="en")
    assert [feast.day for feast in found] == [
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 1),
    ]
