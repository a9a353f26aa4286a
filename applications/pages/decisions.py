"""What an officer does with a case: each a POST, one operation, and the page again or the queue."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import sessions
from applications import operations
from applications.models import Application
from applications.pages.cases import pdf
from applications.pages.desk import Kept, at_desk, show
from applications.pages.reading import Reading, read
from applications.states import Status
from catalogue import queries as catalogue
from kernel import audit

NOTE_LENGTH_MAX = 500
_VERSION_DIGITS_MAX = 9

Action = Callable[[HttpRequest, Application], HttpResponse]
Page = Callable[[HttpRequest, str], HttpResponse]


def _action(act: Action) -> Page:
    """Find the case, act on it, and turn each refusal into words on the case's own page."""

    @never_cache
    @require_POST
    @sessions.staff_required
    @wraps(act)
    def page(request: HttpRequest, number: str) -> HttpResponse:
        application = at_desk(request, number)
        try:
            return act(request, application)
        except operations.OwnCase:
            raise Http404 from None
        except _REFUSALS as refusal:
            return _refused(request, number, refusal)

    return page


_REFUSALS = (
    operations.StalePage,
    operations.HeldByAnother,
    operations.NotHeld,
    operations.NotNow,
    operations.NoEntry,
    operations.EntryOfAnother,
    operations.AnswersDiffer,
    operations.RegisterDenies,
    operations.NothingToIssue,
    operations.NothingAsked,
    operations.UnknownField,
    operations.UnknownReason,
)


@_action
def take(request: HttpRequest, application: Application) -> HttpResponse:
    operations.take(
        application_id=application.pk, by_id=sessions.signed_in(request).pk, at=timezone.now()
    )
    return redirect("applications:desk_case", application.number)


@_action
def release(request: HttpRequest, application: Application) -> HttpResponse:
    operations.release(
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=_version(request),
        at=timezone.now(),
    )
    return _next(request, gettext("%s is back in the queue.") % application.number)


@_action
def ask_completion(request: HttpRequest, application: Application) -> HttpResponse:
    operations.ask_completion(
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=_version(request),
        fields=_kept(request).fields,
        note=_kept(request).note,
        at=timezone.now(),
    )
    said = gettext("The applicant in %s has been asked to correct the answers.")
    return _next(request, said % application.number)


@_action
def approve(request: HttpRequest, application: Application) -> HttpResponse:
    """Read the register once more, and approve what the officer saw; if it changed, show it."""
    definition = catalogue.version(application.service_version_id).definition
    seen = request.POST.get("entry", "")
    # Before the reading: what the register records from now on, it may not have told us.
    asked_at = timezone.now()
    reading = read(application, definition, wanted=seen)
    if other := _read_otherwise(request, application, reading, seen):
        return other
    operations.approve(
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=_version(request),
        entry=reading.entry,
        at=asked_at,
    )
    return _next(request, gettext("%s is approved. Its paper is being drawn.") % application.number)


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
    if other := _read_otherwise(request, application, reading, seen):
        return other
    try:
        drawn = operations.specimen(application, reading.entry, officer_id=account.pk, at=now)
    except _REFUSALS as refusal:
        return show(request, application, problem=_words(refusal), status=409, reading=reading)
    audit.record(
        act="case.read",
        actor_id=account.pk,
        subject="applications.application",
        subject_id=application.pk,
        reason="specimen",
        at=now,
    )
    return pdf(drawn, f"{application.number}-specimen.pdf", inline=True)


def _read_otherwise(
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


@_action
def refuse(request: HttpRequest, application: Application) -> HttpResponse:
    operations.refuse(
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=_version(request),
        reason_code=_kept(request).reason,
        note=_kept(request).note,
        at=timezone.now(),
    )
    return _next(request, gettext("%s is refused.") % application.number)


def _next(request: HttpRequest, done: str) -> HttpResponse:
    messages.success(request, done)
    return redirect(reverse("applications:queue"))


def _refused(request: HttpRequest, number: str, refusal: Exception) -> HttpResponse:
    since = refusal.since if isinstance(refusal, operations.StalePage) else None
    return show(
        request,
        at_desk(request, number),
        problem=_words(refusal),
        since=since,
        kept=_kept(request),
        status=409,
    )


def _words(refusal: Exception) -> str:
    if isinstance(refusal, operations.HeldByAnother):
        until = formats.time_format(timezone.localtime(refusal.until), "H:i")
        return gettext("A colleague has this case in hand until %s.") % until
    return {
        operations.StalePage: gettext(
            "The case has changed since you opened it. Nothing was decided; look again."
        ),
        operations.NotHeld: gettext("Take the case in hand first."),
        operations.NotNow: gettext("This cannot be done in the state that the case is in now."),
        operations.NoEntry: gettext(
            "The register holds no entry, so there is nothing to print. Refuse, and point to "
            "late registration."
        ),
        operations.EntryOfAnother: gettext("The entry is about another person."),
        operations.AnswersDiffer: gettext(
            "The answers differ from the register. Ask for completion, or refuse and point to "
            "rectification."
        ),
        operations.RegisterDenies: gettext(
            "The register does not say what this paper would state."
        ),
        operations.NothingToIssue: gettext("This service names no paper that can be drawn."),
        operations.NothingAsked: gettext("Choose at least one answer to correct, and why."),
        operations.UnknownField: gettext("The form has no such question."),
        operations.UnknownReason: gettext("Choose a reason from the list."),
    }[type(refusal)]


def _version(request: HttpRequest) -> int:
    typed = request.POST.get("version", "")
    good = typed.isascii() and typed.isdigit() and len(typed) <= _VERSION_DIGITS_MAX
    # No version is an old version: the page that sent it did not know what it decided on.
    return int(typed) if good else 0


def _kept(request: HttpRequest) -> Kept:
    """Read what she typed: `why-<field>` holds the reason for each answer that is to be mended."""
    prefix = "why-"
    fields = {
        key.removeprefix(prefix): value
        for key, value in request.POST.items()
        if key.startswith(prefix) and value and isinstance(value, str)
    }
    return Kept(
        fields=fields,
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", "")[:NOTE_LENGTH_MAX],
    )
