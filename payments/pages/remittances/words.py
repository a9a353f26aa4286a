"""The codes of remittances in words for people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import operations as accounts
from accounts import policies as grants
from kernel.money import Money
from payments import posting
from payments.operations import holding_items, own_money, remitting
from payments.operations.controlling import limits
from payments.orders import pain001, pain002
from payments.orders.pain002 import Verdict
from payments.pages.words import over_limit
from payments.states import RemittanceState as M

# What a state is called, and the tone of its tag.
STATES: Mapping[str, tuple[Promise, str]] = {
    M.BUILDING: (_("Built, not proposed"), ""),
    M.PROPOSED: (_("Waits for a second person"), "warn"),
    M.APPROVED: (_("Approved, to be sent"), "warn"),
    M.SENT: (_("Sent to the bank"), ""),
    M.ACKNOWLEDGED: (_("Taken by the bank"), ""),
    M.CONFIRMED: (_("Paid, on the statement"), "good"),
    M.FAILED: (_("Refused by the bank"), "bad"),
    M.CANCELLED: (_("Cancelled"), ""),
    M.SENT_BACK: (_("Sent back by its bank"), "bad"),
}

VERDICTS: Mapping[Verdict, Promise] = {
    Verdict.TAKEN: _("The bank has taken the order."),
    Verdict.REFUSED: _("The bank refuses the order. Another person decides whether it is so."),
    Verdict.OPEN: _("The bank has not decided yet. Bring its next answer here too."),
}

# ISO 20022 external status reasons that a person can act on; others are shown by their code.
REASONS: Mapping[str, Promise] = {
    "AC01": _("The account number is wrong."),
    "AC04": _("The account is closed."),
    "AC06": _("The account is blocked."),
    "AM04": _("Our account holds too little."),
    "AM05": _("The bank takes it for a second order of the same."),
    "BE01": _("The holder's name does not fit the account."),
    "BE05": _("The bank does not know us as who orders."),
    "DT01": _("The day is not one that the bank takes."),
    "DUPL": _("The bank takes it for a second order of the same."),
    "FF01": _("The bank cannot read the file."),
    "RC01": _("The bank's code (BIC) is wrong."),
    "NARR": _("The bank says why in words."),
}

UNREADABLE: Mapping[str, Promise] = {
    "size": _("The file is too large to be an answer about one order."),
    "doctype": _("The file carries a DOCTYPE. No bank's answer does; it was not read."),
    "xml": _("The file is not XML, or it is cut."),
    "other": _("The file is XML, but no answer about an order (pain.002)."),
    "no_status": _("The file says nothing of what became of the order."),
}

FIELDS: Mapping[str, Promise] = {
    "number": _("Type an IBAN, or the bank's account number of up to 34 letters and digits."),
    "bic": _("This is no BIC. It has 8 or 11 letters and digits, such as BKIGRWRW."),
    "holder_name": _("Type who holds the account."),
    "bank_name": _("Type the bank's name."),
    "reason": _("Say who named this account, and in which letter."),
}

SAID = (
    accounts.BudgetSpent,
    accounts.StepUpRefused,
    accounts.WrongPassword,
    grants.NotGranted,
    holding_items.HeldByAnother,
    limits.OverLimit,
    pain001.CannotOrder,
    pain002.CannotRead,
    posting.NoOpenDay,
    posting.DoesNotFit,
    remitting.AccountChanged,
    remitting.AccountDecided,
    remitting.AlreadyAsked,
    remitting.AnotherBatch,
    remitting.NoAccountNamed,
    remitting.NoOwnAccount,
    remitting.NoPayingRail,
    own_money.CannotBe,
    remitting.NotAnAccount,
    remitting.NothingToRemit,
    remitting.OwedBack,
    remitting.RefusalAsked,
    remitting.RefusalDecided,
    remitting.RemittanceMoved,
    remitting.ReportKnown,
    own_money.AlreadyAsked,
    own_money.AlreadyDecided,
    own_money.CameInPart,
    remitting.SamePerson,
)

_PHRASES: Mapping[type[Exception], Promise] = {
    accounts.BudgetSpent: _("Too many wrong passwords. Wait a quarter of an hour."),
    accounts.StepUpRefused: _("Your password was shown too long ago. Type it again."),
    accounts.WrongProof: _("That is not right."),
    accounts.WrongPassword: _("This is not your password."),
    grants.NotGranted: _("You hold no right to do this now. Nothing was changed."),
    pain001.CannotOrder: _("The order lacks something that the bank needs. Check the account."),
    posting.DoesNotFit: _("The books say that this batch was paid. Nothing was changed."),
    posting.NoOpenDay: _("No day is open to post on. Nothing was changed."),
    remitting.AccountChanged: _(
        "Another account is in force than this batch was built for. Cancel it and build anew."
    ),
    remitting.AccountDecided: _("Somebody has decided about this account already."),
    remitting.AlreadyAsked: _("Another change of this account waits for a decision."),
    remitting.AnotherBatch: _("This answer is about another order. Nothing was changed."),
    remitting.NoAccountNamed: _("Nobody has named an account for this beneficiary yet."),
    remitting.NoOwnAccount: _(
        "No account number of ours is known at the bank that pays. Ask the operators."
    ),
    remitting.NoPayingRail: _("The country pack names no bank that pays out in this currency."),
    holding_items.HeldByAnother: _("Somebody else looks into this payment now."),
    own_money.CannotBe: _(
        "This payment cannot be that batch: it came by another bank, before the batch was paid, or"
        " it stands in suspense no more."
    ),
    remitting.NothingToRemit: _(
        "Nothing waits up to the last cut-off. Somebody may have built it."
    ),
    remitting.RefusalAsked: _("Something is to be decided about this payment or batch already."),
    remitting.RefusalDecided: _("Somebody has decided about this refusal already."),
    remitting.RemittanceMoved: _(
        "This batch has moved on since you opened the page. Below is how it stands now."
    ),
    remitting.ReportKnown: _("This very file was brought before. Nothing was changed."),
    own_money.AlreadyAsked: _("Something is to be decided about this payment or batch already."),
    own_money.AlreadyDecided: _("Somebody has decided about this return already."),
    remitting.SamePerson: _("You asked for this yourself. Another person decides."),
}


def refusal(error: Exception, language: str) -> str:
    """Say in words why nothing was done."""
    if isinstance(error, remitting.OwedBack):
        owed = Money(error.amount_minor, error.currency).format(language)
        return gettext(
            "As much or more was taken back as came: %(amount)s is owed back. No batch is made."
        ) % {"amount": owed}
    if isinstance(error, own_money.CameInPart):
        return gettext(
            "%(came)s came back of %(batch)s. Only whole batches come back: the money stays in"
            " suspense. Ask the bank for the rest, or for its letter."
        ) % {
            "came": Money(error.came_minor, error.currency).format(language),
            "batch": Money(error.whole_minor, error.currency).format(language),
        }
    if isinstance(error, limits.OverLimit):
        return over_limit(error)
    if isinstance(error, pain002.CannotRead):
        return str(UNREADABLE[error.code])
    if isinstance(error, remitting.NotAnAccount):
        return str(FIELDS[error.field])
    return str(_PHRASES[type(error)])


def reason(code: str, text: str) -> str:
    """Say a bank's reason: what it means for us, its code, and its own words."""
    return " · ".join(filter(None, (str(REASONS.get(code, "")), code, text)))
