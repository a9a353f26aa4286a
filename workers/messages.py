"""Which news is worth a message, to whom, and in which words."""

from datetime import datetime

from accounts import operations as accounts
from accounts import queries as account_queries
from accounts.events import CodeRequested
from applications import queries as applications
from applications.queries import Addressee
from kernel import references
from kernel.country import country
from kernel.events import Event
from kernel.money import Money
from notifications import operations as notifications
from payments import queries as bills
from payments.events import BillOwed

CODE_MINUTES = 10


def send_code(event: CodeRequested, at: datetime) -> None:
    try:
        digits = accounts.mint_code(code_id=event.subject_id, at=at)
    except (accounts.CodeAlreadyMinted, accounts.CodeExpired):
        return  # On its way already, or too late to be of use.
    code = account_queries.code(event.subject_id)
    notifications.send(
        contact_id=code.contact_id,
        template="code",
        language=code.language,
        context={"code": digits, "minutes": str(CODE_MINUTES)},
        dedupe_key=f"{event.name}:{event.subject_id}",
        at=at,
    )


def tell_what_to_pay(event: Event, at: datetime) -> None:
    case = applications.addressee(event.subject_id)
    if case.bill_id is None:
        return
    bill = bills.bill(case.bill_id)
    notifications.send(
        contact_id=case.contact_id,
        template="submitted",
        language=case.language,
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
    _tell(event, "paid", at=at)


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
    _tell(event, "payment_restored", at=at, once=False)


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
    notifications.send(
        contact_id=case.contact_id,
        template=template,
        language=case.language,
        context={
            **context,
            "reference": references.spaced(bill.reference),
            "amount": Money(bill.due_minor, bill.currency).format(case.language),
        },
        dedupe_key=dedupe_key,
        at=at,
    )


def tell_completion_asked(event: Event, at: datetime) -> None:
    _tell(event, "completion_asked", at=at, once=False)


def tell_approved(event: Event, at: datetime) -> None:
    _tell(event, "approved", at=at)


def tell_refused(event: Event, at: datetime) -> None:
    _tell(event, "refused", at=at, once=False)


def tell_issued(event: Event, at: datetime) -> None:
    _tell(event, "issued", at=at)


def _tell(event: Event, template: str, *, at: datetime, once: bool = True) -> None:
    case = applications.addressee(event.subject_id)
    # What can happen twice to one case is told each time; the moment tells the two apart.
    occasion = "" if once else f":{event.occurred_at.isoformat()}"
    notifications.send(
        contact_id=case.contact_id,
        template=template,
        language=case.language,
        context={"number": case.number},
        dedupe_key=f"{event.name}:{event.subject_id}{occasion}",
        at=at,
    )
