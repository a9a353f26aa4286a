"""The promise: by when the office should be done, in working days of this country."""

from datetime import datetime

from applications.models import Application
from catalogue.definition import Definition
from places import working


def promise(application: Application, definition: Definition, *, at: datetime) -> list[str]:
    """
    Set the promise on a locked case, and name the fields that were set.

    Counted from the payment: until then it is the applicant's turn, and the office's clock stands.
    """
    days = definition.working_days
    if days is not None:
        application.promised_at = working.add_working_days(at, days)
    application.queue_at = application.promised_at or application.submitted_at
    return ["promised_at", "queue_at"]


def stand_still(application: Application, *, since: datetime, until: datetime) -> list[str]:
    """
    Move the promise of a locked case by a time that was not the office's, and name what was set.

    The same span of time is added, and the promise then falls into office hours.
    """
    if application.promised_at is None:
        return []
    later = application.promised_at + (until - since)
    application.promised_at = working.add_working_days(later, 0)
    application.queue_at = application.promised_at
    return ["promised_at", "queue_at"]
