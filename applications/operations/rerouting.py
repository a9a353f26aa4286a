"""Cases go on where their officer or their office does not: by command, and by beat."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import queries as accounts
from applications import queries
from applications.models import Application
from applications.operations.appealing import desk_above
from applications.operations.moving import lock
from applications.operations.review import desk_of
from applications.operations.routing import NATIONAL, Desk, find_desk, lay_before
from applications.queries import handing, interests
from applications.queries.reaching import interest_of
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from places import queries as places

log = structlog.get_logger()

AT_ONCE_MAX = 200
PAGES_MAX = 20
"""So many times so many that cannot go on leave the sweep no way to those behind them."""
REROUTED = "rerouted"


def reroute(
    *,
    at: datetime,
    office_id: int | None = None,
    officer_id: int | None = None,
    by_id: int | None = None,
) -> int:
    """
    Lay everything that waits at an office, or with an officer, before a desk anew.

    She herself gets none of it back. What waits for the applicant, for a second officer or for her
    signature stays as it is.

    :param by_id: who wants it so, if somebody does: a case that she is to have no hand in stays
    :return: how many went on
    """
    if office_id is None and officer_id is None:
        raise ValueError("an office or an officer")
    waiting = queries.laid_before(office_id=office_id, officer_id=officer_id)
    hers = _not_hers_to_move(waiting, by_id) if by_id is not None else set()
    return sum(_goes_on(one, at=at, but_not=officer_id) for one in waiting if one not in hers)


def reroute_stranded(*, now: datetime) -> int:
    """
    Find the cases where nobody will take them up, and let them go on; return how many did.

    The sweep behind every departure: an account that was closed, a right that ended, a long
    absence, an office that was shut. Nobody need remember to say so.
    """
    done = last = 0
    for _ in range(PAGES_MAX):
        # Beyond those that no office takes, and that stay first in the list.
        found = queries.stranded(now=now, limit=AT_ONCE_MAX, after=last)
        done += sum(_goes_on(one, at=now, stranded=True) for one in found)
        if len(found) < AT_ONCE_MAX or done >= AT_ONCE_MAX:
            break
        last = found[-1]
    return done


def _goes_on(
    application_id: int, *, at: datetime, but_not: int | None = None, stranded: bool = False
) -> bool:
    """Lay one case anew: if it breaks, it stays where it is, and the others go on."""
    try:
        return _lay_anew(application_id, at=at, but_not=but_not, stranded=stranded)
    except Exception as error:
        # The kind alone: the words may hold what a person gave.
        log.error("case.not_rerouted", case_id=application_id, error=type(error).__name__)  # noqa: TRY400
        return False


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


def _not_hers_to_move(application_ids: list[int], by_id: int) -> set[int]:
    """Return those of the cases in which she has an interest, or out of which she is kept."""
    person_id = accounts.account(by_id).person_id
    own = Application.objects.filter(pk__in=application_ids).filter(interest_of(by_id, person_id))
    kept_out = {
        pk
        for pk, account_ids in interests.kept_out(application_ids).items()
        if any(accounts.same_hands(one, by_id) for one in account_ids)
    }
    return kept_out.union(own.values_list("pk", flat=True))


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
