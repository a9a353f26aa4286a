"""Another phone: the new number shows a code, the old one is told and can stop it."""

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

from accounts import moving, operations, sessions
from accounts.operations import BudgetSpent
from accounts.pages import visits
from accounts.pages.forms import CodeForm, PhoneForm
from accounts.pages.refusals import too_often
from kernel import addresses
from kernel.country import country

_CODE = "accounts.phone_code"


class NewPhoneForm(PhoneForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["phone"].label = _("The new mobile number")


@never_cache
@sensitive_post_parameters("phone", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.citizen_required
def phone(request: HttpRequest) -> HttpResponse:
    """Show how far a change is, and take its next step."""
    account = sessions.signed_in(request)
    person_id = sessions.current_person_id(request)
    changes = moving.from_phone(account.contact_id) if account.contact_id else []
    hers = next((one for one in changes if one.person_id == person_id), None)
    form = _form(request, hers)
    if request.method == "POST":
        try:
            answer = _step(request, changes, hers, form, at=timezone.now())
        except BudgetSpent as spent:
            return too_often(request, spent)
        except operations.NoSuchChange:
            messages.warning(request, gettext("It is done or stopped already."))
            answer = redirect("accounts:phone")
        if answer is not None:
            return answer
    context = {
        "changes": changes,
        "hers": hers,
        "form": form,
        "asked": _asked(request, hers),
        "proven": person_id is not None,
        "hours": int(country().phone_change_wait.total_seconds() // 3600),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/phone.html", context, status=status)


def _form(request: HttpRequest, hers: moving.Change | None) -> forms.Form:
    form = NewPhoneForm if hers is None else CodeForm
    typed = request.POST.get("do") in ("ask", "code")
    return form(request.POST if typed else None)


def _step(
    request: HttpRequest,
    changes: list[moving.Change],
    hers: moving.Change | None,
    form: forms.Form,
    *,
    at: datetime,
) -> HttpResponse | None:
    account_id, wanted = sessions.signed_in(request).pk, request.POST.get("do", "")
    if wanted == "stop":
        for one in changes:
            if str(one.id) == request.POST.get("change"):
                operations.stop_phone_change(change_id=one.id, account_id=account_id, at=at)
                messages.success(request, gettext("Stopped. Nothing has changed."))
        return redirect("accounts:phone")
    if wanted == "ask" and hers is None:
        return _ask(request, form, at=at)
    if wanted in ("new", "old") and hers is not None and not hers.at_counter:
        send_code(request, hers.id, to_new=wanted == "new", at=at)
        return redirect("accounts:phone")
    if wanted == "code" and hers is not None:
        return _take_code(request, hers, form, at=at)
    return redirect("accounts:phone")


def _ask(request: HttpRequest, form: forms.Form, *, at: datetime) -> HttpResponse | None:
    person_id = sessions.current_person_id(request)
    if person_id is None:
        return redirect("accounts:who")
    if not form.is_valid():
        return None
    try:
        change_id = operations.ask_phone_change(
            person_id=person_id,
            account_id=sessions.signed_in(request).pk,
            phone=form.cleaned_data["phone"],
            at=at,
        )
    except operations.SamePhone:
        form.add_error("phone", gettext("That is the number that you have now."))
        return None
    except operations.ChangeWaits:
        return redirect("accounts:phone")
    except operations.NotReachedHere:
        form.add_error(None, gettext("You proved who you are with another phone: use that one."))
        return None
    send_code(request, change_id, to_new=True, at=at)
    return redirect("accounts:phone")


def _take_code(
    request: HttpRequest, hers: moving.Change, form: forms.Form, *, at: datetime
) -> HttpResponse | None:
    if not form.is_valid():
        return None
    take = (
        operations.prove_new_phone if hers.state == "unproven" else operations.confirm_by_old_phone
    )
    if not took_code(request, hers.id, form, take, at=at):
        return None
    if hers.state == "unproven":
        return redirect("accounts:phone")
    visits.sign_out(request, reason="out", at=at)
    return render(request, "accounts/phone_changed.html")


# --- what the counter's page shares -----------------------------------------------------------


def send_code(
    request: HttpRequest, change_id: int, *, to_new: bool, at: datetime, language: str = ""
) -> None:
    """
    Send a code, and remember in this browser that it did.

    :param language: in which the phone is written to, where somebody else is at the browser
    """
    code_id = operations.send_phone_code(
        change_id=change_id,
        to_new=to_new,
        binding=sessions.binding(request),
        language=language or get_language() or country().default_language,
        address=addresses.address(request),
        at=at,
    )
    request.session[_CODE] = {"id": code_id, "change": change_id, "new": to_new}


def took_code(  # type: ignore[no-untyped-def]
    request: HttpRequest, change_id: int, form: forms.Form, take, *, at: datetime
) -> bool:
    """Hand the typed code on; what speaks against it is said beside the field."""
    kept = request.session.get(_CODE) or {}
    if kept.get("change") != change_id:
        form.add_error("code", gettext("This code is no longer good. Ask for a new one."))
        return False
    try:
        take(
            change_id=change_id,
            code_id=kept["id"],
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


def _asked(request: HttpRequest, hers: moving.Change | None) -> str:
    """Return of which number a code is on its way: "new", "old" or ""."""
    kept = request.session.get(_CODE) or {}
    if hers is None or kept.get("change") != hers.id:
        return ""
    return "new" if kept["new"] else "old"
