"""The pay page: one bill, every way to pay it, and what has become of it."""

from uuid import UUID

from django import forms
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import queries as accounts
from accounts import sessions
from accounts.operations import BudgetSpent
from kernel.addresses import address
from payments.operations import prompting, ringing
from payments.pages import ticket as tickets
from payments.pages.refunds import own as refunds_of_hers
from payments.pages.ticket import Ticket

REFUSALS = {
    prompting.NotAPhone: _("This is not a mobile number of this country."),
    prompting.OtherNetwork: _("This number belongs to another network."),
    prompting.BillNotPayable: _("This reference cannot be paid any more."),
    prompting.PromptUndecided: _("A phone is being asked already. Do not pay twice."),
    prompting.TooManyPrompts: _(
        "Too many requests were sent to phones for this reference today. Pay it in another way."
    ),
    prompting.RailCannotPrompt: _("This network cannot ask a phone at the moment."),
}
TOO_OFTEN = _(
    "Phones have been asked too often. Wait an hour, or pay the reference in another way."
)


class PromptForm(forms.Form):
    """A number to ask. The payer's own is not in it: the session knows that one."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        error_messages={"required": _("Type the number of the phone that pays.")},
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "tel-national", "class": "w-12"}
        ),
    )


@never_cache
@require_safe
def pay(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the ticket and the ways to pay it."""
    return _page(request, _ticket(key))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prompt(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Ask a phone: the one of the session for `mine`, else the number that was typed."""
    ticket = _ticket(key)
    if request.method != "POST":
        return redirect("payments:pay", key=key)  # Reloaded after a mistake was shown here.
    rail_code = request.POST.get("rail", "").replace("\0", "")[:40]
    form = _form(rail_code, request.POST)
    own = _own_phone(request) if "mine" in request.POST else None
    if own is None and not form.is_valid():
        return _page(request, ticket, mistakes={rail_code: form}, status=422)
    try:
        ringing.ask(
            bill_id=ticket.bill_id,
            rail_code=rail_code,
            phone=own or form.cleaned_data["phone"],
            visitor=_visitor(request),
            address=address(request),
            at=timezone.now(),
        )
    except BudgetSpent:
        return _page(request, ticket, refusal=TOO_OFTEN, status=429)
    except prompting.CannotPrompt as refusal:
        return _refused(request, ticket, rail_code, form, refusal)
    # Without a script, too, the next thing to be seen is what became of it.
    return redirect(reverse("payments:pay", args=[key]) + "#now")


@never_cache
@require_safe
def status(request: HttpRequest, key: UUID) -> JsonResponse:
    """
    Answer what the page asks while it is open: {"version", "html", "over"}.

    `over` says that the ticket itself has changed since the reader's page was made (`seen`), and
    that the whole page should be loaded anew.
    """
    ticket = _ticket(key)
    if request.GET.get("seen") != ticket.face:
        return JsonResponse({"version": ticket.version, "html": "", "over": True})
    html = render_to_string("payments/_now.html", _context(request, ticket), request=request)
    return JsonResponse({"version": ticket.version, "html": html, "over": False})


def _ticket(key: UUID) -> Ticket:
    ticket = tickets.find(key=key, now=timezone.now())
    if ticket is None:
        raise Http404
    return ticket


def _refused(
    request: HttpRequest,
    ticket: Ticket,
    rail_code: str,
    form: PromptForm,
    refusal: prompting.CannotPrompt,
) -> HttpResponse:
    words = REFUSALS[type(refusal)]
    typed_wrong = isinstance(refusal, prompting.NotAPhone | prompting.OtherNetwork)
    if typed_wrong and "mine" not in request.POST:
        form.add_error("phone", words)
        return _page(request, ticket, mistakes={rail_code: form}, status=422)
    # The state has moved under the reader's eyes: show it as it is now, and say why.
    return _page(request, _ticket(ticket.key), refusal=words, status=409)


def _page(
    request: HttpRequest,
    ticket: Ticket,
    *,
    mistakes: dict[str, PromptForm] | None = None,
    refusal: object = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(request, ticket, mistakes=mistakes or {}, refusal=refusal)
    context["refunds_own"] = refunds_of_hers.of_bill(ticket.bill_id)
    return render(request, "payments/pay.html", context, status=status)


def _context(
    request: HttpRequest,
    ticket: Ticket,
    *,
    mistakes: dict[str, PromptForm] | None = None,
    refusal: object = None,
) -> dict[str, object]:
    own = _own_phone(request) if ticket.can_ask else None
    # Her own network first: one press, and nothing to type; but not one that is late.
    asking = [
        {
            "way": way,
            "form": (mistakes or {}).get(way.code) or _form(way.code),
            "own": tickets.masked(own) if own and own.startswith(way.prefixes) else "",
        }
        for way in sorted(
            ticket.ways,
            key=lambda way: (bool(way.trouble), not (own and own.startswith(way.prefixes))),
        )
        if way.prompts and ticket.can_ask
    ]
    return {
        "ticket": ticket,
        "asking": asking,
        # A rail that asks phones tells its steps beside its button.
        "steps": [way for way in (*ticket.swift, *ticket.slow) if way.steps and not way.prompts],
        "wrong": next(iter((mistakes or {}).values()), None),
        "refusal": refusal,
    }


def _form(rail_code: str, typed: QueryDict | None = None) -> PromptForm:
    # One form a rail on the page: each field needs an id of its own.
    return PromptForm(typed, auto_id=f"{rail_code}-%s")


def _visitor(request: HttpRequest) -> str:
    account = sessions.current_account(request)
    return f"account {account.pk}" if account else f"browser {sessions.binding(request)}"


def _own_phone(request: HttpRequest) -> str | None:
    account = sessions.current_account(request)
    if account is None or account.contact_id is None:
        return None
    contact = accounts.contact(account.contact_id)
    return contact.value if contact.kind == "phone" else None
