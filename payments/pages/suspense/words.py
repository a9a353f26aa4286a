"""What the codes of suspense are called for the people who work on it, and its refusals."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.operations import BudgetSpent, StepUpRefused, WrongPassword, WrongProof
from accounts.policies import NotGranted
from accounts.queries import SamePerson
from kernel.money import Money
from payments.likeness import Reason
from payments.models import Release
from payments.operations import (
    exact_matching,
    holding_items,
    matching,
    own_money,
    refunding,
    releasing,
)
from payments.operations.splitting import NotASplit
from payments.posting import NoTreasury
from payments.states import BillState, RefundState, SuspenseReason

WHY_HERE: Mapping[str, Promise] = {
    SuspenseReason.UNKNOWN_REFERENCE: _("No bill has this reference"),
    SuspenseReason.WRONG_CURRENCY: _("Another currency than that of the bill"),
    SuspenseReason.OVERPAID: _("More than the bill asked"),
    SuspenseReason.ALREADY_PAID: _("The bill was paid already"),
    SuspenseReason.BILL_CANCELLED: _("The bill was cancelled"),
    SuspenseReason.BILL_REPLACED: _("The bill was replaced by another amount"),
    SuspenseReason.BILL_EXPIRED: _("The bill had expired"),
    SuspenseReason.REFUND_FAILED: _("A refund failed and came back"),
}
WHY_PROPOSED: Mapping[str, Promise] = {
    Reason.ONE_SLIP: _("One slip away from what was typed"),
    Reason.TWO_SLIPS: _("Two slips away from what was typed"),
    Reason.IN_THE_TEXT: _("Its reference stands in what was typed"),
    Reason.PAID_BEFORE: _("The code of an earlier payment for it was typed"),
    Reason.SAME_PAYER: _("The phone that paid was asked to pay it"),
    Reason.SAME_AMOUNT: _("It asks for exactly this amount"),
    Reason.FIRST_LOST: _("Only its first digit is missing, and the check digits say which"),
}
BILLS: Mapping[str, tuple[Promise, str]] = {
    BillState.OPEN: (pgettext_lazy("bill", "open"), ""),
    BillState.PART_PAID: (pgettext_lazy("bill", "paid in part"), "warn"),
    BillState.PAID: (pgettext_lazy("bill", "paid"), "good"),
    BillState.EXPIRED: (pgettext_lazy("bill", "expired"), "warn"),
    BillState.CANCELLED: (pgettext_lazy("bill", "cancelled"), "bad"),
    BillState.REPLACED: (pgettext_lazy("bill", "replaced"), "bad"),
    BillState.OWED: (pgettext_lazy("bill", "a debt"), "warn"),
}
REFUNDS: Mapping[str, Promise] = {
    RefundState.PROPOSED: _("proposed by a rule"),
    RefundState.REQUESTED: _("asked for"),
    RefundState.AWAITING_FUNDS: _("waits for funds"),
    RefundState.APPROVED: _("approved"),
    RefundState.DECLINED: _("declined"),
    RefundState.SENDING: _("being sent"),
    RefundState.PENDING: _("sent"),
    RefundState.UNKNOWN: _("outcome unknown"),
    RefundState.DONE: _("paid back"),
    RefundState.FAILED: _("failed"),
}
# What an officer says of why she asks; her note says more.
REASONS: Mapping[str, Mapping[str, Promise]] = {
    "match": {
        "MISTYPED": _("The reference was mistyped"),
        "PAYER_SAID": _("The payer said which bill"),
        "STATEMENT": _("The text of the bank names the bill"),
        "OTHER": _("Another reason: see the note"),
    },
    "split": {
        "SEVERAL_BILLS": _("One payment was meant for several bills"),
        "PAYER_SAID": _("The payer said which bill"),
        "OTHER": _("Another reason: see the note"),
    },
    "return": {
        "PAID_TWICE": _("It was paid twice"),
        "TOO_MUCH": _("It was too much"),
        "NOT_FOR_US": _("It was not meant for us"),
        "NO_BILL": _("There is no bill that it could pay"),
        "OTHER": _("Another reason: see the note"),
    },
    "write_off": {
        "SMALL_CHANGE": _("Small change that costs more to send back"),
        "ROUNDING": _("A difference by rounding"),
        "OTHER": _("Another reason: see the note"),
    },
    "unclaimed": {
        "PAST_TERM": _("Past its legal term, and nobody came"),
        "NO_PAYER": _("The payer cannot be found any more"),
        "OTHER": _("Another reason: see the note"),
    },
}
RELEASES: Mapping[str, Promise] = {
    "write_off": _("Write off"),
    "unclaimed": _("To unclaimed money"),
    "returned": _("A batch that its bank sent back"),
    "arrived": _("A sweep of ours that arrived"),
}
AGES: Mapping[str, Promise] = {
    "day": _("less than a day"),
    "week": _("1 to 7 days"),
    "month": _("7 to 30 days"),
    "year": _("30 days to a year"),
    "older": _("more than a year"),
}
STATES: Mapping[str, Promise] = {
    "free": _("Nobody is at it"),
    "asked": _("Waits for a decision"),
    "held": _("Held"),
    "mine": _("Held by me"),
    "unclaimed": _("Past its legal term"),
}
ORDERS: Mapping[str, Promise] = {"oldest": _("Oldest first"), "largest": _("Largest first")}
_KNOWN = {code: said for reasons in REASONS.values() for code, said in reasons.items()}

# What an operation may refuse, and the page says in words.
REFUSALS = (
    NotGranted,
    holding_items.NotOpen,
    holding_items.HeldByAnother,
    holding_items.HoldWithoutReason,
    holding_items.Changed,
    matching.NothingToMatch,
    matching.BillTakesNoMoney,
    matching.AlreadyAsked,
    matching.MatchDecided,
    matching.PartOfSplit,
    NotASplit,
    exact_matching.NotExact,
    exact_matching.TooMany,
    refunding.NothingToRefund,
    refunding.RefundInWhole,
    refunding.RefundDecided,
    refunding.OwnMoney,
    refunding.AgainstItsFee,
    SamePerson,
    releasing.NothingToRelease,
    releasing.ReleaseDecided,
    releasing.NoLimit,
    releasing.AboveLimit,
    releasing.NotYetUnclaimed,
    releasing.LawNotNamed,
    releasing.TermTooShort,
    NoTreasury,
    own_money.CannotBe,
    own_money.CameInPart,
    own_money.AlreadyAsked,
    own_money.AlreadyDecided,
    WrongPassword,
    BudgetSpent,
    StepUpRefused,
)
_SAID: Mapping[type[Exception], Promise] = {
    NotGranted: _("You have no right to do this on this network. Nothing was done."),
    holding_items.NotOpen: _("Nothing of it stands here any more: it was dealt with meanwhile."),
    holding_items.HeldByAnother: _("A colleague is looking into it. Ask her, or lift the hold."),
    holding_items.HoldWithoutReason: _("Say why you hold it, for at most 30 days."),
    holding_items.Changed: _("It has changed since you opened the page. This is how it is now."),
    matching.NothingToMatch: _("That is more than the bill asks, or than stands here unpromised."),
    matching.BillTakesNoMoney: _("This bill takes no money any more, or not in this currency."),
    matching.AlreadyAsked: _("This has been asked for already, and waits for a decision."),
    matching.MatchDecided: _("Somebody has decided about it already."),
    matching.PartOfSplit: _("The parts of a split are decided together."),
    NotASplit: _("A split needs at least two different bills, each with its amount."),
    exact_matching.TooMany: _("Tick between one and a hundred."),
    refunding.NothingToRefund: _("Less than that is left that could go back."),
    refunding.RefundInWhole: _("This network pays back the whole or nothing. Choose the desk."),
    refunding.RefundDecided: _("Somebody has decided about it already."),
    refunding.OwnMoney: _("This is your own bill: somebody else must do it."),
    refunding.AgainstItsFee: _(
        "This is against what the fee says. Say in the note why it goes back."
    ),
    SamePerson: _("You asked for it yourself: somebody else must decide."),
    releasing.NothingToRelease: _("Less than that stands here unpromised."),
    releasing.ReleaseDecided: _("Somebody has decided about it already."),
    releasing.NoLimit: _("This country names no limit, so nothing is written off."),
    releasing.LawNotNamed: _("No legal term is known here: name the law, and its term in days."),
    releasing.TermTooShort: _("Money is kept for its payer for 365 days at the least."),
    NoTreasury: _("No treasury is named that could keep unclaimed money."),
    own_money.CannotBe: _(
        "This money cannot be that sweep: it left this very network, long ago or later, has arrived"
        " already, or less than all of it stands here unpromised."
    ),
    own_money.CameInPart: _("A sweep arrives whole, and this is another amount."),
    own_money.AlreadyAsked: _("This has been asked for already, and waits for a decision."),
    own_money.AlreadyDecided: _("Somebody has decided about it already."),
    WrongProof: _("That is not right."),
    WrongPassword: _("This is not your password."),
    BudgetSpent: _("Too many wrong passwords. Wait a quarter of an hour."),
    StepUpRefused: _("Your password was shown too long ago. Type it again."),
}


def refusal(error: Exception, *, currency: str = "") -> str:
    """Return what an operation refused, in words for the officer."""
    if isinstance(error, releasing.AboveLimit):
        most = Money(error.max_minor, currency).format(get_language() or "en")
        return gettext("At most %(most)s of one payment is written off.") % {"most": most}
    if isinstance(error, releasing.NotYetUnclaimed):
        return gettext("Its legal term runs until %(day)s.") % {"day": _day(error.until)}
    if isinstance(error, exact_matching.NotExact):
        some = len(error.movement_ids)
        return ngettext(
            "%(some)s of them has changed since and leaves a doubt now. Nothing was asked for;"
            " this is the list as it is now.",
            "%(some)s of them have changed since and leave a doubt now. Nothing was asked for;"
            " this is the list as it is now.",
            some,
        ) % {"some": some}
    return str(_SAID[type(error)])


def reason_said(kept: str) -> str:
    """Return why somebody asked, as it is kept ("MISTYPED: she rang"), in words."""
    code, _colon, note = kept.partition(": ")
    if code == "EXACT":
        return str(WHY_PROPOSED.get(note, note))
    if code not in _KNOWN:
        return kept
    return f"{_KNOWN[code]}: {note}" if note else str(_KNOWN[code])


def release_said(asked: Release) -> str:
    """Return why somebody asked that it leave, and for how long no law lets it."""
    why = reason_said(asked.reason)
    if not asked.term_days:
        return why
    term = gettext("By law after %(days)s days") % {"days": asked.term_days}
    return f"{why}. {term}: {asked.law}" if asked.law else f"{why}. {term}"


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j F Y")
