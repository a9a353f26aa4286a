"""
The order's way to the bank and back: once, by a person's hands.

No bank of ours publishes a way to hand orders in by machine: the file is downloaded here and
uploaded there. Whoever did so says it once, with the bank's receipt, and brings its answer.
"""

import hashlib
from datetime import datetime

from django.db import transaction

from payments.models import Remittance, RemittanceReport
from payments.operations.remitting import refusing, walking
from payments.operations.remitting.walking import RemittanceMoved
from payments.orders import pain002
from payments.orders.pain002 import Result, Verdict
from payments.policies import ASK_REMITTANCE
from payments.states import RemittanceState as M

RECEIPT_MAX = 100


class AnotherBatch(Exception):
    """The bank's answer is about another order than this batch's."""


class ReportKnown(Exception):
    """The same file was brought before."""


def mark_sent(*, remittance_id: int, bank_receipt: str, by_id: int, at: datetime) -> None:
    """
    Say that the order was handed to the bank, which gave this receipt.

    :raises accounts.policies.NotGranted: if she may not ask for remittances
    :raises RemittanceMoved: if it was sent before, or is not approved
    """
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        walking.require_right(ASK_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        if batch.state != M.APPROVED:
            raise RemittanceMoved(batch.pk)
        batch.bank_receipt, batch.sent_at = bank_receipt.strip()[:RECEIPT_MAX], at
        walking.move(batch, M.SENT, at=at, by_id=by_id)


def take_report(*, remittance_id: int, data: bytes, by_id: int, at: datetime) -> Result:
    """
    Keep the bank's answer (pain.002) byte for byte, and note what it says of this batch.

    Taken: it is acknowledged, which moves nothing. Refused: another person decides whether that is
    believed (`decide_refusal`), because anybody can write such a file. Any other word is kept and
    changes nothing; nor does what comes after its end.

    :raises payments.orders.pain002.CannotRead: if it is no such file
    :raises AnotherBatch: if it does not speak of this one
    :raises ReportKnown: if it was brought before
    :raises RemittanceMoved: if the batch has not been sent
    """
    results = pain002.read(data)
    with transaction.atomic():
        batch = walking.lock(remittance_id)
        walking.require_right(ASK_REMITTANCE.code, rail_code=batch.rail.code, by_id=by_id, at=at)
        result = _about(batch, results)
        if batch.sent_at is None:
            raise RemittanceMoved(batch.pk)
        sha256 = hashlib.sha256(data).hexdigest()
        if RemittanceReport.objects.filter(remittance=batch, sha256=sha256).exists():
            raise ReportKnown(batch.pk)
        report = RemittanceReport.objects.create(
            remittance=batch,
            sha256=sha256,
            body=data,
            status=result.status[:4],
            reasons=[{"code": one.code, "text": one.text} for one in result.reasons],
            by_id=by_id,
            at=at,
        )
        if result.verdict is Verdict.TAKEN and batch.state == M.SENT:
            batch.acknowledged_at = at
            walking.move(batch, M.ACKNOWLEDGED, at=at, by_id=by_id)
        elif result.verdict is Verdict.REFUSED:
            refusing.ask_refusal(batch, report, at=at)
    return result


def _about(batch: Remittance, results: list[Result]) -> Result:
    """Return what is said of this very order, else of its message as a whole."""
    for result in results:
        if result.end_to_end_id == batch.end_to_end_id:
            return result
    for result in results:
        if not result.end_to_end_id and result.message_id == batch.number:
            return result
    raise AnotherBatch(batch.pk)
