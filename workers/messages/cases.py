"""News for whoever applied about her case, and about the paper that came of it."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from applications import operations as cases
from applications import queries as applications
from applications.events import CaseLate
from documents import queries as papers
from kernel.country import country
from kernel.events import Event
from notifications import operations as notifications
from notifications import watching
from notifications.events import MessageFailed
from workers.messages.telling import tell, tell_case

# News of a case that changes what somebody does next. A code, or a reference, is asked for anew.
CALLED = frozenset(
    {
        "completion_asked",
        "refused",
        "refused_again",
        "appealed",
        "issued",
        "still_ready",
        "late",
        "payment_held",
        "paper_changed",
        "paper_ended",
    }
)


def tell_completion_asked(event: Event, at: datetime) -> None:
    number = applications.addressee(event.subject_id).number
    # It names the case and nobody; whoever opens it has to sign in first.
    link = settings.SITE_URL + reverse("applications:case", args=[number])
    tell(event, "completion_asked", at=at, once=False, link=link)


def tell_approved(event: Event, at: datetime) -> None:
    tell(event, "approved", at=at)


def tell_refused(event: Event, at: datetime) -> None:
    final = applications.appeal_of(event.subject_id) is not None
    tell(event, "refused_again" if final else "refused", at=at, once=False)


def tell_appealed(event: Event, at: datetime) -> None:
    tell(event, "appealed", at=at)


def tell_ready(event: Event, at: datetime) -> None:
    """Tell where the paper lies, with a code; each time with a new one."""
    code = cases.mint_collection_code(application_id=event.subject_id, asked_at=event.occurred_at)
    if code is None:
        return  # Collected meanwhile, or on its way already.
    case = applications.addressee(event.subject_id)
    notifications.send(
        contact_id=case.contact_id,
        template="ready",
        language=case.language,
        context={
            "number": case.number,
            "office": applications.handing_office(event.subject_id, case.language),
            "code": code,
        },
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def tell_still_ready(event: Event, at: datetime) -> None:
    tell(event, "still_ready", at=at)


def tell_collected(event: Event, at: datetime) -> None:
    tell(event, "collected", at=at)


def tell_late(event: CaseLate, at: datetime) -> None:
    until = applications.new_date(event.subject_id)
    if until is not None:
        local = until.astimezone(country().zone)
        tell(event, "late", at=at, once=False, until=f"{local:%d/%m/%Y}")


def tell_issued(event: Event, at: datetime) -> None:
    if applications.is_collected(event.subject_id):
        return  # She is told when it lies ready.
    tell(event, "issued", at=at)


def tell_paper_changed(event: Event, at: datetime) -> None:
    _tell_of_paper(event, "paper_changed", at=at)


def tell_paper_ended(event: Event, at: datetime) -> None:
    _tell_of_paper(event, "paper_ended", at=at)


def _tell_of_paper(event: Event, template: str, *, at: datetime) -> None:
    if papers.is_copy(event.subject_id):
        return  # It goes with its original, of which she is told.
    application_id = applications.id_by_paper(papers.first_of(event.subject_id))
    if application_id is None:
        return  # A paper for something else than a case.
    case = applications.addressee(application_id)
    tell_case(
        case,
        template,
        context={"number": case.number},
        dedupe_key=f"{event.name}:{event.subject_id}:{event.occurred_at.isoformat()}",
        at=at,
    )


def ask_for_call(event: MessageFailed, at: datetime) -> None:
    """Put on the office's list of calls what reached nobody by SMS, and is worth a call."""
    failed = watching.undelivered(event.subject_id)
    if failed is None or failed.by_email or failed.template not in CALLED:
        return
    # As `tell` and `_tell_of_paper` made it: the news, and the id of its case or paper.
    news, subject_id, *_ = failed.dedupe_key.split(":")
    application_id: int | None = int(subject_id)
    if news.startswith("documents."):
        application_id = applications.id_by_paper(papers.first_of(int(subject_id)))
    if application_id is not None:
        cases.ask_call(application_id=application_id, template=failed.template, at=at)
