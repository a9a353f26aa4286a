"""What money does to cases. A bill is paid whole or not at all: a part pays no case."""

from datetime import datetime

import structlog
from django.db import transaction

from applications import queries
from applications.models import Application
from applications.operations.issuing import conclude, mark_rendered
from applications.operations.moving import lock_all, move
from applications.operations.promising import promise, stand_still
from applications.operations.routing import route
from applications.states import HOLDABLE, Status
from catalogue import queries as catalogue
from documents import queries as papers
from payments import queries as bills

log = structlog.get_logger()


class BillNotPaid(Exception):
    """The bill is not paid in full, so none of its cases is."""


def confirm_payment(*, bill_id: int, at: datetime) -> list[int]:
    """
    Take note that the bill is paid: every case on it is, the lapsed ones too.

    Safe to repeat: cases that are past payment stay where they are.

    :return: the ids of the cases that moved
    :raises BillNotPaid: if the bill is open, part-paid or no longer in force
    """
    with transaction.atomic():
        applications = _lock_bill(bill_id)
        if bills.bill(bill_id).state != "PAID":
            raise BillNotPaid(bill_id)
        moved = []
        for application in applications:
            if application.status not in {Status.AWAITING_PAYMENT, Status.LAPSED}:
                log.info("case.past_payment", case_id=application.pk, status=application.status)
                continue
            definition = catalogue.version(application.service_version_id).definition
            changed = promise(application, definition, at=at)
            move(application, Status.PAID, by_id=None, at=at, changed=changed)
            moved.append(application.pk)
    return moved


def lapse(*, bill_id: int, at: datetime) -> list[int]:
    """
    Take note that the bill's term has ended: the cases that still wait for it lapse.

    :return: the ids of the cases that moved
    """
    with transaction.atomic():
        waiting = [case for case in _lock_bill(bill_id) if case.status == Status.AWAITING_PAYMENT]
        # Read under the lock: late money may have revived the bill since the event.
        if bills.bill(bill_id).state != "EXPIRED":
            log.info("case.bill_not_expired", bill_id=bill_id)
            return []
        for application in waiting:
            move(application, Status.LAPSED, by_id=None, at=at)
    return [application.pk for application in waiting]


def hold_payment(*, bill_id: int, at: datetime) -> list[int]:
    """
    Stop the cases of a bill whose money the provider took back; each remembers where it was.

    Issued cases are past stopping: what to do about them is for people.
    """
    with transaction.atomic():
        held = [case for case in _lock_bill(bill_id) if case.status in HOLDABLE]
        for application in held:
            application.held_from = application.status
            move(application, Status.PAYMENT_HELD, by_id=None, at=at, changed=["held_from"])
    return [application.pk for application in held]


def restore_payment(*, bill_id: int, at: datetime) -> list[int]:
    """
    Let the held cases of a bill go on from the state in which they were stopped.

    What they were told while they were held is made good: routing, and what became of their paper.

    :raises places.queries.NoOffice: if no office serves the area of one any more
    """
    with transaction.atomic():
        held = [case for case in _lock_bill(bill_id) if case.status == Status.PAYMENT_HELD]
        for application in held:
            back = Status(application.held_from)
            application.held_from = ""
            since = queries.history(application.pk)[-1].changed_at
            waited = stand_still(application, since=since, until=at)
            move(application, back, by_id=None, at=at, changed=["held_from", *waited])
            _make_good(application, at=at)
    return [application.pk for application in held]


def _make_good(application: Application, *, at: datetime) -> None:
    """Repeat the news that a held case could not follow; the paper itself remembers its own."""
    if application.status == Status.PAID:
        route(application_id=application.pk, at=at)
    if application.paper_id is None:
        return
    paper = papers.paper(application.paper_id)
    if paper.rendered_at is not None:
        mark_rendered(application_id=application.pk, at=at)
    if paper.issued_at is not None:
        conclude(application_id=application.pk, at=at)


def _lock_bill(bill_id: int) -> list[Application]:
    return lock_all(Application.objects.filter(bill_id=bill_id).values_list("pk", flat=True))
