"""What is done on a day's page: differences taken and settled, the two signatures."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import operations as accounts
from accounts import sessions
from accounts.pages import stepping
from payments.operations import closing
from payments.pages.closing import views
from payments.pages.rights import require_any
from payments.policies import PREPARE_CLOSE, SIGN_CLOSE
from payments.queries import closing as queries


@never_cache
@require_POST
@sessions.staff_required
def take(request: HttpRequest, day: str) -> HttpResponse:
    """Take the chosen differences, with one note."""
    which, at = _day(day), timezone.now()
    by_id = require_any(request, PREPARE_CLOSE, at=at)
    chosen = request.POST.getlist("difference")[: views.UNLISTED_SHOWN]
    note = request.POST.get("note", "")[: views.NOTE_CHARACTERS]
    if not chosen or not note.strip():
        wrong = gettext("Choose at least one difference, and write what you are doing about it.")
        return views.page(request, which, status=422, wrong=wrong, note=note, chosen=chosen)
    try:
        count = closing.take(day=which, keys=chosen, note=note, by_id=by_id, at=at)
    except closing.NothingToTake:
        messages.warning(request, gettext("These do not differ any more. Nothing was taken."))
    else:
        said = ngettext(
            "%(count)s difference is yours now.", "%(count)s differences are yours now.", count
        )
        messages.success(request, said % {"count": count})
    return redirect("payments:closing_day", which.isoformat())


@never_cache
@require_POST
@sessions.staff_required
def take_over(request: HttpRequest, day: str) -> HttpResponse:
    """Become the owner of a listed difference."""
    return _with_note(request, _day(day), closing.take_over, gettext("It is yours now."))


@never_cache
@require_POST
@sessions.staff_required
def settle(request: HttpRequest, day: str) -> HttpResponse:
    """Say how a difference ended."""
    return _with_note(request, _day(day), closing.settle, gettext("It is settled."))


@never_cache
@require_POST
@sessions.staff_required
def prepare(request: HttpRequest, day: str) -> HttpResponse:
    """Give the first signature."""
    which = _day(day)
    try:
        closing.prepare(day=which, by_id=_by(request), at=timezone.now())
    except closing.CannotClose as error:
        messages.error(request, _why(error))
    else:
        messages.success(request, gettext("The day is prepared. Another person signs it."))
    return redirect("payments:closing_day", which.isoformat())


@never_cache
@sensitive_post_parameters("password")
@require_POST
@sessions.staff_required
def sign(request: HttpRequest, day: str) -> HttpResponse:
    """Give the second signature, with her password: the day is closed for good."""
    which, at = _day(day), timezone.now()
    by_id = require_any(request, SIGN_CLOSE, at=at)
    signed = queries.signatures(which)
    if signed is None or signed.prepared_at != _moment(request.POST.get("stamp", "")):
        messages.warning(
            request, gettext("The day was prepared again since you opened this page. Look again.")
        )
        return redirect("payments:closing_day", which.isoformat())
    if str(len(queries.settled_by_people(which))) != request.POST.get("settled", "0"):
        messages.warning(
            request,
            gettext("Somebody has settled a difference since you opened this page. Look again."),
        )
        return redirect("payments:closing_day", which.isoformat())
    try:
        step_up_id = stepping.step_up(request, stepping.shown(request), closing.PURPOSE, at=at)
        closing.sign(day=which, by_id=by_id, step_up_id=step_up_id, at=at)
    except (accounts.WrongPassword, accounts.BudgetSpent) as refused:
        return _again(request, which, stepping.wrong(refused))
    except (closing.CannotClose, closing.SamePerson, accounts.StepUpRefused) as error:
        messages.error(request, _why(error))
    else:
        messages.success(request, gettext("The day is closed and sealed."))
    return redirect("payments:closing_day", which.isoformat())


def _with_note(
    request: HttpRequest, which: date, act: Callable[..., None], done: str
) -> HttpResponse:
    at = timezone.now()
    by_id = require_any(request, PREPARE_CLOSE, at=at)
    try:
        act(
            difference_id=_number(request.POST.get("difference", "")),
            note=request.POST.get("note", ""),
            by_id=by_id,
            at=at,
        )
    except closing.NothingToTake:
        messages.warning(request, gettext("Write a note. It may be settled meanwhile: look again."))
    except closing.NotHersToSettle:
        messages.warning(request, gettext("It is settled already, or ends with its cause alone."))
    else:
        messages.success(request, done)
    return redirect("payments:closing_day", which.isoformat())


def _again(request: HttpRequest, which: date, wrong: str) -> HttpResponse:
    return views.page(request, which, status=422, wrong_password=wrong)


def _why(error: Exception) -> str:
    if isinstance(error, closing.Unlisted):
        count = len(error.differences)
        said = ngettext(
            "%(count)s difference is nobody's yet. The day is not closed.",
            "%(count)s differences are nobody's yet. The day is not closed.",
            count,
        )
        return said % {"count": count}
    reasons: dict[type[Exception], str] = {
        closing.NotTheNext: gettext("Days are closed in their order, each once."),
        closing.DayNotOver: gettext("A day is closed on the next working day."),
        closing.ClockDiffers: gettext(
            "The clock or the time zone of the database is not that of this server. The day was"
            " not closed. Tell whoever runs the house."
        ),
        closing.NotPrepared: gettext("Nobody has prepared this day."),
        closing.SamePerson: gettext("You prepared it: another person signs."),
        closing.DayChanged: gettext(
            "Money has come to this day since it was prepared. Prepare it again."
        ),
    }
    return reasons.get(type(error), gettext("The day was not closed. Nothing has changed."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _moment(text: str) -> object:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _by(request: HttpRequest) -> int:
    return int(sessions.signed_in(request).pk)
