"""Applying: who applies, one group of questions a page, a last look, and off it goes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import queries as accounts
from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.refusals import too_often
from applications import operations, queries
from applications.models import Application
from applications.pages import attached
from applications.states import Status
from catalogue import forms, pricing
from catalogue import queries as catalogue
from catalogue.definition import Definition, Group
from catalogue.words import tell
from payments import queries as bills
from places.queries import NoOffice

CHANGE = "change"
"""In the query of a question that was reached from the review, and leads back there."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def start(request: HttpRequest, service: str) -> HttpResponse:
    """Say who applies for what; begin, or go on with what was begun."""
    try:
        version = catalogue.current(service)
    except catalogue.NoService:
        raise Http404 from None
    if not version.definition.applicable:
        raise Http404
    account, person_id = sessions.signed_in(request), holder_id(request)
    if request.method == "POST" and account.contact_id is not None:
        try:
            number = operations.start_draft(
                service_code=service,
                holder_id=person_id,
                account_id=account.pk,
                contact_id=account.contact_id,
                language=language(),
                at=timezone.now(),
            )
        except operations.TooManyDrafts:
            messages.error(request, gettext("Finish or take back one of your drafts first."))
        except BudgetSpent as spent:
            return too_often(request, spent)
        else:
            return redirect("applications:group", number, version.definition.form[0].code)
    context = {
        "definition": version.definition,
        "name": version.definition.name(language()),
        "person": accounts.person(person_id),
        "drafts": queries.drafts(person_id, service),
        "who_may_apply": tell(version.definition.who_may_apply, language()),
        "charges": [fee for fee in version.definition.fees if not fee.variant],
        "service_code": service,
    }
    return render(request, "applications/start.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def group(request: HttpRequest, number: str, group: str) -> HttpResponse:
    """Ask one group of questions; what was answered is kept at once."""
    application, definition = _draft(request, number)
    asked = definition.group(group)
    if asked is None:
        raise Http404
    changing = request.GET.get(CHANGE) == "1"
    given = application.given
    form_class = forms.form_class(asked, language(), given)
    if request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid():
            operations.save_answers(
                application_id=application.pk, holder_id=holder_id(request), given=form.cleaned_data
            )
            return redirect(_after(number, definition, asked, given | form.cleaned_data, changing))
    else:
        form = form_class(initial={code: given[code] for code in given})
    context = {
        "application": application,
        "name": definition.name(language()),
        "form": form,
        "title": asked.title(language()),
        "step": definition.form.index(asked) + 1,
        "steps": len(definition.form),
        "back": _before(number, definition, asked, changing),
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
        renewed = operations.renew_draft(
            application_id=application.pk, holder_id=holder_id(request)
        )
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
    definition = catalogue.version(application.service_version_id).definition
    wrong = forms.mistakes(definition, application.given, language())
    wrong += attached.lacking(application, definition)
    context = {
        "application": application,
        "name": definition.name(language()),
        "sections": sections(definition, application),
        "mistakes": [(_question(number, wrong_one.group), wrong_one) for wrong_one in wrong],
        "charges": [] if wrong else pricing.price(definition, application.given),
        "files": attached.review_rows(application, definition),
        "last_group": _last(number, definition),
        "many_drafts": queries.has_other_drafts(application),
    }
    return render(request, "applications/review.html", context)


def _submit(request: HttpRequest, application: Application) -> HttpResponse | None:
    try:
        sent = operations.submit(
            application_ids=[application.pk],
            holder_id=holder_id(request),
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
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


def holder_id(request: HttpRequest) -> int:
    """Return the person at the browser; for pages behind `person_required`."""
    person_id = sessions.current_person_id(request)
    if person_id is None:
        raise Http404
    return person_id


def of_holder(request: HttpRequest, number: str) -> Application:
    """Return her case; another's is as little there as one that does not exist."""
    application = queries.of_holder(number, holder_id=holder_id(request))
    if application is None:
        raise Http404
    return application


def next_address(application: Application) -> str:
    """Return where the applicant goes on: to the bill while it waits, else to her case."""
    if application.status == Status.AWAITING_PAYMENT and application.bill_id is not None:
        return reverse("payments:pay", args=[bills.bill(application.bill_id).key])
    return reverse("applications:case", args=[application.number])


def sections(definition: Definition, application: Application) -> list[dict[str, object]]:
    """Return each group with its answers as rows for a summary list, with links to change them."""
    return [
        {"title": asked.title(language()), "rows": _rows(asked, application, change=True)}
        for asked in definition.form
    ]


def answer_rows(definition: Definition, application: Application) -> list[tuple[str, ...]]:
    """Return every answer as a row for one summary list."""
    return [row for asked in definition.form for row in _rows(asked, application, change=False)]


def _rows(asked: Group, application: Application, *, change: bool) -> list[tuple[str, ...]]:
    given = application.given
    rows: list[tuple[str, ...]] = []
    for field in asked.fields:
        row = (
            tell(field.labels, language()).text,
            forms.shown(field, given.get(field.code), language()) or gettext("Not given"),
        )
        link = f"{_question(application.number, asked.code)}#id_{field.code}"
        rows.append((*row, link, gettext("Change")) if change else row)
    return rows


def _last(number: str, definition: Definition) -> str:
    """Return the page before the review."""
    if definition.slots:
        return reverse("applications:documents", args=[number])
    return _question(number, definition.form[-1].code)


def _draft(request: HttpRequest, number: str) -> tuple[Application, Definition]:
    application = of_holder(request, number)
    if application.status != Status.DRAFT:
        raise Http404
    return application, catalogue.version(application.service_version_id).definition


def _question(number: str, group: str, *, change: bool = True) -> str:
    address = reverse("applications:group", args=[number, group])
    return f"{address}?{CHANGE}=1" if change else address


def _after(
    number: str, definition: Definition, asked: Group, given: dict[str, object], changing: bool
) -> str:
    """Return the next question; from a change the first that no longer fits, or the review."""
    if changing:
        for mistake in forms.mistakes(definition, given, language()):
            return _question(number, mistake.group)
        return reverse("applications:review", args=[number])
    following = definition.form[definition.form.index(asked) + 1 :]
    if following:
        return _question(number, following[0].code, change=False)
    return reverse(f"applications:{'documents' if definition.slots else 'review'}", args=[number])


def _before(number: str, definition: Definition, asked: Group, changing: bool) -> str:
    if changing:
        return reverse("applications:review", args=[number])
    place = definition.form.index(asked)
    if place == 0:
        return reverse("applications:case", args=[number])
    return _question(number, definition.form[place - 1].code, change=False)
