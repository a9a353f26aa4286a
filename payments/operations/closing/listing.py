"""Differences: somebody takes each, with a note, and it stays listed until it is settled."""

from collections.abc import Collection
from datetime import date, datetime

import structlog
from django.db import IntegrityError, transaction

from accounts import policies as grants
from kernel import audit
from payments import sql
from payments.models import CloseDifference, DifferenceKind
from payments.operations.closing import rules
from payments.policies import PREPARE_CLOSE
from payments.queries import closing as queries

log = structlog.get_logger()

NOTE_CHARACTERS_MAX = 500
# What no fact of ours will ever settle: somebody says how it ended.
SETTLED_BY_WORD = frozenset(
    {
        DifferenceKind.NEVER_TOLD,
        DifferenceKind.AMOUNTS_DIFFER,
        DifferenceKind.REFERENCES_DIFFER,
    }
)


class NothingToTake(Exception):
    """None of these differs any more, the day is closed, or the note is empty."""


# What differed when she looked may be gone, and the day closed, by the time it is written down.
_GONE = frozenset({"close_difference_differs", "close_difference_of_an_open_day"})


class NotHersToSettle(Exception):
    """It is settled already, or its cause alone can settle it."""


def take(*, day: date, keys: Collection[str], note: str, by_id: int, at: datetime) -> int:
    """
    Make her the owner of differences of a day, with one note; return how many.

    Those that nobody has listed are listed now. Those of somebody else become hers.

    :param keys: `queries.closing.Found.key` of each: its kind and its subject
    :raises accounts.policies.NotGranted: if she may not
    :raises NothingToTake: if the day has none of them or is closed, or there is no note
    """
    told = note.strip()[:NOTE_CHARACTERS_MAX]
    try:
        return _take(day, keys, told, by_id, at)
    except IntegrityError as error:
        if rules.broken(error) in _GONE:
            raise NothingToTake from error
        raise


def _take(day: date, keys: Collection[str], told: str, by_id: int, at: datetime) -> int:
    with transaction.atomic():
        _require(by_id, at)
        wanted = [one for one in queries.found(day) if one.key in keys]
        if not wanted or not told:
            raise NothingToTake
        CloseDifference.objects.bulk_create(
            [
                CloseDifference(
                    day_found_id=day,
                    kind=one.kind,
                    subject=one.subject,
                    rail_id=one.rail_id,
                    currency=one.currency,
                    amount_minor=one.amount_minor,
                    owner_id=by_id,
                    note=told,
                    opened_at=at,
                )
                for one in wanted
                if one.listed_id is None
            ],
            # Somebody else may be listing it at this moment: the first one has it.
            ignore_conflicts=True,
        )
        CloseDifference.objects.filter(
            pk__in=[one.listed_id for one in wanted if one.listed_id], settled_at=None
        ).update(owner_id=by_id, note=told)
        _record("close.difference_taken", by_id, at, count=len(wanted), day=day.isoformat())
    return len(wanted)


def take_over(*, difference_id: int, note: str, by_id: int, at: datetime) -> None:
    """
    Become the owner of one listed difference, with a new note.

    :raises NothingToTake: if it is settled, or there is no note
    """
    told = note.strip()[:NOTE_CHARACTERS_MAX]
    with transaction.atomic():
        _require(by_id, at)
        mine = CloseDifference.objects.filter(pk=difference_id, settled_at=None)
        if not told or not mine.update(owner_id=by_id, note=told):
            raise NothingToTake
        _record("close.difference_taken", by_id, at, count=1, difference=difference_id)


def settle(*, difference_id: int, note: str, by_id: int, at: datetime) -> None:
    """
    Say how a difference ended that nothing but words can end.

    :raises accounts.policies.NotGranted: if she may not
    :raises NotHersToSettle: if it is settled, or ends with its cause
    :raises NothingToTake: if there is no note
    """
    told = note.strip()[:NOTE_CHARACTERS_MAX]
    if not told:
        raise NothingToTake
    with transaction.atomic():
        _require(by_id, at)
        open_ones = CloseDifference.objects.filter(pk=difference_id, settled_at=None)
        if not open_ones.filter(kind__in=SETTLED_BY_WORD).update(
            settled_at=at, settled_by_id=by_id, settled_note=told
        ):
            raise NotHersToSettle
        _record("close.difference_settled", by_id, at, difference=difference_id)


def settle_gone(now: datetime) -> int:
    """Settle the listed differences whose cause is gone; return how many. Safe to repeat."""
    with transaction.atomic():
        gone = len(sql.run("closing_settle", at=now))
    if gone:
        log.info("close.differences_settled", count=gone)
    return gone


def _require(by_id: int, at: datetime) -> None:
    grants.require(account_id=by_id, act=PREPARE_CLOSE.code, area_code=None, at=at)


def _record(act: str, by_id: int, at: datetime, **detail: str | int) -> None:
    audit.record(
        act=act, actor_id=by_id, subject="payments.close", subject_id=None, detail=detail, at=at
    )
