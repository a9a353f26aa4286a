"""Signing in with a phone, and proving who is holding it."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import moving, operations, queries, sessions
from accounts.operations import BudgetSpent, form_tokens
from accounts.pages import visits
from accounts.pages.forms import PHONE_TYPED_MAX, CodeForm, PersonForm, PhoneForm
from accounts.pages.refusals import too_often
from accounts.states import AccountKind
from design import speaking
from kernel import addresses
from kernel.country import country
from registers import gateways
from registers.gateways import RegisterUnavailable

PURPOSE = "sign_in"


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, and send it a code."""
    target = visits.wanted(request)
    account = sessions.current_account(request)
    if request.method != "POST" and account and account.kind == AccountKind.CITIZEN:
        return redirect(target or _home())
    switches = speaking.asked_for(request)
    if switches:
        # What she typed comes along, and is kept nowhere: nothing was asked for yet.
        translation.activate(switches)
        form = PhoneForm(initial={"phone": request.POST.get("phone", "")[:PHONE_TYPED_MAX]})
    else:
        form = PhoneForm(request.POST or None)
    if form.is_valid():
        try:
            _send_first(request, form.cleaned_data["phone"], at=timezone.now())
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.FormStale:
            form.add_error(
                None, gettext("This page was open for a long time. Press the button once more.")
            )
        else:
            visits.keep_next(request, target)
            return redirect("accounts:code")
    context = {
        "form": form,
        "form_id": "sign-in",
        "next": target,
        "token": form_tokens.draw(),
    }
    answer = render(request, "accounts/sign_in.html", context)
    if switches:
        speaking.keep(answer, switches)
    return answer


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code, and sign the phone in."""
    asked = _asked(request)
    if asked is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            account = operations.check_code(
                code_id=asked.id,
                typed=form.cleaned_data["code"],
                binding=sessions.binding(request),
                at=timezone.now(),
            )
        except operations.CodeWrong:
            form.add_error("code", gettext("That is not the code of our last message to you."))
        except (operations.CodeExpired, operations.TooManyAttempts):
            form.add_error("code", gettext("This code is no longer good. Ask for a new one."))
        else:
            target = visits.take_next(request)
            visits.sign_in_citizen(request, account, at=timezone.now())
            return redirect(target or reverse("accounts:who"))
    at = timezone.now()
    phone = queries.contact(asked.contact_id).value
    again_at = operations.again_at(phone=phone, at=at)
    return render(
        request,
        "accounts/code.html",
        {
            "form": form,
            "phone": moving.masked(phone),
            "again_at": again_at,
            "may_ask": at >= again_at,
        },
    )


@never_cache
@require_POST
def code_again(request: HttpRequest) -> HttpResponse:
    """
    Send another code to the same phone, once its waiting time is over.

    What it asks for in place of a form's token is the code that this browser was sent before.
    """
    asked = _asked(request)
    if asked is None:
        return redirect("accounts:sign_in")
    at = timezone.now()
    phone = queries.contact(asked.contact_id).value
    if at >= operations.again_at(phone=phone, at=at):
        try:
            _request_code(request, phone, at=at)
        except BudgetSpent as spent:
            return too_often(request, spent)
    return redirect("accounts:code")


@never_cache
@sensitive_post_parameters("national_id", "born_on")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.citizen_required
def who(request: HttpRequest) -> HttpResponse:
    """Ask who is holding the phone, and compare with the register without showing it."""
    target = visits.wanted(request)
    at = timezone.now()
    today = at.astimezone(country().zone).date()
    form = PersonForm(request.POST or None, today=today)
    status = 200
    if form.is_valid():
        try:
            if _proves(request, form, at=at):
                return redirect(target or _home())
        except BudgetSpent as spent:
            return too_often(request, spent)
        except RegisterUnavailable:
            status = 503
            form.add_error(
                None,
                gettext(
                    "We could not check this now: the population register does not answer. "
                    "Nothing is lost. Try again in a few minutes."
                ),
            )
    persons = queries.persons(sessions.proven_person_ids(request))
    context = {
        "form": form,
        "next": target,
        "persons": persons,
        "current_id": sessions.current_person_id(request),
    }
    return render(request, "accounts/who.html", context, status=status)


@never_cache
@require_POST
@sessions.citizen_required
def choose(request: HttpRequest) -> HttpResponse:
    """Turn to somebody who proved herself earlier in this sitting."""
    chosen = request.POST.get("person", "")
    known = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    if not known or not sessions.choose_person(request, int(chosen)):
        return redirect("accounts:who")
    return redirect(visits.wanted(request) or _home())


def _proves(request: HttpRequest, form: PersonForm, *, at: datetime) -> bool:
    """Return whether the register knows this person, born on this day, and the phone is hers."""
    account_id = sessions.signed_in(request).pk
    national_id = form.cleaned_data["national_id"]
    operations.allow_proof(account_id=account_id, national_id=national_id, at=at)
    try:
        entry = gateways.population().person(national_id=national_id)
    except RegisterUnavailable:
        operations.return_proof(account_id=account_id, national_id=national_id)
        raise
    if entry is not None and entry.born_on == form.cleaned_data["born_on"]:
        try:
            person = operations.prove_person(account_id=account_id, entry=entry, at=at)
        except operations.BoundToAnotherPhone:
            pass  # Said in the same words: another answer would confirm a neighbour's birthday.
        else:
            operations.return_proof(account_id=account_id, national_id=national_id)
            sessions.remember_person(request, person.pk)
            return True
    operations.record_proof_refused(account_id=account_id, at=at)
    form.add_error(
        None,
        gettext(
            "These details do not match. Check the number and the date on the card. If you have "
            "proved who you are with another phone before, use that phone, or ask at your local "
            "office."
        ),
    )
    return False


def _asked(request: HttpRequest) -> queries.CodeView | None:
    """Return the code that this browser asked for last, or None if it is long past."""
    code_id = visits.code_id(request)
    try:
        return queries.code(code_id) if code_id is not None else None
    except queries.NoCode:
        return None


def _send_first(request: HttpRequest, phone: str, *, at: datetime) -> None:
    """
    :raises FormStale: unless the form comes from a page that was opened for it
    :raises BudgetSpent: as `operations.request_code`
    """
    form_tokens.use(request.POST.get("token", ""), at=at)
    _request_code(request, phone, at=at)


def _request_code(request: HttpRequest, phone: str, *, at: datetime) -> None:
    code_id = operations.request_code(
        phone=phone,
        purpose=PURPOSE,
        binding=sessions.binding(request),
        language=get_language() or country().default_language,
        address=addresses.address(request),
        at=at,
    )
    visits.keep_code(request, code_id)


def _home() -> str:
    return reverse("applications:mine")
