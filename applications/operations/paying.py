"""What money does to cases. A bill is paid whole or not at all: a part pays no case."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from applications import queries
from applications.models import Application
from applications.operations.issuing import conclude, mark_rendered
from applications.operations.moving import lock_all, move
from applications.operations.promising import promise, stand_still
from applications.operations.routing import route
from applications.operations.submitting import charge_prefix
from applications.states import GIVEN, HOLDABLE, Status
from catalogue import queries as catalogue
from documents import operations as documents
from documents import queries as papers
from payments import queries as bills
from payments.operations import billing
from payments.queries import BillView

log = structlog.get_logger()

# A held case waits this long for its money, counted from the day on which it was held.
HOLD_LIFE = timedelta(days=365)


class BillNotPaid(Exception):
    """The bill is not paid in full, so none of its cases is."""


def confirm_payment(*, bill_id: int, at: datetime) -> list[int]:
    """
    Take note that the bill is paid: every case on it is, the lapsed ones too, and those that were
    held go on.

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
        return moved + _restore(applications, at=at)


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


def is_paid(application: Application) -> bool:
    """
    Say whether what a case costs stands on its bill; PostgreSQL asks so too when it is approved.

    What was taken back holds the case in a moment: until then nothing is made of it.
    """
    if application.bill_id is None:
        return True  # It was free.
    bill = bills.bill(application.bill_id)
    if not bill.due_minor:
        return True
    return bill.paid_minor >= _fees_minor(bill, _staying(queries.on_bill(bill.id)))


def hold_or_owe(*, bill_id: int, at: datetime) -> list[int]:
    """
    Take note that money of a paid bill was taken back: its cases are held until it is paid again.

    What was given for it stays given, and the bill is owed from now on. Cases that were taken
    back are no part of it: what stands on the bill for the others is enough for them.

    Safe to repeat, and to be told after the bill has been paid again.

    :return: the ids of the cases that were held now
    """
    with transaction.atomic():
        applications = _lock_bill(bill_id)
        if not applications:
            return []  # A bill for something else than cases.
        bill = bills.bill(bill_id)
        staying = _staying(applications)
        if not staying and bill.state == "OPEN":
            billing.cancel_bill(bill_id=bill_id, at=at)  # Nobody is to pay it again.
        if bill.paid_minor >= _fees_minor(bill, staying):
            log.info("case.bill_still_enough", bill_id=bill_id, state=bill.state)
            return []
        held = hold_payment(bill_id=bill_id, at=at)
        if any(case.status in GIVEN for case in _lock_bill(bill_id)):
            billing.keep_as_debt(bill_id=bill_id, at=at)
        elif held:
            billing.prolong(bill_id=bill_id, until=at + HOLD_LIFE, at=at)
    return held


def hold_payment(*, bill_id: int, at: datetime) -> list[int]:
    """
    Stop the cases of a bill, each where it is; nobody signs or seals their papers meanwhile.

    A case whose paper is out already ends instead: there is nothing left to stop.

    :return: the ids of the cases that were held now
    """
    held = []
    with transaction.atomic():
        for application in _lock_bill(bill_id):
            if application.status not in HOLDABLE:
                continue
            paper_id = application.paper_id
            if paper_id is not None and not documents.withhold(paper_id, at=at):
                conclude(application_id=application.pk, at=at)
                continue
            application.held_from = application.status
            move(application, Status.PAYMENT_HELD, by_id=None, at=at, changed=["held_from"])
            held.append(application.pk)
    return held


def restore_payment(*, bill_id: int, at: datetime) -> list[int]:
    """
    Let the held cases of a bill go on from the state in which they were stopped.

    What they were told while they were held is made good: routing, and what became of their paper.

    :raises places.queries.NoOffice: if no office serves the area of one any more
    """
    with transaction.atomic():
        return _restore(_lock_bill(bill_id), at=at)


def _restore(locked: list[Application], *, at: datetime) -> list[int]:
    held = [case for case in locked if case.status == Status.PAYMENT_HELD]
    for application in held:
        back = Status(application.held_from)
        application.held_from = ""
        since = queries.history(application.pk)[-1].changed_at
        # In her own turn the whole of it is added when that ends, this time among it.
        hers = back == Status.AWAITING_COMPLETION
        waited = [] if hers else stand_still(application, since=since, until=at)
        move(application, back, by_id=None, at=at, changed=["held_from", *waited])
        _make_good(application, at=at)
    return [application.pk for application in held]


def _make_good(application: Application, *, at: datetime) -> None:
    """Repeat the news that a held case could not follow; the paper itself remembers its own."""
    if application.status == Status.PAID:
        route(application_id=application.pk, at=at)
    if application.paper_id is None:
        return
    documents.let_go(application.paper_id)
    if papers.paper(application.paper_id).rendered_at is not None:
        mark_rendered(application_id=application.pk, at=at)


def _staying(applications: list[Application]) -> list[Application]:
    return [case for case in applications if case.status != Status.WITHDRAWN]


def _fees_minor(bill: BillView, applications: list[Application]) -> int:
    """Return what the cases cost together, of all that stands on their bill."""
    charges = {charge_prefix(application.pk) for application in applications}
    return sum(
        line.amount_minor
        for line in bill.lines
        if any(line.charge_key.startswith(charge) for charge in charges)
    )


def _lock_bill(bill_id: int) -> list[Application]:
    return lock_all(Application.objects.filter(bill_id=bill_id).values_list("pk", flat=True))
