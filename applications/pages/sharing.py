"""Who checked her paper, and whom she lets read it: given for a time, taken back at will."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from applications.models import Application
from applications.pages.apply import of_holder
from applications.states import GIVEN
from documents import operations as documents
from documents import queries as papers
from documents.listing import family_ids, newest_of


class ConsentForm(forms.Form):
    agency = forms.CharField(
        label=_("Who may read it?"),
        help_text=_("The bank, school or office, as you know it."),
        max_length=120,
        error_messages={"required": _("Enter who may read it.")},
    )
    purpose = forms.CharField(
        label=_("What for?"),
        help_text=_("For example: to open an account."),
        max_length=200,
        error_messages={"required": _("Enter what it is for.")},
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        choices=[
            (1, _("One day")), (7, _("One week")), (30, _("30 days")), (90, _("90 days")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for how long.")},
    )  # fmt: skip
    # The page sent twice, or loaded anew, is one consent.
    stamp = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def sharing(request: HttpRequest, number: str) -> HttpResponse:
    """Show who looked and who may read; let one more read, and show the token this once."""
    application, paper_id, before = _papers_of(request, number)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    token, agency = "", ""
    if form.is_bound and form.is_valid():
        agency = form.cleaned_data["agency"]
        token = _give(request, form, paper_id)
        if token:
            form = ConsentForm()
    context = {
        "application": application,
        "form": form,
        "token": token,
        "agency": agency,
        "looks": papers.looks(*before),
        "consents": papers.consents(*before, at=timezone.now()),
    }
    status = 422 if form.is_bound else 200
    return render(request, "applications/sharing.html", context, status=status)


@never_cache
@require_POST
@sessions.person_required
def take_back(request: HttpRequest, number: str, consent_id: int) -> HttpResponse:
    """End a consent at once."""
    application, _newest, before = _papers_of(request, number)
    try:
        documents.take_back_consent(
            paper_ids=before,
            consent_id=consent_id,
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except documents.NoConsent:
        raise Http404 from None
    return redirect("applications:sharing", application.number)


def _papers_of(request: HttpRequest, number: str) -> tuple[Application, int, list[int]]:
    """Return the case, the paper to use now, and all that she has had of it, copies too."""
    application = of_holder(request, number)
    if application.status not in GIVEN or application.paper_id is None:
        raise Http404
    first = application.paper_id
    return application, newest_of(first), family_ids(first)


def _give(request: HttpRequest, form: ConsentForm, paper_id: int) -> str:
    """Return the token, or "" with the form saying why there is none."""
    now = timezone.now()
    try:
        return documents.give_consent(
            paper_id=paper_id,
            agency=form.cleaned_data["agency"],
            purpose=form.cleaned_data["purpose"],
            until=now + timedelta(days=form.cleaned_data["days"]),
            key=str(form.cleaned_data["stamp"]),
            by_id=sessions.signed_in(request).pk,
            at=now,
        )
    except documents.SentBefore:
        form.data = {**request.POST.dict(), "stamp": str(uuid4())}
        form.add_error(
            None,
            gettext(
                "You took this back, or it is over. Send it again if you want to let them read it."
            ),
        )
    except documents.TooManyConsents:
        form.add_error(None, gettext("Ten may read it already. Take one back first."))
    except documents.CannotShare:
        form.add_error(None, gettext("This paper cannot be read by others now."))
    return ""
