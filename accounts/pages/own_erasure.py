"""Her own wish to be forgotten here: what it takes and leaves, and how she takes it back."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import forgotten, operations, queries, sessions
from accounts.forgotten import ErasureView
from accounts.operations.erasing import REASON_MAX, wait
from accounts.states import Assurance
from kernel import erasing
from kernel.erasing import Kept


class OwnForm(forms.Form):
    reason = forms.CharField(
        label=_("Why, if you want to say it"),
        max_length=REASON_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    understood = forms.BooleanField(
        label=_("I understand that my applications, answers and documents cannot be brought back."),
        error_messages={"required": _("Without that nothing is erased.")},
    )


@never_cache
@sensitive_post_parameters("reason")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def own(request: HttpRequest) -> HttpResponse:
    """Tell her what an erasure takes and leaves, take her request, and let her take it back."""
    person_id, at = _person(request), timezone.now()
    newest = forgotten.newest_of(person_id)
    open_ = newest if newest is not None and newest.is_open else None
    sure = Assurance(queries.person(person_id).assurance).rank >= Assurance.MATCHED.rank
    form = OwnForm(request.POST if request.POST.get("do") == "ask" else None)
    if request.method == "POST" and request.POST.get("do") == "take_back" and open_ is not None:
        return _take_back(request, open_, person_id, at=at)
    if sure and open_ is None and form.is_valid() and _asked(request, form, person_id, at=at):
        return redirect("accounts:own_erasure")
    context = {
        "sure": sure,
        "newest": newest,
        "open": open_,
        "form": form,
        "reasons": [] if open_ else erasing.kept_by(person_id, at=at),
        "remains": erasing.remains(),
        "days": wait().days,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/own_erasure.html", context, status=status)


def _take_back(
    request: HttpRequest, open_: ErasureView, person_id: int, *, at: datetime
) -> HttpResponse:
    try:
        operations.take_back_erasure(
            erasure_id=open_.id,
            person_id=person_id,
            account_id=sessions.signed_in(request).pk,
            at=at,
        )
    except operations.NoSuchErasure:
        messages.warning(request, gettext("It is being carried out: it cannot be taken back."))
    else:
        messages.success(request, gettext("Taken back. Nothing was erased."))
    return redirect("accounts:own_erasure")


def _asked(request: HttpRequest, form: OwnForm, person_id: int, *, at: datetime) -> bool:
    try:
        operations.ask_erasure(
            person_id=person_id,
            account_id=sessions.signed_in(request).pk,
            reason=form.cleaned_data["reason"],
            at=at,
        )
    except Kept:
        form.add_error(None, gettext("Your data are kept for now. The reasons stand below."))
        return False
    except operations.NotSureEnough:
        return True  # The page says what is missing.
    except operations.AskedAlready:
        return True  # Two clicks are one wish: the page shows it.
    messages.success(request, gettext("Asked for. Somebody looks at it, and you get a message."))
    return True


def _person(request: HttpRequest) -> int:
    person_id = sessions.current_person_id(request)
    if person_id is None:
        raise sessions.NotSignedIn
    return person_id
