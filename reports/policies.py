"""The acts on reports that a grant may name."""

from accounts import acts
from accounts.acts import Act

VIEW_REPORTS = Act("report.view", two_people=False)
ACTS: tuple[Act, ...] = (VIEW_REPORTS,)
acts.declare(*ACTS)
