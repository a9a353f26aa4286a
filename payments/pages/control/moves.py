"""Emptying a retired rail: one orders it or gives it up, another approves with her password."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import sessions
from payments import policies
from payments.operations.controlling import giving_up, moving
from payments.pages.control import asking, deciding, views
from payments.pages.control.forms import EndForm, MoveForm


@never_cache
@require_POST
@sessions.staff_required
def ask(request: HttpRequest) -> HttpResponse:
    """Order a move."""
    form = MoveForm(request.POST, prefix=views.form_prefix(request.POST, "rail"))
    return asking.ask(request, policies.ASK_MOVE, "move_form", form, _ask)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def decide(request: HttpRequest) -> HttpResponse:
    """Decide about a move; to approve it, with her password."""
    return deciding.decide(
        request, policies.DECIDE_MOVE, moving.decide, "move_id", purpose=moving.PURPOSE
    )


@never_cache
@require_POST
@sessions.staff_required
def ask_end(request: HttpRequest) -> HttpResponse:
    """Say that an order cannot be carried out."""
    form = EndForm(request.POST, prefix=views.form_prefix(request.POST, "move"))
    return asking.ask(request, policies.ASK_MOVE, "end_form", form, _ask_end)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def decide_end(request: HttpRequest) -> HttpResponse:
    """Give an order up, with her password, or let it stand."""
    return deciding.decide(
        request, policies.DECIDE_MOVE, giving_up.decide, "end_id", purpose=giving_up.PURPOSE
    )


def _ask(typed: Any, by_id: int, at: datetime) -> None:
    moving.ask(
        rail_code=typed["rail"],
        amount_minor=typed["amount"],
        reason=typed["reason"],
        by_id=by_id,
        at=at,
    )


def _ask_end(typed: Any, by_id: int, at: datetime) -> None:
    giving_up.ask(move_id=typed["move"], reason=typed["reason"], by_id=by_id, at=at)
