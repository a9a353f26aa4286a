"""The room's first page: what stands payable, batches that need somebody, and those that ended."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import policies as grants
from accounts import sessions
from payments.models import SettlementAccount
from payments.operations import remitting
from payments.pages.remittances import shown, words
from payments.pages.rights import require_any
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.policies import ASK_REMITTANCE, DECIDE_REMITTANCE, VIEW_MONEY
from payments.queries import remittances as queries
from places.queries import NoBeneficiary


@dataclass(frozen=True)
class Payable:
    """What waits for one beneficiary; amounts in minor units."""

    code: str
    name: Words
    currency: str
    due_minor: int
    later_minor: int  # Posted since the cut-off.
    owed_back_minor: int
    account: SettlementAccount | None
    can_be_built: bool


class BuildForm(forms.Form):
    beneficiary = forms.SlugField(max_length=60)
    currency = forms.RegexField(r"^[A-Z]{3}$")


class AfterForm(forms.Form):
    after = forms.IntegerField(min_value=1, max_value=2**62, required=False)


def require_view(request: HttpRequest, at: datetime) -> int:
    """Return who looks, if she may see money."""
    account_id = sessions.signed_in(request).pk
    grants.require(account_id=account_id, act=VIEW_MONEY.code, area_code=None, at=at)
    return account_id


def may(account_id: int, act: str, at: datetime, *, rail_code: str = "*") -> bool:
    return grants.may(account_id=account_id, act=act, area_code=None, rail_code=rail_code, at=at)


def after(request: HttpRequest) -> int | None:
    form = AfterForm(request.GET)
    return form.cleaned_data["after"] if form.is_valid() else None


@never_cache
@require_safe
@sessions.staff_required
def remittances(request: HttpRequest) -> HttpResponse:
    """Show what stands payable, what needs somebody, and what has ended."""
    now = timezone.now()
    account_id = require_view(request, now)
    cut_off = remitting.settlement().last_cut_off(now)
    ended, older = queries.batches(before_id=after(request))
    context = {
        "payables": _payables(cut_off),
        "cut_off": cut_off,
        "open": [shown.row(batch) for batch in queries.open_batches()],
        "ended": [shown.row(batch) for batch in ended],
        "older": older,
        "to_decide": shown.to_decide(),
        "changes": len(queries.account_changes()),
        "may_ask": may(account_id, ASK_REMITTANCE.code, now),
        "may_decide": may(account_id, DECIDE_REMITTANCE.code, now),
        "month": timezone.localtime(now).strftime("%Y-%m"),
    }
    return render(request, "payments/remittances/remittances.html", context)


@never_cache
@require_POST
@sessions.staff_required
def build(request: HttpRequest) -> HttpResponse:
    """Build a batch of all that waits for one beneficiary."""
    at = timezone.now()
    account_id = require_any(request, ASK_REMITTANCE, at=at)
    form = BuildForm(request.POST)
    if not form.is_valid():
        return redirect("payments:remittances")
    try:
        batch = remitting.build(
            beneficiary_code=form.cleaned_data["beneficiary"],
            currency=form.cleaned_data["currency"],
            by_id=account_id,
            at=at,
        )
    except NoBeneficiary:
        return redirect("payments:remittances")
    except grants.NotGranted:
        raise
    except words.SAID as refused:
        messages.warning(request, words.refusal(refused, get_language() or "en"))
        return redirect("payments:remittances")
    messages.success(request, gettext("The batch is built. Look at it, then propose it."))
    return redirect("payments:remittance", batch.key)


def _payables(cut_off: datetime) -> list[Payable]:
    accounts = queries.accounts_in_force()
    return [
        Payable(
            code=one.code,
            name=in_words(one.names),
            currency=one.currency,
            due_minor=max(one.due_minor, 0),
            later_minor=max(one.total_minor - max(one.due_minor, 0), 0),
            owed_back_minor=max(-one.total_minor, 0),
            account=accounts.get((one.beneficiary_id, one.currency)),
            can_be_built=one.due_minor > 0 and (one.beneficiary_id, one.currency) in accounts,
        )
        for one in queries.waiting(cut_off=cut_off)
    ]
