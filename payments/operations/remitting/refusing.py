"""
How an approved batch comes to nothing: one person says so, another decides with her password.

Its bank refuses it, or never got the order. Either way its money goes into the next batch, and
would be paid twice if it were not so.
"""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import operations as accounts
from accounts import queries as hands
from accounts.queries import SamePerson
from kernel import audit
from payments import posting
from payments.models import Remittance, RemittanceRefusal, RemittanceReport
from payments.operations import alarms
from payments.operations.remitting import walking
from payments.operations.remitting.deciding import PURPOSE
from payments.operations.remitting.walking import TEXT_MAX, RemittanceMoved
from payments.orders import pain002
from payments.orders.pain002 import Verdict
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE
from payments.states import AlarmKind
from payments.states import RemittanceState as M

log = structlog.get_logger()

# A batch of which the bank may still say anything.
ON_ITS_WAY = frozenset({M.SENT, M.ACKNOWLEDGED})
# A batch whose order may be at the bank, or in somebody's hands.
GIVEN_OUT = ON_ITS_WAY | {M.APPROVED}


class RefusalAsked(Exception):
    """Something is to be decided about this batch."""


class RefusalDecided(Exception):
    """Somebody has decided about this refusal."""


def ask_withdrawal(*, remittance_id: int, reason: str, by_id: int, at: datetime) -> int:
    """
    Say that the bank has not got the order of an approved batch; return what is to be decided.

    :param reason: how she knows, as whoever gave it out and marked it as sent may err
    :raises accounts.policies.NotGranted: if she may not ask for remittances, on this rail
    :raises RemittanceMoved: if it is not approved, or ended, or nobody says why
    :raises RefusalAsked: if something is to be decided about it
    """
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        walking.require_right(ASK_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        if batch.state not in GIVEN_OUT or not reason.strip():
            raise RemittanceMoved(batch.pk)
        if _waits(batch):
            raise RefusalAsked(batch.pk)
        asked = RemittanceRefusal.objects.create(
            remittance=batch, reason=reason.strip()[:TEXT_MAX], maker_id=by_id, asked_at=at
        )
        _record("remittance.withdrawal_asked", batch, by_id=by_id, at=at)
    log.info("remittance.withdrawal_asked", refusal_id=asked.pk)
    return asked.pk


def ask_refusal(batch: Remittance, report: RemittanceReport, *, at: datetime) -> None:
    """
    Put what the bank said of a held batch before a second person, unless some such waits.

    Of one that a statement has confirmed it says another thing than the statement: that rings.
    """
    if batch.state == M.CONFIRMED:
        _ring(batch, report, at=at)
    if batch.state not in ON_ITS_WAY or _waits(batch):
        return
    RemittanceRefusal.objects.create(
        remittance=batch, report=report, maker_id=report.by_id, asked_at=at
    )


def _ring(batch: Remittance, report: RemittanceReport, *, at: datetime) -> None:
    alarms.raise_(
        kind=AlarmKind.EVIDENCE_DISAGREES,
        subject=f"remittance:{batch.pk}",
        rail_code=batch.rail.code,
        facts={
            "report": report.pk,
            "amount_minor": batch.amount_minor,
            "currency": batch.currency,
        },
        at=at,
    )


def decide_refusal(
    *, refusal_id: int, approved: bool, by_id: int, at: datetime, step_up_id: int | None = None
) -> None:
    """
    Believe that a batch came to nothing: its money waits for the next one; or do not.

    What else its bank said against it is then asked: one forged answer keeps no true one away.

    :param step_up_id: to believe it: of her fresh password for `PURPOSE`; used up by this
    :raises accounts.policies.NotGranted: if she may not decide about remittances, on this rail
    :raises accounts.operations.StepUpRefused: if she believes it and showed no password
    :raises SamePerson: if she brought it
    :raises RefusalDecided: if it is decided
    :raises RemittanceMoved: if the bank has paid meanwhile
    """
    with transaction.atomic():
        found = RemittanceRefusal.objects.get(pk=refusal_id)
        batch = walking.lock(found.remittance_id)
        walking.require_right(DECIDE_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        # Under the batch's lock, which whoever decides takes first.
        refusal = RemittanceRefusal.objects.select_for_update(no_key=True).get(pk=refusal_id)
        if refusal.decided_at is not None:
            raise RefusalDecided(refusal_id)
        if hands.same_hands(refusal.maker_id, by_id):
            raise SamePerson
        if approved:
            if batch.state not in (ON_ITS_WAY if refusal.report_id else GIVEN_OUT):
                raise RemittanceMoved(batch.pk)
            accounts.consume_step_up(
                step_up_id=step_up_id, account_id=by_id, purpose=PURPOSE, at=at
            )
        refusal.decide(approved=approved, by_id=by_id, at=at)
        said = "refusal" if refusal.report_id else "withdrawal"
        verb = "believed" if approved else "declined"
        _record(f"remittance.{said}_{verb}", batch, by_id=by_id, at=at)
        if approved:
            fail(refusal_id, at=at)
        else:
            _ask_next(batch, at=at)
    log.info("remittance.refusal_decided", refusal_id=refusal_id, approved=approved)


def fail(refusal_id: int, *, at: datetime) -> None:
    """End a batch that came to nothing, as two people believe; inside their transaction."""
    refusal = RemittanceRefusal.objects.select_related("report").get(pk=refusal_id)
    batch = walking.lock(refusal.remittance_id)
    batch.ended_at, batch.ended_because = at, _why(refusal)[:TEXT_MAX]
    ended = M.FAILED if refusal.report else M.CANCELLED
    walking.move(batch, ended, at=at, by_id=refusal.checker_id or refusal.maker_id)
    posting.undo_remittance(batch.pk, at=at)
    walking.give_back(batch)


def _why(refusal: RemittanceRefusal) -> str:
    said = refusal.report
    if said is None:
        return refusal.reason
    return ", ".join(filter(None, (said.status, *(one["code"] for one in said.reasons))))


def _waits(batch: Remittance) -> bool:
    asked = RemittanceRefusal.objects.filter(remittance=batch)
    return asked.exclude(approved=False).exists()


def _ask_next(batch: Remittance, *, at: datetime) -> None:
    unasked = RemittanceReport.objects.filter(remittance=batch, refusal=None)
    for report in unasked.order_by("pk"):
        if pain002.verdict(report.status) is Verdict.REFUSED:
            ask_refusal(batch, report, at=at)
            return


def _record(act: str, batch: Remittance, *, by_id: int, at: datetime) -> None:
    audit.record(act=act, actor_id=by_id, subject="payments.remittance", subject_id=batch.pk, at=at)
