"""An appeal: whoever was refused does not agree, and somebody above looks again."""

from datetime import datetime

import structlog
from django.db import transaction

from applications import queries
from applications.models import Appeal, Application
from applications.operations.drafting import require_holder
from applications.operations.moving import lock, move, require_status
from applications.operations.noting import bounded
from applications.operations.promising import promise
from applications.operations.routing import NATIONAL, Desk, lay_before, levels_from
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel.country import country
from places import queries as places
from places import reforms

log = structlog.get_logger()

APPEAL_CHARACTERS_MAX = 2000
ABOVE = "appeal_above"
SAME_OFFICE = "appeal_same_office"


class NoAppeal(Exception):
    """The service names no term within which it could be appealed."""


class AppealedBefore(Exception):
    """A case is appealed once; what was decided then is final here."""


class TooLate(Exception):
    """The term is over."""


def appeal(*, application_id: int, holder_id: int, by_id: int, text: str, at: datetime) -> None:
    """
    Appeal against the refusal of a case, once, within its term.

    :param text: 1 to 2000 characters: why she does not agree
    :raises TextRefused: if it is empty or longer
    :raises NotHers: if another person asks
    :raises AppealedBefore: the second time
    :raises NotNow: if the case is not refused
    :raises NoAppeal, TooLate: if there is no term, or it is over
    """
    words = bounded(text, APPEAL_CHARACTERS_MAX)
    with transaction.atomic():
        application = lock(application_id)
        require_holder(application, holder_id)
        if queries.appeal_of(application.pk) is not None:
            raise AppealedBefore(application.pk)
        require_status(application, Status.REFUSED)
        definition = catalogue.version(application.service_version_id).definition
        term = queries.term(application, definition, language=application.language)
        if term is None:
            raise NoAppeal(application.pk)
        if not term.is_open(at):
            raise TooLate(application.pk)
        # Before the move: PostgreSQL asks for it.
        Appeal.objects.create(
            application=application,
            version=application.version + 1,
            refusal_id=term.refusal_id,
            text=words,
            by_id=by_id,
            # A clock that was set back makes no appeal come before its refusal.
            at=max(at, application.decided_at or at),
            closes_at=term.closes_at,
        )
        move(application, Status.UNDER_APPEAL, by_id=by_id, at=at)


def queue_appeal(*, application_id: int, at: datetime) -> None:
    """
    Lay an appealed case before the office above, with a promise counted anew.

    It goes to nobody who made a step of it (`hearing`). Safe to repeat.
    """
    with transaction.atomic():
        application = lock(application_id)
        if application.status != Status.UNDER_APPEAL:
            log.info("case.past_appeal", case_id=application.pk, status=application.status)
            return
        definition = catalogue.version(application.service_version_id).definition
        desk = desk_above(application, definition, at=at)
        note_code = SAME_OFFICE if desk.office_id == application.deciding_office_id else ABOVE
        set_anew = promise(application, definition, at=at, anew=True)
        application.decided_at = None
        application.save(update_fields=[*set_anew, "decided_at"])
        lay_before(application, desk, by_id=None, at=at, note_code=note_code)


def desk_above(application: Application, definition: Definition, *, at: datetime) -> Desk:
    """
    Return the nearest office of a level above the one that refused.

    Where there is none, the same office hears it, and another officer of it.
    """
    refused_by = places.office(application.deciding_office_id or 0)
    levels = levels_from(refused_by.level, country().area_levels)[1:]
    if refused_by.level == NATIONAL or not levels or refused_by.area is None:
        return Desk(refused_by.pk, refused_by.area.code if refused_by.area else None)
    try:
        office = reforms.serving(
            refused_by.area.code,
            levels,
            agency_code=definition.agency,
            on=at.astimezone(country().zone).date(),
        ).office
    except places.NoOffice:
        return Desk(refused_by.pk, refused_by.area.code)
    return Desk(office.pk, office.area.code if office.area else None)
