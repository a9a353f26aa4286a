"""One batch: where it goes, what for, its story, and the acts that are hers to do on it now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import operations as accounts
from accounts import policies as grants
from accounts import sessions
from accounts.acts import Act
from accounts.pages import stepping
from payments.models import Remittance
from payments.operations import own_money, remitting
from payments.pages.remittances import second, shown, words
from payments.pages.remittances.forms import (
    ApproveForm,
    CancelForm,
    ReportForm,
    ReturnForm,
    SecondForm,
    SeenForm,
    SentForm,
)
from payments.pages.remittances.listing import may, require_view
from payments.pages.rights import require_any
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE
from payments.queries import remittances as queries
from payments.states import RemittanceState as M


@dataclass(frozen=True)
class _Act:
    """A form on the page: the states in which it stands there, and what it does."""

    form: type[SeenForm]
    when: tuple[M, ...]
    call: Callable[[Remittance, Mapping[str, Any], int, datetime], str]
    rights: tuple[Act, ...]  # One of them, on anything; the operation asks about the rail.


def _propose(batch: Remittance, _typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    remitting.propose(remittance_id=batch.pk, by_id=by_id, at=at)
    return gettext("Proposed. Another person decides now.")


def _approve(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    step_up_id = typed["step_up_id"]
    remitting.approve(remittance_id=batch.pk, by_id=by_id, step_up_id=step_up_id, at=at)
    return gettext("Approved. Take the order to the bank, and say so here.")


def _cancel(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    remitting.cancel(
        remittance_id=batch.pk,
        seen_state=typed["seen"],
        reason=typed["reason"],
        by_id=by_id,
        at=at,
    )
    return gettext("Cancelled. Its money waits for the next batch.")


def _sent(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    remitting.mark_sent(
        remittance_id=batch.pk, bank_receipt=typed["bank_receipt"], by_id=by_id, at=at
    )
    return gettext("Noted. It is not to be sent a second time.")


def _report(batch: Remittance, typed: Mapping[str, Any], by_id: int, at: datetime) -> str:
    result = remitting.take_report(remittance_id=batch.pk, data=typed["file"], by_id=by_id, at=at)
    return str(words.VERDICTS[result.verdict])


ACTS: Mapping[str, _Act] = {
    "propose": _Act(SeenForm, (M.BUILDING,), _propose, (ASK_REMITTANCE,)),
    "approve": _Act(ApproveForm, (M.PROPOSED,), _approve, (DECIDE_REMITTANCE,)),
    "sent": _Act(SentForm, (M.APPROVED,), _sent, (ASK_REMITTANCE,)),
    "report": _Act(ReportForm, (M.SENT, M.ACKNOWLEDGED), _report, (ASK_REMITTANCE,)),
    "cancel": _Act(
        CancelForm, (M.BUILDING, M.PROPOSED), _cancel, (ASK_REMITTANCE, DECIDE_REMITTANCE)
    ),
    "withdraw": _Act(CancelForm, second.GIVEN_OUT, second.ask_withdrawal, (ASK_REMITTANCE,)),
    "refusal": _Act(SecondForm, second.GIVEN_OUT, second.decide_refusal, (DECIDE_REMITTANCE,)),
    "return": _Act(ReturnForm, (M.CONFIRMED,), second.ask_return, (ASK_REMITTANCE,)),
    "returned": _Act(SecondForm, (M.CONFIRMED,), second.decide_return, (DECIDE_REMITTANCE,)),
}


@never_cache
@require_safe
@sessions.staff_required
def remittance(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a batch, and whose turn it is."""
    require_view(request, timezone.now())
    return _page(request, found(key))


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def act(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Do one of the acts; a mistake is shown beside what was typed."""
    one = ACTS.get(name)
    if one is None:
        raise Http404
    at = timezone.now()
    account_id = require_view(request, at)
    require_any(request, *one.rights, at=at)
    batch = found(key)
    form = second.bound(name, one.form, batch, request)
    if not form.is_valid():
        return _page(request, batch, wrong={name: form}, status=422)
    if form.cleaned_data["seen"] != batch.state:
        messages.warning(
            request, words.refusal(remitting.RemittanceMoved(), get_language() or "en")
        )
        return redirect("payments:remittance", key)
    try:
        _step_up(request, form, at)
        done = one.call(batch, form.cleaned_data, account_id, at)
    except words.SAID as refused:
        return _refused(request, key, name, form, refused)
    messages.success(request, done)
    return redirect("payments:remittance", key)


def found(key: UUID) -> Remittance:
    try:
        return queries.remittance(key)
    except queries.NoRemittance:
        raise Http404 from None


def _step_up(request: HttpRequest, form: SeenForm, at: datetime) -> None:
    if "password" not in form.cleaned_data:
        return
    proof = form.cleaned_data.pop("password")
    form.cleaned_data["step_up_id"] = stepping.step_up(request, proof, remitting.PURPOSE, at=at)


def _refused(
    request: HttpRequest, key: UUID, name: str, form: SeenForm, refused: Exception
) -> HttpResponse:
    if isinstance(refused, grants.NotGranted):
        raise refused
    said = words.refusal(refused, get_language() or "en")
    if isinstance(refused, remitting.RemittanceMoved | remitting.ReportKnown):
        messages.warning(request, said)
        return redirect("payments:remittance", key)
    if isinstance(refused, remitting.RefusalDecided | own_money.AlreadyDecided):
        messages.warning(request, said)
        return redirect("payments:remittance", key)
    is_typed = isinstance(refused, accounts.WrongPassword | accounts.BudgetSpent)
    form.add_error("password" if is_typed else None, said)
    return _page(request, found(key), wrong={name: form}, status=422)


def _page(
    request: HttpRequest,
    batch: Remittance,
    *,
    wrong: Mapping[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    account_id, now = sessions.signed_in(request).pk, timezone.now()
    rail_code = batch.rail.code
    hers = {
        "ask": may(account_id, ASK_REMITTANCE.code, now, rail_code=rail_code),
        "decide": may(account_id, DECIDE_REMITTANCE.code, now, rail_code=rail_code),
    }
    fees = shown.fees(batch)
    in_force = queries.accounts_in_force().get((batch.beneficiary_id, batch.currency))
    shown_forms = _forms(batch, account_id, hers, wrong or {})
    stepping.fit(request, remitting.PURPOSE, *shown_forms.values())
    context = {
        "row": shown.row(batch),
        "batch": batch,
        "fees": fees,
        "payments": sum(fee.line.payments for fee in fees),
        "story": shown.story(batch),
        "answers": shown.answers(batch),
        "forms": shown_forms,
        "wrong": next(iter((wrong or {}).values()), None),
        "is_own": batch.maker_id == account_id,
        "may": hers,
        "account_changed": batch.state in {M.BUILDING, M.PROPOSED}
        and (in_force is None or in_force.pk != batch.account_id),
        **second.shown(batch, account_id),
    }
    is_free = batch.state == M.APPROVED and context["refusal"] is None
    context["orderable"] = is_free and hers["ask"]
    return render(request, "payments/remittances/batch.html", context, status=status)


def _forms(
    batch: Remittance, account_id: int, hers: Mapping[str, bool], wrong: Mapping[str, forms.Form]
) -> dict[str, forms.Form]:
    is_maker = batch.maker_id == account_id
    allowed = {
        "propose": hers["ask"],
        "approve": hers["decide"] and not is_maker,
        "sent": hers["ask"],
        "report": hers["ask"],
        "cancel": hers["decide"] or (hers["ask"] and is_maker),
        "withdraw": hers["ask"],
        "refusal": hers["decide"],
        "return": hers["ask"],
        "returned": hers["decide"],
    }
    made = {
        name: wrong.get(name) or second.unbound(name, one.form, batch)
        for name, one in ACTS.items()
        if batch.state in one.when and allowed[name]
    }
    return second.fitting(made, batch, account_id)
