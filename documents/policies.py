"""The acts on papers that a right is needed for. Whether a case may be signed is asked above."""

from accounts import acts
from accounts.acts import Act

ISSUE_CREDENTIAL = Act("credential.issue", two_people=True)
REVOKE_CREDENTIAL = Act("credential.revoke", two_people=True)

# Who asks and who decides about a paper that is out hold the same right, over its office.
SUSPEND_PAPER = Act("paper.suspend", two_people=True)
RESUME_PAPER = Act("paper.resume", two_people=True)
REVOKE_PAPER = Act("paper.revoke", two_people=True)
REISSUE_PAPER = Act("paper.reissue", two_people=True)
# One person: a copy says what the file says that she may read anyway, and is written down.
COPY_PAPER = Act("paper.copy", two_people=True)
PAPER_ACTS = (SUSPEND_PAPER, RESUME_PAPER, REVOKE_PAPER, REISSUE_PAPER, COPY_PAPER)
CREDENTIAL_CODES = (ISSUE_CREDENTIAL.code, REVOKE_CREDENTIAL.code)
PAPER_ACT_CODES = tuple(act.code for act in PAPER_ACTS)

ACTS = (*PAPER_ACTS, ISSUE_CREDENTIAL, REVOKE_CREDENTIAL)

acts.declare(*ACTS)


def act_for(kind: str) -> Act:
    """Return the act that the right to do this with a paper names: "revoke" is "paper.revoke"."""
    return {act.code.partition(".")[2]: act for act in PAPER_ACTS}[kind]
