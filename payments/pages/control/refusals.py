"""Why nothing was asked or decided in the room of control, in words."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.operations import StepUpRefused
from accounts.queries import SamePerson
from kernel.money import Money
from payments.models import Explanation, Limit, Move, MoveEnd, SweepAccount
from payments.operations import refunding
from payments.operations.controlling import explaining, giving_up, limits, moving, sweeping

REFUSALS = (
    explaining.CannotExplain,
    explaining.ExplanationDecided,
    giving_up.EndDecided,
    giving_up.NotUnderWay,
    limits.BadLimit,
    limits.BindsHerself,
    limits.LimitDecided,
    moving.CannotMove,
    moving.MoveDecided,
    refunding.OwnMoney,
    sweeping.AccountDecided,
    sweeping.BadAccount,
    Explanation.DoesNotExist,
    Limit.DoesNotExist,
    Move.DoesNotExist,
    MoveEnd.DoesNotExist,
    SamePerson,
    StepUpRefused,
    SweepAccount.DoesNotExist,
)

# What is more exact comes before what it is a kind of.
_SAID: tuple[tuple[type[Exception], Promise], ...] = (
    (SamePerson, _("You asked for it: another person decides.")),
    (
        limits.BadLimit,
        _("All together is not below one person, and one person not below one act."),
    ),
    (
        limits.BindsHerself,
        _("It limits what you approve yourself: somebody else decides about it."),
    ),
    (refunding.OwnMoney, _("It is a refund of your own: somebody else deals with it.")),
    (
        explaining.CannotExplain,
        _("It cannot have been that: check the number, the amount and the network."),
    ),
    (sweeping.BadAccount, _("Account, bank and reason are all needed.")),
    (moving.CannotMove, _("It holds less than that, or it is in use again.")),
    (giving_up.NotUnderWay, _("This order is not to be carried out any more: look again.")),
)


def said(error: Exception) -> str:
    """Return what an operation refused, in words for the officer."""
    if isinstance(error, explaining.NoSweepAccount | moving.NoSweepAccount):
        return gettext("No account is named for sweeps of this network: two people name it first.")
    if isinstance(error, explaining.LossAboveLimit):
        limit = Money(error.max_minor, error.currency).format(get_language() or "en")
        most = gettext("More than two people may take as lost or charged: at most %(limit)s.")
        return most % {"limit": limit}
    for kind, words in _SAID:
        if isinstance(error, kind):
            return str(words)
    return gettext("Somebody has asked for or decided this meanwhile. Look again.")
