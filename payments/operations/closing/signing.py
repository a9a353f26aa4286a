"""The two signatures under a day, and the seal that the second one sets."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import structlog
from django.db import IntegrityError, transaction

from accounts import operations as accounts
from accounts import policies as grants
from accounts import queries as hands
from accounts.queries import SamePerson
from kernel import audit
from kernel.country import country
from payments import ledger, sealing
from payments.models import Close, LedgerDay
from payments.operations.closing import rows, rules, summary
from payments.policies import PREPARE_CLOSE, SIGN_CLOSE
from payments.queries import closing as queries
from payments.queries.closing import Found

log = structlog.get_logger()

PURPOSE = SIGN_CLOSE.code


class CannotClose(Exception):
    """The day cannot be closed as it stands."""


class NotTheNext(CannotClose):
    """Days close in their order, each once; the ledger has no such open day, or an older one."""


class DayNotOver(CannotClose):
    """Rail and ledger are compared on the next working day."""


class Unlisted(CannotClose):
    """These differences are nobody's yet."""

    def __init__(self, differences: list[Found]) -> None:
        super().__init__(len(differences))
        self.differences = differences


class NotPrepared(CannotClose):
    """Nobody has prepared it."""


class DayChanged(CannotClose):
    """Journals have landed on it since it was prepared: somebody prepares it again."""


class ClockDiffers(CannotClose):
    """PostgreSQL's clock or the zone of its books is not ours: somebody looks at the servers."""


class SealDiffers(CannotClose):
    """PostgreSQL and we seal the same day differently. Nothing is closed."""


def prepare(*, day: date, by_id: int, at: datetime) -> None:
    """
    Say that a day is ready to be signed; again, if it changed since.

    :raises accounts.policies.NotGranted: if she may not
    :raises NotTheNext: if an older day is open, or this one is closed
    :raises DayNotOver: before the next working day
    :raises Unlisted: with the differences that nobody has taken
    :raises ClockDiffers: if these books have another zone, or an earlier clock
    """
    with _by_the_clock(), transaction.atomic():
        _require(by_id, PREPARE_CLOSE.code, at)
        _hold(day, at=at)
        _refuse_unlisted(day)
        Close.objects.update_or_create(
            pk=day,
            defaults={
                "zone": str(country().zone),
                "prepared_by_id": by_id,
                "prepared_at": at,
                "prepared_journals": queries.journals_of(day),
            },
        )
        _record("close.prepared", day, by_id, at)
    log.info("close.prepared", day=day.isoformat())


def sign(*, day: date, by_id: int, step_up_id: int, at: datetime) -> str:
    """
    Sign a prepared day: it is closed, sealed, and chained to the day before; return its seal.

    :param step_up_id: that she has just shown her password for `PURPOSE`
    :raises accounts.policies.NotGranted: if she may not
    :raises accounts.operations.StepUpRefused: if she has not
    :raises accounts.queries.SamePerson: if she prepared it
    :raises CannotClose: one of its subclasses; nothing has happened then
    """
    with _by_the_clock(), transaction.atomic():
        _require(by_id, SIGN_CLOSE.code, at)
        accounts.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=PURPOSE, at=at)
        _hold(day, at=at)
        prepared = Close.objects.select_for_update().filter(pk=day).first()
        if prepared is None:
            raise NotPrepared(day.isoformat())
        if hands.same_hands(prepared.prepared_by_id, by_id):
            raise SamePerson
        _refuse_unlisted(day)
        if queries.journals_of(day) != prepared.prepared_journals:
            raise DayChanged(day.isoformat())
        made = _seal(day, by_id=by_id, at=at)
        ledger.close_day(day=day, at=at)
        _record("close.signed", day, by_id, at)
    log.info("close.signed", day=day.isoformat(), seal=made)
    return made


def _seal(day: date, *, by_id: int, at: datetime) -> str:
    """Let PostgreSQL write the record, draw the summary of it, and let it seal both."""
    Close.objects.filter(pk=day).update(signed_by_id=by_id, signed_at=at)
    record = Close.objects.get(pk=day)
    written = (record.record or "").encode()
    told = sealing.read(written.decode())
    # What cannot be made again from the rows could not be checked from the pack.
    if told.parts != rows.parts(record):
        raise SealDiffers(day.isoformat())
    paper = summary.draw(told, record)
    Close.objects.filter(pk=day).update(summary=paper)
    made = bytes(Close.objects.values_list("sha256", flat=True).get(pk=day) or b"").hex()
    sha256 = hashlib.sha256(paper).hexdigest()
    if made != sealing.seal(written, size=len(paper), sha256=sha256):
        raise SealDiffers(day.isoformat())
    return made


@contextmanager
def _by_the_clock() -> Iterator[None]:
    """Tell what PostgreSQL refuses by its clock from what must never happen."""
    try:
        yield
    except IntegrityError as error:
        match rules.broken(error):
            case "close_after_the_day":
                raise DayNotOver from error
            case "close_in_the_zone_of_the_books" | "close_by_the_clock":
                raise ClockDiffers from error
        raise


def _hold(day: date, *, at: datetime) -> None:
    """Hold the day against journals in flight, and refuse it unless it is the next to close."""
    held = LedgerDay.objects.select_for_update().filter(pk=day).first()
    if held is None or queries.next_to_close() != day:
        raise NotTheNext(day.isoformat())
    if queries.today(at) < queries.ready_on(day):
        raise DayNotOver(day.isoformat())


def _refuse_unlisted(day: date) -> None:
    unlisted = queries.unlisted(queries.found(day))
    if unlisted:
        raise Unlisted(unlisted)


def _require(by_id: int, act: str, at: datetime) -> None:
    grants.require(account_id=by_id, act=act, area_code=None, at=at)


def _record(act: str, day: date, by_id: int, at: datetime) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.close",
        subject_id=None,
        detail={"day": day.isoformat()},
        at=at,
    )
