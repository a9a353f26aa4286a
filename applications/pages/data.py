"""My data: what is kept about me, for what and how long; and all of it as one file to load."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import queries as accounts
from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.states import Assurance
from applications import operations, policies, queries
from applications.pages.apply import holder_id, language
from kernel import retention


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which data are kept, for what, by which rule and how long: as the code declares it."""
    kept = sorted(retention.classes(), key=lambda one: (one.term is not None, one.code))
    return render(request, "applications/privacy.html", {"classes": kept})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def data(request: HttpRequest) -> HttpResponse:
    """Let a person ask for all that is kept about her, and see when it is ready."""
    person_id, now = holder_id(request), timezone.now()
    sure = _is_sure(person_id)
    if request.method == "POST" and sure:
        try:
            operations.ask_export(
                person_id=person_id,
                by_id=sessions.signed_in(request).pk,
                language=language(),
                at=now,
            )
        except BudgetSpent:
            messages.error(request, gettext("Three copies a day are enough. Try again tomorrow."))
        return redirect("applications:data")
    context = {
        "sure": sure,
        "export": operations.export_of(person_id=person_id, at=now),
        "consents": queries.consents_of(person_id, at=now),
    }
    return render(request, "applications/data.html", context)


@never_cache
@require_GET
@sessions.person_required
def load(request: HttpRequest) -> HttpResponse:
    """Give the file to whose data it holds."""
    person_id = holder_id(request)
    if not _is_sure(person_id):
        raise Http404
    try:
        packed = operations.load_export(
            person_id=person_id, by_id=sessions.signed_in(request).pk, at=timezone.now()
        )
    except operations.NoSuchExport:
        raise Http404 from None
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _is_sure(person_id: int) -> bool:
    """Say whether she is known to the register or was met: else another could take her data out."""
    held = accounts.person(person_id).assurance
    return policies.is_sure_enough(held, Assurance.MATCHED)
