"""Giving a case on, with a reason: to another office, or to a colleague."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.events import CaseTransferredOften
from applications.models import Application, HandOver, StatusChange, Transfer
from applications.operations.hearing import has_made_a_step
from applications.operations.moving import lock, move, require_status, require_version
from applications.operations.noting import bounded
from applications.operations.promising import tell_anew
from applications.operations.review import NotHeld, UnknownReason, desk_of, require_officer
from applications.operations.routing import Desk, lay_before
from applications.states import Handed, Status, TransferReason
from kernel import outbox
from places import queries as places

log = structlog.get_logger()

TEXT_CHARACTERS_MAX = 500
OFTEN = 3
"""Somebody above looks at a case that is given on for the third time, and each time after."""


class NoTarget(Exception):
    """Another office is wanted, or a colleague: it is nobody, or where the case is already."""


class OfficeClosed(Exception):
    """No such office is open."""


class CannotTake(Exception):
    """The colleague may not decide this case there: no grant, or an interest."""


class GoesInACircle(Exception):
    """The office, or the colleague, had it before: only the supervisor may send it back there."""


def transfer(
    *,
    application_id: int,
    by_id: int,
    version: int,
    office_id: int | None,
    officer_id: int | None,
    reason_code: str,
    text: str,
    at: datetime,
) -> None:
    """
    Give a case in hand to another office, or to a colleague of the same one or of another.

    Whoever holds it does so, or the supervisor of its office. The office's clock goes on.

    :param office_id: where to; None: it stays at its office, and goes to `officer_id`
    :param officer_id: to whom; None: to whoever has least to do at the office
    :param reason_code: of `TransferReason`
    :param text: at most 500 characters for whoever gets it, "" for none
    :raises StalePage: if the case has changed since she read it
    :raises NotNow: if it is in nobody's hands
    :raises NotHeld: if it is in another's, and she does not supervise the office
    :raises UnknownReason: if there is no such reason
    :raises TextRefused: if the text is longer
    :raises NoTarget, OfficeClosed, CannotTake: if it cannot go there
    :raises GoesInACircle: if it has been there, unless a supervisor sends it
    :raises policies.OwnCase, accounts.policies.NotGranted: if it is hers, or she has no right
    """
    if reason_code not in TransferReason.values:
        raise UnknownReason(reason_code)
    words = bounded(text, TEXT_CHARACTERS_MAX, least=0)
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_status(application, Status.UNDER_REVIEW)
        by_supervisor = _require_right(application, by_id, at=at)
        desk = _target(application, office_id, officer_id)
        if officer_id is not None:
            _require_taker(application, desk, officer_id, at=at)
        if not by_supervisor and _was_there(application, desk.office_id, officer_id):
            raise GoesInACircle(application.pk)
        times = _write(application, desk, officer_id, by_id, by_supervisor, reason_code, words, at)
        _give(application, desk, officer_id, by_id=by_id, often=times >= OFTEN, at=at)
    log.info("case.transferred", case_id=application.pk, reason=reason_code, times=times)


def times_given(application_id: int) -> int:
    """Return how often a case was given on: transferred, or sent to another office."""
    sent = HandOver.objects.filter(application_id=application_id, what=Handed.CASE)
    return Transfer.objects.filter(application_id=application_id).count() + sent.count()


def _require_right(application: Application, by_id: int, *, at: datetime) -> bool:
    """Say whether she acts as the supervisor: with that right, whoever holds the case."""
    supervises = rights.may(
        account_id=by_id,
        act=policies.SUPERVISE.code,
        service_code=application.service_code,
        area_code=desk_of(application).area_code,
        at=at,
    )
    if not supervises and application.officer_id != by_id:
        raise NotHeld(application.pk)
    # Who has an interest gives her own case to nobody of her choice: it goes back to the queue.
    act = policies.SUPERVISE if supervises else policies.DECIDE
    require_officer(application, by_id, at=at, act=act)
    return supervises


def _target(application: Application, office_id: int | None, officer_id: int | None) -> Desk:
    here = desk_of(application)
    if office_id is None or office_id == here.office_id:
        if officer_id is None or officer_id == application.officer_id:
            raise NoTarget(application.pk)
        return here
    office = places.offices({office_id})
    if not office or not office[0].active:
        raise OfficeClosed(office_id)
    area = office[0].area
    return Desk(office_id, area.code if area else None)


def _require_taker(application: Application, desk: Desk, officer_id: int, *, at: datetime) -> None:
    granted = rights.holders(
        act=policies.DECIDE.code,
        service_code=application.service_code,
        area_code=desk.area_code,
        at=at,
    )
    if officer_id not in granted or policies.has_interest(
        account_id=officer_id,
        person_id=accounts.account(officer_id).person_id,
        holder_id=application.holder_id,
        applicant_id=application.account_id,
    ):
        raise CannotTake(officer_id)
    if has_made_a_step(application.pk, officer_id):
        raise CannotTake(officer_id)


def _was_there(application: Application, office_id: int, officer_id: int | None) -> bool:
    if office_id != application.deciding_office_id:
        moves = StatusChange.objects.filter(application=application)
        return moves.filter(office_id=office_id).exists()
    given = Transfer.objects.filter(application=application)
    return given.filter(from_officer_id=officer_id).exists()


def _write(
    application: Application,
    desk: Desk,
    officer_id: int | None,
    by_id: int,
    by_supervisor: bool,
    reason_code: str,
    text: str,
    at: datetime,
) -> int:
    """Write the transfer down, and return how many there have been."""
    Transfer.objects.create(
        application=application,
        version=application.version + 1,
        by_id=by_id,
        by_supervisor=by_supervisor,
        from_office_id=application.deciding_office_id or 0,
        from_officer_id=application.officer_id or 0,
        to_office_id=desk.office_id,
        to_officer_id=officer_id,
        reason_code=reason_code,
        text=text,
        at=at,
    )
    return times_given(application.pk)


def _give(
    application: Application,
    desk: Desk,
    officer_id: int | None,
    *,
    by_id: int,
    often: bool,
    at: datetime,
) -> None:
    note_code = "transferred_often" if often else "transferred"
    if officer_id is None:
        lay_before(
            application,
            desk,
            by_id=by_id,
            at=at,
            note_code=note_code,
            but_not=application.officer_id,
        )
    else:
        if application.handing_office_id == application.deciding_office_id:
            application.handing_office_id = desk.office_id
        tell_anew(application, desk.office_id)
        application.deciding_office_id = desk.office_id
        application.officer_id = officer_id
        application.held_until = None
        move(
            application,
            Status.IN_QUEUE,
            by_id=by_id,
            at=at,
            note_code=note_code,
            changed=["deciding_office", "handing_office", "officer", "held_until", "escalate_at"],
        )
    if often:
        outbox.publish(CaseTransferredOften(subject_id=application.pk, occurred_at=at))
