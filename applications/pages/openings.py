"""Break-glass: a case opened outside one's right with a reason, and a second person's review."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import policies as rights
from accounts import sessions
from accounts.policies import NotGranted
from applications import operations, policies
from applications.models import OpeningReason
from applications.operations.opening import OPENING_CHARACTERS_MAX, OPENING_CHARACTERS_MIN
from applications.queries import looks as queries
from applications.queries import supervised
from kernel import references


class OpenForm(forms.Form):
    number = forms.CharField(label=_("Case number"), max_length=30)
    reason = forms.ChoiceField(
        label=_("Why must you see it?"), choices=OpeningReason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Say more"),
        help_text=_("The supervisor of the office reads it. Ten characters at least."),
        min_length=OPENING_CHARACTERS_MIN,
        max_length=OPENING_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_number(self) -> str:
        number = references.normalise_case_number(str(self.cleaned_data["number"]))
        if number is None:
            raise forms.ValidationError(gettext("This is no case number."))
        return number


@never_cache
@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def open_case(request: HttpRequest) -> HttpResponse:
    """Open a case that is not hers for half an hour; everything about it is written down."""
    account_id = sessions.signed_in(request).pk
    if not may_open(account_id, at=timezone.now()):
        raise NotGranted(account_id=account_id, act=policies.BREAK_GLASS.code)
    form = OpenForm(request.POST) if request.method == "POST" else OpenForm()
    if form.is_valid():
        number = form.cleaned_data["number"]
        try:
            operations.open_case(
                number=number,
                by_id=account_id,
                reason_code=form.cleaned_data["reason"],
                text=form.cleaned_data["text"],
                at=timezone.now(),
            )
        except operations.HersAnyway:
            return redirect("applications:desk_case", number)
        except operations.NoSuchCase:
            form.add_error("number", gettext("No such case is before an office."))
        except operations.TextRefused:
            form.add_error("text", gettext("Write at least ten characters."))
        except operations.TooManyOpenings:
            form.add_error(None, gettext("You have opened as many cases today as anybody may."))
        else:
            return redirect("applications:desk_case", number)
    status = 422 if form.is_bound else 200
    return render(request, "applications/open_case.html", {"form": form}, status=status)


def may_open(account_id: int, *, at: datetime) -> bool:
    """Say whether she holds, on anything, an act by which cases outside a right are opened."""
    codes = [act.code for act in policies.MAY_OPEN]
    return bool(rights.held(account_id=account_id, act_codes=codes, at=at))


@never_cache
@require_GET
@sessions.staff_required
def openings(request: HttpRequest) -> HttpResponse:
    """List what waits for a second person in the offices that she supervises."""
    account, now = sessions.signed_in(request), timezone.now()
    over = supervised(account_id=account.pk, person_id=account.person_id, at=now)
    if over.is_empty:
        raise NotGranted(account_id=account.pk, act=policies.SUPERVISE.code)
    context = {
        "openings": queries.openings_to_review(over),
        "overdue": {one.pk for one in queries.openings_overdue(over, at=now)},
        "most": OPENING_CHARACTERS_MAX,
    }
    return render(request, "applications/openings.html", context)


@never_cache
@sensitive_post_parameters("text")
@require_POST
@sessions.staff_required
def review(request: HttpRequest, opening_id: int) -> HttpResponse:
    """Accept an opening, or object to it; an objection needs its words."""
    accepted = request.POST.get("outcome") == "accept"
    if not accepted and request.POST.get("outcome") != "object":
        messages.error(request, gettext("Say whether it was right or wrong."))
        return redirect("applications:openings")
    try:
        operations.review_opening(
            opening_id=opening_id,
            by_id=sessions.signed_in(request).pk,
            accepted=accepted,
            text=request.POST.get("text", ""),
            at=timezone.now(),
        )
    except operations.TextRefused:
        messages.error(
            request, gettext("Write why you object, in ten characters at least. Nothing is kept.")
        )
    except operations.OpenedHerself:
        messages.error(request, gettext("You opened it yourself: somebody else must look."))
    except operations.NothingToReview:
        raise Http404 from None
    else:
        messages.success(request, gettext("Your review is kept."))
    return redirect("applications:openings")
