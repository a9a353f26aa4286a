"""What the relay gave up on: looking at it, and letting it be tried again after a question."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import policies as grants
from accounts import sessions
from workers import parking
from workers.policies import RETRY, WATCH


@never_cache
@require_safe
@sessions.staff_required
def parked(request: HttpRequest) -> HttpResponse:
    """Show what is parked of one handler, each with what it is about: a kind and a number."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=WATCH.code, area_code=None, at=now)
    handler = request.GET.get("handler", "")
    rows, count = parking.of_handler(handler), parking.count_of(handler)
    if not rows:
        messages.info(request, gettext("Nothing of it is parked any more."))
        return redirect("workers:board")
    context = {
        "handler": handler,
        "rows": rows,
        "count": count,
        "more": count - len(rows),
        "may_retry": grants.may(account_id=account.pk, act=RETRY.code, area_code=None, at=now),
    }
    return render(request, "workers/parked.html", context)


@never_cache
@require_safe
@sessions.staff_required
def ask_all(request: HttpRequest) -> HttpResponse:
    """Ask once more before everything of a handler is tried again."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=RETRY.code, area_code=None, at=now)
    handler = request.GET.get("handler", "")
    count = parking.count_of(handler)
    if not count:
        messages.info(request, gettext("Nothing of it is parked any more."))
        return redirect("workers:board")
    return render(request, "workers/retry.html", {"handler": handler, "count": count})


@never_cache
@require_POST
@sessions.staff_required
def retry(request: HttpRequest) -> HttpResponse:
    """Try one parked delivery again."""
    typed = request.POST.get("delivery", "")
    # ASCII digits, and no more of them than an id has.
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 18):
        raise Http404
    try:
        by_id = sessions.signed_in(request).pk
        parking.retry(delivery_id=int(typed), by_id=by_id, at=timezone.now())
    except parking.NothingParked:
        messages.warning(request, gettext("It is not parked any more."))
    else:
        messages.success(request, gettext("It is tried again now."))
    handler = request.POST.get("handler", "").replace("\0", "")
    if not parking.count_of(handler):
        return redirect("workers:board")
    return redirect(f"{reverse('workers:parked')}?{urlencode({'handler': handler})}")


@never_cache
@require_POST
@sessions.staff_required
def retry_all(request: HttpRequest) -> HttpResponse:
    """Try again everything of a handler that is parked."""
    try:
        count = parking.retry_all(
            handler=request.POST.get("handler", "").replace("\0", ""),
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except parking.NothingParked:
        messages.warning(request, gettext("Nothing of it is parked any more."))
    else:
        told = ngettext("%(count)d is tried again now.", "%(count)d are tried again now.", count)
        messages.success(request, told % {"count": count})
    return redirect("workers:board")
