"""The acts on money that a grant may name; those that change it come with their pages."""

from accounts import acts
from accounts.acts import Act

VIEW_MONEY = Act("money.view", two_people=False)
# One's own agency's money alone: the grant names the beneficiary.
VIEW_REVENUE = Act("revenue.view", two_people=False)
CLEAR_ALARM = Act("alarm.clear", two_people=False)
# Who brings a statement does not confirm what it makes (statement_two_people says it again).
IMPORT_STATEMENT = Act("statement.import", two_people=True)
# Two hands: whoever asks for a refund does not decide it (refund_two_people says it again).
ASK_REFUND = Act("refund.ask", two_people=True)
DECIDE_REFUND = Act("refund.decide", two_people=True)
# Whose money in suspense is; match_two_people says it again.
ASK_MATCH = Act("match.ask", two_people=True)
DECIDE_MATCH = Act("match.decide", two_people=True)
# Suspense that nobody will claim, and what a debit was that nobody here ordered.
ASK_RELEASE = Act("release.ask", two_people=True)
DECIDE_RELEASE = Act("release.decide", two_people=True)
# Batches, and the accounts of beneficiaries that they go to.
ASK_REMITTANCE = Act("remittance.ask", two_people=True)
DECIDE_REMITTANCE = Act("remittance.decide", two_people=True)
# How much may be approved. Whoever is bound by a limit does not decide about it.
ASK_LIMIT = Act("limit.ask", two_people=True)
DECIDE_LIMIT = Act("limit.decide", two_people=True)
# To which account of the treasury a rail may be swept, and the order to empty a retired one there.
ASK_SWEEP = Act("sweep.ask", two_people=True)
DECIDE_SWEEP = Act("sweep.decide", two_people=True)
ASK_MOVE = Act("move.ask", two_people=True)
DECIDE_MOVE = Act("move.decide", two_people=True)
# The two signatures under a day.
PREPARE_CLOSE = Act("close.prepare", two_people=True)
SIGN_CLOSE = Act("close.sign", two_people=True)
ACTS: tuple[Act, ...] = (
    VIEW_MONEY,
    VIEW_REVENUE,
    CLEAR_ALARM,
    IMPORT_STATEMENT,
    ASK_REFUND,
    DECIDE_REFUND,
    ASK_MATCH,
    DECIDE_MATCH,
    ASK_RELEASE,
    DECIDE_RELEASE,
    ASK_REMITTANCE,
    DECIDE_REMITTANCE,
    ASK_LIMIT,
    DECIDE_LIMIT,
    ASK_SWEEP,
    DECIDE_SWEEP,
    ASK_MOVE,
    DECIDE_MOVE,
    PREPARE_CLOSE,
    SIGN_CLOSE,
)
acts.declare(*ACTS)
