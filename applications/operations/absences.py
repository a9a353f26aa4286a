"""An officer is away, or works on some days: said by herself, or by whoever supervises her."""

from collections.abc import Collection
from datetime import datetime

from accounts import operations as presence
from accounts import policies as rights
from accounts import queries as accounts
from accounts.states import AbsenceKind
from applications import policies
from places import queries as places


def enter_absence(
    *,
    account_id: int,
    from_at: datetime,
    until_at: datetime,
    kind: str,
    stand_in_id: int | None,
    by_id: int,
    at: datetime,
) -> int:
    """
    Enter an absence and return its id. Her new cases go to others; after three days, her waiting
    ones too.

    :raises accounts.policies.NotGranted: unless it is her own leave, or the office is supervised
    :raises accounts.operations.BadAbsence, AbsencesOverlap, CannotStandIn: if it cannot be
    """
    if by_id != account_id or kind != AbsenceKind.LEAVE:
        _require_supervisor(account_id, by_id, at=at)
    return presence.plan_absence(
        account_id=account_id,
        from_at=from_at,
        until_at=until_at,
        kind=kind,
        stand_in_id=stand_in_id,
        by_id=by_id,
        at=at,
    )


def end_absence(*, absence_id: int, account_id: int, by_id: int, at: datetime) -> None:
    """
    End an absence of hers now: she is back.

    :raises accounts.policies.NotGranted: unless she does so herself, or the office is supervised
    :raises accounts.operations.NoSuchAbsence: if she has no such absence that is still to end
    """
    if by_id != account_id:
        _require_supervisor(account_id, by_id, at=at)
    if absence_id not in {one.pk for one in presence.absences([account_id], at=at)}:
        raise presence.NoSuchAbsence(absence_id)
    presence.end_absence(absence_id=absence_id, by_id=by_id, at=at)


def set_week(*, account_id: int, weekdays: Collection[int], by_id: int, at: datetime) -> None:
    """
    Say on which weekdays somebody works, Monday is 0; none: the country's week again. On her other
    days new cases go to others.

    :raises accounts.policies.NotGranted: unless she does so herself, or the office is supervised
    :raises accounts.operations.BadAbsence: if a day is no weekday
    """
    if by_id != account_id:
        _require_supervisor(account_id, by_id, at=at)
    presence.set_week(account_id=account_id, weekdays=weekdays, by_id=by_id, at=at)


def _require_supervisor(account_id: int, by_id: int, *, at: datetime) -> None:
    """Nobody is her own supervisor: an absence moves work to others."""
    office_id = accounts.account(account_id).office_id
    if accounts.same_hands(account_id, by_id) or office_id is None:
        raise rights.NotGranted(account_id=by_id, act=policies.SUPERVISE.code)
    area = places.office(office_id).area
    rights.require(
        account_id=by_id,
        act=policies.SUPERVISE.code,
        area_code=area.code if area else None,
        at=at,
    )
