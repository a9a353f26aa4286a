"""Asking for a refund of one collection, or of one of a bill's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import policies as grants
from accounts import sessions
from kernel.money import to_decimal_text
from payments.operations import refunding
from payments.pages.refunds import words
from payments.pages.refunds.forms import AskForm
from payments.pages.suspense import own_money
from payments.pages.words import words as in_words
from payments.policies import VIEW_MONEY
from payments.queries import finding, returning
from payments.queries.finding import Whereabouts

COLLECTIONS_MAX = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def ask(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Show what is left of a collection, and ask that some or all of it go back."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    found = _collection(movement_id)
    left_minor = refunding.left_minor(movement_id)
    if request.method != "POST":
        whole = to_decimal_text(max(left_minor, 0), found.currency)
        form = AskForm(currency=found.currency, initial={"amount": whole})
        return _page(request, found, left_minor, form)
    form = AskForm(request.POST, currency=found.currency)
    if not form.is_valid():
        return _page(request, found, left_minor, form, status=422)
    try:
        refund_id = refunding.ask(
            movement_id=movement_id,
            amount_minor=form.cleaned_data["amount"],
            reason=form.reason,
            by_hand=form.cleaned_data["by_hand"],
            stamp=form.cleaned_data["stamp"],
            by_id=account.pk,
            at=now,
        )
    except words.SAID as refused:
        field = "note" if isinstance(refused, refunding.AgainstItsFee) else None
        form.add_error(field, words.refusal(refused))
        return _page(request, found, left_minor, form, status=422)
    messages.success(request, gettext("Asked for. Another person decides now."))
    return redirect("payments:refund", refund_id)


@never_cache
@require_http_methods(["GET", "HEAD"])
@sessions.staff_required
def of_bill(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the collections of a bill, to choose which goes back; one alone is chosen already."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    found = finding.of_movements(finding.by_reference(reference, limit=COLLECTIONS_MAX))
    if not found:
        raise Http404
    if len(found) == 1:
        return redirect("payments:refund_ask", found[0].movement_id)
    context = {"collections": [{"where": one, "rail": in_words(one.rail_names)} for one in found]}
    return render(request, "payments/refunds/of_bill.html", context)


def _collection(movement_id: int) -> Whereabouts:
    found = finding.of_movements([movement_id])
    if not found:
        raise Http404
    return found[0]


def _page(
    request: HttpRequest,
    found: Whereabouts,
    left_minor: int,
    form: AskForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "where": found,
        "rail": in_words(found.rail_names),
        "service": in_words(found.service),
        "left_minor": left_minor,
        "own_money": own_money.proposals_for(found.movement_id),
        "own_money_id": found.movement_id,
        "promises": [(in_words(one.names), one) for one in returning.promises(found.movement_id)],
        "form": form,
    }
    return render(request, "payments/refunds/ask.html", context, status=status)
