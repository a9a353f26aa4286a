"""A citizen's email address: shown, proved by a code, and removed."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import operations, queries, sessions
from accounts.operations import BudgetSpent
from accounts.pages.forms import CodeForm
from accounts.pages.refusals import too_often
from kernel import addresses
from kernel.country import country

_CODE = "accounts.email_code"


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("We send a code there. Nobody signs in with it: your phone does that."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        """Return the address in small letters: mailboxes that differ by capitals are one."""
        return str(self.cleaned_data["email"]).lower()


@never_cache
@sensitive_post_parameters("email", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.person_required
def email(request: HttpRequest) -> HttpResponse:
    """Show the address that she has, take another, or its code, or the word to remove it."""
    person_id = _person(request)
    wanted = request.POST.get("do", "")
    asked = request.session.get(_CODE)
    asked = asked if asked and asked["person"] == person_id else None
    form: forms.Form
    if asked is not None:
        form = CodeForm(request.POST if wanted == "code" else None)
    else:
        form = EmailForm(request.POST if wanted == "ask" else None)
    if request.method == "POST":
        try:
            answer = _step(request, form, wanted, asked, at=timezone.now())
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.NotReachedHere:
            messages.error(
                request, gettext("You proved who you are with another phone: use that one.")
            )
            answer = redirect("accounts:own")
        if answer is not None:
            return answer
    contact_id = queries.mail_of(person_id)
    context = {
        "form": form,
        "asked": asked,
        "address": queries.contact(contact_id).value if contact_id is not None else "",
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/own_email.html", context, status=status)


def _step(
    request: HttpRequest,
    form: forms.Form,
    wanted: str,
    asked: dict[str, int] | None,
    *,
    at: datetime,
) -> HttpResponse | None:
    who = {"person_id": _person(request), "account_id": int(sessions.signed_in(request).pk)}
    if wanted == "remove":
        if operations.remove_email(**who, at=at):
            messages.success(request, gettext("Removed. We write to your phone alone."))
        return redirect("accounts:own")
    if wanted == "ask" and asked is None:
        if not form.is_valid():
            return None
        code_id = operations.ask_email(
            **who,
            email=form.cleaned_data["email"],
            binding=sessions.binding(request),
            language=get_language() or country().default_language,
            address=addresses.address(request),
            at=at,
        )
        request.session[_CODE] = {"id": code_id, "person": who["person_id"]}
    elif wanted == "code" and asked is not None:
        if not (form.is_valid() and _took(request, form, asked["id"], at=at)):
            return None
        messages.success(request, gettext("Proved. We write there too from now on."))
        return redirect("accounts:own")
    elif wanted == "other":
        request.session.pop(_CODE, None)
    return redirect("accounts:email")


def _took(request: HttpRequest, form: forms.Form, code_id: int, *, at: datetime) -> bool:
    try:
        operations.prove_email(
            person_id=_person(request),
            account_id=sessions.signed_in(request).pk,
            code_id=code_id,
            typed=form.cleaned_data["code"],
            binding=sessions.binding(request),
            at=at,
        )
    except operations.CodeWrong:
        form.add_error("code", gettext("That is not the code of our last message to you."))
    except (operations.CodeExpired, operations.TooManyAttempts):
        form.add_error("code", gettext("This code is no longer good. Ask for a new one."))
    else:
        request.session.pop(_CODE, None)
        return True
    return False


def _person(request: HttpRequest) -> int:
    person_id = sessions.current_person_id(request)
    if person_id is None:
        raise sessions.NotSignedIn
    return person_id
