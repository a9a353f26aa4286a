"""Giving files with an application, or because an officer asked: one file a slot."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.refusals import too_often
from applications import operations, queries
from applications.models import Application
from applications.pages.apply import language, of_holder
from applications.pages.attached import (
    WORDS,
    AttachmentLine,
    attachment_lines,
    slot_label,
    wanted,
)
from applications.queries import attachments
from applications.states import Status
from catalogue import conditions
from catalogue import queries as catalogue
from catalogue.definition import Attachment, Definition
from catalogue.words import tell
from kernel import uploads

ACCEPTED = {uploads.PDF: "application/pdf", uploads.IMAGE: "image/jpeg,image/png"}


@dataclass(frozen=True)
class _Question:
    """A slot on the page: what is wanted, what is there, and the form that takes another."""

    code: str
    label: str
    conditions: str
    reason: str
    required: bool
    given: AttachmentLine | None
    form: forms.Form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def documents(request: HttpRequest, number: str) -> HttpResponse:
    """Take one file a slot, of a draft or of what an officer asked for; nothing here is a must."""
    application = of_holder(request, number)
    definition, slots, reasons = _open_slots(application)
    wrong: forms.Form | None = None
    lacking: list[str] = []
    if request.method == "POST":
        slot = slots.get(request.POST.get("slot", ""))
        if request.POST.get("remove") in slots:
            _detach(request, application, request.POST["remove"])
            return redirect("applications:documents", number)
        if slot is None:
            lacking = _lacking(application, definition)
            if not lacking:
                return redirect(_after(application))
        else:
            wrong = _form(slot, request)
            try:
                if _take(request, application, slot, wrong):
                    messages.success(request, gettext("The file is here."))
                    return redirect(reverse("applications:documents", args=[number]))
            except BudgetSpent as spent:
                return too_often(request, spent)
            except operations.NotNow:
                return redirect("applications:case", number)
    given = {one.code: one for one in attachment_lines(application, definition)}
    required = conditions.required_slots(definition, application.given)
    context = {
        "application": application,
        "name": definition.name(language()),
        "questions": [
            _question(
                slot, given.get(code), reasons.get(code, ""), wrong, is_required=code in required
            )
            for code, slot in slots.items()
        ],
        "wrong": wrong,
        "lacking": [(code, slot_label(definition, code)) for code in lacking],
        "back": _before(application, definition),
        "asked": bool(reasons),
    }
    status = 422 if wrong is not None or lacking else 200
    return render(request, "applications/documents.html", context, status=status)


def _take(
    request: HttpRequest, application: Application, slot: Attachment, form: forms.Form
) -> bool:
    """Put the file under its slot; False: the form says why not."""
    return form.is_valid() and taken(
        form,
        slot.code,
        lambda data: operations.attach(
            application_id=application.pk,
            holder_id=application.holder_id,
            code=slot.code,
            data=data,
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        ),
    )


def taken(form: forms.Form, field: str, put: Callable[[bytes], object]) -> bool:
    """Hand the file of a form on; what speaks against it is said beside the field."""
    try:
        put(form.cleaned_data[field].read())
    except uploads.Refused as refusal:
        form.add_error(field, WORDS[refusal.why])
    except uploads.Busy:
        form.add_error(field, gettext("Many files are being checked now. Try again in a minute."))
    except operations.TooManyFiles:
        form.add_error(field, gettext("There are 20 files already. Take one back first."))
    else:
        return True
    return False


def _detach(request: HttpRequest, application: Application, code: str) -> None:
    operations.detach(
        application_id=application.pk,
        holder_id=application.holder_id,
        code=code,
        by_id=sessions.signed_in(request).pk,
        at=timezone.now(),
    )


def _open_slots(
    application: Application,
) -> tuple[Definition, dict[str, Attachment], dict[str, str]]:
    """Return the slots that she may fill now, and why an officer asked for them."""
    definition = catalogue.version(application.service_version_id).definition
    if application.status == Status.DRAFT and definition.slots:
        return definition, conditions.slots(definition, application.given), {}
    completion = queries.open_completion(application.pk)
    asked = attachments.asked_for(completion) if completion else []
    if completion is None or not asked or application.status != Status.AWAITING_COMPLETION:
        raise Http404
    reasons = {}
    for code in asked:
        reason = definition.reason(completion.asked[f"{attachments.ASKED}{code}"])
        reasons[code] = str(reason.label(language())) if reason else ""
    return definition, {c: s for c, s in definition.slots.items() if c in reasons}, reasons


def _lacking(application: Application, definition: Definition) -> list[str]:
    completion = queries.open_completion(application.pk)
    if completion is not None:
        return attachments.not_given_anew(completion)
    return attachments.missing(application.pk, definition, application.given)


def _form(slot: Attachment, request: HttpRequest | None = None) -> forms.Form:
    field = forms.FileField(
        label=tell(slot.names, language()).text,
        help_text=wanted(slot),
        required=True,
        widget=forms.FileInput(attrs={"accept": ",".join(ACCEPTED[kind] for kind in slot.types)}),
        error_messages={"required": _("Choose a file."), "empty": WORDS[uploads.Why.EMPTY]},
    )
    made: forms.Form = type("SlotForm", (forms.Form,), {slot.code: field})(
        *((request.POST, request.FILES) if request else ())
    )
    return made


def _question(
    slot: Attachment,
    given: AttachmentLine | None,
    reason: str,
    wrong: forms.Form | None,
    *,
    is_required: bool,
) -> _Question:
    hers = wrong is not None and slot.code in wrong.fields
    return _Question(
        code=slot.code,
        label=tell(slot.names, language()).text,
        conditions=tell(slot.conditions, language()).text,
        reason=reason,
        required=is_required,
        given=given,
        form=wrong if hers and wrong is not None else _form(slot),
    )


def _after(application: Application) -> str:
    if application.status == Status.DRAFT:
        return reverse("applications:review", args=[application.number])
    return reverse("applications:case", args=[application.number])


def _before(application: Application, definition: Definition) -> str:
    if application.status == Status.DRAFT:
        last = conditions.groups(definition, application.given)[-1].code
        return reverse("applications:group", args=[application.number, last])
    return reverse("applications:case", args=[application.number])
