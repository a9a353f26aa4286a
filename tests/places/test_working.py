"""Working days of Rwanda in 2026, with its holidays; and of a country that rests on Friday."""

import dataclasses
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kernel.country import country
from places import working

KIGALI = ZoneInfo("Africa/Kigali")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KIGALI)


DUE = [
    # asked, working days, due
    ("2026-11-23 12:00", 0, "2026-11-23 12:00"),
    ("2026-11-23 12:00", 1, "2026-11-24 12:00"),
    ("2026-11-27 12:00", 1, "2026-11-30 12:00"),  # over a week-end
    ("2026-11-27 16:59", 1, "2026-11-30 16:59"),
    ("2026-11-27 17:00", 1, "2026-12-01 08:00"),  # closed: counts from Monday's opening
    ("2026-11-28 10:00", 1, "2026-12-01 08:00"),  # Saturday
    ("2026-11-23 06:00", 1, "2026-11-24 08:00"),  # before opening
    ("2026-11-23 06:00", 0, "2026-11-23 08:00"),
    ("2026-12-24 12:00", 1, "2026-12-29 12:00"),  # Christmas on Friday, Boxing Day moved to Monday
    ("2026-06-30 12:00", 3, "2026-07-07 12:00"),  # 1 July, and Liberation Day moved to the 6th
    ("2026-04-02 12:00", 1, "2026-04-08 12:00"),  # Good Friday, Easter Monday, 7 April
    ("2026-12-31 12:00", 1, "2027-01-05 12:00"),  # 1 January; the 2nd is moved to Monday
    ("2026-11-23 12:00", 21, "2026-12-22 12:00"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "days", "due"), DUE)
def test_working_days_skip_week_ends_and_holidays(asked: str, days: int, due: str) -> None:
    assert working.add_working_days(_at(asked), days) == _at(due)


def test_a_moment_in_another_zone_is_read_in_the_countrys_own() -> None:
    late_in_utc = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # Half past midnight in Kigali.
    assert working.add_working_days(late_in_utc, 0) == _at("2026-11-24 08:00")


@pytest.mark.parametrize("days", [-1, 10**9])
def test_an_absurd_number_of_days_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        working.add_working_days(_at("2026-11-23 12:00"), days)


def test_another_week_and_no_known_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = dataclasses.replace(country(), working_week=(6, 0, 1, 2, 3), holidays="")
    monkeypatch.setattr(working, "country", lambda: elsewhere)
    assert working.add_working_days(_at("2026-12-24 12:00"), 1) == _at("2026-12-27 12:00")
