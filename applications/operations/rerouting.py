"""Cases go on where their officer or their office does not: by command, and by beat."""

from datetime import datetime

import structlog
from django.db import transaction

from applications import queries
from applications.models import Application
from applications.operations.appealing import desk_above
from applications.operations.moving import lock
from applications.operations.review import desk_of
from applications.operations.routing import NATIONAL, Desk, find_desk, lay_before
from applications.queries import handing
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from places import queries as places

log = structlog.get_logger()

AT_ONCE_MAX = 200
REROUTED = "rerouted"


def reroute(*, at: datetime, office_id: int | None = None, officer_id: int | None = None) -> int:
    """
    Lay everything that waits at an office, or with an officer, before a desk anew.

    She herself gets none of it back. What waits for the applicant, for a second officer or for her
    signature stays as it is.

    :return: how many went on
    """
    if office_id is None and officer_id is None:
        raise ValueError("an office or an officer")
    waiting = queries.laid_before(office_id=office_id, officer_id=officer_id)
    return sum(_lay_anew(one, at=at, but_not=officer_id) for one in waiting)


def reroute_stranded(*, now: datetime) -> int:
    """
    Find the cases where nobody will take them up, and let them go on; return how many did.

    The sweep behind every departure: an account that was closed, a right that ended, a long
    absence, an office that was shut. Nobody need remember to say so.
    """
    found = queries.stranded(now=now, limit=AT_ONCE_MAX)
    return sum(_lay_anew(one, at=now, stranded=True) for one in found)


def _lay_anew(
    application_id: int, *, at: datetime, but_not: int | None = None, stranded: bool = False
) -> bool:
    with transaction.atomic():
        application = lock(application_id)
        if application.status not in {Status.IN_QUEUE, Status.UNDER_REVIEW}:
            return False  # It was decided, or taken back, meanwhile.
        if handing.is_on_its_way(application_id):
            return False  # It is laid before the office where it arrives.
        # Asked again under the lock: another sweep may have been here.
        if stranded and not queries.stranded(now=at, limit=1, only=application_id):
            return False
        desk = _desk(application, at=at)
        if desk is None:
            return False
        lay_before(application, desk, by_id=None, at=at, note_code=REROUTED, but_not=but_not)
    log.info("case.rerouted", case_id=application_id, office_id=desk.office_id)
    return True


def _desk(application: Application, *, at: datetime) -> Desk | None:
    """Return where it goes on: at its own office while that is open, wherever it was given on."""
    office = places.office(application.deciding_office_id or 0)
    if office.active:
        return desk_of(application)
    definition = catalogue.version(application.service_version_id).definition
    # Of a nation's service no level lies below the one that refused it.
    if queries.appeal_of(application.pk) is None or definition.office_level == NATIONAL:
        desk = _found(application, definition, at=at)
    else:
        above = desk_above(application, definition, at=at)
        desk = above if above.office_id != office.pk else None
    if desk is None:
        log.warning("case.no_office", case_id=application.pk)
    return desk


def _found(application: Application, definition: Definition, *, at: datetime) -> Desk | None:
    try:
        return find_desk(definition, application.given, at=at)
    except places.NoOffice:
        return None
