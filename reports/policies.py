"""The acts on reports that a grant may name."""

from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.acts import Act

VIEW_REPORTS = Act(
    "report.view",
    two_people=False,
    name=_("see reports"),
    explained=_("See figures of offices and revenue; no person and no case."),
)
ACTS: tuple[Act, ...] = (VIEW_REPORTS,)
acts.declare(*ACTS)
