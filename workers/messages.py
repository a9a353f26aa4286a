"""Which news is worth a message, to whom, and in which words."""

from datetime import datetime

from accounts import operations as accounts
from accounts import queries as account_queries
from accounts.events import CodeRequested
from applications import queries as applications
from kernel import references
from kernel.country import country
from kernel.events import Event
from kernel.money import Money
from notifications import operations as notifications
from payments import queries as bills

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
