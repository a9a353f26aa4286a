"""The promise: by when the office should be done, in working days of this country."""

from datetime import datetime

from applications.models import Application
from catalogue.definition import Definition
from kernel.country import country
from places import working


def promise(
    application: Application, definition: Definition, *, at: datetime, anew: bool = False
) -> list[str]:
    """
    Set the promise on a locked case, with when it is escalated, and name the fields that were set.

    Counted from the payment: until then it is the applicant's turn, and the office's clock stands.
    What was captured from a downtime book counts from when the office received it, since the sheet
    lay there; the time between its capture and the payment is the applicant's, and is added.

    :param anew: another office begins, and what the first one received when is past: an appeal
    """
    received_at = application.received_at
    begun, waited = at, 0
    if received_at is not None and not anew:
        begun = received_at
        waited = working.working_seconds(application.submitted_at or at, at)
    days = definition.working_days
    if days is not None:
        due = working.add_working_days(begun, days)
        application.promised_at = working.add_working_time(due, waited)
    soon = waited + _patience_seconds(days, begun)
    application.escalate_at = working.add_working_time(begun, soon)
    application.escalated_to = None  # Of the promise made now nobody has been told.
    application.queue_at = application.promised_at or application.submitted_at
    return ["promised_at", "queue_at", "escalate_at", "escalated_to"]


def stand_still(application: Application, *, since: datetime, until: datetime) -> list[str]:
    """
    Move the promise of a locked case by a time that was not the office's, and name what was set.

    What stands still for three working hours is due three working hours later, and escalated so.
    """
    seconds = working.working_seconds(since, until)
    if application.escalate_at is not None:
        application.escalate_at = working.add_working_time(application.escalate_at, seconds)
    if application.promised_at is not None:
        application.promised_at = working.add_working_time(application.promised_at, seconds)
        application.queue_at = application.promised_at
    return ["promised_at", "queue_at", "escalate_at"]


def tell_anew(application: Application, office_id: int) -> None:
    """Let a locked late case that all above know of be told of at the office that gets it now."""
    if office_id != application.deciding_office_id and application.escalate_at is None:
        application.escalate_at = application.promised_at


def _patience_seconds(days: int | None, begun: datetime) -> int:
    """Return how long the office may work at a case before its supervisor is told."""
    rule = country().escalation
    due = working.add_working_days(begun, rule.unpromised_days if days is None else days)
    seconds = working.working_seconds(begun, due)
    return seconds if days is None else seconds * rule.supervisor_percent // 100
