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

ACTS: Mapping[str, Promise] = {
    policies.VIEW_MONEY.code: _("see money"),
    policies.VIEW_REVENUE.code: _("see one agency's money"),
    policies.CLEAR_ALARM.code: _("clear alarms"),
    policies.IMPORT_STATEMENT.code: _("import statements"),
    policies.ASK_REFUND.code: _("ask for refunds"),
    policies.DECIDE_REFUND.code: _("approve refunds"),
    policies.ASK_MATCH.code: _("propose matches"),
    policies.DECIDE_MATCH.code: _("approve matches"),
    policies.ASK_RELEASE.code: _("propose explanations and write-offs"),
    policies.DECIDE_RELEASE.code: _("approve explanations and write-offs"),
    policies.ASK_REMITTANCE.code: _("propose remittances"),
    policies.DECIDE_REMITTANCE.code: _("approve remittances"),
    policies.ASK_LIMIT.code: _("propose limits"),
    policies.DECIDE_LIMIT.code: _("approve limits"),
    policies.ASK_SWEEP.code: _("name the accounts that sweeps go to"),
    policies.DECIDE_SWEEP.code: _("approve the accounts that sweeps go to"),
    policies.ASK_MOVE.code: _("ask for moves of retired rails"),
    policies.DECIDE_MOVE.code: _("order moves of retired rails"),
    policies.PREPARE_CLOSE.code: _("prepare the close of a day"),
    policies.SIGN_CLOSE.code: _("sign the close of a day"),
}
