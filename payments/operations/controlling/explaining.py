"""
What a debit was that nobody here ordered: one person says it, another decides with her password.

Approved, it is posted as what it was (`posting.explain`), and its alarm is answered.
"""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction

from accounts import operations as people
from accounts import policies as grants
from accounts import queries as accounts
from kernel import audit
from payments import posting
from payments.models import Explanation, Movement, Remittance, SuspenseRule
from payments.operations import alarms
from payments.operations.controlling import sweeping
from payments.policies import ASK_RELEASE, DECIDE_RELEASE
from payments.states import ExplanationAnswer, Leg

log = structlog.get_logger()

PURPOSE = DECIDE_RELEASE.code
REASON_CHARACTERS_MAX = 300


class CannotExplain(Exception):
    """There is no such debit, it was something else, or nobody says why."""


class NoSweepAccount(CannotExplain):
    """Nobody has named the account that this rail may be swept to."""


class LossAboveLimit(CannotExplain):
    """More than the pack lets anybody take as lost; nothing, where it names no limit."""

    def __init__(self, max_minor: int, currency: str) -> None:
        super().__init__(max_minor)
        self.max_minor = max_minor
        self.currency = currency


class ExplanationDecided(Exception):
    """The debit is explained, or an explanation of it waits for its decision."""


class SamePerson(Exception):
    """Whoever explains a debit does not decide it."""


def ask(
    *,
    movement_id: int,
    answer: str,
    reason: str,
    by_id: int,
    at: datetime,
    original: str = "",
    transfer: str = "",
    remittance: str = "",
) -> int:
    """
    Say what a debit was; return the explanation's id.

    :param answer: an `ExplanationAnswer`
    :param original: for a reversal, the provider's id of the collection that it takes back
    :param transfer: for money that came back, the provider's id of its arrival, on any rail
    :param remittance: for a batch of ours, its number
    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises CannotExplain: if it cannot have been that
    :raises ExplanationDecided: if one waits, or has been approved
    """
    gone = (
        Movement.objects.select_related("rail").filter(pk=movement_id, leg=Leg.WITHDRAWAL).first()
    )
    if gone is None or answer not in ExplanationAnswer or not reason.strip():
        raise CannotExplain(movement_id)
    _require(by_id, ASK_RELEASE.code, gone.rail.code, at)
    _require_allowed(gone, answer, at)
    original_id, transfer_id = _meant(gone, original), _arrived(transfer)
    try:
        with transaction.atomic():
            asked = Explanation.objects.create(
                movement=gone,
                answer=answer,
                original_id=original_id if answer == ExplanationAnswer.REVERSAL else None,
                transfer_id=transfer_id if answer == ExplanationAnswer.RETURNED else None,
                remittance_id=(
                    _batch(remittance) if answer == ExplanationAnswer.REMITTANCE else None
                ),
                reason=reason.strip()[:REASON_CHARACTERS_MAX],
                maker_id=by_id,
                asked_at=at,
            )
            _record("explanation.asked", asked.pk, by_id, at)
    except IntegrityError as error:
        if "explanation_stands_once" in str(error):
            raise ExplanationDecided(movement_id) from error
        raise CannotExplain(movement_id) from error
    log.info("explanation.asked", explanation_id=asked.pk)
    return asked.pk


def decide(
    *,
    explanation_id: int,
    approved: bool,
    by_id: int,
    at: datetime,
    step_up_id: int | None = None,
) -> None:
    """
    Post the debit as what it was, and answer its alarm; or not.

    :param step_up_id: to approve: that she has just shown her password for `PURPOSE`
    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises accounts.operations.StepUpRefused: if she approves and has not
    :raises SamePerson: if she explained it
    :raises ExplanationDecided: if it is decided
    :raises CannotExplain: if it does not fit any more: too little is left of the collection
    """
    with transaction.atomic():
        asked = (
            Explanation.objects.select_for_update(of=("self",))
            .select_related("movement__rail")
            .get(pk=explanation_id)
        )
        _require(by_id, DECIDE_RELEASE.code, asked.movement.rail.code, at)
        if asked.decided_at is not None:
            raise ExplanationDecided(explanation_id)
        if accounts.same_hands(asked.maker_id, by_id):
            raise SamePerson
        if approved:
            _require_allowed(asked.movement, asked.answer, at)
            if step_up_id is None:
                raise people.StepUpRefused
            people.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=PURPOSE, at=at)
        asked.approved, asked.checker_id, asked.decided_at = approved, by_id, at
        asked.save(update_fields=["approved", "checker", "decided_at"])
        if approved:
            try:
                posting.explain(explanation_id, at=at)
            except (posting.NothingLeft, posting.DoesNotFit) as error:
                raise CannotExplain(explanation_id) from error
            alarms.explained(movement_id=asked.movement_id, note=asked.reason, by_id=by_id, at=at)
        act = "explanation.approved" if approved else "explanation.declined"
        _record(act, explanation_id, by_id, at)
    log.info("explanation.decided", explanation_id=explanation_id, approved=approved)


def _meant(gone: Movement, external_id: str) -> int | None:
    """Return the collection of the debit's rail with this id, by any of its names."""
    if not external_id.strip():
        return None
    told = Movement.objects.filter(rail=gone.rail, leg=Leg.CREDIT)
    found = told.filter(external_id=external_id.strip()) | told.filter(
        aliases__external_id=external_id.strip()
    )
    return found.values_list("pk", flat=True).first()


def _arrived(external_id: str) -> int | None:
    if not external_id.strip():
        return None
    found = Movement.objects.filter(leg=Leg.TRANSFER, external_id=external_id.strip())
    return found.values_list("pk", flat=True).first()


def _batch(number: str) -> int | None:
    """Return the batch with this number; that it fits the debit, PostgreSQL asks."""
    found = Remittance.objects.filter(number=number.strip())
    return found.values_list("pk", flat=True).first()


def _require_allowed(gone: Movement, answer: str, at: datetime) -> None:
    if answer == ExplanationAnswer.SWEEP and not sweeping.is_named(gone.rail_id, at=at):
        raise NoSweepAccount(gone.pk)
    if answer == ExplanationAnswer.LOSS:
        rule = SuspenseRule.objects.filter(currency=gone.currency).first()
        max_minor = (rule.loss_max_minor if rule else None) or 0
        if gone.amount_minor > max_minor:
            raise LossAboveLimit(max_minor, gone.currency)


def _require(by_id: int, act: str, rail_code: str, at: datetime) -> None:
    grants.require(account_id=by_id, act=act, area_code=None, rail_code=rail_code, at=at)


def _record(act: str, explanation_id: int, by_id: int, at: datetime) -> None:
    audit.record(
        act=act, actor_id=by_id, subject="payments.explanation", subject_id=explanation_id, at=at
    )
