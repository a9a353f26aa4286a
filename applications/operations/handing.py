"""From one office to another, with a control slip: handed over, and acknowledged on arrival."""

from collections.abc import Collection
from datetime import datetime

import structlog
from django.db import transaction

from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.events import (
    CaseArrived,
    CaseHandedOver,
    CaseTransferredOften,
    HandOverOverdue,
)
from applications.models import Application, HandOver
from applications.operations.collecting import SameHands
from applications.operations.moving import NotNow, lock, move, require_status
from applications.operations.noting import bounded
from applications.operations.review import NotHeld
from applications.operations.routing import Desk, lay_before
from applications.operations.transferring import OFTEN, NoTarget, OfficeClosed, times_given
from applications.queries import handing, interests
from applications.states import Handed, Status
from kernel import outbox
from places import queries as places
from places import working

log = structlog.get_logger()

ARRIVAL_CHARACTERS_MAX = 300
AT_ONCE_MAX = 100
HANDED_OVER = "handed_over"
# No country's rule: what two working days of eight hours have not brought is looked for.
OVERDUE_SECONDS = 16 * 3600
_TOLD_AT_ONCE_MAX = 200


class OnItsWay(Exception):
    """Something of this case is on its way already: it must arrive first."""


class NothingArrives(Exception):
    """There is no such hand-over, or it was acknowledged before."""


def hand_over(
    *, application_id: int, by_id: int, to_office_id: int, what: str, at: datetime
) -> int:
    """
    Send a case, its signed paper or its paper file to another office; return the hand-over's id.

    A case on its way is in nobody's hands and in no queue, and its clocks go on.

    :param what: of `Handed`
    :raises OnItsWay: if something of the case is
    :raises NotNow: if the case is not where that could leave: a case that waits or is in hand, an
        issued paper
    :raises NotHeld: if the case is in a colleague's hands
    :raises NoTarget, OfficeClosed: if it is there already, or no such office is open
    :raises policies.OwnCase, accounts.policies.NotGranted: if it is hers, or she has no right there
    """
    if what not in Handed.values:
        raise NoTarget(application_id)
    thing = Handed(what)
    with transaction.atomic():
        application = lock(application_id)
        _require_leaves(application, thing)
        if handing.open_of(application_id) is not None:
            raise OnItsWay(application_id)
        from_office_id = handing.where(application, thing)
        _require_right(application, from_office_id, by_id, at=at)
        if thing is Handed.CASE and interests.is_kept_out(application.pk, by_id):
            raise policies.OwnCase(application.pk)  # To nobody of her choice.
        in_hand = thing is Handed.CASE and application.status == Status.UNDER_REVIEW
        if in_hand and application.officer_id != by_id:
            raise NotHeld(application.pk)
        _require_target(application, from_office_id, to_office_id)
        _leave(application, thing, by_id=by_id, at=at)
        sent = HandOver.objects.create(
            application=application,
            version=application.version,
            what=thing,
            from_office_id=from_office_id,
            to_office_id=to_office_id,
            by_id=by_id,
            at=at,
        )
        outbox.publish(CaseHandedOver(subject_id=application.pk, occurred_at=at))
        if thing is Handed.CASE and times_given(application.pk) >= OFTEN:
            outbox.publish(CaseTransferredOften(subject_id=application.pk, occurred_at=at))
    log.info("case.handed_over", case_id=application_id, what=what, office_id=to_office_id)
    return int(sent.pk)


def acknowledge_arrival(*, hand_over_id: int, by_id: int, at: datetime, note: str = "") -> None:
    """
    Say that it has arrived: a case is laid before the office's officers, a paper given out here.

    :param note: at most 300 characters on how it came, "" for none
    :raises NothingArrives: if it has, or there is no such hand-over
    :raises SameHands: if she sent it herself, under whatever account
    :raises TextRefused: if the note is longer
    :raises policies.OwnCase, accounts.policies.NotGranted: if it is hers, or she has no right there
    """
    words = bounded(note, ARRIVAL_CHARACTERS_MAX, least=0)
    found = HandOver.objects.filter(pk=hand_over_id).values_list("application_id", flat=True)
    application_id = found.first()
    if application_id is None:
        raise NothingArrives(hand_over_id)
    with transaction.atomic():
        application = lock(application_id)
        sent = HandOver.objects.get(pk=hand_over_id)
        if sent.arrived_at is not None:
            raise NothingArrives(hand_over_id)
        _require_right(application, sent.to_office_id, by_id, at=at)
        if accounts.same_hands(sent.by_id, by_id):
            raise SameHands(application.pk)
        # A clock that was set back makes nothing arrive before it left.
        sent.arrived_by_id, sent.arrived_at, sent.arrived_note = by_id, max(at, sent.at), words
        sent.save(update_fields=["arrived_by", "arrived_at", "arrived_note"])
        _arrive(application, sent, by_id=by_id, at=at)
        outbox.publish(CaseArrived(subject_id=application.pk, occurred_at=at))
    log.info("case.arrived", case_id=application_id, what=sent.what, office_id=sent.to_office_id)


def acknowledge_arrivals(
    *, hand_over_ids: Collection[int], by_id: int, at: datetime, note: str = ""
) -> int:
    """Acknowledge many at once, all of them or none; return how many."""
    wanted = sorted(set(hand_over_ids))[:AT_ONCE_MAX]
    # Cases are locked in the order of their ids, so that no two who acknowledge embrace.
    cases = HandOver.objects.filter(pk__in=wanted).order_by("application_id")
    with transaction.atomic():
        found = list(cases.values_list("pk", flat=True))
        if len(found) != len(wanted):
            raise NothingArrives(wanted)
        for hand_over_id in found:
            acknowledge_arrival(hand_over_id=hand_over_id, by_id=by_id, note=note, at=at)
    return len(found)


def look_for_handed_over(*, now: datetime) -> int:
    """Tell the supervisors of both ends of what should have arrived, once; return how many."""
    told = 0
    with transaction.atomic():
        waiting = (
            HandOver.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .filter(arrived_at=None, told_at=None)
            .order_by("at", "pk")[:_TOLD_AT_ONCE_MAX]
        )
        for sent in waiting:
            if working.working_seconds(sent.at, now) < OVERDUE_SECONDS:
                break  # Those after it left later.
            sent.told_at = now
            sent.save(update_fields=["told_at"])
            outbox.publish(HandOverOverdue(subject_id=sent.application_id, occurred_at=now))
            told += 1
    return told


def _require_leaves(application: Application, what: Handed) -> None:
    if application.deciding_office_id is None:
        raise NotNow(application.pk, application.status)
    if what is Handed.CASE:
        require_status(application, Status.IN_QUEUE, Status.UNDER_REVIEW)
    elif what is Handed.PAPER:
        require_status(application, Status.ISSUED)
    elif application.status in {Status.AWAITING_PAYMENT, Status.LAPSED, Status.WITHDRAWN}:
        raise NotNow(application.pk, application.status)


def _require_right(application: Application, office_id: int, by_id: int, *, at: datetime) -> None:
    if policies.has_interest(
        account_id=by_id,
        person_id=accounts.account(by_id).person_id,
        holder_id=application.holder_id,
        applicant_id=application.account_id,
        guardian_id=application.guardian_id,
    ):
        raise policies.OwnCase(application.pk)
    if not handing.may_at(office_id, application.service_code, by_id, at=at):
        raise rights.NotGranted(account_id=by_id, act=policies.RECEIVE.code)


def _require_target(application: Application, from_office_id: int, to_office_id: int) -> None:
    if to_office_id == from_office_id:
        raise NoTarget(application.pk)
    office = places.offices({to_office_id})
    if not office or not office[0].active:
        raise OfficeClosed(to_office_id)


def _leave(application: Application, what: Handed, *, by_id: int, at: datetime) -> None:
    """Take the case off every desk; of a paper or a file only the case's version tells."""
    if what is not Handed.CASE:
        _count(application)
        return
    application.officer_id, application.held_until = None, None
    changed = ["officer", "held_until"]
    if application.status == Status.UNDER_REVIEW:
        move(
            application,
            Status.IN_QUEUE,
            by_id=by_id,
            at=at,
            note_code=HANDED_OVER,
            changed=changed,
        )
    else:
        _count(application, *changed)


def _arrive(application: Application, sent: HandOver, *, by_id: int, at: datetime) -> None:
    if sent.what == Handed.FILE:
        _count(application)
    elif sent.what == Handed.PAPER:
        application.handing_office_id = sent.to_office_id
        _count(application, "handing_office")
    elif application.status == Status.IN_QUEUE:
        area = places.office(sent.to_office_id).area
        desk = Desk(sent.to_office_id, area.code if area else None)
        lay_before(application, desk, by_id=by_id, at=at, note_code=HANDED_OVER)
    else:  # It was held, or taken back, on its way.
        if application.handing_office_id == application.deciding_office_id:
            application.handing_office_id = sent.to_office_id
        application.deciding_office_id = sent.to_office_id
        _count(application, "deciding_office", "handing_office")


def _count(application: Application, *changed: str) -> None:
    """Let whoever has its page open look again."""
    application.version += 1
    application.save(update_fields=["version", *changed])
