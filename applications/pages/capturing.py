"""A sheet of the downtime book, typed in: whose it is, when it was received, what was answered."""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import operations as accounts_at_work
from accounts import queries as accounts
from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.forms import PersonForm, PhoneForm
from accounts.pages.refusals import too_often
from applications import operations
from applications.models import DowntimeSheet
from applications.pages.apply import language
from applications.pages.kept import key_of
from applications.queries import downtime
from applications.states import SpoiledReason
from catalogue import conditions
from catalogue import forms as questions
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel.country import country
from places.queries import NoOffice
from registers import gateways, matching
from registers.entries import PersonEntry
from registers.gateways import RegisterUnavailable

_TIME_FORMATS = ["%H:%M", "%H.%M", "%Hh%M"]


class WhoForm(PersonForm):
    """Who she is, as she wrote it; the population register is asked whether that is so."""

    family_name = forms.CharField(label=_("Family name"), max_length=120)
    given_names = forms.CharField(label=_("Given names"), max_length=120)
    phone = forms.CharField(
        label=_("Mobile number"), max_length=40, help_text=_("She gets the message to pay there.")
    )
    received_on = forms.DateField(
        label=_("Received on"),
        input_formats=["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"],
        help_text=_("Day, month, year, as it stands on the sheet."),
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"autocomplete": "off"}),
    )
    received_time = forms.TimeField(
        label=_("At (hour and minutes)"),
        input_formats=_TIME_FORMATS,
        widget=forms.TimeInput(format="%H:%M", attrs={"autocomplete": "off", "class": "short"}),
    )

    def __init__(self, *args: Any, staff: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken_by"] = forms.TypedChoiceField(
            label=_("Taken by"), coerce=int, choices=staff
        )
        self.fields["national_id"].label = _("National identity number")

    clean_phone = PhoneForm.clean_phone

    def received_at(self) -> datetime:
        day, moment = self.cleaned_data["received_on"], self.cleaned_data["received_time"]
        clock: time = moment.replace(second=0, microsecond=0)
        return datetime.combine(day, clock, tzinfo=country().zone)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Type in what stands on a sheet: whose it is, when it was received, and the answers."""
    found = _sheet(request, code)
    definition = definition_of(found.book.service_code)
    sent = request.POST if request.method == "POST" else None
    today = timezone.localdate(timezone=country().zone)
    # A service may well ask for a name or a phone of its own.
    who = WhoForm(sent, today=today, staff=_staff(found), prefix="who")
    # What was answered narrows the places that a later question offers, on one page too.
    given = {key: value for key, value in (sent or {}).items() if isinstance(value, str)}
    groups = conditions.groups(definition, given)
    pages = [questions.form_class(group, language(), given, today=today)(sent) for group in groups]
    problem, status = "", 200
    if sent is not None:
        try:
            number = _captured(request, found, who, pages)
        except BudgetSpent as spent:
            return too_often(request, spent)
        except _Refused as refused:
            problem, status = refused.said, 409
        else:
            if number:
                said = gettext("%s is made. The applicant is told what to pay.") % number
                messages.success(request, said)
                return redirect("applications:downtime_book", found.book_id)
            status = 422
    context = {
        "sheet": found,
        "name": definition.name(language()),
        "office": found.book.office.told(language()),
        "who": who,
        "pages": [
            (group.title(language()), form) for group, form in zip(groups, pages, strict=True)
        ],
        "wrong": next((form for form in (who, *pages) if form.errors), None),
        "spoiled_reasons": SpoiledReason.choices,
        "problem": problem,
        "key": uuid4(),
    }
    return render(request, "applications/downtime_sheet.html", context, status=status)


@never_cache
@require_POST
@sessions.staff_required
def spoil(request: HttpRequest, code: str) -> HttpResponse:
    """Declare a sheet spoiled; she has marked that she is sure of it."""
    found = _sheet(request, code)
    if "sure" not in request.POST:
        messages.error(request, gettext("Mark that you are sure: it cannot be taken back."))
        return redirect("applications:downtime_sheet", code)
    try:
        operations.spoil(
            sheet_code=found.code,
            by_id=sessions.signed_in(request).pk,
            reason_code=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except operations.UnknownReason:
        messages.error(request, gettext("Choose a reason from the list."))
        return redirect("applications:downtime_sheet", code)
    except operations.SheetEnded:
        messages.error(request, gettext("This sheet is captured, or declared spoiled, already."))
    else:
        messages.success(request, gettext("Written down: no case comes of this sheet."))
    return redirect("applications:downtime_book", found.book_id)


class _Refused(Exception):
    """Why nothing was captured, in words for the page."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def _captured(
    request: HttpRequest, found: DowntimeSheet, who: WhoForm, pages: Sequence[forms.Form]
) -> str:
    """Return the number of the case; "" where a form says what is wrong."""
    # Every form is asked, so that all that is wrong is said at once.
    if not all([who.is_valid(), *(form.is_valid() for form in pages)]):
        return ""
    entry = _entry(request, who)
    if entry is None:
        return ""
    capture = partial(
        operations.capture,
        sheet_code=found.code,
        on_sheet=operations.OnSheet(
            entry=entry,
            phone=who.cleaned_data["phone"],
            language=language(),
            answers={code: one for form in pages for code, one in form.cleaned_data.items()},
            received_at=who.received_at(),
            taken_by_id=who.cleaned_data["taken_by"],
        ),
        by_id=sessions.signed_in(request).pk,
        at=timezone.now(),
    )
    return _once(request, found, capture)


def _once(request: HttpRequest, found: DowntimeSheet, capture: Callable[[], str]) -> str:
    account_id, key = sessions.signed_in(request).pk, key_of(request)
    try:
        with transaction.atomic():
            if key is None or operations.once(
                account_id=account_id, key=key, act=f"downtime:{found.pk}", at=timezone.now()
            ):
                return capture()
    except operations.OwnCase:
        raise Http404 from None
    except tuple(_says()) as refusal:
        raise _Refused(_says()[type(refusal)]) from None
    # The same form, sent twice: its case is there.
    again = downtime.sheet(found.code, account_id=account_id, at=timezone.now())
    return again.application.number if again and again.application else ""


def _says() -> dict[type[Exception], str]:
    return {
        operations.SheetEnded: gettext("This sheet is captured, or declared spoiled, already."),
        operations.BadTime: gettext(
            "It was received after the book was printed, not in the future, and not more than 30 "
            "days ago. Check day and hour on the sheet."
        ),
        operations.NotOfTheOffice: gettext("Whoever took it is an officer of this office."),
        operations.NotHerPhone: gettext(
            "This is the phone of somebody of the office, or of an agent. Enter the phone at which "
            "the person is reached."
        ),
        operations.Incomplete: gettext("An answer is missing or no longer fits the form."),
        operations.NotApplicable: gettext("This service takes no applications now."),
        operations.KeyUsed: gettext("This page is out of date. Open it again."),
        NoOffice: gettext("No office serves the place that you chose."),
    }


def _entry(request: HttpRequest, who: WhoForm) -> PersonEntry | None:
    """Return what the population register holds of her; None, and the form says why not."""
    account_id, typed = sessions.signed_in(request).pk, who.cleaned_data
    number, now = typed["national_id"], timezone.now()
    # Hers alone is spent: strangers who tried this number close no counter.
    accounts_at_work.allow_proof(account_id=account_id, national_id=None, at=now)
    try:
        entry = gateways.population().person(national_id=number)
    except RegisterUnavailable:
        accounts_at_work.return_proof(account_id=account_id, national_id=None)
        raise _Refused(
            gettext("The population register does not answer. Keep the sheet; try again later.")
        ) from None
    if (
        entry is None
        or entry.born_on != typed["born_on"]
        or not matching.same_name(entry.family_name, typed["family_name"])
        or not matching.same_name(entry.given_names, typed["given_names"])
    ):
        accounts_at_work.record_proof_refused(account_id=account_id, at=now)
        who.add_error(
            None, gettext("Number, names and date of birth do not match. Check them on the sheet.")
        )
        return None
    accounts_at_work.return_proof(account_id=account_id, national_id=None)
    return entry


def _sheet(request: HttpRequest, code: str) -> DowntimeSheet:
    account_id = sessions.signed_in(request).pk
    found = downtime.sheet(code, account_id=account_id, at=timezone.now())
    if found is None:
        raise Http404
    return found


def _staff(found: DowntimeSheet) -> list[tuple[int, str]]:
    staff = accounts.staff_of(found.book.office_id)
    return sorted(((one.id, one.display_name) for one in staff), key=lambda one: one[1])


def definition_of(service_code: str) -> Definition:
    try:
        return catalogue.current(service_code).definition
    except catalogue.NoService:
        raise Http404 from None
