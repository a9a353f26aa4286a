"""A payment in suspense that is our own money: which sweep it is, and another person's word."""

from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import operations as accounts
from accounts import policies as grants
from accounts import queries as hands
from accounts import sessions
from accounts.pages import stepping
from kernel.money import Money
from payments.models import Movement, Release
from payments.operations import arrivals as operations
from payments.pages.fields import SecondWordForm
from payments.pages.suspense import access, own_money, words
from payments.pages.suspense.forms import ArrivalForm
from payments.pages.words import words as told
from payments.queries import arrivals
from payments.states import Leg

_UNPROCESSABLE = 422


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def arrival(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Name the sweep that a payment is; or, where that waits, decide about it."""
    at = timezone.now()
    account_id = access.looking(request, at=at)
    rows = Movement.objects.select_related("rail")
    credit = rows.filter(pk=movement_id, leg=Leg.CREDIT, open_item__isnull=False).first()
    if credit is None:
        raise Http404
    if request.method != "POST":
        return _page(request, credit, account_id, at)
    if "answer" in request.POST:
        return _decide(request, credit, account_id, at)
    return _ask(request, credit, account_id, at)


def _ask(request: HttpRequest, credit: Movement, account_id: int, at: datetime) -> HttpResponse:
    form = ArrivalForm(request.POST, sweeps=_choices(credit))
    if not form.is_valid():
        return _page(request, credit, account_id, at, wrong=form)
    try:
        operations.ask(
            movement_id=credit.pk,
            sweep_id=int(form.cleaned_data["sweep"]),
            reason=form.cleaned_data["reason"],
            by_id=account_id,
            at=at,
        )
    except grants.NotGranted:
        raise
    except words.REFUSALS as refused:
        form.add_error(None, words.refusal(refused))
        return _page(request, credit, account_id, at, wrong=form)
    messages.success(request, gettext("Asked for. Another person decides about it."))
    return redirect("payments:suspense_item", credit.pk)


def _decide(request: HttpRequest, credit: Movement, account_id: int, at: datetime) -> HttpResponse:
    form = SecondWordForm(request.POST)
    if not form.is_valid():
        return _page(request, credit, account_id, at, wrong=form)
    approved, which = form.cleaned_data["answer"] == "yes", form.cleaned_data["which"]
    if not Release.objects.filter(pk=which, movement=credit, sweep__isnull=False).exists():
        raise Http404
    try:
        operations.decide(
            release_id=which,
            approved=approved,
            by_id=account_id,
            step_up_id=_step_up(request, form, at) if approved else None,
            at=at,
        )
    except grants.NotGranted:
        raise
    except words.REFUSALS as refused:
        is_typed = isinstance(refused, accounts.WrongPassword | accounts.BudgetSpent)
        form.add_error("password" if is_typed else None, words.refusal(refused))
        return _page(request, credit, account_id, at, wrong=form)
    messages.success(request, gettext("Approved.") if approved else gettext("Declined."))
    return redirect("payments:suspense_item", credit.pk)


def _step_up(request: HttpRequest, form: SecondWordForm, at: datetime) -> int:
    return stepping.step_up(request, form.cleaned_data["password"], operations.PURPOSE, at=at)


def _page(
    request: HttpRequest,
    credit: Movement,
    account_id: int,
    at: datetime,
    *,
    wrong: django_forms.Form | None = None,
) -> HttpResponse:
    asked = arrivals.waiting(credit.pk)
    choices = _choices(credit)
    context: dict[str, Any] = {
        "credit": credit,
        "rail": told(credit.rail.names),
        "asked": asked,
        "wrong": wrong,
        "officer": access.officer(account_id, rail_code=credit.rail.code, at=at),
        "proposals": own_money.proposals(credit),
        "choices": choices,
    }
    if asked is not None and asked.sweep is not None:
        is_answer = isinstance(wrong, SecondWordForm)
        context |= {
            "form": wrong if is_answer else SecondWordForm(initial={"which": asked.pk}),
            "swept_from": told(asked.sweep.rail.names),
            "maker": access.names({asked.maker_id}).get(asked.maker_id, ""),
            "is_mine": hands.same_hands(asked.maker_id, account_id),
        }
    else:
        # Of a decision that somebody else took meanwhile, only the refusal is shown.
        is_question = isinstance(wrong, ArrivalForm)
        context["form"] = wrong if is_question else ArrivalForm(sweeps=choices)
    stepping.fit(request, operations.PURPOSE, context["form"])
    status = _UNPROCESSABLE if wrong is not None else 200
    return render(request, "payments/suspense/arrival.html", context, status=status)


def _choices(credit: Movement) -> list[tuple[int, str]]:
    """Return the sweeps of exactly this amount that it may be, in words."""
    return [
        (
            one.movement_id,
            gettext("%(code)s: %(amount)s left %(rail)s on %(day)s")
            % {
                "code": one.external_id,
                "amount": Money(one.amount_minor, one.currency).format(get_language() or "en"),
                "rail": told(one.rail.names).text,
                "day": formats.date_format(timezone.localtime(one.left_at), "j F Y, H:i"),
            },
        )
        for one in arrivals.sweeps_for(credit)
        if one.is_whole
    ]
