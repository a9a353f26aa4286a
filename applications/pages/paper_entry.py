"""No entry in the gateway: an officer types the act from the paper register, with a scan."""

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import queries as accounts
from accounts import sessions
from applications import comparing, operations, queries
from applications.models import Application
from applications.pages.acting import Operation, action, version
from applications.pages.apply import language
from applications.pages.cases import office_name
from applications.pages.kept import Kept
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel import uploads
from kernel.country import country
from registers import operations as registers

_LABELS = comparing.LABELS | {
    "birth_place": _("Place of birth, as it is written"),
    "place": _("Place of marriage, as it is written"),
    "spouse_1_birth_place": _("First spouse: place of birth, as it is written"),
    "spouse_2_birth_place": _("Second spouse: place of birth, as it is written"),
}
_PLACE = {"office_code", "year", "volume", "act_number", "registered_on", "scan"}


class PaperForm(forms.Form):
    """The act's place in the register; the facts of its kind are added to it."""

    office_code = forms.CharField(
        label=_("Registry that keeps the book"),
        help_text=_("The code of its area, as on the map of offices."),
        max_length=20,
    )
    year = forms.IntegerField(label=_("Year"), widget=forms.TextInput({"inputmode": "numeric"}))
    volume = forms.CharField(label=_("Volume"), max_length=20, required=False)
    act_number = forms.CharField(label=_("Act"), max_length=20)
    registered_on = forms.DateField(
        label=_("Registered on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    scan = forms.FileField(
        label=_("Scan or photo of the page"),
        help_text=_("A PDF, or a photo as JPEG or PNG, of at most 5 MB."),
    )


def _page(
    request: HttpRequest,
    application: Application,
    *,
    problem: str = "",
    since: int | None = None,
    kept: Kept | None = None,
    status: int = 200,
    form: PaperForm | None = None,
) -> HttpResponse:
    del since, kept
    account = sessions.signed_in(request)
    definition = catalogue.version(application.service_version_id).definition
    hers = application.status == Status.UNDER_REVIEW and application.officer_id == account.pk
    if not hers and request.method != "POST":
        raise Http404
    shown = form or _form(request, definition, application)
    context = {
        "application": application,
        "name": definition.name(language()),
        "holder": accounts.person(application.holder_id),
        "office": office_name(application),
        "form": shown,
        "problem": problem,
        # A hold may end while she types: what she typed stays, whatever became of the case.
        "hers": hers,
        "waits": application.status == Status.IN_QUEUE,
    }
    return render(request, "applications/paper_entry.html", context, status=status)


@action(
    "cite", _("The act of %s is cited. A second officer confirms it now."), form=_page, keeps=True
)
def cite(request: HttpRequest, application: Application) -> Operation | HttpResponse:
    """
    Check what was typed, keep the scan, and ask the second officer.

    A case that went back to the queue while she typed is taken in hand with it.
    """
    definition = catalogue.version(application.service_version_id).definition
    form = _form(request, definition, application)
    kind = definition.output.register if definition.output else ""
    scan = _kept_scan(form) if form.is_valid() and _is_act(form, kind) else ""
    if not scan:
        return _page(request, application, form=form, status=422)
    waits = application.status == Status.IN_QUEUE and request.POST.get("take")
    return partial(
        _take_and_cite if waits else operations.approve_on_paper,
        application_id=application.pk,
        by_id=sessions.signed_in(request).pk,
        version=version(request),
        act=_act(form.cleaned_data, scan),
        at=timezone.now(),
    )


def _take_and_cite(
    *, application_id: int, by_id: int, version: int, act: operations.PaperAct, at: datetime
) -> None:
    """Do both, or neither: where the case changed after she saw it, its version is another."""
    with transaction.atomic():
        operations.take(application_id=application_id, by_id=by_id, at=at)
        operations.approve_on_paper(
            application_id=application_id, by_id=by_id, version=version + 1, act=act, at=at
        )


def _is_act(form: PaperForm, kind: str) -> bool:
    """Say whether a paper register can hold such an act; the field where it cannot says so."""
    act = _act(form.cleaned_data, "")
    try:
        registers.check_act(
            kind=kind,
            office_code=act.office_code,
            year=act.year,
            volume=act.volume,
            act_number=act.act_number,
            registered_on=act.registered_on,
            facts=act.facts,
            at=timezone.now(),
        )
    except registers.PaperEntryRefused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, gettext("This cannot be in a register. Look at the page again."))
        return False
    return True


def _form(request: HttpRequest, definition: Definition, application: Application) -> PaperForm:
    kind = definition.output.register if definition.output else ""
    if kind not in operations.FACTS_ON_PAPER:
        raise Http404
    office = application.deciding_office
    first = {"office_code": office.area.code if office and office.area else ""}
    posted = request.method == "POST"
    form = PaperForm(
        request.POST if posted else None, request.FILES if posted else None, initial=first
    )
    scan = form.fields.pop("scan")
    for code in operations.FACTS_ON_PAPER[kind]:
        form.fields[code] = _fact(code, application)
    form.fields["scan"] = scan
    return form


def _fact(code: str, application: Application) -> forms.Field:
    label, required = str(_LABELS[code]), False
    if code in comparing.WORDS:
        choices = [("", gettext("Not written")), *comparing.WORDS[code].items()]
        return forms.ChoiceField(label=label, choices=choices, required=required)
    if code.endswith("_on"):
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=label, required=required, widget=widget)
    if code.endswith("_code"):
        return forms.ChoiceField(label=label, choices=_places(code, application), required=required)
    initial = country().code.upper() if code == "nationality" else ""
    return forms.CharField(label=label, max_length=200, required=required, initial=initial)


def _places(code: str, application: Application) -> list[tuple[str, str]]:
    """Offer the place that was given, and the office's own: another one is written in words."""
    office = application.deciding_office
    codes = [
        str(application.given.get(code) or ""),
        office.area.code if office and office.area else "",
    ]
    place = queries.place_reader(language())
    found = [(one, told.line) for one in dict.fromkeys(codes) if one and (told := place(one))]
    return [("", gettext("Another place: write it below")), *found]


def _kept_scan(form: PaperForm) -> str:
    """Return the scan's SHA-256; "" with the reason at its field if it is not taken."""
    given: UploadedFile[bytes] = form.cleaned_data["scan"]
    if (given.size or 0) > uploads.BYTES_MAX:
        form.add_error("scan", gettext("The file is larger than 5 MB."))
        return ""
    try:
        return uploads.accept(given.read(), at=timezone.now()).sha256
    except uploads.Refused:
        form.add_error(
            "scan",
            gettext(
                "This file cannot be taken. Give a plain PDF, or a photo as JPEG or PNG, that "
                "opens without a password."
            ),
        )
    except (uploads.Busy, uploads.NotChecked):
        form.add_error("scan", gettext("The file could not be looked at now. Try again."))
    return ""


def _act(typed: dict[str, Any], scan_sha256: str) -> operations.PaperAct:
    facts = {code: value for code, value in typed.items() if code not in _PLACE and value}
    return operations.PaperAct(
        office_code=typed["office_code"],
        year=typed["year"],
        volume=typed["volume"],
        act_number=typed["act_number"],
        registered_on=typed["registered_on"],
        facts={
            code: value if isinstance(value, str) else value.isoformat()
            for code, value in facts.items()
        },
        scan_sha256=scan_sha256,
    )
