"""Who is here: absences by table and by PostgreSQL, stand-ins followed, part-time weeks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import operations as accounts
from accounts.models import Absence
from accounts.operations.presence import Presence, stand_in
from kernel.models import AuditEntry
from tests.applications.world import Staffed
from tests.world import NOON

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def away(account_id: int, *, days: float = 2, after: float = 0, **more: object) -> int:
    planned: dict[str, object] = {
        "account_id": account_id,
        "from_at": NOON + after * DAY,
        "until_at": NOON + (after + days) * DAY,
        "kind": "leave",
        "stand_in_id": None,
        "by_id": account_id,
        "at": NOON,
    }
    return accounts.plan_absence(**(planned | more))


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ({1: None}, None),
        ({1: 2}, 2),
        ({1: 2, 2: 3}, 3),
        ({1: 2, 2: 1}, None),
        ({1: 2, 2: 3, 3: 2}, None),
        ({1: 2, 2: None}, None),
    ],
)
def test_a_chain_of_stand_ins_is_followed_and_a_circle_leads_nowhere(chain, found):
    absent = {one: Presence(False, "leave", None, other) for one, other in chain.items()}
    here = {one: Presence(True) for one in {2, 3} - absent.keys()}
    assert stand_in(1, absent | here) == found


def test_somebody_is_away_from_then_to_then(staffed: Staffed) -> None:
    away(staffed.aline, after=1, days=1)
    for days, is_here in ((0, True), (1, False), (1.9, False), (2, True)):
        assert accounts.present([staffed.aline], NOON + days * DAY)[staffed.aline].is_here == (
            is_here
        )


def test_what_comes_at_night_is_for_those_who_come_in_the_morning(staffed: Staffed) -> None:
    away(staffed.aline, after=0.8)
    tonight = NOON + timedelta(hours=10)
    assert not accounts.present([staffed.aline], tonight)[staffed.aline].is_here


def test_she_works_on_her_days(staffed: Staffed) -> None:
    accounts.set_week(account_id=staffed.aline, weekdays=[0, 2], by_id=staffed.bosco, at=NOON)
    found = [accounts.present([staffed.aline], NOON + n * DAY)[staffed.aline] for n in range(3)]
    assert [one.reason for one in found] == ["", "off_day", ""]
    accounts.set_week(account_id=staffed.aline, weekdays=[], by_id=staffed.bosco, at=NOON)
    assert accounts.present([staffed.aline], NOON + DAY)[staffed.aline].is_here


def test_a_stand_in_who_is_away_later_leads_to_hers(staffed: Staffed) -> None:
    away(staffed.aline, stand_in_id=staffed.bosco)
    away(staffed.bosco, stand_in_id=staffed.far)
    assert accounts.present([staffed.aline], NOON)[staffed.aline].stand_in_id == staffed.far


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "holiday"}, accounts.BadAbsence),
        ({"until_at": NOON - DAY}, accounts.BadAbsence),
        ({"from_at": NOON - 2 * DAY, "until_at": NOON - DAY}, accounts.BadAbsence),
        ({"from_at": NOON + DAY, "until_at": NOON + 9 * DAY}, accounts.AbsencesOverlap),
    ],
)
def test_an_absence_that_cannot_be_is_refused(staffed: Staffed, changed, refusal) -> None:
    away(staffed.aline)
    with pytest.raises(refusal):
        away(staffed.aline, **({"from_at": NOON + 5 * DAY, "until_at": NOON + 6 * DAY} | changed))


def test_nobody_stands_in_for_herself_or_while_away(staffed: Staffed) -> None:
    with pytest.raises(accounts.CannotStandIn):
        away(staffed.aline, stand_in_id=staffed.aline)
    away(staffed.bosco)
    with pytest.raises(accounts.CannotStandIn):
        away(staffed.aline, stand_in_id=staffed.bosco)


def test_one_who_comes_back_is_here_and_may_go_again(staffed: Staffed) -> None:
    absence_id = away(staffed.aline)
    accounts.end_absence(absence_id=absence_id, by_id=staffed.aline, at=NOON + DAY)
    assert accounts.present([staffed.aline], NOON + DAY)[staffed.aline].is_here
    with pytest.raises(accounts.NoSuchAbsence):
        accounts.end_absence(absence_id=absence_id, by_id=staffed.aline, at=NOON + DAY)
    away(staffed.aline, after=1, days=3)


def test_one_that_never_began_is_in_nobodys_way(staffed: Staffed) -> None:
    absence_id = away(staffed.aline, after=5)
    accounts.end_absence(absence_id=absence_id, by_id=staffed.aline, at=NOON)
    away(staffed.aline, after=5)


def rule_of(error: IntegrityError) -> str:
    return error.__cause__.diag.constraint_name


def _row(account_id: int, **more: object) -> Absence:
    times = {"from_at": NOON, "until_at": NOON + DAY, "entered_at": NOON}
    return Absence(
        **({"account_id": account_id, "kind": "leave", "entered_by_id": account_id} | times | more)
    )


def test_postgresql_says_the_same(staffed: Staffed) -> None:
    away(staffed.aline)
    refused = {
        "absence_one_at_a_time": _row(staffed.aline),
        "stand_in_is_another": _row(staffed.bosco, stand_in_id=staffed.bosco),
        "stand_in_is_here": _row(staffed.bosco, stand_in_id=staffed.aline),
        "absence_until_after_from": _row(staffed.bosco, until_at=NOON),
        "absence_kind_known": _row(staffed.bosco, kind="holiday"),
    }
    for name, row in refused.items():
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            row.save()
        assert rule_of(refusal.value) == name


@pytest.mark.parametrize("change", ["until_at = until_at + interval '1 day'", "stand_in_id = %s"])
def test_an_absence_is_not_rewritten(staffed: Staffed, change: str) -> None:
    away(staffed.aline)
    with (
        pytest.raises(IntegrityError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE accounts_absence SET {change}",
            [staffed.bosco] if "%s" in change else [],
        )
    assert rule_of(refusal.value) == "absence_unchanged"


def test_an_absence_is_written_down_without_its_reason(staffed: Staffed) -> None:
    away(staffed.aline, kind="sick", stand_in_id=staffed.bosco)
    said = AuditEntry.objects.filter(act="absence.planned").get()
    assert said.detail == {"account_id": staffed.aline, "stand_in_id": staffed.bosco}
