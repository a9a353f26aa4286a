"""The list of statements: what waits for a person, and each account day by day."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policies as grants
from accounts import sessions
from payments.models import Rail
from payments.operations.importing import NoRail, reading, uploading
from payments.pages.statements import shown, words
from payments.pages.words import words as in_words
from payments.policies import IMPORT_STATEMENT, VIEW_MONEY
from payments.queries import imports, statement_days
from payments.queries import statements as queries


class UploadForm(forms.Form):
    """One file, and whose statement it is where the file does not say so."""

    file = forms.FileField(
        label=_("Statement"),
        help_text=_(
            "As the bank or network gives it: camt, MT940 or CSV, 32 MB at the most, not packed."
            " Its format is found by itself."
        ),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty."),
            "missing": _("Choose the file."),
        },
    )
    rail = forms.ChoiceField(
        label=_("Whose statement"),
        required=False,
        help_text=_("Only needed for a file that names no account."),
    )

    def __init__(self, *typed: object) -> None:
        super().__init__(*typed)  # type: ignore[arg-type]
        self.fields["rail"] = rail_field()
        # Keeps its place among the others.
        self.order_fields(["file", "rail"])

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        try:
            uploading.check(size=file.size, head=file.read(uploading.HEAD_BYTES))
        except uploading.CannotTake as refusal:
            raise forms.ValidationError(str(words.CANNOT_TAKE[type(refusal)])) from None
        file.seek(0)
        return file


def rail_field() -> forms.ChoiceField:
    rails = Rail.objects.order_by("position", "code")
    return forms.ChoiceField(
        label=_("Whose statement"),
        required=False,
        choices=[("", _("The file says it")), *((r.code, in_words(r.names).text) for r in rails)],
        help_text=_("Only needed for a file that names no account."),
    )


@never_cache
@require_safe
@sessions.staff_required
def statements(request: HttpRequest) -> HttpResponse:
    """Show what is held back, what waits to be posted, and the chain of days of each account."""
    return _page(request, UploadForm())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def upload(request: HttpRequest) -> HttpResponse:
    """Keep one file; a worker reads it, and its page then shows what posting it would do."""
    account, now = sessions.signed_in(request), timezone.now()
    if request.method != "POST":
        return redirect("payments:statements")  # Reloaded after a mistake was shown here.
    form = UploadForm(request.POST, request.FILES)
    is_valid = form.is_valid()
    rail_code = form.cleaned_data.get("rail", "")
    grants.require(
        account_id=account.pk,
        act=IMPORT_STATEMENT.code,
        area_code=None,
        rail_code=rail_code or grants.ANY,
        at=now,
    )
    if not is_valid:
        return _page(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        file_id = reading.bring(
            data=file.read(), name=file.name, rail_code=rail_code or None, by_id=account.pk, at=now
        )
    except NoRail:
        return _page(request, form, status=422)  # Retired since the page was made.
    return redirect("payments:statement_file", file_id=file_id)


def _page(request: HttpRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    rails = Rail.objects.order_by("position", "code")
    names = {rail.code: in_words(rail.names) for rail in rails}
    context = {
        "form": form,
        "may_import": grants.may(
            account_id=account.pk, act=IMPORT_STATEMENT.code, area_code=None, at=now
        ),
        "held": [shown.held(one, names) for one in queries.held_for_a_person(now=now)],
        "undecided": imports.undecided(now=now),
        "reading": imports.being_read(),
        "unread": [(one, shown.not_read(one)) for one in imports.not_read(now=now)],
        "imports": [shown.ImportLine.of(one) for one in imports.lately()],
        "trouble": [
            (one, words.WATCHED.get(one.problem, one.problem))
            for one in imports.in_trouble(now=now)
        ],
        "accounts": [
            (names[one.rail_code], one)
            for one in statement_days.accounts(today=timezone.localdate(now))
        ],
        "waiting": queries.lines_waiting(),
    }
    return render(request, "payments/statements/list.html", context, status=status)
