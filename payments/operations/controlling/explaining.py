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
from accounts.queries import SamePerson
from kernel import audit
from payments import posting
from payments.models import Explanation, Movement, Refund, Remittance, SuspenseRule
from payments.operations import alarms, paying_out, refunding
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
    """
    More than the pack lets anybody take as lost; nothing, where it names no limit.

    A charge is as gone as a loss. No tariff says whether it was one: of a debit without its
    collection a tariff says nothing (`tariff.explains`).
    """

    def __init__(self, max_minor: int, currency: str) -> None:
        super().__init__(max_minor)
        self.max_minor = max_minor
        self.currency = currency


class ExplanationDecided(Exception):
    """The debit is explained, or an explanation of it waits for its decision."""


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
    refund: str = "",
) -> int:
    """
    Say what a debit was; return the explanation's id.

    :param answer: an `ExplanationAnswer`
    :param original: for a reversal, the provider's id of the collection that it takes back
    :param transfer: for money that came back, the provider's id of its arrival, on any rail
    :param remittance: for a batch of ours, its number
    :param refund: for one paid by hand, the provider's id of the collection that goes back
    :raises accounts.policies.NotGranted: if she may not, on this rail
    :raises CannotExplain: if it cannot have been that
    :raises refunding.OwnMoney: if it is a refund of a bill, or to a phone, of her own
    :raises ExplanationDecided: if one waits, or has been approved
    """
    debits = Movement.objects.select_related("rail").filter(leg=Leg.WITHDRAWAL)
    gone = debits.filter(pk=movement_id).first()
    if gone is None or answer not in ExplanationAnswer or not reason.strip():
        raise CannotExplain(movement_id)
    _require(by_id, ASK_RELEASE.code, gone.rail.code, at)
    _require_allowed(gone, answer, at)
    asked = Explanation(
        movement=gone,
        answer=answer,
        refund_id=_by_hand(gone, refund) if answer == ExplanationAnswer.REFUND else None,
        reason=reason.strip()[:REASON_CHARACTERS_MAX],
        maker_id=by_id,
        asked_at=at,
    )
    match answer:
        case ExplanationAnswer.REVERSAL:
            asked.original_id = _meant(gone, original)
        case ExplanationAnswer.CAME_BACK:
            asked.transfer_id = _arrived(transfer)
        case ExplanationAnswer.REMITTANCE:
            asked.remittance_id = _batch(remittance)
    _create(asked)
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
    :raises CannotExplain: if it does not fit any more: too little is left of the collection, the
        refund has ended
    :raises refunding.OwnMoney: if it is a refund of a bill, or to a phone, of her own
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
            people.consume_step_up(step_up_id=step_up_id, account_id=by_id, purpose=PURPOSE, at=at)
            if asked.refund_id is not None:
                _send(asked, by_id=by_id, at=at)
        asked.decide(approved=approved, by_id=by_id, at=at)
        if approved:
            try:
                posting.explain(explanation_id, at=at)
            except (posting.NothingLeft, posting.DoesNotFit) as error:
                raise CannotExplain(explanation_id) from error
            alarms.explained(movement_id=asked.movement_id, note=asked.reason, by_id=by_id, at=at)
        act = "explanation.approved" if approved else "explanation.declined"
        _record(act, explanation_id, by_id, at)
    log.info("explanation.decided", explanation_id=explanation_id, approved=approved)


def _create(asked: Explanation) -> None:
    by_id, at = asked.maker_id, asked.asked_at
    try:
        with transaction.atomic():
            if asked.refund_id is not None:
                _hold(asked.refund_id, by_id=by_id, at=at)
            asked.save(force_insert=True)
            _record("explanation.asked", asked.pk, by_id, at)
    except IntegrityError as error:
        if "explanation_stands_once" in str(error):
            raise ExplanationDecided(asked.movement_id) from error
        raise CannotExplain(asked.movement_id) from error


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


def _by_hand(gone: Movement, external_id: str) -> int:
    """Return the one refund by hand of this amount that pays this collection of the rail back."""
    waiting = Refund.objects.filter(
        movement__rail=gone.rail,
        movement__external_id=external_id.strip(),
        by_hand=True,
        state__in=paying_out.SHOWN_AS,
        currency=gone.currency,
        amount_minor=gone.amount_minor,
    )
    found = list(waiting.values_list("pk", flat=True)[:2])
    if len(found) != 1:
        raise CannotExplain(gone.pk)
    return found[0]


def _hold(refund_id: int, *, by_id: int, at: datetime) -> None:
    try:
        paying_out.hold_shown(refund_id, by_id=by_id, at=at)
    except (paying_out.NoPayee, refunding.RefundDecided) as error:
        raise CannotExplain(refund_id) from error


def _send(asked: Explanation, *, by_id: int, at: datetime) -> None:
    """Bring its refund as far as the debit shows that it came; `posting` ends it."""
    try:
        paying_out.shown(
            refund_id=asked.refund_id or 0,
            external_id=asked.movement.external_id,
            said_by_id=asked.maker_id,
            by_id=by_id,
            at=at,
        )
    except (paying_out.NoPayee, refunding.RefundDecided) as error:
        raise CannotExplain(asked.pk) from error


def _require_allowed(gone: Movement, answer: str, at: datetime) -> None:
    if answer == ExplanationAnswer.SWEEP and not sweeping.is_named(gone.rail_id, at=at):
        raise NoSweepAccount(gone.pk)
    if answer in (ExplanationAnswer.LOSS, ExplanationAnswer.CHARGE):
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
