"""What one app must do when another has news: each handler is one operation, safe to repeat."""

from datetime import datetime

from applications import operations as applications
from applications import queries as application_queries
from documents.events import PaperIssued, PaperRendered
from kernel.events import Event
from payments.events import BillExpired, BillPaid


def confirm_payment(event: BillPaid, at: datetime) -> None:
    applications.confirm_payment(bill_id=event.subject_id, at=at)


def lapse_cases(event: BillExpired, at: datetime) -> None:
    applications.lapse(bill_id=event.subject_id, at=at)


def route_case(event: Event, at: datetime) -> None:
    applications.route(application_id=event.subject_id, at=at)


def await_signature(event: PaperRendered, at: datetime) -> None:
    application_id = application_queries.id_by_paper(event.subject_id)
    if application_id is not None:  # A paper may also be for something else than a case.
        applications.mark_rendered(application_id=application_id, at=at)


def conclude_case(event: PaperIssued, at: datetime) -> None:
    application_id = application_queries.id_by_paper(event.subject_id)
    if application_id is not None:
        applications.conclude(application_id=application_id, at=at)
