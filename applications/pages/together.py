"""Paying together: several requests that are ready, one reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from applications import operations, queries
from applications.models import Application
from applications.pages.apply import holder_id, language
from catalogue import conditions, pricing
from catalogue import queries as catalogue
from catalogue.definition import Definition
from catalogue.pricing import Charge
from places.queries import NoOffice

LOOK = "look"
"""In the query of a choice that was sent, so that an empty one is seen to be empty."""


@dataclass(frozen=True)
class Request:
    """A draft with what it costs now; `missing` leads to the first question without an answer."""

    id: int
    number: str
    name: str
    charges: tuple[Charge, ...]
    missing: str

    @property
    def total_minor(self) -> int:
        return sum(charge.amount_minor for charge in self.charges)

    @property
    def currency(self) -> str:
        return self.charges[0].currency if self.charges else ""


class _Numbers(django_forms.MultipleChoiceField):
    """Case numbers; whether they are hers and ready is asked of her drafts."""

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(super().to_python(value)))

    def valid_value(self, value: str) -> bool:
        return True


class Choice(django_forms.Form):
    """The requests to pay together."""

    case = _Numbers(
        label=_("Requests to pay together"),
        error_messages={"required": _("Choose at least one request.")},
    )

    def __init__(self, data: Any, ready: Sequence[Request]) -> None:
        super().__init__(data)
        self._ready = {one.number: one for one in ready}

    def clean_case(self) -> list[Request]:
        """Return the requests, in the order in which they are listed."""
        numbers = set(self.cleaned_data["case"])
        if not numbers <= self._ready.keys():
            raise django_forms.ValidationError(
                gettext("One of these requests has been sent already, or lacks an answer.")
            )
        if len(numbers) > operations.CASES_MAX:
            most = operations.CASES_MAX
            raise django_forms.ValidationError(
                gettext("At most %(most)s requests fit one reference.") % {"most": most}
            )
        chosen = [one for number, one in self._ready.items() if number in numbers]
        if len({one.currency for one in chosen if one.charges}) > 1:
            raise django_forms.ValidationError(
                gettext("These requests are paid in different currencies: choose those of one.")
            )
        return chosen


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def together(request: HttpRequest) -> HttpResponse:
    """Let her choose, show lines and total, and send all of it in at once."""
    found = _requests(request)
    ready = [one for one in found if not one.missing]
    sent = request.POST if request.method == "POST" else request.GET
    form = Choice(sent if LOOK in sent else None, ready)
    chosen: list[Request] = form.cleaned_data["case"] if form.is_valid() else []
    if chosen and request.method == "POST":
        answer = _submit(request, chosen)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "ready": ready,
        "unready": [one for one in found if one.missing],
        "picked": sent.getlist("case") if form.is_bound else [one.number for one in ready],
        "chosen": chosen,
        "total_minor": sum(one.total_minor for one in chosen),
        "currency": next((one.currency for one in chosen if one.charges), ""),
    }
    status = 422 if form.errors else 200
    return render(request, "applications/together.html", context, status=status)


def _submit(request: HttpRequest, chosen: Sequence[Request]) -> HttpResponse | None:
    """Send them in; None where she must look again, with a message that says why."""
    person_id = holder_id(request)
    ids = [one.id for one in chosen]
    try:
        if request.POST.get("total") != str(sum(one.total_minor for one in chosen)):
            # Never sent in at a price that she has not seen.
            messages.warning(request, gettext("A price has changed. Look at the total again."))
            return None
        sent = operations.submit(
            application_ids=ids,
            holder_id=person_id,
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except operations.Incomplete as incomplete:
        number = next(one.number for one in chosen if one.id == incomplete.application_id)
        messages.error(request, gettext("One of these requests lacks an answer: please check it."))
        return redirect("applications:review", number)
    except operations.NotSureEnough:
        return redirect("accounts:own")
    except (operations.NotNow, operations.NotApplicable):
        messages.error(
            request, gettext("One of these requests has been sent already, or lacks an answer.")
        )
        return redirect("applications:together")
    except NoOffice:
        messages.error(request, gettext("No office serves the place that you chose."))
        return redirect("applications:together")
    if sent.bill_key is None:
        return redirect("applications:mine")
    return redirect("payments:pay", sent.bill_key)


def _requests(request: HttpRequest) -> list[Request]:
    """Return her drafts, the oldest first, with two queries however many there are."""
    account = sessions.signed_in(request)
    drafts = queries.drafts_by(account.pk, holder_id=holder_id(request))
    cards = {
        card.code: card
        for card in catalogue.services(
            language(), codes=sorted({draft.service_code for draft in drafts})
        )
        if card.applicable
    }
    return [
        _request(draft, cards[draft.service_code].definition)
        for draft in drafts
        if draft.service_code in cards
    ]


def _request(draft: Application, definition: Definition) -> Request:
    given = draft.given
    asked = conditions.first_open(definition, given)
    missing = asked.code if asked else ""
    return Request(
        id=draft.pk,
        number=draft.number,
        name=definition.name(language()),
        # The price in force now, which is the one that counts when it is sent in.
        charges=() if missing else tuple(pricing.price(definition, given)),
        missing=missing and reverse("applications:group", args=[draft.number, missing]),
    )
