"""A sitting under way: one paper beside its facts, how far the key has come, and stopping it."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import queries as accounts
from accounts import sessions
from applications import comparing, operations, queries
from applications.models import Application, Seen
from applications.pages.apply import language
from applications.pages.desk import at_desk
from applications.pages.looking import looked
from applications.pages.signing import Waiting, keep_aside, waiting_papers
from applications.queries.sittings import as_entry
from catalogue import queries as catalogue
from documents import operations as documents
from documents import orders
from documents.orders import Order
from kernel import exports

RELOAD_SECONDS = 4


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def review(request: HttpRequest, number: str) -> HttpResponse:
    """Show one paper of the sitting beside what it rests on; set it aside, or take it back in."""
    now = timezone.now()
    waiting = waiting_papers(request, at=now)
    here = next((one for one in waiting if one.number == number), None)
    if here is None:
        raise Http404
    following = _following(waiting, here)
    if request.method == "POST":
        aside = [here.paper_id] if request.POST.get("aside") else []
        keep_aside(request, aside, [here.paper_id])
        if request.POST.get("next") and following is not None:
            return redirect(reverse("applications:sitting_review", args=[following.number]))
        return redirect(reverse("applications:to_sign"))
    application = at_desk(request, number)
    _read(request, application, at=now)
    definition = catalogue.version(application.service_version_id).definition
    exceptions = [one for one in waiting if one.marks]
    context = {
        "one": here,
        "application": application,
        "rows": comparing.compare(
            definition,
            application.given,
            as_entry(application),
            queries.holder(accounts.person(application.holder_id)),
            language=language(),
            place=queries.place_reader(language()),
        ),
        "following": following,
        "place": exceptions.index(here) + 1 if here in exceptions else 0,
        "exceptions": len(exceptions),
    }
    return render(request, "applications/sitting_review.html", context)


@never_cache
@require_GET
@sessions.staff_required
def sitting(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Show how many papers of her order are signed; the page asks again while any is not."""
    order, now = _order(request, mandate_id), timezone.now()
    total, is_running = len(order.papers), order.is_running(now)
    context = {
        "order": order,
        "total": total,
        "left": total - order.signed,
        "is_running": is_running,
        "is_out_of_time": order.signed < total and now > order.until,
        "reloads": order.is_under_way(now) and "still" not in request.GET,
        "now": now,
    }
    response = render(request, "applications/sitting.html", context)
    if context["reloads"]:
        response.headers["Refresh"] = str(RELOAD_SECONDS)
    return response


@never_cache
@require_POST
@sessions.staff_required
def stop(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """Take her order back for what is not signed yet."""
    _order(request, mandate_id)
    try:
        left = operations.stop_signing(
            mandate_id=mandate_id, by_id=sessions.signed_in(request).pk, at=timezone.now()
        )
    except documents.NothingToWithdraw:
        messages.warning(request, gettext("There is nothing left to stop."))
    else:
        said = ngettext(
            "Stopped: %d paper is left as it was, and waits for you.",
            "Stopped: %d papers are left as they were, and wait for you.",
            left,
        )
        messages.success(request, said % left)
    return redirect(reverse("applications:sitting", args=[mandate_id]))


@never_cache
@require_GET
@sessions.staff_required
def hashes(request: HttpRequest) -> HttpResponseBase:
    """Send the list that she is about to sign: each paper with the fingerprint of its file."""
    waiting = waiting_papers(request, at=timezone.now())
    head = [gettext("Case"), gettext("Paper"), "SHA-256", gettext("Set aside")]
    rows = [[one.number, one.name, one.sha256, int(one.is_aside)] for one in waiting]
    return exports.csv_response("to-sign", head, rows)


@never_cache
@require_GET
@sessions.staff_required
def order_csv(request: HttpRequest, mandate_id: int) -> HttpResponseBase:
    """Send the list that she ordered signed, and what has become of each paper."""
    order = _order(request, mandate_id)
    head = [gettext("Paper"), "SHA-256", gettext("Signed"), gettext("Issued")]
    rows = [[one.number, one.sha256, int(one.is_signed), int(one.is_out)] for one in order.papers]
    return exports.csv_response(f"sitting-{mandate_id}", head, rows)


def _order(request: HttpRequest, mandate_id: int) -> Order:
    """Return her own order; another's does not exist for her."""
    order = orders.order(mandate_id, officer_id=sessions.signed_in(request).pk)
    if order is None:
        raise Http404
    return order


def _following(waiting: list[Waiting], here: Waiting) -> Waiting | None:
    """Return the exception after this paper; of the others none: they are alike."""
    behind = waiting[waiting.index(here) + 1 :]
    return next((one for one in behind if one.marks), None)


def _read(request: HttpRequest, application: Application, *, at: datetime) -> None:
    looked(request, application, seen=Seen.PAPER, at=at, reason="sitting")
