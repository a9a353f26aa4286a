"""The acts on papers that a right is needed for. Whether a case may be signed is asked above."""

from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.acts import Act
from accounts.policies import CONFIRM_RIGHTS, GIVE_RIGHTS

ISSUE_CREDENTIAL = Act(
    "credential.issue",
    two_people=True,
    name=_("issue keys"),
    explained=_("Ask for, and approve, keys that sign and seal papers; each takes two people."),
)
REVOKE_CREDENTIAL = Act(
    "credential.revoke",
    two_people=True,
    name=_("revoke keys"),
    explained=_("Ask for, and approve, that a key signs no more; each takes two people."),
)

# Who asks and who decides about a paper that is out hold the same right, over its office.
SUSPEND_PAPER = Act(
    "paper.suspend",
    two_people=True,
    name=_("suspend papers"),
    explained=_(
        "Ask for, and approve, that a paper does not count for a time; each takes two people."
    ),
)
RESUME_PAPER = Act(
    "paper.resume",
    two_people=True,
    name=_("let papers count again"),
    explained=_(
        "Ask for, and approve, that a suspended paper counts again; each takes two people."
    ),
)
REVOKE_PAPER = Act(
    "paper.revoke",
    two_people=True,
    name=_("revoke papers"),
    explained=_("Ask for, and approve, that a paper counts no more; each takes two people."),
)
REISSUE_PAPER = Act(
    "paper.reissue",
    two_people=True,
    name=_("reissue papers"),
    explained=_("Ask for, and approve, a new paper in place of an old one; each takes two people."),
)
# One person: a copy says what the file says that she may read anyway, and is written down.
COPY_PAPER = Act(
    "paper.copy",
    two_people=True,
    name=_("hand out copies of papers"),
    explained=_("Make a numbered copy of a paper that was issued here."),
)
PAPER_ACTS = (SUSPEND_PAPER, RESUME_PAPER, REVOKE_PAPER, REISSUE_PAPER, COPY_PAPER)
CREDENTIAL_CODES = (ISSUE_CREDENTIAL.code, REVOKE_CREDENTIAL.code)
PAPER_ACT_CODES = tuple(act.code for act in PAPER_ACTS)

ACTS = (*PAPER_ACTS, ISSUE_CREDENTIAL, REVOKE_CREDENTIAL)

acts.declare(*ACTS)
# A right to sign and a key to sign with make a signer: never both out of one hand.
acts.declare_apart(GIVE_RIGHTS, ISSUE_CREDENTIAL, "whoever gives rights makes no keys")
acts.declare_apart(CONFIRM_RIGHTS, ISSUE_CREDENTIAL, "whoever confirms rights makes no keys")


def act_for(kind: str) -> Act:
    """Return the act that the right to do this with a paper names: "revoke" is "paper.revoke"."""
    return {act.code.partition(".")[2]: act for act in PAPER_ACTS}[kind]
