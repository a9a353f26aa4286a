"""The acts on money that a grant may name; those that change it come with their pages."""

from accounts import acts
from accounts.acts import Act

VIEW_MONEY = Act("money.view", two_people=False)
# Two hands: whoever asks for a refund does not decide it (refund_two_people says it again).
ASK_REFUND = Act("refund.ask", two_people=True)
DECIDE_REFUND = Act("refund.decide", two_people=True)
# Whose money in suspense is; match_two_people says it again.
ASK_MATCH = Act("match.ask", two_people=True)
DECIDE_MATCH = Act("match.decide", two_people=True)
CLEAR_ALARM = Act("alarm.clear", two_people=False)
ACTS: tuple[Act, ...] = (
    VIEW_MONEY,
    CLEAR_ALARM,
    ASK_REFUND,
    DECIDE_REFUND,
    ASK_MATCH,
    DECIDE_MATCH,
)
acts.declare(*ACTS)
