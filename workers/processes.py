"""What one app must do when another has news: each handler is one operation, safe to repeat."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from accounts import moving as phones
from accounts.events import AccountClosed, PhoneChanged, TextReceived
from applications import operations as applications
from applications import queries as application_queries
from applications.events import (
    AppealQueued,
    CaseAppealed,
    CaseQueued,
    CaseRefused,
    CaseWithdrawn,
    CompletionAsked,
)
from applications.states import SlipKind
from documents import operations as documents
from documents.events import PaperIssued, PaperRendered
from documents.operations import credentials
from kernel.events import Event
from payments import operations as payments
from payments.events import (
    BillExpired,
    BillPaid,
    BillReopened,
    CollectionSuspended,
    DebitUnexplained,
    StatementImported,
)
from registers.events import RegisterEventRead

log = structlog.get_logger()


def suspend_keys(event: AccountClosed, at: datetime) -> None:
    credentials.suspend_of(account_id=event.subject_id, at=at)


def reroute_leaver(event: AccountClosed, at: datetime) -> None:
    applications.reroute(officer_id=event.subject_id, at=at)


def follow_phone(event: PhoneChanged, at: datetime) -> None:
    change = phones.done(event.subject_id)
    applications.follow_phone(
        person_id=change.person_id,
        old_contact_id=change.old_contact_id,
        new_contact_id=change.new_contact_id,
    )


def stop_help(event: TextReceived, at: datetime) -> None:
    applications.stop_by_text(text_id=event.subject_id, at=at)


def confirm_payment(event: BillPaid, at: datetime) -> None:
    try:
        applications.confirm_payment(bill_id=event.subject_id, at=at)
    except applications.BillNotPaid:
        # Its money has been taken back since: BillReopened tells of it.
        log.info("process.bill_reopened_since", bill_id=event.subject_id)


def hold_or_owe(event: BillReopened, at: datetime) -> None:
    applications.hold_or_owe(bill_id=event.subject_id, at=at)


def issue_receipts(event: BillPaid, at: datetime) -> None:
    payments.issue_receipts(bill_id=event.subject_id, at=at)


def cancel_receipts(event: BillReopened, at: datetime) -> None:
    payments.cancel_receipts(bill_id=event.subject_id, at=at)


def raise_unexplained(event: DebitUnexplained, at: datetime) -> None:
    payments.debit_unexplained(movement_id=event.subject_id, at=at)


def raise_held_statement(event: StatementImported, at: datetime) -> None:
    payments.statement_imported(statement_id=event.subject_id, at=at)


def propose_refund_of_case(event: CaseWithdrawn, at: datetime) -> None:
    applications.propose_refund(application_id=event.subject_id, at=at)


def lapse_cases(event: BillExpired, at: datetime) -> None:
    applications.lapse(bill_id=event.subject_id, at=at)


def propose_refund(event: CollectionSuspended, at: datetime) -> None:
    payments.propose_for_suspended(movement_id=event.subject_id, at=at)


def propose_refund_of_parts(event: BillExpired, at: datetime) -> None:
    payments.propose_for_expired(bill_id=event.subject_id, at=at)


def route_case(event: Event, at: datetime) -> None:
    applications.route(application_id=event.subject_id, at=at)


def route_cases(events: Sequence[Event], at: datetime) -> None:
    applications.route_all(application_ids=[event.subject_id for event in events], at=at)


def acknowledge(event: CaseQueued, at: datetime) -> None:
    applications.write_slip(kind=SlipKind.ACKNOWLEDGEMENT, application_id=event.subject_id, at=at)


def ask_in_writing(event: CompletionAsked, at: datetime) -> None:
    applications.write_slip(
        kind=SlipKind.COMPLETION_REQUEST, application_id=event.subject_id, at=at
    )


def refuse_in_writing(event: CaseRefused, at: datetime) -> None:
    applications.write_slip(kind=SlipKind.REFUSAL, application_id=event.subject_id, at=at)


def write_control_slip(event: Event, at: datetime) -> None:
    applications.write_slip(kind=SlipKind.CONTROL_SLIP, application_id=event.subject_id, at=at)


def queue_appeal(event: CaseAppealed, at: datetime) -> None:
    applications.queue_appeal(application_id=event.subject_id, at=at)


def hold_if_unpaid(event: AppealQueued, at: datetime) -> None:
    """Money may have been taken back while the case was refused, and nobody could hold it."""
    bill_id = application_queries.addressee(event.subject_id).bill_id
    if bill_id is not None:
        applications.hold_or_owe(bill_id=bill_id, at=at)


def await_signature(event: PaperRendered, at: datetime) -> None:
    application_id = application_queries.id_by_paper(event.subject_id)
    if application_id is not None:  # A paper may also be for something else than a case.
        applications.mark_rendered(application_id=application_id, at=at)
    else:
        applications.give_up_drawn(paper_id=event.subject_id, at=at)


def renew_status_list(event: Event, at: datetime) -> None:
    documents.paper_changed(paper_id=event.subject_id, at=at)


def renew_public_lists(event: Event, at: datetime) -> None:
    documents.key_changed(credential_id=event.subject_id, at=at)


def conclude_case(event: PaperIssued, at: datetime) -> None:
    application_id = application_queries.id_by_paper(event.subject_id)
    if application_id is not None:
        applications.conclude(application_id=application_id, at=at)


def end_papers(event: RegisterEventRead, at: datetime) -> None:
    documents.end_for_event(event_id=event.subject_id, at=at)


def end_if_over(event: PaperIssued, at: datetime) -> None:
    documents.end_if_over(paper_id=event.subject_id, at=at)
