"""What people looked for and did not find, for those who name procedures."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from catalogue import queries_found
from catalogue.operations.hearing import MISSED_KEPT
from catalogue.pages import editing_rights

_DAYS = timedelta(days=30)


@never_cache
@require_safe
@sessions.staff_required
def missed(request: HttpRequest) -> HttpResponse:
    """List the words of the last 30 days; whoever edits anything may read them."""
    editing_rights.visitor(request)
    since = timezone.localdate() - _DAYS
    context = {
        "words": queries_found.missed(since=since),
        "since": since,
        "least": queries_found.MISSED_LEAST,
        "kept_days": MISSED_KEPT.days,
    }
    return render(request, "catalogue/editor/missed.html", context)
