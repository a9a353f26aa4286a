"""
Refunds that the rail cannot pay back, paid by hand to a payee proven at a desk.

One person proves her (the network's code and a document), another confirms it with her password.
Whoever then pays from the rail's own account, in its portal or at its counter, says by which id
the provider knows that; the statement's line with this id makes the refund DONE. It is noted once
and never paid again by anybody: what no statement shows rings (`watching`).
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from accounts import operations as people
from accounts import policies as grants
from accounts import queries as accounts
from accounts.queries import SamePerson
from kernel import audit
from kernel.crypto import blind_index
from payments.models import Movement, MovementAlias, Payee, Refund
from payments.operations import prompting, refunding
from payments.operations.refunding import OwnMoney, RefundDecided, SaysNothing
from payments.policies import ASK_REFUND, DECIDE_REFUND
from payments.posting import legs
from payments.queries import finding
from payments.states import DocumentKind, PayeeAccount
from payments.states import RefundState as R

log = structlog.get_logger()

# A debit may show that one was paid before anybody says so, or by another id than she says.
SHOWN_AS = (R.APPROVED, R.PENDING)
_PROVABLE = (R.REQUESTED, R.AWAITING_FUNDS, R.APPROVED)
_WRITTEN_MAX = 80
_ID_MAX = 100


class CodeDiffers(Exception):
    """The code is of other money than this refund pays back."""


class PayeeConfirmed(Exception):
    """Two people have proven the payee: she stays who she is."""


class NoPayee(Exception):
    """Nobody has been proven and confirmed as the payee."""


class IdTaken(Exception):
    """Another refund of this rail was paid by this id."""


class AlreadyOnStatement(Exception):
    """Money that left by this id was told before, as nobody's: two people explain it as this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What an officer at a desk has seen, and where the money is to go; as typed."""

    code: str
    document_kind: DocumentKind
    account_kind: PayeeAccount
    number: str
    holder: str
    bank: str = ""


def prove(*, refund_id: int, proof: Proof, by_id: int, at: datetime) -> None:
    """
    Write who gets a refund by hand, or mend it before it is confirmed.

    :raises accounts.policies.NotGranted: if she may not ask for refunds on this rail
    :raises RefundDecided: if it cannot be paid by hand, or not any more
    :raises PayeeConfirmed: if two people have proven her already
    :raises CodeDiffers: if the code is not of the collection
    :raises SaysNothing: if something of it is empty
    :raises prompting.NotAPhone: if the number is none
    :raises OwnMoney: if the bill, or the phone, is her own
    """
    number = _number(proof)
    with transaction.atomic():
        refund = _lock(refund_id, ASK_REFUND.code, by_id=by_id, at=at)
        if refund.state not in _PROVABLE or not _goes_by_hand(refund):
            raise RefundDecided(refund_id)
        if not set(finding.spellings(proof.code)) & _names(refund.movement):
            raise CodeDiffers
        _refuse_own(refund, number, by_id=by_id, at=at)
        known = Payee.objects.filter(refund=refund).first()
        if known is not None and known.confirmed_at is not None:
            raise PayeeConfirmed
        if not refund.by_hand:
            refund.by_hand = True
            refund.save(update_fields=["by_hand"])
        Payee.objects.update_or_create(
            refund=refund,
            defaults={
                "account_kind": proof.account_kind,
                "number": number,
                "number_index": blind_index(proof.account_kind, number),
                "bank": proof.bank.strip()[:_WRITTEN_MAX],
                "holder": proof.holder.strip()[:_WRITTEN_MAX],
                "code": proof.code.strip(),
                "document_kind": proof.document_kind,
                "maker_id": by_id,
                "proven_at": at,
            },
        )
        _note("refund.payee_proven", refund, by_id=by_id, at=at, document=proof.document_kind)


def confirm(
    *, refund_id: int, proven_at: datetime, by_id: int, step_up_id: int, at: datetime
) -> None:
    """
    Confirm, as the second person, who gets it.

    :param proven_at: when that was written which she has seen
    :param step_up_id: that she showed her password just now, for `DECIDE_REFUND`
    :raises SamePerson: if she proved her herself
    :raises OwnMoney: if the bill, or the phone, is her own
    :raises NoPayee: if nobody is proven, or somebody mended it since
    :raises PayeeConfirmed: if it is done
    :raises accounts.operations.StepUpRefused: if she did not, or it is used or too old
    :raises accounts.policies.NotGranted: if she may not decide about refunds on this rail
    """
    with transaction.atomic():
        refund = _lock(refund_id, DECIDE_REFUND.code, by_id=by_id, at=at)
        payee = Payee.objects.filter(refund=refund).first()
        if payee is None or refund.state not in _PROVABLE:
            raise NoPayee
        if accounts.same_hands(payee.maker_id, by_id):
            raise SamePerson
        if payee.confirmed_at is not None:
            raise PayeeConfirmed
        if payee.proven_at != proven_at:
            raise NoPayee
        _refuse_own(refund, payee.number, by_id=by_id, at=at)
        people.consume_step_up(
            step_up_id=step_up_id, account_id=by_id, purpose=DECIDE_REFUND.code, at=at
        )
        payee.checker_id, payee.confirmed_at = by_id, at
        payee.save(update_fields=["checker", "confirmed_at"])
        _note("refund.payee_confirmed", refund, by_id=by_id, at=at)


def paid(*, refund_id: int, external_id: str, by_id: int, at: datetime) -> None:
    """
    Note that it was paid by hand; from now on it is on its way until a statement shows it.

    :param external_id: the provider's or bank's own id of that payment, as its statement has it
    :raises RefundDecided: if it is not waiting to be paid by hand
    :raises NoPayee: if two people have not proven whom it goes to
    :raises SaysNothing: without an id
    :raises IdTaken: if another refund has it
    :raises AlreadyOnStatement: if the statement came first
    :raises accounts.policies.NotGranted: if she may not ask for refunds on this rail
    """
    handle = external_id.strip()[:_ID_MAX]
    if not handle:
        raise SaysNothing
    with transaction.atomic():
        refund = _lock(refund_id, ASK_REFUND.code, by_id=by_id, at=at)
        if refund.state != R.APPROVED or not refund.by_hand:
            raise RefundDecided(refund_id)
        payee = Payee.objects.filter(refund=refund, confirmed_at__isnull=False).first()
        if payee is None:
            raise NoPayee
        _refuse_own(refund, payee.number, by_id=by_id, at=at)
        _refuse_known(refund, handle)
        payee.paid_by_id, payee.paid_at = by_id, at
        payee.save(update_fields=["paid_by", "paid_at"])
        refund.handle, refund.sent_at = handle, at
        refunding.move(refund, R.SENDING, at=at)
        refunding.move(refund, R.PENDING, at=at)
        _note("refund.paid_by_hand", refund, by_id=by_id, at=at)


def hold_shown(refund_id: int, *, by_id: int, at: datetime) -> tuple[Refund, Payee]:
    """
    Hold a refund, and its payee, of which a debit shows that it was paid.

    :raises RefundDecided: if it is not waiting to be paid by hand, and not said to be
    :raises NoPayee: if two people have not proven whom it goes to
    :raises OwnMoney: if the bill, or the phone, is her own
    """
    refund = refunding.lock(refund_id)
    if refund.state not in SHOWN_AS or not refund.by_hand:
        raise RefundDecided(refund_id)
    payee = Payee.objects.filter(refund=refund, confirmed_at__isnull=False).first()
    if payee is None:
        raise NoPayee
    _refuse_own(refund, payee.number, by_id=by_id, at=at)
    return refund, payee


def shown(*, refund_id: int, external_id: str, said_by_id: int, by_id: int, at: datetime) -> None:
    """
    Note that it was paid by hand, as a debit shows that nobody explained: it is on its way by that.

    Inside the transaction in which two people explain the debit; raises as `hold_shown`.

    :param external_id: the debit's own id
    :param said_by_id: who says that the debit paid it; `by_id` decides
    """
    refund, payee = hold_shown(refund_id, by_id=by_id, at=at)
    if payee.paid_at is None:
        payee.paid_by_id, payee.paid_at = said_by_id, at
        payee.save(update_fields=["paid_by", "paid_at"])
    refund.handle = external_id[:_ID_MAX]
    if refund.state == R.APPROVED:
        refund.sent_at = at
        refunding.move(refund, R.SENDING, at=at)
        refunding.move(refund, R.PENDING, at=at)
    else:
        refund.save(update_fields=["handle"])
    _note("refund.shown_paid", refund, by_id=by_id, at=at)


def not_paid(*, refund_id: int, reason: str, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    Decide that what was said to be paid by hand was not: its money stands in suspense again.

    By another person than the one who said it. Should a statement show it later, it is money that
    nobody explains, and rings.

    :raises SaysNothing: without a reason
    :raises SamePerson: if she said herself that it was paid
    :raises RefundDecided: if it is not on its way by hand
    :raises accounts.operations.StepUpRefused: if she did not show her password for it
    :raises accounts.policies.NotGranted: if she may not decide about refunds on this rail
    """
    if not reason.strip():
        raise SaysNothing
    with transaction.atomic():
        refund = _lock(refund_id, DECIDE_REFUND.code, by_id=by_id, at=at)
        payee = Payee.objects.filter(refund=refund).first()
        if payee is None or refund.state != R.PENDING:
            raise RefundDecided(refund_id)
        if accounts.same_hands(payee.paid_by_id, by_id):
            raise SamePerson
        people.consume_step_up(
            step_up_id=step_up_id, account_id=by_id, purpose=DECIDE_REFUND.code, at=at
        )
        refunding.fail(refund, "not_paid_by_hand", at=at, by_id=by_id)
        _note("refund.not_paid_by_hand", refund, by_id=by_id, at=at, reason=reason.strip())


def nobody_came(*, refund_id: int, reason: str, by_id: int, step_up_id: int, at: datetime) -> None:
    """
    Decide that a refund is not waited for any longer: its money stands in suspense again.

    By another person than the one who asked for it; before anybody says that she has paid it.

    :raises SaysNothing: without a reason
    :raises SamePerson: if she asked for it herself
    :raises OwnMoney: if it is of a bill of her own
    :raises RefundDecided: if it does not wait to be paid by hand
    :raises accounts.operations.StepUpRefused: if she did not show her password for it
    :raises accounts.policies.NotGranted: if she may not decide about refunds on this rail
    """
    if not reason.strip():
        raise SaysNothing
    with transaction.atomic():
        refund = _lock(refund_id, DECIDE_REFUND.code, by_id=by_id, at=at)
        if refund.state != R.APPROVED or not refund.by_hand:
            raise RefundDecided(refund_id)
        if accounts.same_hands(refund.maker_id, by_id):
            raise SamePerson
        refunding.refuse_own(refund.bill_id, by_id=by_id, at=at)
        people.consume_step_up(
            step_up_id=step_up_id, account_id=by_id, purpose=DECIDE_REFUND.code, at=at
        )
        refunding.fail(refund, "nobody_came", at=at, by_id=by_id)
        _note("refund.nobody_came", refund, by_id=by_id, at=at, reason=reason.strip())


def _number(proof: Proof) -> str:
    number, bank = proof.number.strip(), proof.bank.strip()
    is_bank = proof.account_kind == PayeeAccount.BANK
    if not (number and proof.holder.strip() and proof.code.strip()) or is_bank != bool(bank):
        raise SaysNothing
    return number[:_WRITTEN_MAX] if is_bank else prompting.e164(number)


def _goes_by_hand(refund: Refund) -> bool:
    # What the rail can be ordered to do goes that way, unless it was asked for otherwise.
    rail = refund.movement.rail
    return refund.by_hand or not refunding.pays_back(kind=rail.kind, rail_code=rail.code)


def _names(movement: Movement) -> set[str]:
    aliases = MovementAlias.objects.filter(movement=movement).values_list("external_id", flat=True)
    return {spelt for name in (movement.external_id, *aliases) for spelt in finding.spellings(name)}


def _refuse_own(refund: Refund, number: str, *, by_id: int, at: datetime) -> None:
    refunding.refuse_own(refund.bill_id, by_id=by_id, at=at)
    if number.startswith("+") and accounts.is_own_phone(account_id=by_id, phone=number, at=at):
        raise OwnMoney


def _refuse_known(refund: Refund, handle: str) -> None:
    rail_id = refund.movement.rail_id
    others = Refund.objects.filter(handle=handle, movement__rail_id=rail_id).exclude(pk=refund.pk)
    if others.exists():
        raise IdTaken
    gone = [leg.value for leg in legs.GO_BACK]
    if Movement.objects.filter(rail_id=rail_id, external_id=handle, leg__in=gone).exists():
        raise AlreadyOnStatement


def _lock(refund_id: int, act: str, *, by_id: int, at: datetime) -> Refund:
    refund = refunding.lock(refund_id)
    rail_code = refund.movement.rail.code
    grants.require(account_id=by_id, act=act, area_code=None, rail_code=rail_code, at=at)
    return refund


def _note(
    act: str, refund: Refund, *, by_id: int, at: datetime, reason: str = "", document: str = ""
) -> None:
    audit.record(
        act=act,
        actor_id=by_id,
        subject="payments.refund",
        subject_id=refund.pk,
        reason=reason,
        detail={"document": document} if document else {},
        at=at,
    )
    log.info(act, refund_id=refund.pk)
