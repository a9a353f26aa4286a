"""One refund: its story, and the acts that are hers to do on it now."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import operations as people
from accounts import policies as grants
from accounts import queries as accounts
from accounts import sessions
from accounts.pages import stepping
from payments.operations import paying_out, refunding
from payments.pages import acts
from payments.pages.acts import Act
from payments.pages.refunds import telling, words
from payments.pages.refunds.forms import (
    ConfirmForm,
    DeclineForm,
    NotPaidForm,
    PaidForm,
    PasswordForm,
    PayeeForm,
)
from payments.pages.suspense import own_money
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.policies import ASK_REFUND, DECIDE_REFUND, VIEW_MONEY
from payments.queries import refunds as queries
from payments.queries import returning
from payments.queries.refunds import RefundView
from payments.queries.returning import Promise
from payments.states import DocumentKind, PayeeAccount, ReturnStanding
from payments.states import RefundState as R

_PROVABLE = (R.REQUESTED, R.AWAITING_FUNDS, R.APPROVED)


@never_cache
@require_safe
@sessions.staff_required
def refund(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Tell what has become of it, and whose turn it is."""
    return _page(request, _seen(request, refund_id))


@never_cache
@sensitive_post_parameters("password", "number", "holder")
@require_POST
@sessions.staff_required
def act(request: HttpRequest, refund_id: int, name: str) -> HttpResponse:
    """Do one of the acts; a mistake is shown beside what was typed."""
    one = ACTS.get(name)
    if one is None:
        raise Http404
    account_id, at = sessions.signed_in(request).pk, timezone.now()
    form = one.form(request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return _page(request, _seen(request, refund_id), wrong={name: form}, status=422)
    try:
        if "password" in form.cleaned_data:
            proof = form.cleaned_data.pop("password")
            step_up_id = stepping.step_up(request, proof, DECIDE_REFUND.code, at=at)
            form.cleaned_data["step_up_id"] = step_up_id
        one.call(refund_id, form.cleaned_data, account_id, at)
    except words.SAID as refused:
        is_typed = isinstance(refused, people.WrongPassword | people.BudgetSpent)
        form.add_error("password" if is_typed else None, words.refusal(refused))
        status = 409 if isinstance(refused, refunding.RefundDecided) else 422
        return _page(request, _seen(request, refund_id), wrong={name: form}, status=status)
    messages.success(request, one.done())
    return redirect("payments:refund", refund_id)


def _take_up(refund_id: int, typed: Any, by_id: int, at: datetime) -> None:
    by_hand = bool(typed.get("by_hand"))
    refunding.take_up(refund_id=refund_id, by_id=by_id, at=at, by_hand=by_hand)


def _prove(refund_id: int, typed: Any, by_id: int, at: datetime) -> None:
    proof = paying_out.Proof(
        code=typed["code"],
        document_kind=DocumentKind(typed["document_kind"]),
        account_kind=PayeeAccount(typed["account_kind"]),
        number=typed["number"],
        holder=typed["holder"],
        bank=typed["bank"],
    )
    paying_out.prove(refund_id=refund_id, proof=proof, by_id=by_id, at=at)


def _confirm(refund_id: int, typed: Any, by_id: int, at: datetime) -> None:
    try:
        seen = parse_datetime(typed["seen"])
    except ValueError:
        seen = None
    if seen is None:
        raise paying_out.NoPayee
    paying_out.confirm(
        refund_id=refund_id, proven_at=seen, step_up_id=typed["step_up_id"], by_id=by_id, at=at
    )


class TakeUpForm(forms.Form):
    by_hand = forms.BooleanField(required=False, widget=forms.HiddenInput)


ACTS: dict[str, Act] = {
    "take-up": Act(TakeUpForm, _take_up, lambda: gettext("Asked for. Another person decides now.")),
    "approve": Act(
        PasswordForm,
        lambda pk, typed, by_id, at: refunding.approve(refund_id=pk, by_id=by_id, at=at, **typed),
        lambda: gettext("Approved. Below is what happens next."),
    ),
    "decline": Act(
        DeclineForm,
        lambda pk, typed, by_id, at: refunding.decline(refund_id=pk, by_id=by_id, at=at, **typed),
        lambda: gettext("Declined."),
    ),
    "prove": Act(
        PayeeForm, _prove, lambda: gettext("The payee is noted. Another person confirms it now.")
    ),
    "confirm": Act(ConfirmForm, _confirm, lambda: gettext("The payee is confirmed.")),
    "paid": Act(
        PaidForm,
        lambda pk, typed, by_id, at: paying_out.paid(refund_id=pk, by_id=by_id, at=at, **typed),
        lambda: gettext("Noted. It is not paid a second time; the statement ends it."),
    ),
    "not-paid": Act(
        NotPaidForm,
        lambda pk, typed, by_id, at: paying_out.not_paid(refund_id=pk, by_id=by_id, at=at, **typed),
        lambda: gettext("Its money stands in suspense again."),
    ),
    "nobody-came": Act(
        NotPaidForm,
        lambda pk, typed, by_id, at: paying_out.nobody_came(
            refund_id=pk, by_id=by_id, at=at, **typed
        ),
        lambda: gettext("Its money stands in suspense again."),
    ),
}


def _seen(request: HttpRequest, refund_id: int) -> RefundView:
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    try:
        return queries.refund(refund_id)
    except queries.NoRefund:
        raise Http404 from None


def _page(
    request: HttpRequest,
    view: RefundView,
    *,
    wrong: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    account_id, now = sessions.signed_in(request).pk, timezone.now()
    shown = acts.shown(ACTS, _open(view, account_id, now), wrong or {})
    if "confirm" in shown and view.payee:
        shown["confirm"].initial = {"seen": view.payee.proven_at.isoformat()}
    stepping.fit(request, DECIDE_REFUND.code, *shown.values())
    state, tone = words.STATES[view.state]
    why, note = words.reason(view.reason, view.rule)
    context = {
        "refund": view,
        "state": state,
        "tone": tone,
        "waits_at_desk": view.by_hand and view.state == R.APPROVED,
        "by_hand_words": words.BY_HAND,
        "why": why,
        "note": note,
        "rail": in_words(view.rail_names),
        "service": in_words(view.service),
        "standing": words.STANDINGS.get(view.standing),
        "is_against": view.standing == ReturnStanding.AGAINST,
        "promises": _promises(view),
        "story": telling.story(view, _names(view)),
        "forms": {name.replace("-", "_"): form for name, form in shown.items()},
        "wrong": acts.refusal(wrong or {}),
        "own_money": own_money.proposals_for(view.movement_id),
        "own_money_id": view.movement_id,
        "document": words.DOCUMENTS.get(view.payee.document_kind) if view.payee else "",
        "account": words.ACCOUNTS.get(view.payee.account_kind) if view.payee else "",
        "is_mine": view.maker_id == account_id,
    }
    return render(request, "payments/refunds/refund.html", context, status=status)


def _open(view: RefundView, account_id: int, now: datetime) -> list[str]:
    """Return the acts that are hers to do now; the operations ask again under their locks."""
    covers = {"account_id": account_id, "area_code": None, "rail_code": view.rail_code, "at": now}
    asks = grants.may(act=ASK_REFUND.code, **covers)  # type: ignore[arg-type]
    decides = grants.may(act=DECIDE_REFUND.code, **covers)  # type: ignore[arg-type]
    state, payee = R(view.state), view.payee
    is_second = decides and view.maker_id != account_id
    provable = state in _PROVABLE and (
        view.by_hand or not refunding.pays_back(kind=view.rail_kind, rail_code=view.rail_code)
    )
    unconfirmed = payee is not None and payee.confirmed_at is None
    checks = {
        "take-up": asks and state == R.PROPOSED,
        "approve": is_second and state == R.REQUESTED,
        "decline": is_second and state in {R.PROPOSED, R.REQUESTED, R.AWAITING_FUNDS},
        "confirm": decides
        and state in _PROVABLE
        and unconfirmed
        and payee is not None
        and payee.maker_id != account_id,
        "paid": asks and state == R.APPROVED and bool(payee and payee.confirmed_at),
        "prove": asks and provable and (payee is None or unconfirmed),
        "not-paid": decides
        and state == R.PENDING
        and payee is not None
        and payee.paid_by_id != account_id,
        "nobody-came": is_second and state == R.APPROVED and view.by_hand,
    }
    return [name for name, is_open in checks.items() if is_open]


def _promises(view: RefundView) -> list[tuple[Words, Promise]]:
    return [(in_words(one.names), one) for one in returning.promises(view.movement_id)]


def _names(view: RefundView) -> dict[int, str]:
    payee = view.payee
    ids = {view.maker_id, view.checker_id}
    if payee:
        ids |= {payee.maker_id, payee.checker_id, payee.paid_by_id}
    found = accounts.accounts(sorted(each for each in ids if each))
    return {one.id: one.display_name for one in found}
