"""The clocks of a case, read from its history; and what of late work is counted by office."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from applications.models import Application, CaseSlip, Escalation, StatusChange
from applications.queries.cases import history
from applications.queries.routing import free_supervisors
from applications.states import OWED, EscalationLevel, SlipKind, Status
from applications.story import Turn, turn
from kernel.country import country
from places import queries as places
from places import working


@dataclass(frozen=True)
class Clocks:
    """
    The four clocks of a case, in seconds of working time, and whose turn it is.

    `state` is how long it has been where it is, and `office` how long the office that has it now
    worked at it, however often it came back. `promise` is what is left of the promise, negative
    when it is missed, None where there is none; it `runs` while an answer is owed. `escalation` is
    when somebody above is told next, None when everybody is, or while it stands still.
    """

    state: int
    office: int
    promise: int | None
    escalation: datetime | None
    turn: Turn
    runs: bool


class Apologies(NamedTuple):
    """How many apologies an office owed its applicants in a local month, named by its first day."""

    office_id: int
    month: date
    times: int


def of(
    application: Application, at: datetime, *, moves: Sequence[StatusChange] | None = None
) -> Clocks:
    """
    Return the clocks of a case as they stand at a moment.

    :param moves: its history, where the caller has it, so that it is not read twice
    """
    moves = history(application.pk) if moves is None else moves
    since = moves[-1].changed_at if moves else application.created_at
    runs = application.status in OWED
    now = at if runs or application.status == Status.PAID else since
    return Clocks(
        state=working.working_seconds(since, at),
        office=_office_seconds(application, moves, at),
        promise=_left(application, now) if turn(application.status) is not Turn.NOBODY else None,
        escalation=application.escalate_at if runs else None,
        turn=turn(application.status),
        runs=runs,
    )


def escalated() -> Q:
    """Return the condition for cases that are owed an answer, and of which somebody above knows."""
    return Q(status__in=OWED, escalated_to__isnull=False)


def escalations(application_id: int) -> list[Escalation]:
    """Return who was told that a case waits, and why, the first time first; with its office."""
    found = Escalation.objects.filter(application_id=application_id).select_related("office")
    return list(found.order_by("pk"))


def overseers(escalation: Escalation, *, at: datetime) -> list[int]:
    """
    Return the accounts that are told of an escalation, those with an interest in the case left out.

    The office's own supervisors come first; where it has none, everybody who supervises it.
    """
    case = escalation.application
    office = places.office(escalation.office_id)
    free = free_supervisors(case, office, at=at)
    own = [one.id for one in free if one.office_id == office.pk]
    return own or [one.id for one in free]


def escalations_at(application_id: int, *, at: datetime) -> list[Escalation]:
    """
    Return what was told of a case at that very moment, as its event says; with the case.

    One sweep may tell both levels of a case that nobody looked at before it was late.
    """
    found = Escalation.objects.filter(application_id=application_id, at=at)
    return list(found.select_related("application").order_by("pk"))


def new_date(application_id: int) -> datetime | None:
    """Return what the office's last apology promised; None where it has not apologised."""
    apology = CaseSlip.objects.filter(application_id=application_id, kind=SlipKind.APOLOGY)
    return apology.order_by("-pk").values_list("due_at", flat=True).first()


def apologies(
    *, since: datetime, until: datetime, office_ids: Collection[int] | None = None
) -> list[Apologies]:
    """
    Return how often each office apologised from one moment to another, by local month.

    It counts for the office that had the case then, wherever it went since.

    :param office_ids: only these; None for every office
    """
    found = CaseSlip.objects.filter(
        kind=SlipKind.APOLOGY, made_at__gte=since, made_at__lt=until
    ).annotate(month=TruncMonth("made_at", tzinfo=country().zone))
    if office_ids is not None:
        found = found.filter(paper__office_id__in=list(office_ids))
    # Its letter is in the name of that office: not every change of hands makes a move.
    rows = (
        found.values_list("paper__office_id", "month")
        .annotate(times=Count("pk"))
        .order_by("paper__office_id", "month")
    )
    return [Apologies(office_id, month.date(), times) for office_id, month, times in rows]


def escalations_by_office(
    *, since: datetime, until: datetime, office_ids: Collection[int]
) -> dict[tuple[int, EscalationLevel], int]:
    """Return how often each of these offices was told of a waiting case, by level."""
    rows = (
        Escalation.objects.filter(office_id__in=list(office_ids), at__gte=since, at__lt=until)
        .values_list("office_id", "level")
        .annotate(count=Count("pk"))
    )
    return {(office_id, EscalationLevel(level)): count for office_id, level, count in rows}


def _office_seconds(application: Application, moves: Sequence[StatusChange], at: datetime) -> int:
    """Return for how long it was this office's turn: never for the applicant's, or another's."""
    office_id = application.deciding_office_id
    code = application.deciding_office.code if application.deciding_office else None
    ends = [*(move.changed_at for move in moves[1:]), at]
    seconds = sum(
        working.working_seconds(move.changed_at, end, code)
        for move, end in zip(moves, ends, strict=True)
        if move.target in OWED and move.office_id == office_id
    )
    received_at = application.received_at
    if received_at is not None and application.receiving_office_id == office_id:
        # It lay there on paper, until the downtime book was captured.
        seconds += working.working_seconds(received_at, application.created_at, code)
    return seconds


def _left(application: Application, now: datetime) -> int | None:
    promised_at = application.promised_at
    if promised_at is None:
        return None
    return working.working_seconds(now, promised_at) - working.working_seconds(promised_at, now)
