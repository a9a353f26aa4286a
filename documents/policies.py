"""The acts on papers that a right is needed for. Whether a case may be signed is asked above."""

from accounts import acts
from accounts.acts import Act

ISSUE_CREDENTIAL = Act("credential.issue", two_people=True)
REVOKE_CREDENTIAL = Act("credential.revoke", two_people=True)

ACTS = (ISSUE_CREDENTIAL, REVOKE_CREDENTIAL)

acts.declare(*ACTS)
