"""The downtime book at the counter: print it, find a sheet of it, see which ones lack."""

from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import sessions
from accounts.policies import NotGranted
from applications import operations, policies
from applications.operations.downtime import SHEETS_MAX
from applications.pages import booklet
from applications.pages.apply import language
from applications.pages.capturing import definition_of
from applications.pages.cases import pdf
from applications.queries import downtime
from catalogue import queries as catalogue
from kernel import references


class BookForm(forms.Form):
    field_order = ("service", "count")
    count = forms.IntegerField(
        label=_("Sheets"), min_value=1, max_value=SHEETS_MAX, initial=20,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"] = forms.ChoiceField(
            label=_("Service"),
            choices=[
                (card.code, card.name.text)
                for card in catalogue.services_that_can_be_applied_for(language())
                if not any(slot.required for slot in card.definition.slots.values())
            ],
        )
        self.order_fields(self.field_order)


class NumberForm(forms.Form):
    code = forms.CharField(
        label=_("Number of the sheet"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "data-key": "/"}
        ),
        error_messages={"required": _("Type the number of the sheet.")},
    )

    def clean_code(self) -> str:
        code = references.normalise_sheet_number(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("This is not the number of a sheet. Check each digit on the paper.")
            )
        return code


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def books(request: HttpRequest) -> HttpResponse:
    """List the books of her counters, with what lacks; find a sheet, or number a new book."""
    account, now = sessions.signed_in(request), timezone.now()
    if not downtime.may_receive(account_id=account.pk, at=now):
        raise NotGranted(account_id=account.pk, act=policies.RECEIVE.code)
    printing = request.method == "POST" and "count" in request.POST
    finding = request.method == "POST" and not printing
    new = BookForm(request.POST if printing else None)
    wanted = NumberForm(request.POST if finding else None)
    if wanted.is_valid():
        code = wanted.cleaned_data["code"]
        if downtime.sheet(code, account_id=account.pk, at=now) is not None:
            return redirect("applications:downtime_sheet", code)
        wanted.add_error("code", gettext("No sheet of your counter has this number."))
    if new.is_valid() and (made := _print(request, new)) is not None:
        return redirect("applications:downtime_book", made)
    lines = downtime.books(account_id=account.pk, at=now)
    codes = {line.book.service_code for line in lines}
    wrong = new if printing else wanted
    context = {
        "lines": lines,
        "names": catalogue.service_names(codes, language()),
        "new": new,
        "wanted": wanted,
        "wrong": wrong,
        "has_office": account.office_id is not None,
        "key": uuid4(),
    }
    status = 422 if wrong.errors else 200
    return render(request, "applications/downtime.html", context, status=status)


def _print(request: HttpRequest, form: BookForm) -> int | None:
    account = sessions.signed_in(request)
    if account.office_id is None:
        raise Http404
    try:
        return operations.print_book(
            office_id=account.office_id,
            service_code=form.cleaned_data["service"],
            by_id=account.pk,
            count=form.cleaned_data["count"],
            at=timezone.now(),
        )
    except operations.NotApplicable:
        form.add_error("service", gettext("This service takes no applications now."))
    return None


@never_cache
@require_GET
@sessions.staff_required
def book(request: HttpRequest, book_id: int) -> HttpResponse:
    """Show the sheets of a book, and what became of each."""
    account, now = sessions.signed_in(request), timezone.now()
    found = downtime.book(book_id, account_id=account.pk, at=now)
    if found is None:
        raise Http404
    sheets = downtime.sheets(book_id)
    context = {
        "book": found,
        "name": _names(found.service_code),
        "sheets": sheets,
        "missing": sum(sheet.ended_at is None for sheet in sheets),
        "office": found.office.told(language()),
    }
    return render(request, "applications/downtime_book.html", context)


@never_cache
@require_GET
@sessions.staff_required
def book_pdf(request: HttpRequest, book_id: int) -> HttpResponse:
    """Give the book to print; the same book is the same file, with the form as it is now."""
    account, now = sessions.signed_in(request), timezone.now()
    found = downtime.book(book_id, account_id=account.pk, at=now)
    if found is None:
        raise Http404
    data = booklet.draw(
        downtime.sheets(book_id),
        definition_of(found.service_code),
        office=found.office.told(language()),
        language=language(),
        at=found.printed_at,
    )
    return pdf(data, f"{found.office_id}-{found.year}-{found.first}.pdf", inline=True)


def _names(service_code: str) -> str:
    return catalogue.service_names({service_code}, language()).get(service_code, service_code)
