"""The acts of who looks after the machines: neither opens a case, a paper or an account."""

from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.acts import Act

WATCH = Act(
    "operations.watch",
    two_people=False,
    name=_("watch the system"),
    explained=_("See whether the system works: what waits, what failed, what ends. No case."),
)
# Only repeats what the system was to do anyway; nobody can throw a piece of work away.
RETRY = Act(
    "operations.retry",
    two_people=False,
    name=_("retry failed work"),
    explained=_("Let the system try again what it gave up on, once the cause is mended."),
)
ACTS: tuple[Act, ...] = (WATCH, RETRY)
acts.declare(*ACTS)
