"""The acts on money that a grant may name; those that change it come with their pages."""

from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.acts import Act
from accounts.policies import CONFIRM_RIGHTS, GIVE_RIGHTS, MANAGE_STAFF

VIEW_MONEY = Act(
    "money.view",
    two_people=False,
    name=_("see money"),
    explained=_(
        "See payments, suspense, refunds, statements and the books of all agencies; change nothing."
    ),
)
# One's own agency's money alone: the grant names the beneficiary.
VIEW_REVENUE = Act(
    "revenue.view",
    two_people=False,
    name=_("see one agency's money"),
    explained=_("See what one agency has earned and been sent; nothing of the others."),
)
CLEAR_ALARM = Act(
    "alarm.clear",
    two_people=False,
    name=_("clear alarms"),
    explained=_("Look into an alarm about money and write down what it was."),
)
# Who brings a statement does not confirm what it makes (statement_two_people says it again).
IMPORT_STATEMENT = Act(
    "statement.import",
    two_people=True,
    name=_("import statements"),
    explained=_(
        "Bring in a bank's or network's statement. Another person confirms what is above a limit."
    ),
)
# Two hands: whoever asks for a refund does not decide it (refund_two_people says it again).
ASK_REFUND = Act(
    "refund.ask",
    two_people=True,
    name=_("ask for refunds"),
    explained=_("Propose that money goes back to its payer. Another person decides."),
)
DECIDE_REFUND = Act(
    "refund.decide",
    two_people=True,
    name=_("approve refunds"),
    explained=_(
        "Approve or decline a refund that somebody else has proposed. Approving sends the money."
    ),
)
# Whose money in suspense is; match_two_people says it again.
ASK_MATCH = Act(
    "match.ask",
    two_people=True,
    name=_("propose matches"),
    explained=_("Say which bill money in suspense belongs to. Another person decides."),
)
DECIDE_MATCH = Act(
    "match.decide",
    two_people=True,
    name=_("approve matches"),
    explained=_("Approve or decline to which bill money in suspense belongs."),
)
# Suspense that nobody will claim, and what a debit was that nobody here ordered.
ASK_RELEASE = Act(
    "release.ask",
    two_people=True,
    name=_("propose explanations and write-offs"),
    explained=_(
        "Explain money that left without an order, or propose a write-off. Another person decides."
    ),
)
DECIDE_RELEASE = Act(
    "release.decide",
    two_people=True,
    name=_("approve explanations and write-offs"),
    explained=_(
        "Approve or decline an explanation or a write-off that somebody else has proposed."
    ),
)
# Batches, and the accounts of beneficiaries that they go to.
ASK_REMITTANCE = Act(
    "remittance.ask",
    two_people=True,
    name=_("propose remittances"),
    explained=_("Build a batch that pays an agency what it has earned. Another person decides."),
)
DECIDE_REMITTANCE = Act(
    "remittance.decide",
    two_people=True,
    name=_("approve remittances"),
    explained=_("Approve or decline a batch that pays agencies. Approving sends the money."),
)
# How much may be approved. Whoever is bound by a limit does not decide about it.
ASK_LIMIT = Act(
    "limit.ask",
    two_people=True,
    name=_("propose limits"),
    explained=_("Propose how much may be approved in a day. Another person decides."),
)
DECIDE_LIMIT = Act(
    "limit.decide",
    two_people=True,
    name=_("approve limits"),
    explained=_("Approve or decline a limit; nobody decides about a limit that binds herself."),
)
# To which account of the treasury a rail may be swept, and the order to empty a retired one there.
ASK_SWEEP = Act(
    "sweep.ask",
    two_people=True,
    name=_("name the accounts that sweeps go to"),
    explained=_("Propose to which account of the treasury a network's money may be moved."),
)
DECIDE_SWEEP = Act(
    "sweep.decide",
    two_people=True,
    name=_("approve the accounts that sweeps go to"),
    explained=_("Approve or decline an account of the treasury that sweeps go to."),
)
ASK_MOVE = Act(
    "move.ask",
    two_people=True,
    name=_("ask for moves of retired rails"),
    explained=_("Propose to empty the account of a network that is no longer used."),
)
DECIDE_MOVE = Act(
    "move.decide",
    two_people=True,
    name=_("order moves of retired rails"),
    explained=_("Approve or decline that the account of a retired network is emptied."),
)
# The two signatures under a day.
PREPARE_CLOSE = Act(
    "close.prepare",
    two_people=True,
    name=_("prepare the close of a day"),
    explained=_("Set the first signature under a day's books."),
)
SIGN_CLOSE = Act(
    "close.sign",
    two_people=True,
    name=_("sign the close of a day"),
    explained=_("Set the second signature under a day's books, which closes them."),
)
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

# Whoever makes officers, or lets them in again, would lack only one accomplice for their money.
for _money in ACTS:
    if _money.two_people:
        acts.declare_apart(GIVE_RIGHTS, _money, "whoever gives rights does not touch money")
        acts.declare_apart(CONFIRM_RIGHTS, _money, "whoever confirms rights does not touch money")
        acts.declare_apart(MANAGE_STAFF, _money, "whoever mends logins does not touch money")
