"""Answering before signing in: coming back to a draft, and its questions."""

from datetime import datetime
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.refusals import too_often
from applications.models import DRAFT_LIFE, SavedDraft
from applications.operations import NotApplicable, UnknownField, saving, unsent
from applications.pages import renewing, typed
from applications.pages.apply import language, today
from applications.pages.open_drafts import (
    definition_of,
    ended,
    led_on,
    opened,
    question,
    remember,
)
from applications.queries import leaving
from catalogue import conditions, forms
from catalogue import queries as catalogue
from catalogue.definition import Definition, Group
from catalogue.words import tell
from design import speaking


class CodeForm(django_forms.Form):
    """The code that was shown when somebody left."""

    code = django_forms.CharField(
        label=_("The code that you wrote down"),
        help_text=_("Eight digits."),
        max_length=20,
        widget=django_forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        return "".join(c for c in self.cleaned_data["code"] if c.isdigit())


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@led_on
def resume(request: HttpRequest, key: UUID) -> HttpResponse:
    """Go on by link and code; a link whose time is over says so, and leads on."""
    at = timezone.now()
    if opened(request, key, at=at) is not None:
        return _go_on(request, key, at=at)
    draft = SavedDraft.objects.filter(key=key).first()
    if draft is None or saving.is_over(draft, at=at):
        return _over(request, draft)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if draft.contact_id is None and form.is_valid():
        try:
            saving.open_saved(key=key, code=form.cleaned_data["code"], at=at)
        except saving.WrongCode:
            form.add_error("code", gettext("That is not the code that was shown with this link."))
        except BudgetSpent as spent:
            return too_often(request, spent)
        else:
            remember(request, key)
            return _go_on(request, key, at=at)
    context = {
        "name": definition_of(draft).name(language()),
        "form": form if draft.contact_id is None else None,
        "until": draft.changed_at + DRAFT_LIFE,
        "here": request.path,
        "other_phone": sessions.current_account(request) is not None,
    }
    status = 422 if form.errors else 200
    return render(request, "applications/saved_resume.html", context, status=status)


@never_cache
@require_safe
def short(request: HttpRequest, short: str) -> HttpResponse:
    """Lead on from the short link of a message."""
    key = leaving.long_key(short)
    return _over(request, None) if key is None else redirect("applications:saved", key)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@led_on
def group(request: HttpRequest, key: UUID, group: str) -> HttpResponse:
    """Ask one group of questions; what was answered is kept at once."""
    at = timezone.now()
    draft = opened(request, key, at=at)
    if draft is None:
        return ended(request, key, group=group)
    definition, given = definition_of(draft), saving.given_in(draft)
    asked = definition.group(group)
    if asked is None:
        raise Http404
    pages = conditions.groups(definition, given)
    if asked not in pages:
        return redirect("applications:saved_check", key)
    made = forms.form_class(asked, language(), given, today=today())
    waiting = {} if request.method == "POST" else unsent.of_draft(draft, group)
    form = made(request.POST) if request.method == "POST" else typed.form(made, given, waiting)
    if request.method == "POST":
        answer = _keep(request, draft, definition, asked, form, at=at)
        if answer is not None:
            return answer
    context = {
        "name": definition.name(language()),
        "form": form,
        "form_id": typed.FORM_ID,
        "unsent": bool(waiting),
        "title": asked.title(language()),
        "help": tell(asked.help, language()),
        "step": pages.index(asked) + 1,
        "steps": len(pages),
        "back": _before(draft, pages, asked),
        "save": gettext("Continue"),
        "later": typed.LATER,
    }
    return render(request, "applications/group.html", context)


# --- where she goes on ------------------------------------------------------------------------


def _keep(
    request: HttpRequest,
    draft: SavedDraft,
    definition: Definition,
    asked: Group,
    form: forms.GroupForm,
    *,
    at: datetime,
) -> HttpResponse | None:
    """
    Keep what is right; return where she goes on, None where the page is shown again.

    What is not right, or not sent yet, is kept as it was typed.
    """
    switches, leaves = speaking.asked_for(request), typed.LATER in request.POST
    is_sent = not switches and form.is_valid()
    if not is_sent:
        try:
            unsent.keep_of_draft(
                key=draft.key, group_code=asked.code, typed=typed.typed(request), at=at
            )
        except unsent.TooMuchTyped:
            typed.say_too_much(request)
    if switches:
        return typed.switched(request, switches)
    if not is_sent and not leaves:
        return None
    try:
        saving.keep_saved(key=draft.key, given=form.cleaned_data, at=at)
    except UnknownField:
        # The service has changed, and another window has followed it: her draft says so.
        return typed.SeeOther(reverse("applications:saved", args=[draft.key]))
    if is_sent:
        unsent.forget_of_draft(draft, asked.code)
    if leaves:
        return redirect("applications:saved_later", draft.key)
    given = saving.given_in(draft) | form.cleaned_data
    following = conditions.group_after(definition, given, asked)
    if following is not None:
        return redirect(question(draft, following.code))
    return redirect("applications:saved_check", draft.key)


def _go_on(request: HttpRequest, key: UUID, *, at: datetime) -> HttpResponse:
    """Lead to the first question without an answer; say what is new in the service since."""
    try:
        renewed = saving.renew_saved(key=key, at=at)
    except NotApplicable:
        messages.error(request, gettext("This service takes no applications now."))
        return redirect("catalogue:services")
    if renewed is not None:
        messages.warning(request, gettext("This service has changed since you began."))
        for said in renewing.told(*renewed, language()):
            messages.warning(request, said)
    draft = SavedDraft.objects.get(key=key)
    asked = conditions.first_open(definition_of(draft), saving.given_in(draft), unseen=True)
    if asked is None:
        return redirect("applications:saved_check", key)
    return redirect(question(draft, asked.code))


def _over(request: HttpRequest, draft: SavedDraft | None) -> HttpResponse:
    """Say what became of a draft; whoever has the link begins anew from here."""
    name = ""
    if draft is not None:
        try:
            name = catalogue.current(draft.service_code).definition.name(language())
        except catalogue.NoService:
            draft = None
    context = {
        "draft": draft,
        "name": name,
        "sent": draft is not None and draft.application_id is not None,
    }
    status = 404 if draft is None else 410
    return render(request, "applications/saved_over.html", context, status=status)


def _before(draft: SavedDraft, pages: tuple[Group, ...], asked: Group) -> str:
    place = pages.index(asked)
    if place == 0:
        return reverse("applications:start", args=[draft.service_code])
    return question(draft, pages[place - 1].code)
