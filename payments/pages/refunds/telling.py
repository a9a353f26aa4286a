"""A refund's story: what happened, whose turn it is, what comes next."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from payments.pages.refunds import words
from payments.queries.refunds import OwnRefund, RefundView
from payments.states import RefundState as R

Item = dict[str, object]
_OVER = (R.DONE, R.FAILED, R.DECLINED)


def story(refund: RefundView, names: Mapping[int, str]) -> list[Item]:
    """Return the items of the `story` tag; staff are named, nobody else."""
    return [*_happened(refund, names), *_comes(refund)]


def _happened(refund: RefundView, names: Mapping[int, str]) -> list[Item]:
    why, _note = words.reason(refund.reason, refund.rule)
    told = [_done(_("The money came"), refund.occurred_at, refund.external_id)]
    if refund.rule:
        told.append(_done(_("A rule proposed to pay it back"), refund.proposed_at, why))
    if refund.requested_at:
        told.append(_done(_("Asked for"), refund.requested_at, names.get(refund.maker_id or 0)))
    if refund.decided_at:
        is_no = refund.state == R.DECLINED
        text = _("Declined") if is_no else _("Approved")
        who = names.get(refund.checker_id or 0, "")
        note = f"{who}: {refund.declined_for}" if is_no and refund.declined_for else who
        told.append(_done(text, refund.decided_at, note))
    told += _at_the_desk(refund, names)
    if refund.sent_at and not refund.by_hand:
        told.append(_done(_("The order was sent to the provider"), refund.sent_at, refund.handle))
    if refund.state == R.DONE:
        told.append(_done(_("The money is with the payer"), refund.ended_at, refund.payout_id))
    if refund.state == R.FAILED:
        told.append(
            _done(
                _("It failed, and the money stands in suspense again"),
                refund.ended_at,
                words.failure(refund.failure_reason),
            )
        )
    return told


def _at_the_desk(refund: RefundView, names: Mapping[int, str]) -> list[Item]:
    payee = refund.payee
    if payee is None:
        return []
    told: list[Item] = []
    document = words.DOCUMENTS.get(payee.document_kind, "")
    who = names.get(payee.maker_id, "")
    told.append(_done(_("The payee was proven at a desk"), payee.proven_at, f"{who}, {document}"))
    if payee.confirmed_at:
        who = names.get(payee.checker_id or 0, "")
        told.append(_done(_("A second person confirmed the payee"), payee.confirmed_at, who))
    if payee.paid_at:
        who = names.get(payee.paid_by_id or 0, "")
        told.append(_done(_("Paid by hand"), payee.paid_at, f"{who}, {refund.handle}"))
    return told


def _comes(refund: RefundView) -> list[Item]:
    state = R(refund.state)
    if state in _OVER:
        return []
    turn = _turn(refund)
    last: Item = {"text": _("The money is with the payer"), "state": "later"}
    if state in {R.PROPOSED, R.REQUESTED}:
        decided: Item = {"text": _("Another person decides"), "state": "later"}
        return [turn, *([decided] if state == R.PROPOSED else []), last]
    return [turn, last]


def _turn(refund: RefundView) -> Item:
    state = R(refund.state)
    if state == R.APPROVED and refund.by_hand:
        return _next(*_desk_turn(refund))
    if state == R.PENDING and refund.by_hand:
        return _next(
            _("The statement shows it"),
            _("It is not paid a second time. It rings if no statement shows it in three days."),
        )
    text, note = {
        R.PROPOSED: (_("Somebody of finance asks for it"), ""),
        R.REQUESTED: (_("Another person decides"), _("With a password.")),
        R.AWAITING_FUNDS: (
            _("The refund float is filled"),
            _("Then it is sent by itself, the oldest first."),
        ),
        R.APPROVED: (_("It is sent by itself"), _("In the next minute.")),
        R.SENDING: (_("It is being sent"), ""),
        R.PENDING: (_("The provider pays it"), _("It is asked until it says so.")),
        R.UNKNOWN: (
            _("Nobody knows whether it left: the provider is asked again and again"),
            _("It is never sent a second time."),
        ),
    }[state]
    return _next(text, note)


def _desk_turn(refund: RefundView) -> tuple[str, str]:
    if refund.payee is None:
        return (
            _("The payer comes to a desk"),
            _("With the network's SMS and a document. The network or bank cannot send it back."),
        )
    if refund.payee.confirmed_at is None:
        return _("Another person confirms the payee"), _("With a password.")
    return (
        _("Somebody of finance pays it by hand, and notes the id"),
        _("From the account that the money came to, in its portal or at its counter."),
    )


def for_payer(refund: OwnRefund) -> list[Item]:
    """Return the same for the payer, in her words; an empty list is never returned."""
    told = [_done(_("We found that this money is yours to have back"), refund.asked_at)]
    if refund.state == R.DECLINED:
        note = _("Ask at a desk why, and how to object.")
        return [*told, _done(_("It was decided not to pay it back"), refund.decided_at, note)]
    if refund.decided_at:
        told.append(_done(_("It was decided to pay it back"), refund.decided_at))
    if refund.state == R.DONE:
        return [*told, _done(_("Your money was sent back to you"), refund.ended_at)]
    if refund.state == R.FAILED:
        text = _("It could not be sent back to you; we have it, and look for another way")
        return [*told, _done(text, refund.ended_at)]
    if refund.sent_at:
        told.append(_done(_("Your money is on its way back"), refund.sent_at))
    return [*told, _next(*_payers_turn(refund))]


def _payers_turn(refund: OwnRefund) -> tuple[str, str]:
    state = R(refund.state)
    if state in {R.PROPOSED, R.REQUESTED}:
        return _("Two people look at it"), _("You need not do anything.")
    if refund.by_hand and state == R.APPROVED and not refund.has_payee:
        return (
            _("Come to a desk for it"),
            _("Bring the network's SMS and your identity document."),
        )
    if state == R.UNKNOWN:
        return (
            _("The network has not told us yet whether you have it"),
            _("We keep asking. Nothing is lost."),
        )
    if state == R.AWAITING_FUNDS:
        return _("It is sent as soon as the account for refunds is filled"), ""
    return _("You get it"), _("The network or the bank may take some days.")


def _done(text: str, time: datetime | None, note: object = "") -> Item:
    return {"text": text, "time": time, "note": note or "", "state": "done"}


def _next(text: str, note: str = "") -> Item:
    return {"text": text, "time": None, "note": note, "state": "next"}
