"""Answering before signing in: the questions, a last look, leaving with a code, coming back."""

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
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.operations import BudgetSpent
from accounts.pages.forms import PhoneForm
from accounts.pages.refusals import too_often
from applications.models import DRAFT_LIFE, SavedDraft
from applications.operations import NotApplicable, saving
from applications.pages import renewing
from applications.pages.apply import language, today
from catalogue import conditions, forms, pricing
from catalogue import queries as catalogue
from catalogue.definition import Definition, Group
from catalogue.words import tell

_OPEN = "applications.saved"
_OPEN_MAX = 5
LATER = "later"
"""Name of the button that keeps the answers and leaves."""


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


class LeaveForm(PhoneForm):
    """A phone, where she has one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["phone"]
        field.required = False
        field.help_text = gettext(
            "When you come back, we send a code to it. Without a phone we show you a code now."
        )

    def clean_phone(self) -> str:
        return super().clean_phone() if self.cleaned_data["phone"] else ""


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
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
        except saving.NoSuchDraft:
            return _over(request, None)
        except BudgetSpent as spent:
            return too_often(request, spent)
        else:
            remember(request, key)
            return _go_on(request, key, at=at)
    context = {
        "name": _definition(draft).name(language()),
        "form": form if draft.contact_id is None else None,
        "until": draft.changed_at + DRAFT_LIFE,
        "here": request.path,
        "other_phone": sessions.current_account(request) is not None,
    }
    status = 422 if form.errors else 200
    return render(request, "applications/saved_resume.html", context, status=status)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, key: UUID, group: str) -> HttpResponse:
    """Ask one group of questions; what was answered is kept at once."""
    at = timezone.now()
    draft = opened(request, key, at=at)
    if draft is None:
        return redirect("applications:saved", key)
    definition, given = _definition(draft), saving.given_in(draft)
    asked = definition.group(group)
    if asked is None:
        raise Http404
    pages = conditions.groups(definition, given)
    if asked not in pages:
        return redirect("applications:saved_check", key)
    form_class = forms.form_class(asked, language(), given, today=today())
    form = form_class(request.POST) if request.method == "POST" else form_class(initial=given)
    if request.method == "POST":
        answer = _keep(request, draft, definition, asked, form, at=at)
        if answer is not None:
            return answer
    context = {
        "name": definition.name(language()),
        "form": form,
        "title": asked.title(language()),
        "help": tell(asked.help, language()),
        "step": pages.index(asked) + 1,
        "steps": len(pages),
        "back": _before(draft, pages, asked),
        "save": gettext("Continue"),
        "later": LATER,
    }
    return render(request, "applications/group.html", context)


@never_cache
@require_http_methods(["GET", "HEAD"])
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show everything once more with its price; to send it she proves who she is."""
    draft = opened(request, key, at=timezone.now())
    if draft is None:
        return redirect("applications:saved", key)
    definition, given = _definition(draft), saving.given_in(draft)
    wrong = forms.mistakes(definition, given, language(), today=today())
    context = {
        "name": definition.name(language()),
        "sections": [
            _section(draft, definition, one) for one in conditions.groups(definition, given)
        ],
        "mistakes": [(_question(draft, one.group), one) for one in wrong],
        "charges": [] if wrong else pricing.lines(definition, given),
        "files": [
            tell(one.names, language()) for one in conditions.slots(definition, given).values()
        ],
        "start": f"{reverse('applications:start', args=[draft.service_code])}?draft={draft.key}",
        "later": reverse("applications:saved_later", args=[draft.key]),
        "back": _question(draft, conditions.groups(definition, given)[-1].code),
    }
    return render(request, "applications/saved_check.html", context)


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give her the link, and the code: to her phone when she comes back, or now and only once."""
    at = timezone.now()
    draft = opened(request, key, at=at)
    if draft is None:
        return redirect("applications:saved", key)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    left, code = False, ""
    if form.is_valid():
        # Whoever leaves is out, here as everywhere: the next one at this computer reads nothing,
        # and whoever gave somebody else's phone does not read what she types.
        left = True
        forget(request, key)
        if form.cleaned_data["phone"]:
            saving.leave_with_phone(key=key, phone=form.cleaned_data["phone"], at=at)
        else:
            code = saving.leave_with_code(key=key, at=at)
    context = {
        "name": _definition(draft).name(language()),
        "form": form,
        "left": left,
        "code": f"{code[:4]} {code[4:]}" if code else "",
        "address": request.build_absolute_uri(reverse("applications:saved", args=[key])),
        "until": draft.changed_at + DRAFT_LIFE,
        "back": reverse(f"applications:{'saved' if left else 'saved_check'}", args=[key]),
    }
    status = 422 if form.errors else 200
    return render(request, "applications/saved_later.html", context, status=status)


# --- which drafts a browser has open ----------------------------------------------------------


def remember(request: HttpRequest, key: UUID) -> None:
    """Keep a draft open in this browser's session, until somebody leaves it with another code."""
    way = saving.way_in(SavedDraft.objects.get(key=key))
    request.session[_OPEN] = [*_others(request, key), [str(key), way]][-_OPEN_MAX:]


def forget(request: HttpRequest, key: UUID) -> None:
    request.session[_OPEN] = _others(request, key)


def opened(request: HttpRequest, key: UUID, *, at: datetime) -> SavedDraft | None:
    """Return a draft that this browser began or opened, or whose phone is signed in here."""
    draft = SavedDraft.objects.filter(key=key).first()
    if draft is None or saving.is_over(draft, at=at):
        return None
    account = sessions.current_account(request)
    by_phone = account is not None and draft.contact_id == account.contact_id is not None
    return draft if by_phone or _is_open(request, draft) else None


def open_here(request: HttpRequest, service_code: str, *, at: datetime) -> list[SavedDraft]:
    """Return the drafts of a service that this browser began or opened, the newest first."""
    keys = [key for key, _way in request.session.get(_OPEN, [])]
    if not keys:
        return []
    found = SavedDraft.objects.filter(key__in=keys, service_code=service_code).order_by("-pk")
    standing = [draft for draft in found if not saving.is_over(draft, at=at)]
    return [draft for draft in standing if _is_open(request, draft)]


def _is_open(request: HttpRequest, draft: SavedDraft) -> bool:
    return [str(draft.key), saving.way_in(draft)] in request.session.get(_OPEN, [])


def _others(request: HttpRequest, key: UUID) -> list[list[str]]:
    return [one for one in request.session.get(_OPEN, []) if one[0] != str(key)]


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
    """Keep what is right; return where she goes on, None where the page is shown again."""
    leaves = LATER in request.POST
    if not form.is_valid() and not leaves:
        return None
    saving.keep_saved(key=draft.key, given=form.cleaned_data, at=at)
    if leaves:
        return redirect("applications:saved_later", draft.key)
    given = saving.given_in(draft) | form.cleaned_data
    following = conditions.group_after(definition, given, asked)
    if following is not None:
        return redirect(_question(draft, following.code))
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
    asked = conditions.first_open(_definition(draft), saving.given_in(draft), unseen=True)
    if asked is None:
        return redirect("applications:saved_check", key)
    return redirect(_question(draft, asked.code))


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


def _definition(draft: SavedDraft) -> Definition:
    return catalogue.version(draft.service_version_id).definition


def _question(draft: SavedDraft, group: str) -> str:
    return reverse("applications:saved_group", args=[draft.key, group])


def _before(draft: SavedDraft, pages: tuple[Group, ...], asked: Group) -> str:
    place = pages.index(asked)
    if place == 0:
        return reverse("applications:start", args=[draft.service_code])
    return _question(draft, pages[place - 1].code)


def _section(draft: SavedDraft, definition: Definition, asked: Group) -> dict[str, object]:
    given = saving.given_in(draft)
    wanted = conditions.asked(definition, given)
    rows = [
        (
            tell(field.labels, language()).text,
            forms.shown(field, given.get(field.code), language()) or gettext("Not given"),
            f"{_question(draft, asked.code)}#id_{field.code}",
            gettext("Change"),
        )
        for field in asked.asked
        if field in wanted
    ]
    return {"title": asked.title(language()), "rows": rows}
