"""Working time to the second: it adds up, it turns round, and no clock makes it run backwards."""

import dataclasses
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import country as pack
from kernel.country import Country, country
from places import working

KIGALI = ZoneInfo("Africa/Kigali")
LONG = "national-long"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KIGALI)


def _elsewhere(monkeypatch: pytest.MonkeyPatch, **changed: object) -> Country:
    here = dataclasses.replace(country(), **changed)
    monkeypatch.setattr(working, "country", lambda: here)
    return here


WORKED = [
    # from, until, seconds
    ("2026-11-23 12:00", "2026-11-23 12:00", 0),
    ("2026-11-23 12:00", "2026-11-23 12:01", 60),
    ("2026-11-23 06:00", "2026-11-23 09:00", 3600),
    ("2026-11-23 16:00", "2026-11-23 22:00", 3600),
    ("2026-11-23 12:00", "2026-11-24 12:00", 9 * 3600),
    ("2026-11-27 16:00", "2026-11-30 09:00", 2 * 3600),  # over a week-end
    ("2026-11-27 17:00", "2026-11-30 08:00", 0),
    ("2026-12-24 12:00", "2026-12-29 12:00", 9 * 3600),  # Christmas, and Boxing Day moved
    ("2026-11-24 12:00", "2026-11-23 12:00", 0),  # a clock set back
]


@pytest.mark.parametrize(("start", "end", "seconds"), WORKED)
def test_only_office_hours_count(start: str, end: str, seconds: int) -> None:
    assert working.working_seconds(_at(start), _at(end)) == seconds


LATER = [
    # from, seconds, then
    ("2026-11-23 12:00", 0, "2026-11-23 12:00"),
    ("2026-11-23 06:00", 0, "2026-11-23 08:00"),
    ("2026-11-23 17:00", 0, "2026-11-23 17:00"),  # closing time is in office hours
    ("2026-11-23 17:01", 0, "2026-11-24 08:00"),
    ("2026-11-23 12:00", 5 * 3600, "2026-11-23 17:00"),
    ("2026-11-23 12:00", 5 * 3600 + 1, "2026-11-24 08:00:01"),
    ("2026-11-27 16:00", 2 * 3600, "2026-11-30 09:00"),
    ("2026-11-28 10:00", 9 * 3600, "2026-11-30 17:00"),
]


@pytest.mark.parametrize(("start", "seconds", "then"), LATER)
def test_working_time_passes_in_office_hours_only(start: str, seconds: int, then: str) -> None:
    assert working.add_working_time(_at(start), seconds) == _at(then)


@pytest.mark.parametrize("seconds", [-1, 10**12])
def test_an_absurd_time_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="working seconds"):
        working.add_working_time(_at("2026-11-23 12:00"), seconds)


def test_lunch_counts_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    morning, afternoon = (time(7, 30), time(12)), (time(14), time(17, 30))
    _elsewhere(monkeypatch, office_hours=(morning, afternoon))

    assert working.working_seconds(_at("2026-11-23 07:00"), _at("2026-11-23 20:00")) == 8 * 3600
    assert working.working_seconds(_at("2026-11-23 12:00"), _at("2026-11-23 14:00")) == 0
    assert working.add_working_time(_at("2026-11-23 11:00"), 7200) == _at("2026-11-23 15:00")
    # And who comes at lunch is heard after it.
    assert working.add_working_days(_at("2026-11-23 13:00"), 1) == _at("2026-11-24 14:00")


def test_an_office_keeps_its_own_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    _elsewhere(monkeypatch, hours_by_office={LONG: ((time(7), time(19)),)})
    a_day = _at("2026-11-23 00:00"), _at("2026-11-24 00:00")

    assert working.working_seconds(*a_day, LONG) == 12 * 3600
    assert working.working_seconds(*a_day, "another") == 9 * 3600


def test_an_hour_that_summer_time_takes_or_gives_is_counted_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paris = ZoneInfo("Europe/Paris")
    _elsewhere(
        monkeypatch, time_zone="Europe/Paris", holidays="", office_hours=((time(1), time(6)),),
        working_week=tuple(range(7)),
    )  # fmt: skip

    def night(text: str) -> int:
        day = datetime.fromisoformat(text).replace(tzinfo=paris)
        return working.working_seconds(day, day + timedelta(days=1))

    assert night("2026-03-28") == 5 * 3600
    assert night("2026-03-29") == 4 * 3600
    assert night("2026-10-25") == 6 * 3600


moments = st.datetimes(
    datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC), allow_imaginary=False
)  # fmt: skip


@given(st.lists(moments, min_size=3, max_size=3))
def test_working_time_adds_up_and_never_runs_backwards(three: list[datetime]) -> None:
    first, second, third = sorted(three)
    whole = working.working_seconds(first, third)
    assert working.working_seconds(first, second) + working.working_seconds(second, third) == whole
    assert 0 <= working.working_seconds(first, second) <= whole
    assert working.working_seconds(third, first) == 0


@given(moments, st.integers(0, 10**7))
def test_what_was_added_is_what_has_passed(start: datetime, seconds: int) -> None:
    then = working.add_working_time(start, seconds)
    assert working.working_seconds(start, then) == seconds
    assert then >= start.replace(microsecond=0)
    assert then <= working.add_working_time(start, seconds + 1)


def test_the_far_past_and_future_cost_no_time_and_break_nothing() -> None:
    ever = working.working_seconds(
        datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    )
    century = 100 * 366 * 9 * 3600
    assert 0 < ever < century
    assert working.add_working_time(datetime.min.replace(tzinfo=UTC), 1).year == 2000
    with pytest.raises(ValueError, match="working seconds"):
        working.add_working_time(datetime.max.replace(tzinfo=UTC), 1)


def test_a_pack_whose_hours_run_backwards_is_refused(tmp_path) -> None:
    told = (pack.pack_folder("rw") / "country.yaml").read_text(encoding="utf-8")
    for hours in ("{from: '17:00', to: '08:00'}",
                  "{from: '08:00', to: '17:00', lunch: {from: '18:00', to: '19:00'}}"):  # fmt: skip
        folder = tmp_path / str(len(hours))
        folder.mkdir()
        changed = told.replace("{from: '08:00', to: '17:00'}", hours)
        (folder / "country.yaml").write_text(changed, encoding="utf-8")
        with pytest.raises(pack.BadPack, match="office hours"):
            pack.read_country(folder)


@pytest.mark.parametrize("rule", ["{supervisor_percent: 0}", "{unpromised_days: 0}", "{soon: 1}"])
def test_an_escalation_that_makes_no_sense_is_refused(tmp_path, rule: str) -> None:
    told = (pack.pack_folder("rw") / "country.yaml").read_text(encoding="utf-8")
    kept = told.partition("\nescalation:")[0]
    (tmp_path / "country.yaml").write_text(f"{kept}\nescalation: {rule}\n", encoding="utf-8")
    with pytest.raises(pack.BadPack):
        pack.read_country(tmp_path)
