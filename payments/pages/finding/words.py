"""The words of "find my money", for whoever paid and for the desk."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from payments import queries
from payments.operations import claiming, matching, prompting, refunding
from payments.pages.refunds import words as refunds
from payments.queries.finding import ClaimView, Whereabouts
from payments.states import RefundState as R
from payments.states import SuspenseReason

Item = dict[str, object]

# Why money stands in suspense, as its payer understands it.
WHY: Mapping[str, Promise] = {
    SuspenseReason.UNKNOWN_REFERENCE: _("The reference that was typed is nobody's."),
    SuspenseReason.WRONG_CURRENCY: _("It came in another currency than the reference asks."),
    SuspenseReason.OVERPAID: _("It is more than was due."),
    SuspenseReason.ALREADY_PAID: _("The reference was paid before."),
    SuspenseReason.BILL_CANCELLED: _("The reference was closed."),
    SuspenseReason.BILL_REPLACED: _("The reference was replaced by another amount."),
    SuspenseReason.BILL_EXPIRED: _("The reference had run out."),
    SuspenseReason.REFUND_FAILED: _("It could not be sent back."),
}
BACK: Mapping[str, Promise] = {
    R.PROPOSED: _("We found that it should go back to you. Two people look at it."),
    R.REQUESTED: _("It is to go back to you. Two people look at it."),
    R.AWAITING_FUNDS: _("It goes back to you. It is sent in the next days."),
    R.APPROVED: _("It goes back to you. It is sent in the next days."),
    R.SENDING: _("It is on its way back to you."),
    R.PENDING: _("It is on its way back to you."),
    R.UNKNOWN: _("It may be on its way back to you. We are asking the network."),
    R.DONE: _("It was sent back to you."),
}
# The same for staff.
DESK_BACK: Mapping[str, Promise] = {
    state: words for state, (words, _tone) in refunds.STATES.items() if state in BACK
}
CLAIM_STATES: Mapping[str, tuple[Promise, str]] = {
    "open": (_("waits for proof"), "warn"),
    "proven": (_("proven, waits for an answer"), "warn"),
    "decided": (_("answered, a second person decides"), ""),
    "refused": (_("refused"), ""),
}
REFUSALS: Mapping[type[Exception], Promise] = {
    prompting.NotAPhone: _("This is not a mobile number of this country."),
    claiming.NotHers: _("This code is of other money. Look at the SMS again."),
    claiming.NothingToClaim: _("Nothing of this money waits for its owner any more."),
    claiming.ClaimAnswered: _("Somebody has dealt with this claim since you opened the page."),
    claiming.NotProven: _("Note first which document you have seen."),
    refunding.OwnMoney: _("This money is your own. Others deal with it."),
    refunding.SaysNothing: _("Say why."),
    refunding.NothingToRefund: _("Less than that is left of this money."),
    refunding.RefundInWhole: _(
        "This network sends money back in whole or not at all. Choose to pay it at a desk."
    ),
    matching.NothingToMatch: _("This money is promised already, or nothing is due there."),
    matching.BillTakesNoMoney: _("That reference takes no money: paid, closed or run out."),
    matching.AlreadyAsked: _("Somebody has asked for this already, and it is to be decided."),
    queries.NoBill: _("This is nobody's reference."),
}
SAID = tuple(REFUSALS)


def refusal(error: Exception) -> str:
    return str(next(words for kind, words in REFUSALS.items() if isinstance(error, kind)))


def claim_story(claim: ClaimView) -> list[Item]:
    """Return the items of the `story` tag, the same for whoever claims and for the desk."""
    told = [_done(__("The claim was made"), claim.opened_at)]
    if claim.proven_at:
        told.append(_done(__("A document was shown at a desk"), claim.proven_at))
    if claim.refused_for:
        return [*told, _done(__("It was refused"), claim.answered_at, claim.refused_for)]
    if claim.answered_at is None:
        return [*told, _turn(claim)]
    what = __("It is to pay a reference") if claim.match_id else __("It is to go back")
    told.append(_done(what, claim.answered_at))
    if claim.approved is None:
        return [*told, _next(__("A second person decides"))]
    if not claim.approved:
        note = __("The money still stands with us. Ask at a desk why.")
        return [*told, _done(__("The second person said no"), None, note)]
    if claim.match_id:
        return [*told, _done(__("It has paid the reference"), None)]
    if claim.refund_state == R.DONE:
        return [*told, _done(__("It was sent back"), None)]
    return [*told, _next(__("It is sent back"))]


def _turn(claim: ClaimView) -> Item:
    if claim.proven_at is None:
        note = __("Bring the network's SMS and an identity document.")
        return _next(__("Come to a desk with the proof"), note)
    return _next(__("We look for what it was meant for"))


def _done(text: str, time: datetime | None, note: object = "") -> Item:
    return {"text": text, "time": time, "note": note or "", "state": "done"}


def _next(text: str, note: str = "") -> Item:
    return {"text": text, "time": None, "note": note, "state": "next"}


def back(where: Whereabouts) -> Promise | str:
    return BACK.get(where.back_state, "")


def why(where: Whereabouts) -> Promise | str:
    return WHY.get(where.reason, "")
