"""Applying: one group of questions a page, a last look, and off it goes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import sessions
from applications import operations, queries
from applications.models import Application
from applications.operations import unsent
from applications.pages import attached, looking_up, renewing, typed
from applications.pages.answered import CHANGE, question_address, sections
from applications.states import Status
from catalogue import conditions, forms, pricing
from catalogue import queries as catalogue
from catalogue.definition import Definition, Group
from catalogue.words import tell
from design import speaking
from kernel.country import country
from payments import queries as bills
from places.queries import NoOffice

LOOK_UP = "look_up"
"""Name of the button that asks registers about what they have not answered for."""


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def group(request: HttpRequest, number: str, group: str) -> HttpResponse:
    """Ask one group of questions; what was answered is kept at once."""
    application = of_holder(request, number)
    if application.status != Status.DRAFT:
        return redirect("applications:case", number)  # Sent, or forgotten: the case says which.
    definition = catalogue.version(application.service_version_id).definition
    given = application.given
    asked = definition.group(group)
    if asked is None:
        raise Http404
    pages = conditions.groups(definition, given)
    if asked not in pages:
        return redirect("applications:review", number)  # An earlier answer made it idle.
    changing = request.GET.get(CHANGE) == "1"
    made = forms.form_class(asked, language(), given, today=today())
    waiting = {} if request.method == "POST" else unsent.of_case(application, group)
    form = made(request.POST) if request.method == "POST" else typed.form(made, given, waiting)
    if request.method == "POST":
        answer: HttpResponse | None
        try:
            if speaking.asked_for(request) or not form.is_valid():
                answer = typed.set_aside(request, application, group)
            else:
                _save(request, application, definition, asked, form.cleaned_data)
                following = given | form.cleaned_data
                answer = redirect(_after(number, definition, asked, following, changing))
        except operations.NotNow:
            return redirect("applications:case", number)  # Sent in another window just now.
        if answer is not None:
            return answer
    context = {
        "application": application,
        "name": definition.name(language()),
        "form": form,
        "form_id": typed.FORM_ID,
        "unsent": bool(waiting),
        "title": asked.title(language()),
        "step": pages.index(asked) + 1,
        "steps": len(pages),
        "help": tell(asked.help, language()),
        "back": _before(number, pages, asked, changing),
        "save": gettext("Save") if changing else gettext("Continue"),
    }
    return render(request, "applications/group.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def review(request: HttpRequest, number: str) -> HttpResponse:
    """Show everything once more with its price, and send it in."""
    application = of_holder(request, number)
    if application.status != Status.DRAFT:
        return redirect(next_address(application))  # Sent twice: the first one counted.
    try:
        before = catalogue.version(application.service_version_id).definition
        renewed = operations.renew_draft(
            application_id=application.pk, holder_id=application.holder_id
        )
        if LOOK_UP in request.POST and not renewed:
            looking_up.ask(request, application, before)
            return redirect("applications:review", number)
        sending = request.method == "POST" and not renewed
        if sending and (answer := _submit(request, application)) is not None:
            return answer
    except operations.NotApplicable:
        messages.error(request, gettext("This service takes no applications now."))
        return redirect("applications:mine")
    except operations.NotNow:
        return redirect("applications:case", number)
    if renewed:
        # Never sent in at a price that she has not seen.
        messages.warning(
            request,
            gettext("This service has changed since you began. Check answers and price again."),
        )
        application = of_holder(request, number)
        now = catalogue.version(application.service_version_id).definition
        for said in renewing.told(before, now, language()):
            messages.warning(request, said)
    definition = catalogue.version(application.service_version_id).definition
    wrong = forms.mistakes(definition, application.given, language(), today=today())
    wrong += attached.lacking(application, definition)
    charges = [] if wrong else pricing.lines(definition, application.given)
    context = {
        "application": application,
        "name": definition.name(language()),
        "sections": sections(definition, application),
        "mistakes": [(question_address(number, wrong_one.group), wrong_one) for wrong_one in wrong],
        "charges": charges,
        "pays": any(charge.amount_minor for charge in charges),
        "files": attached.review_rows(application, definition),
        "last_group": _last(number, definition, application.given),
        "many_drafts": queries.has_other_drafts(application),
        "look_up": LOOK_UP if looking_up.is_open(application, definition) else "",
    }
    return render(request, "applications/review.html", context)


def _save(
    request: HttpRequest,
    application: Application,
    definition: Definition,
    asked: Group,
    given: dict[str, Any],
) -> None:
    operations.save_answers(
        application_id=application.pk, holder_id=application.holder_id, given=given
    )
    unsent.forget_of_case(application, asked.code)
    if definition.lookups:
        application.refresh_from_db()
        looking_up.ask(request, application, definition, given.keys())


def _submit(request: HttpRequest, application: Application) -> HttpResponse | None:
    try:
        sent = operations.submit(
            application_ids=[application.pk],
            holder_id=application.holder_id,
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except operations.NotSureEnough:
        return redirect("accounts:own")
    except operations.Incomplete:
        return None  # The page shows what is missing.
    except NoOffice:
        messages.error(request, gettext("No office serves the place that you chose."))
        return None
    if sent.bill_key is None:
        return redirect("applications:case", application.number)
    return redirect("payments:pay", sent.bill_key)


# --- what the citizen's pages share -----------------------------------------------------------


def language() -> str:
    return get_language() or "en"


def today() -> date:
    """Return the day here, which the rules of a form may name."""
    return timezone.localdate(timezone=country().zone)


def holder_id(request: HttpRequest) -> int:
    """Return the person at the browser; for pages behind `person_required`."""
    person_id = sessions.current_person_id(request)
    if person_id is None:
        raise Http404
    return person_id


def of_holder(request: HttpRequest, number: str) -> Application:
    """
    Return her case, or that of somebody for whom she applied and may act now.

    Another's is as little there as one that does not exist. What she does with the case, she does
    by its holder's right: pass `application.holder_id` on.
    """
    person_id = holder_id(request)
    application = queries.of_holder(number, holder_id=person_id)
    if application is None:
        application = queries.of_ward(number, guardian_id=person_id, at=timezone.now())
    if application is None:
        raise Http404
    return application


def next_address(application: Application) -> str:
    """Return where the applicant goes on: to the bill while it waits, else to her case."""
    if application.status == Status.AWAITING_PAYMENT and application.bill_id is not None:
        return reverse("payments:pay", args=[bills.bill(application.bill_id).key])
    return reverse("applications:case", args=[application.number])


def _last(number: str, definition: Definition, given: dict[str, object]) -> str:
    """Return the page before the review."""
    if conditions.slots(definition, given):
        return reverse("applications:documents", args=[number])
    return question_address(number, conditions.groups(definition, given)[-1].code)


def _after(
    number: str, definition: Definition, asked: Group, given: dict[str, object], changing: bool
) -> str:
    """Return the next question; from a change the first that no longer fits, or the review."""
    if changing:
        for mistake in forms.mistakes(definition, given, language(), today=today()):
            return question_address(number, mistake.group)
        return reverse("applications:review", args=[number])
    if following := conditions.group_after(definition, given, asked):
        return question_address(number, following.code, change=False)
    slots = conditions.slots(definition, given)
    return reverse(f"applications:{'documents' if slots else 'review'}", args=[number])


def _before(number: str, pages: Sequence[Group], asked: Group, changing: bool) -> str:
    if changing:
        return reverse("applications:review", args=[number])
    place = pages.index(asked)
    if place == 0:
        return reverse("applications:case", args=[number])
    return question_address(number, pages[place - 1].code, change=False)
