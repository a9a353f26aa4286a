"""Asking for something about a collection in suspense: each form is one operation."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.acts import Act
from payments import posting
from payments.models import Bill, Movement
from payments.operations import holding_items, matching, releasing, splitting
from payments.pages.rights import require_any
from payments.pages.suspense import access, forms, words
from payments.pages.suspense.item import show
from payments.policies import ASK_MATCH, ASK_REFUND, ASK_RELEASE

_UNPROCESSABLE = 422


@never_cache
@require_POST
@sessions.staff_required
def ask(request: HttpRequest, movement_id: int, kind: str) -> HttpResponse:
    """Ask that it be matched, split, given back, written off or handed to the treasury."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    if kind not in forms.FORMS:
        raise Http404
    require_any(request, _RIGHTS[kind], at=now)
    currency = _currency(movement_id)
    form = forms.FORMS[kind](request.POST, currency=currency)
    if not form.is_valid():
        return show(request, movement_id, bound=form, status=_UNPROCESSABLE)
    given = {
        "movement_id": movement_id,
        "reason": form.why,
        "shown": form.shown,
        "by_id": account_id,
        "at": now,
    }
    try:
        _ACTS[kind](form.cleaned_data, given)
    except words.REFUSALS as refused:
        return _refused(request, movement_id, form, refused, currency=currency)
    messages.success(request, gettext("Asked for. Another person decides about it."))
    return redirect("payments:suspense_item", movement_id)


@never_cache
@require_POST
@sessions.staff_required
def hold(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Hold it for some days."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    require_any(request, *holding_items.ASKING, at=now)
    form = forms.HoldForm(request.POST, auto_id="hold_%s")
    if not form.is_valid():
        return show(request, movement_id, bound=form, status=_UNPROCESSABLE)
    try:
        holding_items.hold(
            movement_id=movement_id,
            until=now + form.life,
            note=form.cleaned_data["hold_note"],
            by_id=account_id,
            at=now,
        )
    except words.REFUSALS as refused:
        return _refused(request, movement_id, form, refused)
    messages.success(request, gettext("You hold it. Your colleagues see why, and until when."))
    return redirect("payments:suspense_item", movement_id)


@never_cache
@require_POST
@sessions.staff_required
def lift(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Let others at it again."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    try:
        holding_items.lift(movement_id=movement_id, by_id=account_id, at=now)
    except words.REFUSALS as refused:
        messages.warning(request, words.refusal(refused))
    else:
        messages.success(request, gettext("Nobody holds it any more."))
    return redirect("payments:suspense_item", movement_id)


def _match(typed: dict[str, Any], given: dict[str, Any]) -> None:
    matching.ask(bill_id=typed["reference"], amount_minor=typed["amount"], **given)


def _split(typed: dict[str, Any], given: dict[str, Any]) -> None:
    splitting.ask_split(key=typed["key"], parts=typed["parts"], **given)


def _return(typed: dict[str, Any], given: dict[str, Any]) -> None:
    releasing.ask_refund(amount_minor=typed["amount"], by_hand=typed["by_hand"] == "desk", **given)


def _write_off(typed: dict[str, Any], given: dict[str, Any]) -> None:
    releasing.ask_write_off(amount_minor=typed["amount"], **given)


def _unclaimed(typed: dict[str, Any], given: dict[str, Any]) -> None:
    releasing.ask_unclaimed(
        amount_minor=typed["amount"], law=typed["law"], term_days=typed["term_days"], **given
    )


_ACTS: dict[str, Callable[[dict[str, Any], dict[str, Any]], None]] = {
    "match": _match,
    "split": _split,
    "return": _return,
    "write_off": _write_off,
    "unclaimed": _unclaimed,
}

_RIGHTS: dict[str, Act] = {
    "match": ASK_MATCH,
    "split": ASK_MATCH,
    "return": ASK_REFUND,
    "write_off": ASK_RELEASE,
    "unclaimed": ASK_RELEASE,
}


def _refused(
    request: HttpRequest,
    movement_id: int,
    form: django_forms.Form,
    refused: Exception,
    *,
    currency: str = "",
) -> HttpResponse:
    form.add_error(None, words.refusal(refused, currency=currency))
    if "stands" in form.fields:
        # What is shown now is what she answers next.
        now_so = {"stands": str(posting.stands_in_suspense(movement_id)), "due": _due(form)}
        form.data = (
            {**form.data.dict(), **now_so} if isinstance(form.data, QueryDict) else form.data
        )
    return show(request, movement_id, bound=form, status=_UNPROCESSABLE)


def _due(form: django_forms.Form) -> str:
    bill = Bill.objects.filter(pk=form.cleaned_data.get("reference") or 0).first()
    return str(bill.total_minor - bill.paid_minor) if bill else ""


def _currency(movement_id: int) -> str:
    currency = Movement.objects.filter(pk=movement_id).values_list("currency", flat=True).first()
    if currency is None:
        raise Http404
    return currency
