"""One more paper with the same facts, given at the desk."""

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
from documents.models import Copy, Paper
from documents.operations import copying, living
from documents.pages.papers import reach, words
from documents.pages.papers.listing import show

_DIGITS_MAX = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def copy(request: HttpRequest, paper_id: int, kind: str) -> HttpResponse:
    """Ask once more, then have the office seal a duplicate or a certified copy."""
    now = timezone.now()
    found = reach.paper(request, paper_id, at=now)
    account_id = int(sessions.signed_in(request).pk)
    if kind not in (Copy.DUPLICATE, Copy.CERTIFIED_COPY):
        raise Http404
    if living.is_own(account_id=account_id, paper=found):
        raise Http404
    if not reach.may(request, found, "copy", at=now):
        raise NotGranted(account_id=account_id, act="paper.copy")
    if not copying.may_be_copied(found, today=reach.today()):
        messages.warning(request, words.refusal(operations.NoCopy()))
        return redirect("documents:paper", found.pk)
    if request.method == "POST":
        return _give(request, found, kind)
    context = {
        "paper": found,
        "one": show(listing.line(found, reach.today())),
        "name": words.COPIES[kind],
        "number": copying.next_copy_no(found, kind),
    }
    return render(request, "documents/papers/copy.html", context)


def _give(request: HttpRequest, found: Paper, kind: str) -> HttpResponse:
    shown = request.POST.get("number", "")
    is_number = shown.isascii() and shown.isdigit() and len(shown) <= _DIGITS_MAX
    try:
        operations.give_copy(
            paper_id=found.pk,
            copy=kind,
            # The number that she was shown: sent twice, it is one copy.
            copy_no=int(shown) if is_number else 0,
            by_id=int(sessions.signed_in(request).pk),
            at=timezone.now(),
        )
    except words.REFUSALS as error:
        messages.warning(request, words.refusal(error))
    else:
        messages.success(request, gettext("It is being made. It stands below in a moment."))
    return redirect("documents:paper", found.pk)
