"""
"I paid, find my money": for whoever knows the network's code and the phone that paid.

Everything is posted, so that nothing of it stands in an address; a code without its phone, a phone
without its code and money that has not come are one page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.operations import BudgetSpent
from kernel.addresses import address
from payments.operations import claiming, finding, health, prompting
from payments.operations.finding import Found
from payments.pages.finding import words
from payments.pages.finding.forms import ClaimForm, FindForm
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.queries.finding import NoClaim, Whereabouts

TOO_OFTEN = _("This was asked too often. Wait an hour, or bring the SMS to a desk.")
NO_CLAIM = _("There is no such claim of this phone. Look at the number again.")
# What was paid so lately may not have been told yet.
FRESH = timedelta(days=2)


@dataclass(frozen=True)
class Card:
    """Where one payment is, in words."""

    where: Whereabouts
    rail: Words
    service: Words
    why: Promise | str
    back: Promise | str
    claim: str
    is_over: bool  # Nothing of it stands, and nothing goes back.


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for code and phone, and say where the money is."""
    form = FindForm(_posted(request))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    now = timezone.now()
    try:
        found = finding.find(
            code=form.cleaned_data["code"],
            phone=form.cleaned_data["phone"],
            address=address(request),
            at=now,
        )
    except prompting.NotAPhone as refused:
        form.add_error("phone", words.refusal(refused))
        return _page(request, form, status=422)
    except BudgetSpent:
        form.add_error(None, str(TOO_OFTEN))
        return _page(request, form, status=429)
    return _page(request, form, found=found, now=now)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """Open a claim to money in suspense, by the code and the phone that have found it."""
    form = FindForm(_posted(request))
    if request.method != "POST" or not form.is_valid():
        return redirect("payments:find")
    try:
        number = claiming.open_own(
            code=form.cleaned_data["code"],
            phone=form.cleaned_data["phone"],
            address=address(request),
            at=timezone.now(),
        )
    except claiming.ClaimedAlready as known:
        number = known.number
    except (claiming.NotHers, claiming.NothingToClaim, prompting.NotAPhone):
        form.add_error(None, gettext("This money cannot be claimed here. Look for it again."))
        return _page(request, form, status=422)
    except BudgetSpent:
        form.add_error(None, str(TOO_OFTEN))
        return _page(request, form, status=429)
    context = {"number": number}
    return render(request, "payments/finding/claimed.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own_claim(request: HttpRequest) -> HttpResponse:
    """Tell what has become of a claim, to whoever knows its number and its phone."""
    form = ClaimForm(_posted(request))
    if request.method != "POST" or not form.is_valid():
        return _claim_page(request, form, status=422 if form.is_bound else 200)
    typed = form.cleaned_data
    try:
        found = finding.claim_of(
            number=typed["number"],
            phone=typed["phone"],
            address=address(request),
            at=timezone.now(),
        )
    except prompting.NotAPhone as refused:
        form.add_error("phone", words.refusal(refused))
        return _claim_page(request, form, status=422)
    except BudgetSpent:
        form.add_error(None, str(TOO_OFTEN))
        return _claim_page(request, form, status=429)
    except NoClaim:
        form.add_error(None, str(NO_CLAIM))
        return _claim_page(request, form, status=422)
    return _claim_page(request, form, story=words.claim_story(found), number=found.number)


def _page(
    request: HttpRequest,
    form: FindForm,
    *,
    found: Found | None = None,
    now: datetime | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {"form": form, "asked": found is not None}
    if found is not None and now is not None:
        context |= {
            "cards": [_card(one) for one in _meant(found.collections, form)],
            "is_being_booked": found.is_being_booked and not found.collections,
            # Told to everybody alike: how the networks do, and how long ago she says it was.
            "silent": [in_words(rail.names) for rail in health.silent(now=now)],
            "is_fresh": _is_fresh(form, now),
        }
    return render(request, "payments/finding/find.html", context, status=status)


def _claim_page(
    request: HttpRequest, form: forms.Form, *, status: int = 200, **more: object
) -> HttpResponse:
    return render(request, "payments/finding/claim.html", {"form": form, **more}, status=status)


def _meant(found: Sequence[Whereabouts], form: FindForm) -> list[Whereabouts]:
    """Return those of the amount that she says, where some are: ids of two networks may collide."""
    amount_minor = form.cleaned_data.get("amount")
    same = [one for one in found if amount_minor in {None, one.amount_minor}]
    return same or list(found)


def _is_fresh(form: FindForm, now: datetime) -> bool:
    day = form.cleaned_data.get("day")
    return day is None or day >= timezone.localdate(now) - FRESH


def _card(where: Whereabouts) -> Card:
    stands = where.paid_minor > 0 or where.suspense_minor > 0
    return Card(
        where=where,
        rail=in_words(where.rail_names),
        service=in_words(where.service),
        why=words.why(where),
        back=words.back(where),
        claim=where.claims[0] if where.claims else "",
        is_over=not stands and not where.back_state,
    )


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
