"""The only place where a case changes its state: no move without edge, history row and event."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from applications.models import Application, StatusChange
from applications.states import LIFECYCLE, Status
from kernel import outbox, rows


class NoSuchCase(Exception):
    """No case has this id."""


class NotNow(Exception):
    """The case is in a state in which this cannot be done."""

    def __init__(self, application_id: int, status: str) -> None:
        super().__init__(f"case {application_id} is {status}")
        self.application_id = application_id
        self.status = status


class StalePage(Exception):
    """
    The case has changed since the page was read.

    `since` is the version that the reader saw: `queries.changes_since` tells what happened.
    """

    def __init__(self, application_id: int, since: int) -> None:
        super().__init__(f"case {application_id} has moved on from version {since}")
        self.application_id = application_id
        self.since = since


def lock(application_id: int) -> Application:
    """
    Return the case, locked until the transaction ends.

    :raises NoSuchCase: if there is none
    """
    found = lock_all([application_id])
    if not found:
        raise NoSuchCase(application_id)
    return found[0]


def lock_all(application_ids: Iterable[int]) -> list[Application]:
    """Return the cases locked, always in the order of their ids, so that no two calls embrace."""
    return list(
        Application.objects.select_for_update(of=("self",))
        .filter(pk__in=list(application_ids))
        .order_by("pk")
    )


def require_status(application: Application, *allowed: Status) -> None:
    """:raises NotNow: if the case is in none of the states"""
    if application.status not in allowed:
        raise NotNow(application.pk, application.status)


def require_version(application: Application, version: int) -> None:
    """:raises StalePage: if the case is no longer as the reader saw it"""
    if application.version != version:
        raise StalePage(application.pk, version)


def begin(application: Application, *, by_id: int | None = None) -> None:
    """Write a new case and the first row of its history; `by_id` where another typed it in."""
    application.save(force_insert=True)
    by_id = by_id or application.account_id
    _tell(application, source="", at=application.created_at, by_id=by_id)


def move(
    application: Application,
    target: Status,
    *,
    by_id: int | None,
    at: datetime,
    note_code: str = "",
    changed: Iterable[str] = (),
) -> None:
    """
    Move a locked case; `changed` names the other fields that the caller has set on it.

    :raises kernel.lifecycle.IllegalTransition: if the table has no such edge
    """
    source = Status(application.status)
    event = LIFECYCLE.event_for(source, target)
    application.status = target
    application.version += 1
    application.save(update_fields=["status", "version", *changed])
    _tell(application, source=source, at=at, by_id=by_id, note_code=note_code)
    outbox.publish(event(subject_id=application.pk, occurred_at=at))


def move_all(
    applications: Sequence[Application],
    target: Status,
    *,
    at: datetime,
    note_codes: Mapping[int, str],
    by_id: int | None = None,
    changed: Iterable[str] = (),
) -> None:
    """
    Move locked cases as `move` does, with one statement for each table however many they are.

    :param note_codes: the note of each by its id
    :raises kernel.lifecycle.IllegalTransition: if the table has no such edge for one of them
    """
    sources = [Status(one.status) for one in applications]
    events = [LIFECYCLE.event_for(source, target) for source in sources]
    for one in applications:
        one.status = target
        one.version += 1
    rows.update(applications, ["status", "version", *changed])
    StatusChange.objects.bulk_create(
        _row(one, source=source, at=at, by_id=by_id, note_code=note_codes[one.pk])
        for one, source in zip(applications, sources, strict=True)
    )
    outbox.publish_many(
        event(subject_id=one.pk, occurred_at=at)
        for one, event in zip(applications, events, strict=True)
    )


def _tell(
    application: Application, *, source: str, at: datetime, by_id: int | None, note_code: str = ""
) -> None:
    row = _row(application, source=source, at=at, by_id=by_id, note_code=note_code)
    row.save(force_insert=True)


def _row(
    application: Application, *, source: str, at: datetime, by_id: int | None, note_code: str
) -> StatusChange:
    return StatusChange(
        application=application,
        version=application.version,
        source=source,
        target=application.status,
        changed_at=at,
        changed_by_id=by_id,
        office_id=application.deciding_office_id,
        officer_id=application.officer_id,
        note_code=note_code,
    )
