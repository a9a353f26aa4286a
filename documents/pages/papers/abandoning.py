"""Giving up a reissue that its officer will not sign."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.policies import NotGranted
from documents import listing, operations
from documents.models import ActKind
from documents.operations import abandoning, living
from documents.pages.papers import reach, words
from documents.pages.papers.listing import show


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def abandon(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Ask once more, then give the drawn reissue up."""
    now = timezone.now()
    found = reach.paper(request, paper_id, at=now)
    account_id = int(sessions.signed_in(request).pk)
    if living.is_own(account_id=account_id, paper=found):
        raise Http404
    if not reach.may(request, found, ActKind.REISSUE, at=now):
        raise NotGranted(account_id=account_id, act="paper.reissue")
    if not abandoning.may_be_abandoned(found):
        messages.warning(request, words.refusal(operations.NotNow()))
        return redirect("documents:paper", found.pk)
    if request.method == "POST":
        try:
            operations.abandon(paper_id=found.pk, by_id=account_id, at=now)
        except words.REFUSALS as error:
            messages.warning(request, words.refusal(error))
        else:
            messages.success(request, gettext("Abandoned. A new reissue may be asked for."))
        return redirect("documents:paper", found.pk)
    context = {"paper": found, "one": show(listing.line(found, reach.today()))}
    return render(request, "documents/papers/abandon.html", context)
