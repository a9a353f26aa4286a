"""Slips: what the office writes to the applicant, keeps of a case, and keeps of a day."""

from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation

from applications import queries, writing
from applications.events import CaseLate
from applications.models import Appeal, Application, CaseSlip, DaySlip
from applications.operations.moving import lock
from applications.states import ONCE_A_CASE, OWED, SlipKind, Status
from catalogue import queries as catalogue
from documents import operations as documents
from kernel import audit, outbox
from kernel.country import country
from places import working

log = structlog.get_logger()

_APOLOGIES_AT_ONCE_MAX = 200
_AFTER = {
    SlipKind.COMPLETION_REQUEST: Status.AWAITING_COMPLETION,
    SlipKind.REFUSAL: Status.REFUSED,
}


class DayNotOver(Exception):
    """The register of a day is written when nothing more can happen on it."""


def write_slip(
    *, kind: SlipKind, application_id: int, at: datetime, by_id: int | None = None
) -> int | None:
    """
    Write a slip about a case and return its paper's id; it is drawn and sealed by errands.

    :param by_id: the officer who asked for it; None where an event did

    Safe to repeat: an acknowledgement is written once, the others once for each time. None where
    what it would tell has never happened.
    """
    with transaction.atomic():
        application = lock(application_id)
        version = _version(kind, application)
        if version is None:
            return None
        standing = _standing(kind, application, version)
        if standing is not None:
            return standing
        paper_id = _write(kind, application, version, at=at)
        if by_id is not None:
            audit.record(
                act="case.slip_written",
                actor_id=by_id,
                subject="applications.application",
                subject_id=application.pk,
                reason=kind.value,
                detail={"paper": paper_id},
                at=at,
            )
    return paper_id


def apologise(*, now: datetime) -> int:
    """
    Write an apology with a new date for each case whose promise is over, once; return how many.

    The first promise stays the one by which the office is measured. An appeal has a promise of its
    own, and is apologised for once more.
    """
    apologies = CaseSlip.objects.filter(application_id=OuterRef("pk"), kind=SlipKind.APOLOGY)
    appealed = Exists(Appeal.objects.filter(application_id=OuterRef("pk")))
    late = Application.objects.filter(
        ~Exists(apologies.filter(hearing=1)),
        appealed | ~Exists(apologies),
        status__in=OWED,
        promised_at__lt=now,
    )
    written = 0
    for application_id in list(
        late.order_by("promised_at", "pk").values_list("pk", flat=True)[:_APOLOGIES_AT_ONCE_MAX]
    ):
        try:
            written += _apologise(application_id, now=now)
        except Exception as trouble:  # Whatever it is: all others wait behind this case.
            log.error(  # noqa: TRY400 - the text may speak of a person
                "case.no_apology", case_id=application_id, trouble=type(trouble).__name__
            )
    return written


def write_day(*, office_id: int, day: date, language: str, by_id: int, at: datetime) -> int:
    """
    Write the register of a day of an office and return its paper's id; the same day is one paper.

    :raises DayNotOver: on the day itself, or before
    """
    if day >= at.astimezone(country().zone).date():
        raise DayNotOver
    standing = queries.day_slip(office_id, day)
    if standing is not None:
        return standing.paper_id
    kind = "register_of_the_day"
    first = writing.language_for(kind, language)
    with transaction.atomic(), translation.override(first):
        paper_id = documents.request_slip(
            kind=kind,
            facts=queries.day(office_id, day, language=first).facts(),
            language=language,
            office_id=office_id,
            purpose_key=f"applications.day:{office_id}:{day.isoformat()}",
            at=at,
        )
        # Two who ask at once get one paper, by its purpose; and one row, by its constraint.
        DaySlip.objects.bulk_create(
            [DaySlip(office_id=office_id, day=day, paper_id=paper_id, made_at=at)],
            ignore_conflicts=True,
        )
        audit.record(
            act="day.written",
            actor_id=by_id,
            subject="places.office",
            subject_id=office_id,
            detail={"day": day.isoformat(), "paper": paper_id},
            at=at,
        )
    return paper_id


def _apologise(application_id: int, *, now: datetime) -> int:
    with transaction.atomic():
        application = lock(application_id)
        if not _is_late(application, now):
            return 0
        definition = catalogue.version(application.service_version_id).definition
        due_at = working.add_working_days(now, max(definition.working_days or 1, 1))
        _write(SlipKind.APOLOGY, application, application.version, due_at=due_at, at=now)
        outbox.publish(CaseLate(subject_id=application.pk, occurred_at=now))
    return 1


def _version(kind: SlipKind, application: Application) -> int | None:
    """Return the version of the case that the slip tells of."""
    if application.deciding_office_id is None:
        return None
    target = _AFTER.get(kind)
    if target is None:
        return application.version
    moves = [move for move in queries.history(application.pk) if move.target == target]
    return moves[-1].version if moves else None


def _standing(kind: SlipKind, application: Application, version: int) -> int | None:
    written = CaseSlip.objects.filter(application=application, kind=kind)
    if kind == SlipKind.APOLOGY:
        written = written.filter(hearing=_hearing(application))
    if kind not in ONCE_A_CASE:
        written = written.filter(version=version)
    return written.values_list("paper_id", flat=True).first()


def _is_late(application: Application, now: datetime) -> bool:
    return (
        application.status in OWED
        and application.promised_at is not None
        and application.promised_at < now
        and _standing(SlipKind.APOLOGY, application, application.version) is None
    )


def _hearing(application: Application) -> int:
    return int(queries.appeal_of(application.pk) is not None)


def _write(
    kind: SlipKind,
    application: Application,
    version: int,
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> int:
    language = writing.language_for(kind, application.language)
    with translation.override(language):
        said = writing.facts(kind, application, language=language, due_at=due_at)
    paper_id = documents.request_slip(
        kind=kind,
        facts=said,
        language=application.language,
        office_id=application.deciding_office_id or 0,
        purpose_key=f"applications.case:{application.pk}:{kind}:{version}",
        at=at,
    )
    CaseSlip.objects.create(
        application=application,
        kind=kind,
        version=version,
        hearing=_hearing(application),
        paper_id=paper_id,
        due_at=due_at,
        made_at=at,
    )
    log.info("case.slip_written", case_id=application.pk, kind=kind)
    return paper_id
