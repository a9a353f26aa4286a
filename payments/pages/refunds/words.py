"""The words of refunds: states, rules, reasons, documents and refusals, for staff."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.operations import BudgetSpent, StepUpRefused, WrongPassword, WrongProof
from accounts.queries import SamePerson
from payments.operations import floating, holding_items, paying_out, prompting, refunding
from payments.operations.controlling import limits
from payments.pages.words import over_limit
from payments.states import DocumentKind, ReturnStanding
from payments.states import RefundState as R

LISTS: Mapping[str, Promise] = {
    "proposed": _("Proposed"),
    "requested": _("To decide"),
    "awaiting_funds": _("Awaiting funds"),
    "by_hand": _("To pay at a desk"),
    "on_the_way": _("On the way"),
    "unknown": _("Outcome unknown"),
    "failed": _("Failed"),
    "done": _("Paid back"),
    "declined": _("Declined"),
}
ADVICE: Mapping[str, Promise] = {
    "proposed": _("A rule found this money. Ask for it, and a second person decides."),
    "requested": _("One person has asked. Another decides, with a password."),
    "awaiting_funds": _("Approved. Each is sent by itself as soon as the refund float is filled."),
    "by_hand": _("The network or bank cannot send these back. The payer is proven at a desk."),
    "on_the_way": _("Approved and sent. Nothing is to be done until the provider answers."),
    "unknown": _("Nobody knows whether these left. The provider is asked; none is sent twice."),
    "failed": _("The money stands in suspense again. Ask for it anew, or pay it at a desk."),
    "done": _("The payer has the money."),
    "declined": _("A second person said no, and why."),
}
STATES: Mapping[str, tuple[Promise, str]] = {
    R.PROPOSED: (_("proposed by a rule"), ""),
    R.REQUESTED: (_("to be decided"), "warn"),
    R.AWAITING_FUNDS: (_("awaiting funds"), "warn"),
    R.APPROVED: (_("approved"), ""),
    R.SENDING: (_("being sent"), ""),
    R.PENDING: (_("on the way"), ""),
    R.UNKNOWN: (_("outcome unknown"), "bad"),
    R.DONE: (_("paid back"), "good"),
    R.FAILED: (_("failed"), "bad"),
    R.DECLINED: (_("declined"), ""),
}
BY_HAND = _("to be paid at a desk")

# What a rule writes, and what a person chooses.
REASONS: Mapping[str, Promise] = {
    "paid_twice": _("Paid twice"),
    "overpaid": _("More was paid than was due"),
    "bill_cancelled": _("Paid for a reference that was closed"),
    "expired_in_part": _("Paid in part, and the reference ran out"),
    "withdrawn": _("The application was withdrawn"),
    "ALREADY_PAID": _("Paid twice"),
    "OVERPAID": _("More was paid than was due"),
    "BILL_CANCELLED": _("Paid for a reference that was closed"),
    "by_mistake": _("Paid by mistake"),
    "refused": _("The application was refused"),
    "not_given": _("The service cannot be given"),
    "other": _("Another reason, in the note"),
}
CHOSEN = ("paid_twice", "overpaid", "by_mistake", "withdrawn", "refused", "not_given", "other")

# How a refund stands to its fees: in short with its tone, and what that means.
STANDINGS: Mapping[str, tuple[Promise, str, Promise]] = {
    ReturnStanding.ALWAYS: (
        _("It paid no fee"),
        "good",
        _("It came twice, too late or was too much. It always goes back."),
    ),
    ReturnStanding.CLAIMED: (
        _("So it is said"),
        "warn",
        _("It goes back if that is so. This money stands on a bill: look at the evidence."),
    ),
    ReturnStanding.PROMISED: (
        _("As the fee says"),
        "good",
        _("The fee goes back for this reason."),
    ),
    ReturnStanding.AGAINST: (
        _("Against what the fee says"),
        "bad",
        _("The fee does not go back for this reason. Whoever decides answers for it."),
    ),
    ReturnStanding.OPEN: (
        _("The fee says nothing about it"),
        "",
        _("Nothing is published, or only words. Whoever decides judges."),
    ),
}

DOCUMENTS: Mapping[str, Promise] = {
    DocumentKind.NATIONAL_ID: _("National identity card"),
    DocumentKind.PASSPORT: _("Passport"),
    DocumentKind.DRIVING_LICENCE: _("Driving licence"),
    DocumentKind.REFUGEE_ID: _("Refugee identity card"),
    DocumentKind.RESIDENCE_PERMIT: _("Residence permit"),
}
ACCOUNTS: Mapping[str, Promise] = {
    "phone": _("Mobile money"),
    "bank": pgettext_lazy("where money goes", "Bank account"),
}

FAILURES: Mapping[str, Promise] = {
    "not_paid_by_hand": _("It was not paid after all."),
    "nobody_came": _("Nobody came for it."),
    "not_arrived": _("The order never reached the provider."),
}

REFUSALS: Mapping[type[Exception], Promise] = {
    refunding.RefundDecided: _(
        "This refund has moved since you opened the page. Here it is as it is now."
    ),
    SamePerson: _("You did the first part yourself. Another person does the second."),
    refunding.OwnMoney: _("This money is your own. Others deal with it."),
    holding_items.HeldByAnother: _("A colleague is looking into it. Ask her, or lift the hold."),
    refunding.NothingToRefund: _(
        "Less than that is left of this money: it was taken back, refunded, released or promised."
    ),
    refunding.RefundInWhole: _(
        "This network sends money back in whole or not at all. A part can be paid at a desk."
    ),
    refunding.AgainstItsFee: _(
        "This is against what the fee says. Say in the note why it goes back."
    ),
    refunding.AskedAlready: _("This was asked for already. It is asked once."),
    refunding.SaysNothing: _("Fill in what is missing."),
    paying_out.CodeDiffers: _("This code is of other money. Look at the SMS again."),
    paying_out.PayeeConfirmed: _("Two people have proven the payee. That stays."),
    paying_out.NoPayee: _(
        "There is no such payee, or somebody has just changed the number. Look again."
    ),
    paying_out.IdTaken: _("Another refund was paid by this id. Look at the portal again."),
    paying_out.AlreadyOnStatement: _(
        "A statement has shown this payment already, as nobody's. Explain it under Control first."
    ),
    prompting.NotAPhone: _("This is not a mobile number of this country."),
    floating.NothingToFill: _("Say how much, and why."),
    floating.AskedAlready: _("The same amount was asked for, and waits to be confirmed."),
    floating.AlreadyConfirmed: _("Somebody has confirmed it meanwhile."),
    WrongProof: _("That is not right."),
    WrongPassword: _("This is not your password."),
    BudgetSpent: _("Too many wrong passwords. Wait a quarter of an hour."),
    StepUpRefused: _("Your password was shown too long ago. Type it again."),
}
SAID: tuple[type[Exception], ...] = (*REFUSALS, limits.OverLimit)


def refusal(error: Exception) -> str:
    if isinstance(error, limits.OverLimit):
        return over_limit(error)
    return str(next(words for kind, words in REFUSALS.items() if isinstance(error, kind)))


def reason(text: str, rule: str = "") -> tuple[str, str]:
    """Return why money goes back, in words, and the note of whoever asked ("" for none)."""
    code, _colon, note = (rule or text).partition(":")
    if words := REASONS.get(code.strip()):
        return str(words), "" if rule else note.strip()
    return text, ""


def failure(code: str) -> str:
    words = FAILURES.get(code)
    return (
        str(words)
        if words
        else gettext("The provider will not pay it: %(code)s") % {"code": code or "-"}
    )
