"""What an officer does beside deciding: a note, an approval taken back; the keys; other cases."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import sessions
from applications import operations, queries
from applications.models import Application
from applications.pages.acting import Operation, action, kept, version
from applications.pages.apply import language
from applications.pages.cases import service_names
from applications.pages.desk import at_desk, reach_of
from applications.pages.desk_rows import rows
from applications.pages.kept import Kept
from applications.pages.looking import listed
from catalogue import queries as catalogue

_ID_DIGITS_MAX = 18


@action("note", _("Your note is kept."), stays=True)
def note(request: HttpRequest, application: Application) -> Operation:
    return partial(
        operations.note,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        text=kept(request).text,
        at=timezone.now(),
    )


def _undoing(
    request: HttpRequest,
    application: Application,
    *,
    problem: str = "",
    since: int | None = None,
    kept: Kept | None = None,
    status: int = 200,
) -> HttpResponse:
    """Ask once more: the paper is given up, and its number stays used."""
    del since, kept
    definition = catalogue.version(application.service_version_id).definition
    context = {
        "application": application,
        "name": definition.name(language()),
        "problem": problem,
    }
    return render(request, "applications/undo.html", context, status=status)


@action("undo", _("The approval of %s is taken back."), form=_undoing, stays=True)
def undo(request: HttpRequest, application: Application) -> Operation:
    return partial(
        operations.undo_approval,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        at=timezone.now(),
    )


@never_cache
@require_GET
@sessions.staff_required
def others(request: HttpRequest, number: str) -> HttpResponse:
    """List the same person's other cases, as far as her reach goes, the newest first."""
    now = timezone.now()
    application = at_desk(request, number)
    typed = request.GET.get("before", "")
    known = typed.isascii() and typed.isdigit() and len(typed) <= _ID_DIGITS_MAX
    found = queries.others(
        reach_of(request, at=now), application, before_id=int(typed) if known else None
    )
    shown = found[: queries.OTHERS_MAX]
    listed(request, shown, at=now)
    context = {
        "application": application,
        "rows": rows(shown, service_names(shown), now=now),
        "older": f"?before={shown[-1].pk}" if len(found) > queries.OTHERS_MAX else "",
    }
    return render(request, "applications/others.html", context)


@never_cache
@require_GET
@sessions.staff_required
def keys(request: HttpRequest) -> HttpResponse:
    """Show what each key does."""
    return render(request, "applications/keys.html")
