"""
Official receipts (quittances): one a payment of a bill and beneficiary, in a gapless series.

A receipt says what came, to whom, by which law, and never who paid. It is issued once the bill is
paid whole; when its money is taken back it stays, with a cancellation beside it, and the bill that
is paid again has a new one.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import connection, transaction
from django.db.models import Sum

from documents import numbering
from kernel import outbox
from kernel.country import country
from payments import events, queries
from payments.models import Allocation, Bill, BillLine, Receipt, ReceiptCancellation
from payments.states import BillState

log = structlog.get_logger()

TAKEN_BACK = "taken_back"
PREFIX = "OR"
# The newest of documents.rendering.receipts, which would bring the whole of drawing into every
# process that imports operations; a test compares the two.
TEMPLATE_VERSION = 1


def issue_receipts(*, bill_id: int, at: datetime) -> list[str]:
    """
    Issue the official receipts of a bill that is paid; return their numbers.

    Safe to repeat, and to be told late: a bill whose money was taken back since has none to issue.

    :raises payments.queries.NoBill: if there is none
    """
    with transaction.atomic():
        bill = _lock(bill_id)
        if bill.state != BillState.PAID or bill.paid_at is None:
            log.info("receipt.bill_not_paid", bill_id=bill_id, state=bill.state)
            return []
        _cancel(bill, at=at)
        done = set(
            Receipt.objects.filter(bill=bill, paid_at=bill.paid_at).values_list(
                "beneficiary_id", flat=True
            )
        )
        rows = BillLine.objects.filter(bill=bill).order_by("beneficiary_id", "line_no")
        lines: defaultdict[int, list[BillLine]] = defaultdict(list)
        for line in rows.select_related("beneficiary"):
            if line.beneficiary_id not in done:
                lines[line.beneficiary_id].append(line)
        # The series' rows last and in one order: held briefly, and never in a ring.
        issued = [_issue(bill, bill.paid_at, theirs, at=at) for theirs in lines.values()]
        outbox.publish_many(
            events.ReceiptIssued(subject_id=receipt.pk, occurred_at=at) for receipt in issued
        )
    log.info("receipt.issued", bill_id=bill_id, receipts=len(issued))
    return [receipt.number for receipt in issued]


def cancel_receipts(*, bill_id: int, at: datetime) -> list[str]:
    """
    Write beside the receipts of money that was taken back that they count no more.

    Safe to repeat; a receipt of money that is there stays in force.
    """
    with transaction.atomic():
        return _cancel(_lock(bill_id), at=at)


def _lock(bill_id: int) -> Bill:
    bill = Bill.objects.select_for_update(no_key=True, of=("self",)).filter(pk=bill_id).first()
    if bill is None:
        raise queries.NoBill(bill_id)
    return bill


def _cancel(bill: Bill, *, at: datetime) -> list[str]:
    outdated = Receipt.objects.filter(bill=bill, cancellation=None)
    if bill.paid_at is not None:
        # Paid, taken back and paid again before we came: only the last payment is there.
        outdated = outdated.exclude(paid_at=bill.paid_at)
    receipts = list(outdated.order_by("pk"))
    ReceiptCancellation.objects.bulk_create(
        ReceiptCancellation(receipt=receipt, reason=TAKEN_BACK, cancelled_at=at)
        for receipt in receipts
    )
    return [receipt.number for receipt in receipts]


def _issue(bill: Bill, paid_at: datetime, lines: list[BillLine], *, at: datetime) -> Receipt:
    beneficiary = lines[0].beneficiary
    amounts, rails = _received(lines)
    year = at.astimezone(country().zone).year
    series_no = _next_number(beneficiary.pk, year)
    return Receipt.objects.create(
        bill=bill,
        beneficiary=beneficiary,
        number=numbering.paper_number(
            prefix=PREFIX,
            office_code=beneficiary.code,
            year=year,
            series_no=series_no,
        ),
        series_year=year,
        series_no=series_no,
        currency=bill.currency,
        amount_minor=sum(amounts.values()),
        lines=[
            {
                "names": line.names,
                "revenue_code": line.revenue_code,
                "legal_source": line.legal_source,
                "amount_minor": amounts[line.pk],
            }
            for line in lines
        ],
        rails=rails,
        template_version=TEMPLATE_VERSION,
        paid_at=paid_at,
        issued_at=at,
    )


def _received(lines: Iterable[BillLine]) -> tuple[dict[int, int], list[dict[str, str]]]:
    """Return what each line has now, by its id, and the names of the rails that brought it."""
    held = (
        Allocation.objects.filter(line__in=lines)
        .values_list("line_id", "movement__rail__code", "movement__rail__names")
        .annotate(amount_minor=Sum("amount_minor"))
        .order_by("movement__rail__code", "line_id")
    )
    amounts: defaultdict[int, int] = defaultdict(int)
    rails: dict[str, dict[str, str]] = {}
    for line_id, rail_code, names, amount_minor in held:
        amounts[line_id] += amount_minor
        if amount_minor > 0:  # What a reversal took back brought nothing.
            rails[rail_code] = names
    return amounts, list(rails.values())


def _next_number(beneficiary_id: int, year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO payments_receipt_series (beneficiary_id, year, last) VALUES (%s, %s, 1)
            ON CONFLICT (beneficiary_id, year)
            DO UPDATE SET last = payments_receipt_series.last + 1
            RETURNING last
            """,
            [beneficiary_id, year],
        )
        return int(cursor.fetchone()[0])
