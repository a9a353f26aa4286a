"""
Who is here: absences entered and ended, working weeks, and who is present at a moment.

Whether somebody may enter an absence is for the floor above to say: it knows who supervises whom.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import FilteredRelation, Q

from accounts.models import Absence, Account, WorkingWeek
from accounts.operations.rights import lock_accounts
from accounts.queries import same_hands
from accounts.states import AbsenceKind
from kernel import audit
from kernel.country import country
from places import working

log = structlog.get_logger()

CHAIN_MAX = 10
OFF_DAY = "off_day"


class AbsencesOverlap(Exception):
    """She is away then already."""


class CannotStandIn(Exception):
    """Nobody stands in for herself, or while she is away."""


class BadAbsence(Exception):
    """No such kind, or it ends before it begins or before now."""


class NoSuchAbsence(Exception):
    """There is no such absence, or it has ended."""


@dataclass(frozen=True)
class Presence:
    """
    Whether somebody is here, and if not why: a kind of absence, or `OFF_DAY`.

    `stand_in_id` is whoever stands in for her and is here; `until` is when the absence ends.
    """

    is_here: bool
    reason: str = ""
    until: datetime | None = None
    stand_in_id: int | None = None


HERE = Presence(is_here=True)


def plan_absence(
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
    Enter an absence and return its id.

    :raises BadAbsence: if the kind is unknown, or it does not end after it begins and after now
    :raises AbsencesOverlap: if she is away then already
    :raises CannotStandIn: if the stand-in is she herself, or is away at any time of it
    """
    if kind not in AbsenceKind.values or until_at <= max(from_at, at):
        raise BadAbsence(kind)
    with transaction.atomic():
        lock_accounts(account_id, *([stand_in_id] if stand_in_id else []))
        if _within(account_id, from_at, until_at):
            raise AbsencesOverlap(account_id)
        if stand_in_id and (
            same_hands(account_id, stand_in_id) or _within(stand_in_id, from_at, until_at)
        ):
            raise CannotStandIn(stand_in_id)
        absence = Absence.objects.create(
            account_id=account_id,
            from_at=from_at,
            until_at=until_at,
            kind=kind,
            stand_in_id=stand_in_id,
            entered_by_id=by_id,
            entered_at=at,
        )
        _record("absence.planned", absence, by_id=by_id, at=at)
    return absence.pk


def end_absence(*, absence_id: int, by_id: int, at: datetime) -> None:
    """
    End an absence now; one that has not begun never was.

    :raises NoSuchAbsence: if there is none that is still to end
    """
    with transaction.atomic():
        absence = (
            Absence.objects.select_for_update()
            .filter(pk=absence_id, ended_at=None, until_at__gt=at)
            .first()
        )
        if absence is None:
            raise NoSuchAbsence(absence_id)
        absence.ended_by_id, absence.ended_at = by_id, at
        absence.save(update_fields=["ended_by", "ended_at"])
        _record("absence.ended", absence, by_id=by_id, at=at)


def set_week(*, account_id: int, weekdays: Collection[int], by_id: int, at: datetime) -> None:
    """
    Say on which weekdays somebody works, Monday is 0; none: the country's week again.

    :raises BadAbsence: if a day is no weekday
    """
    if set(weekdays) - set(range(7)):
        raise BadAbsence(str(sorted(weekdays)))
    with transaction.atomic():
        lock_accounts(account_id)
        if weekdays:
            WorkingWeek.objects.update_or_create(
                account_id=account_id,
                defaults={
                    "weekdays": sorted(set(weekdays)),
                    "entered_by_id": by_id,
                    "entered_at": at,
                },
            )
        else:
            WorkingWeek.objects.filter(account_id=account_id).delete()
        audit.record(
            act="working_week.set",
            actor_id=by_id,
            subject="accounts.account",
            subject_id=account_id,
            detail={"weekdays": "".join(str(one) for one in sorted(set(weekdays)))},
            at=at,
        )


def present(account_ids: Collection[int], at: datetime) -> dict[int, Presence]:
    """
    Say of each account whether she is here when offices next work: what comes at night is for
    tomorrow's people.

    A stand-in who is away too is followed to hers. One query, and one more a link of the chain.
    """
    moment = working.add_working_days(at, 0)
    weekday = moment.astimezone(country().zone).weekday()
    found: dict[int, Presence] = {}
    wanted = set(account_ids)
    for _ in range(CHAIN_MAX):
        found |= _looked_up(wanted, moment, weekday)
        wanted = {one.stand_in_id for one in found.values() if one.stand_in_id} - found.keys()
        if not wanted:
            break
    return {
        one: found[one]
        if found[one].is_here
        else Presence(False, found[one].reason, found[one].until, stand_in(one, found))
        for one in found.keys() & set(account_ids)
    }


def stand_in(account_id: int, found: Mapping[int, Presence]) -> int | None:
    """Follow the chain from an absent account to the first who is here; a circle leads nowhere."""
    seen = {account_id}
    following = found[account_id].stand_in_id
    while following is not None and following in found and following not in seen:
        if found[following].is_here:
            return following
        seen.add(following)
        following = found[following].stand_in_id
    return None


def absences(account_ids: Collection[int], *, at: datetime) -> Sequence[Absence]:
    """Return the absences of these accounts that are not over, those that begin first first."""
    rows = Absence.objects.filter(account_id__in=account_ids, ended_at=None, until_at__gt=at)
    return list(rows.select_related("account", "stand_in").order_by("from_at", "pk"))


def weeks(account_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return the weekdays on which somebody works, of those who do not work the country's week."""
    rows = WorkingWeek.objects.filter(account_id__in=account_ids)
    return {pk: tuple(days) for pk, days in rows.values_list("account_id", "weekdays")}


def _looked_up(account_ids: Collection[int], moment: datetime, weekday: int) -> dict[int, Presence]:
    away_then = Q(
        absences__ended_at=None, absences__from_at__lte=moment, absences__until_at__gt=moment
    )
    rows = Account.objects.filter(pk__in=account_ids).annotate(
        away=FilteredRelation("absences", condition=away_then)
    )
    found: dict[int, Presence] = {}
    for account_id, kind, until, stand_in_id, weekdays in rows.values_list(
        "pk", "away__kind", "away__until_at", "away__stand_in_id", "working_week__weekdays"
    ):
        if kind is not None:
            found[account_id] = Presence(False, kind, until, stand_in_id)
        elif weekdays is not None and weekday not in weekdays:
            found[account_id] = Presence(False, OFF_DAY)
        else:
            found[account_id] = HERE
    return found


def _within(account_id: int, from_at: datetime, until_at: datetime) -> bool:
    rows = Absence.objects.filter(account_id=account_id, from_at__lt=until_at, until_at__gt=from_at)
    # One that was ended before it began is of no time at all.
    return any(
        ended_at is None or ended_at > max(began_at, from_at)
        for began_at, ended_at in rows.values_list("from_at", "ended_at")
    )


def _record(act: str, absence: Absence, *, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="accounts.absence",
        subject_id=absence.pk,
        # Why she is away is nobody's business here.
        detail={"account_id": absence.account_id, "stand_in_id": absence.stand_in_id},
        at=at,
    )
    log.info(act, absence_id=absence.pk, by_id=by_id)
