"""Following a case without signing in: by its number and the phone, and no more than its state."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.operations import BudgetSpent
from applications import operations
from applications.models import Application
from applications.pages.cases import office_name, tone
from applications.story import turn_text
from documents import numbering
from kernel import references
from kernel.addresses import address


class TrackForm(forms.Form):
    number = forms.CharField(
        label=_("Case number"),
        help_text=_("It stands in our message, such as BC-26-48201937."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = forms.CharField(
        label=_("Phone number of the application"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "type": "tel"}),
    )
    is_paper = False  # The number of a paper was typed: another page answers to it.

    def clean_number(self) -> str:
        """Refuse only what is the number of something else: any other is looked for."""
        typed: str = self.cleaned_data["number"]
        if references.normalise_case_number(typed):
            return typed
        if references.normalise(typed):
            raise forms.ValidationError(
                _("This is the reference to pay by. The case number stands in the same message.")
            )
        if numbering.is_paper_number(typed):
            self.is_paper = True
            raise forms.ValidationError(
                _("This is the number of a paper. The case has a number of its own.")
            )
        return typed


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Show state, office and promise; a wrong pair is told like an unknown number."""
    form = TrackForm(request.POST or None)
    found: dict[str, object] | None = None
    status = 200
    if form.is_valid():
        try:
            case = operations.find(
                number=form.cleaned_data["number"],
                phone=form.cleaned_data["phone"],
                address=address(request),
                at=timezone.now(),
            )
        except BudgetSpent:
            status = 429
            form.add_error(None, gettext("Too many tries. Wait an hour, or ask at your office."))
        else:
            if case is None:
                form.add_error(None, gettext("No case has this number together with this phone."))
            else:
                found = _told(case)
    context = {"form": form, "found": found}
    return render(request, "applications/track.html", context, status=status)


def _told(case: Application) -> dict[str, object]:
    return {
        "number": case.number,
        "status": case.get_status_display(),
        "tone": tone(case.status),
        "turn": turn_text(case.status, staff=False),
        "office": office_name(case),
        "promised_at": case.promised_at,
    }
