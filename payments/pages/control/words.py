"""Control in words: acts, answers to alarms, what a debit may have been."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments import policies
from payments.models import AlarmAnswerCode as A
from payments.states import ExplanationAnswer as E

ANSWERS: Mapping[str, Promise] = {
    A.PROVIDER_MISTAKE: _("A mistake of the network or bank: it puts it right"),
    A.OWN_MISTAKE: _("A mistake of ours"),
    A.ALLOWED: _("It was in order"),
    A.CLAIMED_BACK: _("We have claimed it back"),
    A.REPAIRED: _("The cause is repaired"),
    A.REPORTED: _("Reported: to the police, the auditor or the network"),
    A.EXPLAINED: _("Explained by two people"),
}
# Only the decision of two people gives that answer.
GIVEN_BY_HAND = tuple((code, words) for code, words in ANSWERS.items() if code != A.EXPLAINED)

EXPLANATIONS: Mapping[str, Promise] = {
    E.REVERSAL: _("The network took a payment back"),
    E.SWEEP: _("A sweep to the treasury's account"),
    E.CHARGE: _("A charge of the network or bank"),
    E.REMITTANCE: _("A remittance of ours"),
    E.CAME_BACK: _("It came back to an account of ours"),
    E.REFUND: _("A refund that was paid by hand"),
    E.LOSS: _("A loss"),
}

ACTS: Mapping[str, Promise | str] = {act.code: act.name for act in policies.ACTS}
