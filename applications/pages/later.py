"""Leaving a draft: with a code that is shown once, or to a phone, which may have the link too."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import operations as people
from accounts import queries as accounts
from accounts import sessions
from accounts.operations import BudgetSpent, form_tokens
from accounts.pages.forms import CodeForm, PhoneForm
from accounts.pages.refusals import too_often
from applications.models import DRAFT_LIFE, SavedDraft
from applications.operations import linking, saving
from applications.pages.apply import language
from applications.pages.open_drafts import definition_of, ended, forget, led_on, opened
from kernel import addresses
from kernel.country import country

_ASKED = "applications.saved_code"


class LeaveForm(PhoneForm):
    """A phone, where she has one, and whether it shall have the link."""

    send = forms.BooleanField(
        label=_("Send the link to this phone"),
        help_text=_("By text message. We first send a code, to see that the phone is yours."),
        required=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["phone"]
        field.required = False
        field.help_text = gettext(
            "When you come back, we send a code to it. Without a phone we show you a code now."
        )

    def clean_phone(self) -> str:
        return super().clean_phone() if self.cleaned_data["phone"] else ""

    def clean_send(self) -> bool:
        send: bool = self.cleaned_data["send"]
        if send and self.cleaned_data.get("phone") == "":
            self.add_error("phone", gettext("To which phone shall we send the link?"))
        return send


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
@led_on
def later(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give her the link, and the code: to her phone when she comes back, or now and only once."""
    at = timezone.now()
    draft = opened(request, key, at=at)
    if draft is None:
        return ended(request, key)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _left(request, draft, form, at=at)
        except BudgetSpent as spent:
            return too_often(request, spent)
        except people.FormStale:
            form.add_error(
                None, gettext("This page was open for a long time. Press the button once more.")
            )
    context = {"form": form, "token": form_tokens.draw()}
    return _page(request, draft, context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@led_on
def phone(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take the code that the phone was sent; then the link goes there, and she has left."""
    at = timezone.now()
    draft = opened(request, key, at=at)
    if draft is None:
        return ended(request, key)
    asked_key, code_id = request.session.get(_ASKED) or ("", 0)
    if asked_key != str(key):
        return redirect("applications:saved_later", key)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            linking.leave_with_link(
                key=key,
                code_id=code_id,
                typed=form.cleaned_data["code"],
                binding=sessions.binding(request),
                at=at,
            )
        except people.CodeWrong:
            form.add_error("code", gettext("That is not the code of our last message to you."))
        except (people.CodeExpired, people.TooManyAttempts):
            form.add_error("code", gettext("This code is no longer good. Ask for a new one."))
        except BudgetSpent as spent:
            return too_often(request, spent)
        else:
            request.session.pop(_ASKED, None)
            forget(request, key)
            return _page(request, draft, {"left": True, "sent": True})
    context = {
        "name": definition_of(draft).name(language()),
        "form": form,
        "back": reverse("applications:saved_later", args=[key]),
    }
    status = 422 if form.errors else 200
    return render(request, "applications/saved_phone.html", context, status=status)


def _left(
    request: HttpRequest, draft: SavedDraft, form: LeaveForm, *, at: datetime
) -> HttpResponse:
    """
    Leave as she chose; whoever leaves is out, here as everywhere.

    The next one at this computer reads nothing, and whoever gave somebody else's phone does not
    read what she types.

    :raises accounts.operations.BudgetSpent, FormStale: where a message is wanted
    """
    typed, sends = form.cleaned_data["phone"], form.cleaned_data["send"]
    code = ""
    if sends and not _is_signed_in(request, typed):
        return _ask(request, draft, typed, at=at)
    if sends:
        linking.leave_with_link_to_account(
            key=draft.key, account_id=sessions.signed_in(request).pk, at=at
        )
    elif typed:
        saving.leave_with_phone(key=draft.key, phone=typed, at=at)
    else:
        code = saving.leave_with_code(key=draft.key, at=at)
    forget(request, draft.key)
    shown = f"{code[:4]} {code[4:]}" if code else ""
    return _page(request, draft, {"left": True, "sent": sends, "code": shown})


def _ask(request: HttpRequest, draft: SavedDraft, phone: str, *, at: datetime) -> HttpResponse:
    """Send the phone a code; only from a page that was opened for it, as for signing in."""
    form_tokens.use(request.POST.get("token", ""), at=at)
    code_id = linking.ask_link_code(
        key=draft.key,
        phone=phone,
        binding=sessions.binding(request),
        language=get_language() or country().default_language,
        address=addresses.address(request),
        at=at,
    )
    request.session[_ASKED] = [str(draft.key), code_id]
    return redirect("applications:saved_phone", draft.key)


def _is_signed_in(request: HttpRequest, phone: str) -> bool:
    account = sessions.current_account(request)
    if account is None or account.contact_id is None:
        return False
    return accounts.contact(account.contact_id).value == phone


def _page(
    request: HttpRequest, draft: SavedDraft, told: dict[str, object], *, status: int = 200
) -> HttpResponse:
    way = "saved" if told.get("left") else "saved_check"
    context = {
        "name": definition_of(draft).name(language()),
        "address": settings.SITE_URL + reverse("applications:saved", args=[draft.key]),
        "until": draft.changed_at + DRAFT_LIFE,
        "back": reverse(f"applications:{way}", args=[draft.key]),
        **told,
    }
    return render(request, "applications/saved_later.html", context, status=status)
