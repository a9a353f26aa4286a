"""Cases that wait for too long: whoever is above is told, and nobody else decides them for it."""

from collections.abc import Collection, Iterable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Case, F, QuerySet, When

from applications.events import CaseEscalated
from applications.models import Appeal, Application, Escalation
from applications.states import OWED, EscalationCause, EscalationLevel, Status
from catalogue import queries as catalogue
from kernel import outbox
from places import queries as places

log = structlog.get_logger()

BATCH = 1000
BATCHES_MAX = 5


def escalate(now: datetime) -> int:
    """
    Tell whoever is above of the cases whose time has come; return how many times that was.

    First whoever supervises the office that has the case; past the promise, the office above it.
    Safe to repeat, and to run twice at once: each takes what the other does not hold.
    """
    chain = Chain()
    told = 0
    for _ in range(BATCHES_MAX):
        looked_at, escalated = _escalate_some(chain, now=now)
        told += escalated
        if looked_at < BATCH:
            break
    if told:
        log.info("case.escalated", cases=told)
    return told


class Chain:
    """Which office is above which; read once a sweep, as soon as it is asked for."""

    def __init__(self) -> None:
        self._above: dict[int, int] | None = None
        self._national: dict[str, int] = {}
        self._agencies: dict[int, str] = {}

    def above(self, office_id: int, service_version_id: int) -> int:
        """Return the office above, the agency's own at last; above that one there is itself."""
        if self._above is None:
            self._above, self._national = places.offices_above()
        if office_id in self._above:
            return self._above[office_id]
        return self._national.get(self._agency(service_version_id), office_id)

    def _agency(self, service_version_id: int) -> str:
        if service_version_id not in self._agencies:
            definition = catalogue.version(service_version_id).definition
            self._agencies[service_version_id] = definition.agency
        return self._agencies[service_version_id]


@transaction.atomic
def _escalate_some(chain: Chain, *, now: datetime) -> tuple[int, int]:
    """Return how many cases of a batch were looked at, and of how many somebody was told."""
    due = list(
        Application.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(status__in=OWED, escalate_at__lte=now)
        .order_by("escalate_at", "pk")
        .only("status", "officer_id", "promised_at", "deciding_office_id", "service_version_id")[
            :BATCH
        ]
    )
    case_ids = [case.pk for case in due]
    appeals = Appeal.objects.filter(application_id__in=case_ids)
    appealed = set(appeals.values_list("application_id", flat=True))
    told = _told(case_ids, appealed)
    steps = [_step(case, told, chain, now=now) for case in due]
    fresh = [step for step in steps if step is not None]
    for step in fresh:
        step.hearing = step.application_id in appealed
    Escalation.objects.bulk_create(fresh)
    outbox.publish_many(
        CaseEscalated(subject_id=step.application_id, occurred_at=now) for step in fresh
    )
    _look_again(due, fresh, now=now)
    return len(due), len(fresh)


def _told(case_ids: Collection[int], appealed: Collection[int]) -> set[tuple[int, int, int]]:
    """Return who was told of which case, at which level: of an appeal, since it was appealed."""
    rows = Escalation.objects.filter(application_id__in=case_ids)
    return {
        (case_id, level, office_id)
        for case_id, level, office_id, hearing in rows.values_list(
            "application_id", "level", "office_id", "hearing"
        )
        if hearing == (case_id in appealed)
    }


def _level(case: Application, told: set[tuple[int, int, int]]) -> EscalationLevel:
    """Its supervisor is told first, and anew where another office has it now."""
    supervisor = EscalationLevel.SUPERVISOR
    is_told = (case.pk, supervisor, case.deciding_office_id) in told
    return EscalationLevel.ABOVE if is_told else supervisor


def _step(
    case: Application, told: set[tuple[int, int, int]], chain: Chain, *, now: datetime
) -> Escalation | None:
    """Return the escalation that is due, None where that office has been told of the case."""
    office_id = case.deciding_office_id
    level = _level(case, told)
    if office_id is None:
        return None
    if level is EscalationLevel.ABOVE:
        office_id = chain.above(office_id, case.service_version_id)
        if case.promised_at is None or case.promised_at > now:
            return None
        if (case.pk, level, office_id) in told:
            return None
    return Escalation(
        application_id=case.pk,
        level=level,
        cause=_cause(case, level, now=now),
        office_id=office_id,
        at=now,
    )


def _cause(case: Application, level: EscalationLevel, *, now: datetime) -> EscalationCause:
    if level is EscalationLevel.ABOVE:
        return EscalationCause.LATE
    if case.officer_id is None and case.status == Status.IN_QUEUE:
        return EscalationCause.NOBODY
    if case.promised_at is None:
        return EscalationCause.HELD_LONG
    return EscalationCause.LATE if case.promised_at < now else EscalationCause.LATE_SOON


def _look_again(due: Iterable[Application], fresh: Iterable[Escalation], *, now: datetime) -> None:
    """Say of each case how far up it is known, and when it is looked at next: at its promise."""
    told = {step.application_id: step.level for step in fresh}
    levels = {case.pk: told.get(case.pk) for case in due}

    def those(level: EscalationLevel | None) -> QuerySet[Application]:
        return Application.objects.filter(pk__in=[pk for pk, at in levels.items() if at == level])

    # One statement a case: each writes the row into all of its indexes anew.
    first, above = EscalationLevel.SUPERVISOR, EscalationLevel.ABOVE
    those(first).update(escalate_at=F("promised_at"), escalated_to=first)
    those(above).update(escalate_at=None, escalated_to=above)
    those(None).update(escalate_at=Case(When(promised_at__gt=now, then=F("promised_at"))))
