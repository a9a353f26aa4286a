"""From the approved case to the issued paper, and the way out before it."""

from contextlib import suppress
from datetime import datetime

import structlog
from django.db import transaction

from applications import queries
from applications.models import Application
from applications.operations.drafting import require_holder
from applications.operations.moving import NoSuchCase, lock, lock_all, move, require_status
from applications.operations.submitting import (
    CASES_MAX,
    bill_description,
    bill_lines,
    charge_prefix,
)
from applications.states import WITHDRAWABLE, Status
from documents import queries as papers
from payments import operations as payments
from payments.operations import billing

log = structlog.get_logger()

_UNPAID = (Status.AWAITING_PAYMENT, Status.LAPSED)


class BillKeptChanging(Exception):
    """The bill was replaced each time that its cases were to be locked: try again."""


class MoneyOnTheWay(Exception):
    """Money has come for the bill, or is on its way: the case cannot be taken off it now."""


def mark_rendered(*, application_id: int, at: datetime) -> None:
    """
    Take note that the paper is drawn: it waits for the officer's key, unless the seal is enough.

    Safe to repeat, and to be told late. A case that is held is told again by `restore_payment`.
    """
    with transaction.atomic():
        application = lock(application_id)
        if application.status != Status.APPROVED:
            log.info("case.past_drawing", case_id=application.pk, status=application.status)
            return
        paper = papers.paper(application.paper_id or 0)
        if paper.rendered_at is None:
            # The news is of a paper that was given up; this one is drawn later, and tells so.
            log.info("case.not_drawn_yet", case_id=application.pk)
            return
        if paper.sealed_only:
            log.info("case.sealed_only", case_id=application.pk)
            return
        move(application, Status.AWAITING_SIGNATURE, by_id=None, at=at)


def conclude(*, application_id: int, at: datetime) -> None:
    """
    Take note that the paper is issued.

    Safe to repeat, and to be told before the drawing. A held case has no paper that could be
    issued: it is withheld.
    """
    with transaction.atomic():
        application = lock(application_id)
        if application.status not in {Status.APPROVED, Status.AWAITING_SIGNATURE}:
            log.info("case.past_issue", case_id=application.pk, status=application.status)
            return
        move(application, Status.ISSUED, by_id=None, at=at)


def withdraw(*, application_id: int, holder_id: int, by_id: int, at: datetime) -> None:
    """
    Take a case back before it is approved.

    An unpaid bill is cancelled, or replaced by one for the cases that stay on it; what has been
    paid is for a refund to settle.

    :raises NotHers: if another person asks
    :raises NotNow: if it is approved, refused or withdrawn
    :raises MoneyOnTheWay: if its bill is part-paid, or paid a moment ago
    """
    with transaction.atomic():
        application, others = _lock_with_bill(application_id)
        require_holder(application, holder_id)
        require_status(application, *WITHDRAWABLE)
        if application.status in _UNPAID and application.bill_id is not None:
            _take_off_bill(application.bill_id, others, at=at)
        application.held_until = None
        move(application, Status.WITHDRAWN, by_id=by_id, at=at, changed=["held_until"])


def propose_refund(*, application_id: int, at: datetime) -> list[int]:
    """
    Propose that what was paid for a withdrawn case be paid back; two people still decide.

    The rule is the maker. Safe to repeat.

    :return: the ids of the refunds, none where nothing had been paid
    """
    with transaction.atomic():
        application = lock(application_id)
        if application.status != Status.WITHDRAWN or application.bill_id is None:
            return []
        if queries.history(application_id)[-1].source in {Status.DRAFT, *_UNPAID}:
            return []  # Its bill was cancelled or replaced with it.
        return payments.propose_for_charges(
            bill_id=application.bill_id, charge_prefix=charge_prefix(application_id), at=at
        )


def _lock_with_bill(application_id: int) -> tuple[Application, list[Application]]:
    """
    Lock the case and those on its bill in the order of their ids, as payments do.

    A withdrawal that we waited for may have replaced the bill: then all is let go and read again.
    """
    for _ in range(CASES_MAX):
        bill_id = (
            Application.objects.values_list("bill_id", flat=True).filter(pk=application_id).first()
        )
        others = [case.pk for case in queries.on_bill(bill_id)] if bill_id is not None else []
        with suppress(_BillReplaced), transaction.atomic():
            return _lock_on_bill(bill_id, application_id, others)
    raise BillKeptChanging(application_id)


class _BillReplaced(Exception):
    """Rolls back to before the locks, so that the next ones are taken in order again."""


def _lock_on_bill(
    bill_id: int | None, application_id: int, others: list[int]
) -> tuple[Application, list[Application]]:
    locked = lock_all([application_id, *others])
    mine = next((case for case in locked if case.pk == application_id), None)
    if mine is None:
        raise NoSuchCase(application_id)
    if mine.bill_id != bill_id:
        raise _BillReplaced
    return mine, [case for case in locked if case.pk != application_id and case.bill_id == bill_id]


def _take_off_bill(bill_id: int, others: list[Application], *, at: datetime) -> None:
    staying = [case for case in others if case.status in _UNPAID]
    try:
        if not staying:
            billing.cancel_bill(bill_id=bill_id, at=at)
        elif any(case.status == Status.AWAITING_PAYMENT for case in staying):
            _replace_bill(bill_id, staying, at=at)
        else:
            # Expired: late money would be for one case too many.
            billing.refuse_late_money(bill_id=bill_id)
    except billing.BillNotOpen:
        raise MoneyOnTheWay(bill_id) from None


def _replace_bill(bill_id: int, staying: list[Application], *, at: datetime) -> None:
    successor = billing.replace_bill(
        bill_id=bill_id,
        lines=[line for case in staying for line in bill_lines(case, at=at)],
        description=bill_description(staying),
        at=at,
    )
    for case in staying:
        case.bill_id = successor.id
        case.save(update_fields=["bill"])
