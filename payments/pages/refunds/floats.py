"""What the rails hold to pay refunds from, and filling it by two people."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import policies as grants
from accounts import sessions
from payments import gateways
from payments.models import FloatTopUp, Rail
from payments.operations import floating
from payments.pages.refunds import words
from payments.pages.refunds.forms import TopUpForm
from payments.pages.words import words as in_words
from payments.policies import ASK_REFUND, DECIDE_REFUND, VIEW_MONEY
from payments.queries import floats as queries
from payments.queries.floats import Float, TopUpView


@never_cache
@require_safe
@sessions.staff_required
def floats(request: HttpRequest) -> HttpResponse:
    """Show each float with what waits for it, and the top-ups that wait for a second person."""
    return _page(request)


@never_cache
@require_POST
@sessions.staff_required
def ask(request: HttpRequest) -> HttpResponse:
    """Say that money was moved to a float."""
    rail = Rail.objects.filter(code=request.POST.get("rail", "").replace("\0", "")[:40]).first()
    if rail is None:
        raise Http404
    form = TopUpForm(request.POST, currency=rail.currency, auto_id=f"{rail.code}-%s")
    if not form.is_valid():
        return _page(request, wrong={rail.code: form}, status=422)
    try:
        floating.ask(
            rail_code=rail.code,
            amount_minor=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except words.SAID as refused:
        form.add_error(None, words.refusal(refused))
        return _page(request, wrong={rail.code: form}, status=422)
    messages.success(request, gettext("Noted. Another person confirms it now."))
    return redirect("payments:floats")


@never_cache
@require_POST
@sessions.staff_required
def confirm(request: HttpRequest, top_up_id: int) -> HttpResponse:
    """Confirm a top-up: refunds are paid from it from now on."""
    by_id, now = sessions.signed_in(request).pk, timezone.now()
    try:
        floating.confirm(top_up_id=top_up_id, by_id=by_id, at=now)
    except FloatTopUp.DoesNotExist:
        raise Http404 from None
    except words.SAID as refused:
        messages.warning(request, words.refusal(refused))
    else:
        messages.success(request, gettext("Confirmed. Refunds that wait are sent by themselves."))
    return redirect("payments:floats")


def _page(
    request: HttpRequest, *, wrong: dict[str, TopUpForm] | None = None, status: int = 200
) -> HttpResponse:
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    kinds = [kind for kind, vendor in gateways.VENDORS.items() if vendor.refunds_from_float]
    forms = wrong or {}
    context = {
        "floats": [
            _float(one, forms.get(one.rail_code), account.pk, now) for one in queries.floats(kinds)
        ],
        "top_ups": [_top_up(one, account.pk, now) for one in queries.top_ups()],
        "wrong": next(iter(forms.values()), None),
    }
    return render(request, "payments/refunds/floats.html", context, status=status)


def _float(
    one: Float, wrong: TopUpForm | None, account_id: int, now: datetime
) -> dict[str, object]:
    may_ask = _may(ASK_REFUND.code, one.rail_code, account_id, now)
    blank = TopUpForm(
        currency=one.currency, auto_id=f"{one.rail_code}-%s", initial={"rail": one.rail_code}
    )
    return {
        "float": one,
        "rail": in_words(one.rail_names),
        "form": (wrong or blank) if may_ask else None,
    }


def _top_up(one: TopUpView, account_id: int, now: datetime) -> dict[str, object]:
    may_confirm = one.maker_id != account_id and _may(
        DECIDE_REFUND.code, one.rail_code, account_id, now
    )
    return {"top_up": one, "rail": in_words(one.rail_names), "may_confirm": may_confirm}


def _may(act: str, rail_code: str, account_id: int, now: datetime) -> bool:
    return grants.may(account_id=account_id, act=act, area_code=None, rail_code=rail_code, at=now)
