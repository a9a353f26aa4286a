"""One claim at the desk: its story, its proof, and the answer that another person decides about."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import policies as grants
from accounts import queries as accounts
from accounts import sessions
from payments import queries
from payments.operations import claiming
from payments.pages import acts
from payments.pages.acts import Act
from payments.pages.finding import words
from payments.pages.finding.forms import BackForm, MatchForm, ProofForm, RefuseForm
from payments.pages.refunds.words import DOCUMENTS
from payments.pages.words import words as in_words
from payments.policies import ASK_MATCH, ASK_REFUND, VIEW_MONEY
from payments.queries import finding
from payments.queries.finding import ClaimView
from payments.states import DocumentKind

_PROPOSED_MAX = 3


def _prove(claim_id: int, typed: Any, by_id: int, at: datetime) -> None:
    kind = DocumentKind(typed["document_kind"])
    claiming.prove(claim_id=claim_id, document_kind=kind, by_id=by_id, at=at)


ACTS: dict[str, Act] = {
    "prove": Act(ProofForm, _prove, lambda: gettext("The proof is noted.")),
    "match": Act(
        MatchForm,
        lambda pk, typed, by_id, at: claiming.answer_with_match(
            claim_id=pk, by_id=by_id, at=at, **typed
        ),
        lambda: gettext("Asked for. Another person decides now."),
    ),
    "refund": Act(
        BackForm,
        lambda pk, typed, by_id, at: claiming.answer_with_refund(
            claim_id=pk, by_id=by_id, at=at, **typed
        ),
        lambda: gettext("Asked for. Another person decides now."),
    ),
    "refuse": Act(
        RefuseForm,
        lambda pk, typed, by_id, at: claiming.refuse(claim_id=pk, by_id=by_id, at=at, **typed),
        lambda: gettext("The claim is refused. The money still stands in suspense."),
    ),
}


@never_cache
@require_safe
@sessions.staff_required
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Show a claim, the money that it is to, and what is to be done."""
    return _page(request, _seen(request, claim_id))


@never_cache
@require_POST
@sessions.staff_required
def act(request: HttpRequest, claim_id: int, name: str) -> HttpResponse:
    """Do one of the acts; a mistake is shown beside what was typed."""
    one = ACTS.get(name)
    if one is None:
        raise Http404
    view = _seen(request, claim_id)
    form = one.form(request.POST, auto_id=f"{name}-%s")
    if not form.is_valid():
        return _page(request, view, wrong={name: form}, status=422)
    try:
        one.call(claim_id, form.cleaned_data, sessions.signed_in(request).pk, timezone.now())
    except words.SAID as refused:
        form.add_error(None, words.refusal(refused))
        status = 409 if isinstance(refused, claiming.ClaimAnswered) else 422
        return _page(request, _seen(request, claim_id), wrong={name: form}, status=status)
    messages.success(request, one.done())
    return redirect("payments:claim", claim_id)


def _seen(request: HttpRequest, claim_id: int) -> ClaimView:
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    try:
        return finding.claim(claim_id)
    except finding.NoClaim:
        raise Http404 from None


def _page(
    request: HttpRequest,
    view: ClaimView,
    *,
    wrong: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    names = _open(view, sessions.signed_in(request).pk, timezone.now())
    shown = acts.shown(ACTS, names, wrong or {})
    [where] = finding.of_movements([view.movement_id])
    state, tone = words.CLAIM_STATES[view.state]
    context = {
        "claim": view,
        "state": state,
        "tone": tone,
        "story": words.claim_story(view),
        "where": where,
        "rail": in_words(where.rail_names),
        "why": words.why(where),
        "document": DOCUMENTS.get(view.document_kind, ""),
        "proven_by": _name(view.proven_by_id),
        # Only what fits is proposed; nothing is posted by a guess.
        "proposals": _proposals(view) if "match" in shown else [],
        "forms": shown,
        "wrong": acts.refusal(wrong or {}),
    }
    return render(request, "payments/finding/desk_claim.html", context, status=status)


def _open(view: ClaimView, account_id: int, now: datetime) -> list[str]:
    if view.answered_at is not None:
        return []
    covers = {"account_id": account_id, "area_code": None, "rail_code": view.rail_code, "at": now}
    matches = grants.may(act=ASK_MATCH.code, **covers)  # type: ignore[arg-type]
    refunds = grants.may(act=ASK_REFUND.code, **covers)  # type: ignore[arg-type]
    is_proven = view.proven_at is not None
    checks = {
        "prove": matches and not is_proven,
        "match": matches and is_proven,
        "refund": refunds and is_proven,
        "refuse": matches,
    }
    return [name for name, is_open in checks.items() if is_open]


def _proposals(view: ClaimView) -> list[str]:
    found = queries.proposals(view.movement_id)[:_PROPOSED_MAX]
    return [queries.bill(one.bill_id).reference for one in found]


def _name(account_id: int | None) -> str:
    return accounts.account(account_id).display_name if account_id else ""
