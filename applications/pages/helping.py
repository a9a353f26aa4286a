"""What a helper fills in with a citizen: questions, files, one last look, and what to mend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.refusals import too_often
from applications import operations, queries, story
from applications.models import Application, Seen, Why
from applications.operations.drafting import DOCUMENTS
from applications.pages import attached, typed
from applications.pages.answered import answer_rows
from applications.pages.apply import language, today
from applications.pages.cases import asked_of, office_name, tone
from applications.pages.giving import ACCEPTED, taken
from applications.pages.looking import looked
from applications.queries import assisting
from applications.states import Status
from catalogue import conditions, forms, pricing
from catalogue import queries as catalogue
from catalogue.definition import Definition, Group
from catalogue.words import tell
from design import speaking
from places.queries import NoOffice


@dataclass(frozen=True)
class HelperLine:
    """All that a helper sees of a case: where it is, whose turn, and until when."""

    number: str
    name: str
    status: str
    turn: str
    tone: str
    office: str
    promised_at: datetime | None
    is_asked: bool


def helper_line(application: Application, names: dict[str, str]) -> HelperLine:
    return HelperLine(
        number=application.number,
        name=names.get(application.service_code, application.service_code),
        status=application.get_status_display(),
        turn=story.turn_text(application.status, staff=True),
        tone=tone(application.status),
        office=office_name(application),
        promised_at=application.promised_at,
        is_asked=application.status == Status.AWAITING_COMPLETION,
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with a draft; of what is sent in show where it is, and what there is to mend."""
    application = _helped(request, number)
    definition = catalogue.version(application.service_version_id).definition
    if application.status == Status.DRAFT:
        return redirect(_question(number, definition.form[0].code))
    completion = queries.open_completion(application.pk)
    form: django_forms.Form | None = None
    may_mend = completion is not None and assisting.may_mend(application)
    if completion is not None and may_mend:
        wanted = conditions.mending(definition, completion.asked)
        mending = Group(code="mending", titles={}, fields=wanted)
        only = forms.form_class(mending, language(), application.given, today=today())
        if request.method == "POST":
            form = only(request.POST)
            if form.is_valid() and _mended(request, application, form):
                messages.success(request, gettext("The corrections are sent."))
                return redirect("applications:help_case", number)
        else:
            form = only(initial=application.given)
        _read(request, application, "mend")
    names = {application.service_code: definition.name(language())}
    context = {
        "application": application,
        "line": helper_line(application, names),
        "asked": asked_of(definition, application, completion.asked, to=language())
        if completion
        else [],
        "form": form,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "applications/help_case.html", context, status=status)


@never_cache
@require_POST
@sessions.staff_required
def ask_to_mend(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the person to agree to the corrections; the code goes out from the consent's page."""
    application = _helped(request, number)
    try:
        consent_id = operations.ask_to_mend(
            application_id=application.pk,
            helper_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except (operations.NotNow, operations.NotHelping):
        return redirect("applications:help_case", number)
    if assisting.may_mend(application):
        return redirect("applications:help_case", number)
    return redirect("applications:help_consent", consent_id)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def group(request: HttpRequest, number: str, group: str) -> HttpResponse:
    """Ask one group of questions, as the person would be asked."""
    application, definition = _draft(request, number)
    given = application.given
    pages = conditions.groups(definition, given)
    asked = next((one for one in pages if one.code == group), None)
    if asked is None:
        raise Http404
    switches = speaking.asked_for(request)
    if switches:
        translation.activate(switches)
    form_class = forms.form_class(asked, language(), given, today=today())
    if switches:
        # What the helper typed comes along and is kept nowhere: no step of hers is made of it.
        form = typed.form(form_class, given, typed.typed(request))
    elif request.method == "POST":
        form = form_class(request.POST)
        if form.is_valid():
            operations.save_answers_for(
                application_id=application.pk,
                helper_id=sessions.signed_in(request).pk,
                given=form.cleaned_data,
                at=timezone.now(),
            )
            return redirect(_after(number, definition, asked, given | form.cleaned_data))
    else:
        form = form_class(initial={code: given[code] for code in given})
    place = pages.index(asked)
    context = {
        "application": application,
        "name": definition.name(language()),
        "form": form,
        "form_id": typed.FORM_ID,
        "unsent": bool(switches),
        "title": asked.title(language()),
        "step": place + 1,
        "steps": len(pages),
        "help": tell(asked.help, language()),
        "back": _question(number, pages[place - 1].code) if place else reverse("applications:help"),
        "save": gettext("Continue"),
    }
    _read(request, application, group)
    answer = render(request, "applications/group.html", context)
    if switches:
        speaking.keep(answer, switches)
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def documents(request: HttpRequest, number: str) -> HttpResponse:
    """Take the files that the service asks for; what is here already need not be given again."""
    application, definition = _draft(request, number)
    here = {one.code for one in attached.attachment_lines(application, definition)}
    _read(request, application, DOCUMENTS)
    form = _files_form(definition, here, application.given)(
        request.POST or None, request.FILES or None
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = [
                _attached(request, application, form, code)
                for code, given in form.cleaned_data.items()
                if given
            ]
        except BudgetSpent as spent:
            return too_often(request, spent)
        if all(done):
            return redirect("applications:help_review", number)
    context = {
        "application": application,
        "name": definition.name(language()),
        "form": form,
        "files": attached.review_rows(application, definition),
        "back": _question(number, conditions.groups(definition, application.given)[-1].code),
    }
    status = 422 if form.errors else 200
    return render(request, "applications/help_documents.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def review(request: HttpRequest, number: str) -> HttpResponse:
    """Show all once more, with the price, for the person to look at; and send it in."""
    application = _helped(request, number)
    if application.status != Status.DRAFT:
        return redirect("applications:help_case", number)  # Sent twice: the first one counted.
    helper_id = sessions.signed_in(request).pk
    try:
        renewed = operations.renew_draft_for(
            application_id=application.pk, helper_id=helper_id, at=timezone.now()
        )
        if request.method == "POST" and not renewed and _sent(request, application):
            return redirect("applications:help_case", number)
    except operations.NotApplicable:
        messages.error(request, gettext("This service takes no applications now."))
        return redirect("applications:help")
    except (operations.NotNow, operations.NotHelping):
        return redirect("applications:help")
    if renewed:
        messages.warning(
            request,
            gettext("This service has changed since you began. Check answers and price again."),
        )
        application = _helped(request, number)
    definition = catalogue.version(application.service_version_id).definition
    wrong = forms.mistakes(definition, application.given, language(), today=today())
    wrong += attached.lacking(application, definition)
    context = {
        "application": application,
        "name": definition.name(language()),
        "answers": answer_rows(definition, application),
        "mistakes": [(_question(number, one.group), one) for one in wrong],
        "charges": [] if wrong else pricing.lines(definition, application.given),
        "first": _question(number, definition.form[0].code),
        "back": _last(number, definition, application.given),
    }
    _read(request, application, "review")
    return render(request, "applications/help_review.html", context)


def _sent(request: HttpRequest, application: Application) -> bool:
    try:
        operations.submit_for(
            application_id=application.pk,
            helper_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except operations.Incomplete:
        return False  # The page shows what is missing.
    except NoOffice:
        messages.error(request, gettext("No office serves the place that you chose."))
        return False
    messages.success(request, gettext("It is sent. The person gets what to pay on the phone."))
    return True


def _mended(request: HttpRequest, application: Application, form: django_forms.Form) -> bool:
    try:
        operations.complete_for(
            application_id=application.pk,
            helper_id=sessions.signed_in(request).pk,
            given=form.cleaned_data,
            at=timezone.now(),
        )
    except operations.Incomplete:
        form.add_error(None, gettext("Something is still missing: the person must send it."))
        return False
    except (operations.NotNow, operations.NotHelping):
        raise Http404 from None
    return True


def _helped(request: HttpRequest, number: str) -> Application:
    """Return a case with which she helps; any other does not exist for her."""
    account_id = int(sessions.signed_in(request).pk)
    found = queries.helped_case(number, helper_id=account_id)
    if found is None or not queries.helper_may(account_id=account_id, at=timezone.now()):
        raise Http404
    return found


def _draft(request: HttpRequest, number: str) -> tuple[Application, Definition]:
    application = _helped(request, number)
    if application.status != Status.DRAFT:
        raise Http404
    return application, catalogue.version(application.service_version_id).definition


def _read(request: HttpRequest, application: Application, page: str) -> None:
    """What a helper reads of somebody's answers is written down, for her to see."""
    try:
        operations.look_for(
            application_id=application.pk,
            helper_id=sessions.signed_in(request).pk,
            page=page,
            at=timezone.now(),
        )
    except operations.NotHelping:
        raise Http404 from None  # Ended while she asked for it.
    looked(
        request,
        application,
        seen=Seen.CASE,
        at=timezone.now(),
        reason="help",
        why=Why.HELPING,
    )


def _files_form(
    definition: Definition, here: set[str], given: Mapping[str, object]
) -> type[django_forms.Form]:
    required = conditions.required_slots(definition, given)
    fields = {
        code: django_forms.FileField(
            label=tell(slot.names, language()).text,
            help_text=attached.wanted(slot),
            required=code in required and code not in here,
            widget=django_forms.FileInput(
                attrs={"accept": ",".join(ACCEPTED[kind] for kind in slot.types)}
            ),
        )
        for code, slot in conditions.slots(definition, given).items()
    }
    return type("FilesForm", (django_forms.Form,), fields)


def _attached(
    request: HttpRequest, application: Application, form: django_forms.Form, code: str
) -> bool:
    return taken(
        form,
        code,
        lambda data: operations.attach_for(
            application_id=application.pk,
            helper_id=sessions.signed_in(request).pk,
            code=code,
            data=data,
            at=timezone.now(),
        ),
    )


def _question(number: str, group: str) -> str:
    if group == DOCUMENTS:
        return reverse("applications:help_documents", args=[number])
    return reverse("applications:help_group", args=[number, group])


def _after(number: str, definition: Definition, asked: Group, given: Mapping[str, object]) -> str:
    if following := conditions.group_after(definition, given, asked):
        return _question(number, following.code)
    slots = conditions.slots(definition, given)
    return reverse(f"applications:help_{'documents' if slots else 'review'}", args=[number])


def _last(number: str, definition: Definition, given: Mapping[str, object]) -> str:
    if conditions.slots(definition, given):
        return reverse("applications:help_documents", args=[number])
    return _question(number, conditions.groups(definition, given)[-1].code)
