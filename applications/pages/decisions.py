"""What an officer does with a case: take it, lay it back, ask for completion, approve, refuse."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import sessions
from applications import operations
from applications.models import Application, Seen
from applications.pages.acting import Operation, action, kept, version, words
from applications.pages.cases import pdf
from applications.pages.desk import at_desk, show
from applications.pages.looking import looked
from applications.pages.previewing import preview
from applications.pages.reading import Reading, read
from applications.states import Status
from catalogue import queries as catalogue

_DENIED = (
    operations.NoEntry,
    operations.EntryOfAnother,
    operations.AnswersDiffer,
    operations.RegisterDenies,
    operations.NothingToIssue,
)


@action("take", _("%s is in your hands for half an hour."), stays=True)
def take(request: HttpRequest, application: Application) -> Operation:
    return partial(
        operations.take,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        at=timezone.now(),
    )


@action("release", _("%s is back in the queue."))
def release(request: HttpRequest, application: Application) -> Operation:
    return partial(
        operations.release,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        at=timezone.now(),
    )


@action("ask_completion", _("The applicant in %s has been asked to correct the answers."))
def ask_completion(request: HttpRequest, application: Application) -> Operation | HttpResponse:
    """Ask the applicant; or show first what the applicant would read."""
    typed = kept(request)
    if request.POST.get("look"):
        return preview(request, application, typed)
    if request.POST.get("change"):  # From there back, with what was written.
        return show(request, application, kept=typed)
    return partial(
        operations.ask_completion,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        fields=typed.fields,
        note=typed.note,
        at=timezone.now(),
    )


@action("approve", _("%s is approved."))
def approve(request: HttpRequest, application: Application) -> Operation | HttpResponse:
    """
    Read the register once more, and approve what the officer saw; if it changed, show it.

    A case that waits in the queue is taken in hand with it.
    """
    definition = catalogue.version(application.service_version_id).definition
    seen = request.POST.get("entry", "")
    # Before the reading: what the register records from now on, it may not have told us.
    asked_at = timezone.now()
    reading = read(application, definition, wanted=seen)
    if other := read_otherwise(request, application, reading, seen):
        return other
    waits = application.status == Status.IN_QUEUE and request.POST.get("take")
    return partial(
        operations.take_and_approve if waits else operations.approve,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        entry=reading.entry,
        at=asked_at,
    )


@action("refuse", _("%s is refused."))
def refuse(request: HttpRequest, application: Application) -> Operation:
    typed = kept(request)
    return partial(
        operations.refuse,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        reason_code=typed.reason,
        note=typed.note,
        at=timezone.now(),
    )


@never_cache
@require_GET
@sessions.staff_required
def specimen(request: HttpRequest, number: str) -> HttpResponse:
    """Show who holds the case the paper as it would be; the reading is recorded."""
    application, account = at_desk(request, number), sessions.signed_in(request)
    if application.status != Status.UNDER_REVIEW or application.officer_id != account.pk:
        raise Http404
    definition = catalogue.version(application.service_version_id).definition
    seen, now = request.GET.get("entry", ""), timezone.now()
    reading = read(application, definition, wanted=seen)
    if other := read_otherwise(request, application, reading, seen):
        return other
    try:
        drawn = operations.specimen(application, reading.entry, officer_id=account.pk, at=now)
    except _DENIED as refusal:
        return show(request, application, problem=words(refusal), status=409, reading=reading)
    looked(request, application, seen=Seen.PAPER, at=now, reason="specimen")
    return pdf(drawn, f"{application.number}-specimen.pdf", inline=True)


def read_otherwise(
    request: HttpRequest, application: Application, reading: Reading, seen: str
) -> HttpResponse | None:
    """Return the case's page where the register is silent or says something else by now."""
    if not reading.available:
        problem = gettext("The register does not answer now. Nothing is lost; try again later.")
        return show(request, application, problem=problem, status=503, reading=reading)
    if reading.entry is not None and reading.key != seen:
        problem = gettext("The register's entry has changed since you read it. Look again.")
        return show(request, application, problem=problem, status=409, reading=reading)
    return None
