"""What is done in the room of control: one asks, another decides."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.queries import SamePerson
from kernel.country import country
from kernel.money import Money
from payments.models import Explanation, Limit, SweepAccount
from payments.operations import refunding
from payments.operations.controlling import explaining, limits, sweeping
from payments.pages.control import asking, deciding, views
from payments.pages.control.forms import DecideForm, ExplainForm, LimitForm, SweepForm

_REFUSALS = (
    explaining.CannotExplain,
    explaining.ExplanationDecided,
    limits.BadLimit,
    limits.BindsHerself,
    limits.LimitDecided,
    sweeping.BadAccount,
    sweeping.AccountDecided,
    SamePerson,
    refunding.OwnMoney,
    Explanation.DoesNotExist,
    Limit.DoesNotExist,
    SweepAccount.DoesNotExist,
)


@never_cache
@require_POST
@sessions.staff_required
def explain(request: HttpRequest) -> HttpResponse:
    """Say what a debit was."""
    form = ExplainForm(request.POST, prefix=views.form_prefix(request.POST, "movement") or None)
    return asking.ask(request, "explain_form", form, _explain, refusals=_REFUSALS, why=_why)


@never_cache
@require_POST
@sessions.staff_required
def ask_limit(request: HttpRequest) -> HttpResponse:
    """Ask for a limit."""
    form = LimitForm(request.POST, prefix="limit")
    return asking.ask(request, "limit_form", form, _ask_limit, refusals=_REFUSALS, why=_why)


@never_cache
@require_POST
@sessions.staff_required
def ask_sweep(request: HttpRequest) -> HttpResponse:
    """Name the account that a rail's balance may go to."""
    form = SweepForm(request.POST, prefix="sweep")
    return asking.ask(request, "sweep_form", form, _ask_sweep, refusals=_REFUSALS, why=_why)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def decide_explanation(request: HttpRequest) -> HttpResponse:
    """Decide what a debit was; to approve it, with her password."""
    return deciding.with_password(
        request,
        explaining.decide,
        "explanation_id",
        purpose=explaining.PURPOSE,
        refusals=_REFUSALS,
        why=_why,
    )


@never_cache
@require_POST
@sessions.staff_required
def decide_limit(request: HttpRequest) -> HttpResponse:
    """Decide about a limit."""
    return _decide(request, limits.decide, "limit_id")


@never_cache
@require_POST
@sessions.staff_required
def decide_sweep(request: HttpRequest) -> HttpResponse:
    """Decide about an account."""
    return _decide(request, sweeping.decide, "sweep_account_id")


def _decide(request: HttpRequest, act: Callable[..., None], about: str) -> HttpResponse:
    form = DecideForm(request.POST)
    if form.is_valid():
        approved = form.cleaned_data["decision"] == "approve"
        what: dict[str, Any] = {about: form.cleaned_data["about"]}
        try:
            act(
                **what,
                approved=approved,
                by_id=int(sessions.signed_in(request).pk),
                at=timezone.now(),
            )
        except _REFUSALS as error:
            messages.warning(request, _why(error))
        else:
            messages.success(request, gettext("Approved.") if approved else gettext("Declined."))
    return redirect("payments:control")


def _explain(typed: Any, by_id: int, at: datetime) -> None:
    explaining.ask(
        movement_id=typed["movement"],
        answer=typed["answer"],
        original=typed["named"],
        transfer=typed["named"],
        remittance=typed["named"],
        refund=typed["named"],
        reason=typed["reason"],
        by_id=by_id,
        at=at,
    )


def _ask_limit(typed: Any, by_id: int, at: datetime) -> None:
    limits.ask(
        act=typed["act"],
        rail_code=typed["rail"],
        currency=country().currency,
        per_act_minor=typed["per_act"],
        per_person_minor=typed["per_person"],
        per_day_minor=typed["per_day"],
        reason=typed["reason"],
        by_id=by_id,
        at=at,
    )


def _ask_sweep(typed: Any, by_id: int, at: datetime) -> None:
    sweeping.ask(
        rail_code=typed["rail"],
        account=typed["account"],
        bank=typed["bank"],
        reason=typed["reason"],
        by_id=by_id,
        at=at,
    )


def _why(error: Exception) -> str:
    if isinstance(error, SamePerson):
        return gettext("You asked for it: another person decides.")
    if isinstance(error, limits.BadLimit):
        return gettext("All together is not below one person, and one person not below one act.")
    if isinstance(error, limits.BindsHerself):
        return gettext("It limits what you approve yourself: somebody else decides about it.")
    if isinstance(error, explaining.NoSweepAccount):
        return gettext("No account is named for sweeps of this network: two people name it first.")
    if isinstance(error, explaining.LossAboveLimit):
        limit = Money(error.max_minor, error.currency).format(get_language() or "en")
        said = gettext("More than two people may take as lost or charged: at most %(limit)s.")
        return said % {"limit": limit}
    if isinstance(error, refunding.OwnMoney):
        return gettext("It is a refund of your own: somebody else deals with it.")
    if isinstance(error, explaining.CannotExplain):
        return gettext("It cannot have been that: check the number, the amount and the network.")
    if isinstance(error, sweeping.BadAccount):
        return gettext("Account, bank and reason are all needed.")
    return gettext("Somebody has asked for or decided this meanwhile. Look again.")
