"""News for whoever applied about what she pays, has paid, and owes again."""

from datetime import datetime

from applications import queries as applications
from applications.queries import Addressee
from kernel import references
from kernel.country import country
from kernel.events import Event
from kernel.money import Money
from payments import queries as bills
from payments.events import BillOwed
from workers.messages.telling import tell, tell_case


def tell_what_to_pay(event: Event, at: datetime) -> None:
    case = applications.addressee(event.subject_id)
    if case.bill_id is None:
        return
    bill = bills.bill(case.bill_id)
    tell_case(
        case,
        "submitted",
        context={
            "reference": references.spaced(bill.reference),
            "amount": Money(bill.total_minor, bill.currency).format(case.language),
            "until": f"{bill.expires_at.astimezone(country().zone):%d/%m/%Y}",
        },
        # By bill and not by case: many cases on one bill are one message.
        dedupe_key=f"{event.name}:bill:{case.bill_id}",
        at=at,
    )


def tell_paid(event: Event, at: datetime) -> None:
    tell(event, "paid", at=at)


def tell_payment_held(event: Event, at: datetime) -> None:
    case = applications.addressee(event.subject_id)
    if case.bill_id is None:
        return
    _tell_due(
        case,
        "payment_held",
        context={"number": case.number},
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def tell_payment_restored(event: Event, at: datetime) -> None:
    tell(event, "payment_restored", at=at, once=False)


def tell_debt(event: BillOwed, at: datetime) -> None:
    first = next(iter(applications.on_bill(event.subject_id)), None)
    if first is None:
        return  # A bill for something else than cases.
    _tell_due(
        applications.addressee(first.pk),
        "debt",
        context={},
        # By bill and not by case: many papers on one bill are one message.
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def _tell_due(
    case: Addressee, template: str, *, context: dict[str, str], dedupe_key: str, at: datetime
) -> None:
    bill = bills.bill(case.bill_id or 0)
    if not bill.due_minor:
        return  # Paid again before we came.
    tell_case(
        case,
        template,
        context={
            **context,
            "reference": references.spaced(bill.reference),
            "amount": Money(bill.due_minor, bill.currency).format(case.language),
        },
        dedupe_key=dedupe_key,
        at=at,
    )
