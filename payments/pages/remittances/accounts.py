"""Which account each beneficiary's money goes to: in force, asked for, and what was before."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policies as grants
from accounts import sessions
from payments.models import SettlementAccount
from payments.operations import remitting
from payments.pages.remittances import words
from payments.pages.remittances.forms import AccountForm
from payments.pages.remittances.listing import after, may, require_view
from payments.pages.rights import require_any
from payments.pages.words import words as in_words
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE
from payments.queries import remittances as queries
from places import queries as places


class DecideForm(forms.Form):
    change = forms.IntegerField(min_value=1, max_value=2**62)
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


@never_cache
@require_safe
@sessions.staff_required
def accounts(request: HttpRequest) -> HttpResponse:
    """Show what waits for a decision, and what was decided."""
    now = timezone.now()
    account_id = require_view(request, now)
    history, older = queries.account_history(before_id=after(request))
    context = {
        "changes": [_one(change) for change in queries.account_changes()],
        "history": [_one(change) for change in history],
        "older": older,
        "account_id": account_id,
        "may_decide": may(account_id, DECIDE_REMITTANCE.code, now),
    }
    return render(request, "payments/remittances/accounts.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def change(request: HttpRequest, code: str, currency: str) -> HttpResponse:
    """Ask that a beneficiary's money go to another account."""
    now = timezone.now()
    account_id = require_view(request, now)
    grants.require(account_id=account_id, act=ASK_REMITTANCE.code, area_code=None, at=now)
    try:
        beneficiary = places.beneficiary(code)
    except places.NoBeneficiary:
        raise Http404 from None
    form = AccountForm(request.POST or None)
    if form.is_valid():
        try:
            remitting.ask_account(
                beneficiary_code=code,
                currency=currency,
                new=remitting.NewAccount(**form.cleaned_data),
                by_id=account_id,
                at=now,
            )
        except remitting.NotAnAccount as refused:
            form.add_error(refused.field, words.refusal(refused, get_language() or "en"))
        except remitting.AlreadyAsked as refused:
            form.add_error(None, words.refusal(refused, get_language() or "en"))
        else:
            messages.success(request, gettext("Asked for. Another person decides now."))
            return redirect("payments:settlement_accounts")
    context = {
        "form": form,
        "beneficiary": in_words(beneficiary.names),
        "currency": currency,
        "standing": queries.accounts_in_force().get((beneficiary.pk, currency)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "payments/remittances/account_change.html", context, status=status)


@never_cache
@require_POST
@sessions.staff_required
def decide(request: HttpRequest) -> HttpResponse:
    """Say yes or no to a change."""
    at = timezone.now()
    account_id = require_any(request, DECIDE_REMITTANCE, at=at)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return redirect("payments:settlement_accounts")
    is_yes = form.cleaned_data["answer"] == "yes"
    try:
        remitting.decide_account(
            change_id=form.cleaned_data["change"],
            approve=is_yes,
            by_id=account_id,
            at=at,
        )
    except SettlementAccount.DoesNotExist:
        raise Http404 from None
    except (remitting.SamePerson, remitting.AccountDecided) as refused:
        messages.warning(request, words.refusal(refused, get_language() or "en"))
    else:
        said = gettext("The account is in force from now on.") if is_yes else gettext("Declined.")
        messages.success(request, said)
    return redirect("payments:settlement_accounts")


def _one(change: SettlementAccount) -> dict[str, object]:
    return {"change": change, "beneficiary": in_words(change.beneficiary.names)}
