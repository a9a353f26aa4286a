"""Emptying a retired rail: one orders it or gives it up, another approves with her password."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.queries import SamePerson
from payments.models import Move, MoveEnd
from payments.operations.controlling import giving_up, moving
from payments.pages.control import asking, deciding, views
from payments.pages.control.forms import EndForm, MoveForm

_REFUSALS = (moving.CannotMove, moving.MoveDecided, SamePerson, Move.DoesNotExist)
_END_REFUSALS = (
    giving_up.NotUnderWay,
    giving_up.EndDecided,
    SamePerson,
    Move.DoesNotExist,
    MoveEnd.DoesNotExist,
)


@never_cache
@require_POST
@sessions.staff_required
def ask(request: HttpRequest) -> HttpResponse:
    """Order a move."""
    form = MoveForm(request.POST, prefix=views.form_prefix(request.POST, "rail"))
    return asking.ask(request, "move_form", form, _ask, refusals=_REFUSALS, why=_why)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def decide(request: HttpRequest) -> HttpResponse:
    """Decide about a move; to approve it, with her password."""
    return deciding.with_password(
        request, moving.decide, "move_id", purpose=moving.PURPOSE, refusals=_REFUSALS, why=_why
    )


@never_cache
@require_POST
@sessions.staff_required
def ask_end(request: HttpRequest) -> HttpResponse:
    """Say that an order cannot be carried out."""
    form = EndForm(request.POST, prefix=views.form_prefix(request.POST, "move"))
    return asking.ask(request, "end_form", form, _ask_end, refusals=_END_REFUSALS, why=_why)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def decide_end(request: HttpRequest) -> HttpResponse:
    """Give an order up, with her password, or let it stand."""
    return deciding.with_password(
        request,
        giving_up.decide,
        "end_id",
        purpose=giving_up.PURPOSE,
        refusals=_END_REFUSALS,
        why=_why,
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


def _why(error: Exception) -> str:
    if isinstance(error, SamePerson):
        return gettext("You asked for it: another person decides.")
    if isinstance(error, moving.NoSweepAccount):
        return gettext("No account is named for sweeps of this network: two people name it first.")
    if isinstance(error, moving.CannotMove):
        return gettext("It holds less than that, or it is in use again.")
    if isinstance(error, giving_up.NotUnderWay):
        return gettext("This order is not to be carried out any more: look again.")
    return gettext("Somebody has asked for or decided this meanwhile. Look again.")
