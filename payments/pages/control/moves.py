"""Emptying a retired rail: one orders it or gives it up, another approves with her password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.queries import SamePerson
from payments.models import Move, MoveEnd
from payments.operations.controlling import giving_up, moving
from payments.pages.control import deciding, views
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
    if not form.is_valid():
        return views.page(request, status=422, move_form=form, form=form)
    try:
        moving.ask(
            rail_code=form.cleaned_data["rail"],
            amount_minor=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            by_id=int(sessions.signed_in(request).pk),
            at=timezone.now(),
        )
    except _REFUSALS as error:
        form.add_error(None, _why(error))
        return views.page(request, status=422, move_form=form, form=form)
    messages.success(request, gettext("Another person decides now."))
    return redirect("payments:control")


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
    if not form.is_valid():
        return views.page(request, status=422, end_form=form, form=form)
    try:
        giving_up.ask(
            move_id=form.cleaned_data["move"],
            reason=form.cleaned_data["reason"],
            by_id=int(sessions.signed_in(request).pk),
            at=timezone.now(),
        )
    except _END_REFUSALS as error:
        form.add_error(None, _why(error))
        return views.page(request, status=422, end_form=form, form=form)
    messages.success(request, gettext("Another person decides now."))
    return redirect("payments:control")


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
