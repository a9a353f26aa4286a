"""What lies beside a case: the same person's other cases, and the next one on an officer's list."""

from datetime import datetime

from django.db.models import Count

from applications.models import Application
from applications.queries.queues import Filter, Shown, listed, page
from applications.queries.reaching import Reach
from applications.states import Status

OTHERS_MAX = 25
_NEVER_AT_DESK = (Status.DRAFT, Status.AWAITING_PAYMENT, Status.LAPSED)


def other_counts(reach: Reach, application: Application) -> dict[str, int]:
    """Return how many other cases the holder has within the reach, by state."""
    found = Application.objects.filter(reach.covered, holder_id=application.holder_id)
    rows = found.exclude(pk=application.pk).exclude(status__in=_NEVER_AT_DESK)
    return dict(rows.order_by().values_list("status").annotate(Count("pk")))


def others(
    reach: Reach, application: Application, *, before_id: int | None = None
) -> list[Application]:
    """Return them, the newest first, one more than `OTHERS_MAX` if there are more."""
    found = Application.objects.filter(reach.covered, holder_id=application.holder_id)
    found = found.exclude(pk=application.pk).exclude(status__in=_NEVER_AT_DESK)
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(listed(found).order_by("-pk")[: OTHERS_MAX + 1])


def next_of(reach: Reach, *, but_not: int, at: datetime) -> Application | None:
    """Return the first case of her own list that waits for her decision, or None."""
    waiting = page(reach, Filter(shown=Shown.MINE), at=at).cases
    return next((one for one in waiting if one.pk != but_not), None)
