"""What is done in the room of control: one asks, another decides."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import sessions
from kernel.country import country
from payments import policies
from payments.operations.controlling import explaining, limits, sweeping
from payments.pages.control import asking, deciding, views
from payments.pages.control.forms import ExplainForm, LimitForm, SweepForm


@never_cache
@require_POST
@sessions.staff_required
def explain(request: HttpRequest) -> HttpResponse:
    """Say what a debit was."""
    form = ExplainForm(request.POST, prefix=views.form_prefix(request.POST, "movement") or None)
    return asking.ask(request, policies.ASK_RELEASE, "explain_form", form, _explain)


@never_cache
@require_POST
@sessions.staff_required
def ask_limit(request: HttpRequest) -> HttpResponse:
    """Ask for a limit."""
    form = LimitForm(request.POST, prefix="limit")
    return asking.ask(request, policies.ASK_LIMIT, "limit_form", form, _ask_limit)


@never_cache
@require_POST
@sessions.staff_required
def ask_sweep(request: HttpRequest) -> HttpResponse:
    """Name the account that a rail's balance may go to."""
    form = SweepForm(request.POST, prefix="sweep")
    return asking.ask(request, policies.ASK_SWEEP, "sweep_form", form, _ask_sweep)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def decide_explanation(request: HttpRequest) -> HttpResponse:
    """Decide what a debit was; to approve it, with her password."""
    return deciding.decide(
        request,
        policies.DECIDE_RELEASE,
        explaining.decide,
        "explanation_id",
        purpose=explaining.PURPOSE,
    )


@never_cache
@require_POST
@sessions.staff_required
def decide_limit(request: HttpRequest) -> HttpResponse:
    """Decide about a limit."""
    return deciding.decide(request, policies.DECIDE_LIMIT, limits.decide, "limit_id")


@never_cache
@require_POST
@sessions.staff_required
def decide_sweep(request: HttpRequest) -> HttpResponse:
    """Decide about an account."""
    return deciding.decide(request, policies.DECIDE_SWEEP, sweeping.decide, "sweep_account_id")


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
