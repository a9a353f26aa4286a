"""My cases: the list, the story of one, mending answers, taking it back, the paper itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import queries as accounts
from accounts import sessions
from applications import operations, policies, queries, story
from applications.models import Application, CompletionRequest
from applications.operations.drafting import DOCUMENTS
from applications.pages.answered import answer_rows
from applications.pages.apply import holder_id, language, next_address, of_holder, today
from applications.pages.attached import asked_like_answers, attachment_lines
from applications.pages.listing import slip_lines
from applications.states import GIVEN, OWED, WITHDRAWABLE, Status
from catalogue import conditions, forms
from catalogue import queries as catalogue
from catalogue.definition import Definition, Group
from catalogue.words import tell
from documents import queries as papers
from documents.listing import family_ids, newest_of
from kernel import references
from payments import queries as bills
from payments.queries import BillView

_ID_DIGITS_MAX = 18


@dataclass(frozen=True)
class Line:
    """A case in a list."""

    number: str
    name: str
    status: str
    turn: str
    tone: str
    at: Any
    holder: str = ""  # Where it is somebody's for whom she may act.


@dataclass(frozen=True)
class Asked:
    """An answer that is to be mended: what was given, and why it cannot stay."""

    code: str
    label: str
    given: str
    reason: str
    address: str = ""  # Of the page that takes it, where this one does not.


@never_cache
@require_GET
@sessions.person_required
def mine(request: HttpRequest) -> HttpResponse:
    """List the person's cases, the newest first."""
    before = request.GET.get("before", "")
    before_id = int(before) if _is_id(before) else None
    found = queries.mine(holder_id(request), at=timezone.now(), before_id=before_id)
    shown = found[: queries.PAGE_SIZE]
    names = service_names(shown)
    person_id = holder_id(request)
    theirs = sorted({case.holder_id for case in shown} - {person_id})
    others = {one.id: one.name for one in accounts.persons(theirs)} if theirs else {}
    older = f"?before={shown[-1].pk}" if len(found) > queries.PAGE_SIZE else ""
    context = {
        "lines": [_line(case, names, others.get(case.holder_id, "")) for case in shown],
        "older": older,
        "many_drafts": sum(
            case.status == Status.DRAFT and case.holder_id == person_id for case in shown
        )
        > 1,
    }
    return render(request, "applications/mine.html", context)


@never_cache
@require_GET
@sessions.person_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show what happened to the case, whose turn it is, and what she can do."""
    return _show(request, of_holder(request, number))


@never_cache
@sensitive_post_parameters()
@require_POST
@sessions.person_required
def mend(request: HttpRequest, number: str) -> HttpResponse:
    """Take the answers that the officer asked to mend, and only those."""
    application = of_holder(request, number)
    request_ = queries.open_completion(application.pk)
    if application.status != Status.AWAITING_COMPLETION or request_ is None:
        return redirect("applications:case", number)
    definition = catalogue.version(application.service_version_id).definition
    form = _mending_form(definition, application, request_)(request.POST)
    if not form.is_valid():
        return _show(request, application, form=form)
    try:
        operations.complete(
            application_id=application.pk,
            holder_id=application.holder_id,
            by_id=sessions.signed_in(request).pk,
            given=form.cleaned_data,
            at=timezone.now(),
        )
    except operations.Incomplete as lack:
        said = gettext("These answers do not fit the others any more.")
        if lack.group_code == DOCUMENTS:
            said = gettext("Give the files that the office asks for first.")
        form.add_error(None, said)
        return _show(request, application, form=form)
    except operations.NotNow:
        pass  # Sent twice: the first one counted.
    return redirect("applications:case", number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask once more, then take the case back."""
    application = of_holder(request, number)
    if application.status not in WITHDRAWABLE:
        return redirect("applications:case", number)
    if request.method == "POST":
        return _withdraw(request, application)
    definition = catalogue.version(application.service_version_id).definition
    paid = application.status not in {Status.DRAFT, Status.AWAITING_PAYMENT, Status.LAPSED}
    context = {"application": application, "name": definition.name(language()), "paid": paid}
    return render(request, "applications/withdraw.html", context)


@never_cache
@require_GET
@sessions.person_required
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Give her the issued paper."""
    application = of_holder(request, number)
    if application.status not in GIVEN or application.paper_id is None:
        raise Http404
    wanted = catalogue.version(application.service_version_id).definition.assurance_wanted
    if not policies.is_sure_enough(accounts.person(holder_id(request)).assurance, wanted):
        return redirect("accounts:own")
    return pdf(papers.final_file(newest_of(application.paper_id)), f"{application.number}.pdf")


def _withdraw(request: HttpRequest, application: Application) -> HttpResponse:
    try:
        operations.withdraw(
            application_id=application.pk,
            holder_id=application.holder_id,
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except operations.MoneyOnTheWay:
        messages.error(
            request,
            gettext(
                "Money has come for this bill, or a phone is being asked to pay it. "
                "Wait a little, then try again."
            ),
        )
    except operations.NotNow:
        messages.error(request, gettext("The case has moved on: it cannot be taken back now."))
    return redirect("applications:case", application.number)


def pdf(data: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    way = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{way}; filename="{name}"'
    return response


def service_names(cases: list[Application]) -> dict[str, str]:
    """Return the name of each case's service, with one query for all of them."""
    codes = sorted({case.service_code for case in cases})
    return {card.code: card.name.text for card in catalogue.services(language(), codes=codes)}


def office_name(application: Application) -> str:
    office = application.deciding_office
    return office.told(language()) if office else ""


def _show(
    request: HttpRequest, application: Application, *, form: django_forms.Form | None = None
) -> HttpResponse:
    definition = catalogue.version(application.service_version_id).definition
    completion = queries.open_completion(application.pk)
    if completion is not None and form is None:
        given = application.given
        form = _mending_form(definition, application, completion)(initial=given)
    owing = _owing(application)
    alone = is_alone(application, definition)
    has_paper = application.status in GIVEN and application.paper_id is not None
    context = {
        "application": application,
        "name": definition.name(language()),
        "office": office_name(application),
        "turn": story.turn_text(application.status, staff=False),
        "tone": tone(application.status),
        "promised_at": application.promised_at if application.status in OWED else None,
        "items": _story(application, alone=alone),
        "alone": alone,
        "slips": slip_lines(application),
        "answers": answer_rows(definition, application),
        "attachments": attachment_lines(application, definition),
        "go_on": _go_on(application, definition),
        "forgotten": application.status == Status.WITHDRAWN and application.submitted_at is None,
        "form": form,
        "asked": asked_of(definition, application, completion.asked, to=language())
        if completion
        else [],
        "completion": completion,
        "refusal": _refusal(definition, application),
        "owing": owing,
        "spaced": references.spaced(owing.reference) if owing else "",
        "has_paper": has_paper,
        "looks": _looks(application) if has_paper else None,
        "help": queries.helper_words(application.pk),
        "may_withdraw": application.status in WITHDRAWABLE,
        "days": definition.working_days,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "applications/case.html", context, status=status)


def _looks(application: Application) -> papers.Looks | None:
    """Of the paper and of what stands in its place now: whoever checked either checked hers."""
    return papers.looks(*family_ids(application.paper_id)) if application.paper_id else None


def tone(status: str) -> str:
    """Return the colour of a state's tag."""
    if status in GIVEN:
        return "good"
    if status in {Status.REFUSED, Status.LAPSED, Status.PAYMENT_HELD}:
        return "bad"
    return "warn" if story.turn(status) is story.Turn.APPLICANT else ""


def _story(application: Application, *, alone: bool) -> list[story.Item]:
    return story.tell(
        queries.history(application.pk),
        status=application.status,
        office=office_name(application),
        promised_at=application.promised_at,
        alone=alone,
    )


def is_alone(application: Application, definition: Definition) -> bool:
    """Say whether the register issues the paper itself, as far as is known."""
    return story.by_itself(
        by_register=definition.output is not None and definition.output.by_register,
        officer_id=application.officer_id,
        status=application.status,
    )


def _go_on(application: Application, definition: Definition) -> str:
    if application.status == Status.AWAITING_PAYMENT:
        return next_address(application)
    if application.status != Status.DRAFT:
        return ""
    if asked := conditions.first_open(definition, application.given):
        return reverse("applications:group", args=[application.number, asked.code])
    return reverse("applications:review", args=[application.number])


def _owing(application: Application) -> BillView | None:
    """Return the bill if its money was taken back, and she is to pay it again."""
    asked_again = application.status == Status.PAYMENT_HELD or application.status in GIVEN
    if application.bill_id is None or not asked_again:
        return None
    bill = bills.bill(application.bill_id)
    return bill if bill.due_minor else None


def _mending_form(
    definition: Definition, application: Application, completion: CompletionRequest
) -> type[django_forms.Form]:
    """Return a form with the fields that were asked for, in the form's order."""
    fields = conditions.mending(definition, completion.asked)
    only = Group(code="mending", titles={}, fields=fields)
    return forms.form_class(only, language(), application.given, today=today())


def asked_of(
    definition: Definition, application: Application, asked: Mapping[str, str], *, to: str
) -> list[Asked]:
    """
    Return each answer that is to be mended, in the form's order, in the words of language `to`.

    :param asked: a reason's code by the field's code
    """
    given, found = application.given, []
    for code, field in definition.fields.items():
        if code not in asked:
            continue
        reason = definition.reason(asked[code])
        found.append(
            Asked(
                code=code,
                label=tell(field.labels, to).text,
                given=forms.shown(field, given.get(code), to) or gettext("Not given"),
                reason=str(reason.label(to)) if reason else asked[code],
            )
        )
    page = reverse("applications:documents", args=[application.number])
    lines = attachment_lines(application, definition)
    for code, label, standing in asked_like_answers(definition, lines):
        if code in asked:
            reason = definition.reason(asked[code])
            why = str(reason.label(to)) if reason else asked[code]
            found.append(Asked(code, label, standing, why, page))
    return found


def _refusal(definition: Definition, application: Application) -> dict[str, object] | None:
    refusal = queries.last_refusal(application.pk)
    if refusal is None or application.status != Status.REFUSED:
        return None
    reason = definition.reason(refusal.reason_code)
    term = queries.term(application, definition, language=language())
    return {
        "reason": reason.label(language()) if reason else refusal.reason_code,
        "term": term,
        "term_open": term is not None and term.is_open(timezone.now()),
        "note": refusal.note,
        "at": refusal.at,
    }


def _line(case: Application, names: dict[str, str], holder: str) -> Line:
    return Line(
        number=case.number,
        name=names.get(case.service_code, case.service_code),
        status=case.get_status_display(),
        turn=story.turn_text(case.status, staff=False),
        tone=tone(case.status),
        at=case.submitted_at or case.created_at,
        holder=holder,
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS_MAX
