"""Asking for a new key, or that something be done with one; a stop is done at once."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import queries as accounts
from accounts import sessions
from accounts.policies import NotGranted
from accounts.states import AccountKind
from documents.models import Asked, Purpose, Road
from documents.operations import credentials
from documents.operations.credentials import Owner
from documents.pages.credentials import reach, words
from documents.pages.credentials.forms import NewForm, NoteForm, RevokeForm
from documents.pages.credentials.showing import shown
from kernel.lifecycle import IllegalTransition
from places import queries as places

_ID_DIGITS_MAX = 18


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def new(request: HttpRequest, whose: str, which: str) -> HttpResponse:
    """Ask for a new key of an officer, an office, or the state."""
    now = timezone.now()
    owner = _owner(whose, which)
    account_id = int(sessions.signed_in(request).pk)
    if not reach.may(request, owner, Asked.ISSUE, at=now):
        raise NotGranted(account_id=account_id, act="credential.issue")
    form = NewForm(request.POST or None, algorithms=credentials.algorithms(owner))
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = credentials.ask(
                owner,
                road=Road(told["road"]),
                custody_kind=form.custody,
                algorithm=told.get("algorithm", ""),
                key_ref=told.get("key_ref", ""),
                note=told["note"],
                by_id=account_id,
                at=now,
            )
        except words.REFUSALS as error:
            form.add_error(None, words.refusal(error))
        else:
            messages.success(request, gettext("Asked for. Another person decides now."))
            return redirect("documents:credential_request", made)
    before = credentials.in_force(
        owner.purpose, account_id=owner.account_id, office_id=owner.office_id, at=now
    )
    context = {
        "name": _name(owner),
        "purpose": words.PURPOSES[owner.purpose],
        "effect": words.EFFECTS[Asked.ISSUE],
        "before": before,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "documents/credentials/new.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def about(request: HttpRequest, credential_id: int, kind: str) -> HttpResponse:
    """Say what would happen and why it is asked for."""
    now = timezone.now()
    found = reach.credential(request, credential_id, at=now)
    account_id = int(sessions.signed_in(request).pk)
    if kind not in (Asked.REVOKE, Asked.SUSPEND, Asked.RESUME):
        raise Http404
    if not reach.may(request, Owner.of(found), kind, at=now):
        raise NotGranted(account_id=account_id, act="credential.revoke")
    form = (RevokeForm if kind == Asked.REVOKE else NoteForm)(request.POST or None)
    if form.is_valid():
        about_it = {"credential_id": found.pk, "by_id": account_id, "at": now, **form.cleaned_data}
        try:
            return _asked(request, kind, about_it)
        except (*words.REFUSALS, IllegalTransition) as error:
            form.add_error(None, words.refusal(error))
    context = {
        "one": shown(found, now),
        "kind": kind,
        "name": words.ASKED[kind],
        "effect": words.EFFECTS[kind],
        "is_done_at_once": kind == Asked.SUSPEND,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "documents/credentials/ask.html", context, status=status)


def _asked(request: HttpRequest, kind: str, what: dict[str, object]) -> HttpResponse:
    if kind == Asked.SUSPEND:
        credentials.suspend(**what)  # type: ignore[arg-type]
        messages.success(request, gettext("Suspended. The key signs nothing now."))
        return redirect("documents:credential", what["credential_id"])
    ask = credentials.ask_to_revoke if kind == Asked.REVOKE else credentials.ask_to_resume
    made = ask(**what)  # type: ignore[arg-type]
    messages.success(request, gettext("Asked for. Another person decides now."))
    return redirect("documents:credential_request", made)


def _owner(whose: str, which: str) -> Owner:
    """:raises Http404: if there is no such officer or office"""
    if whose == "state" and which in (Purpose.QR, Purpose.TRUST_LIST):
        return Owner(Purpose(which))
    if not which.isdecimal() or len(which) > _ID_DIGITS_MAX:
        raise Http404
    try:
        if whose == "office":
            return Owner(Purpose.SEAL, office_id=places.office(int(which)).pk)
        if whose == "officer":
            found = accounts.account(int(which))
            if found.kind == AccountKind.STAFF and found.is_active:
                return Owner(Purpose.OFFICER, account_id=found.id)
    except (places.NoOffice, ObjectDoesNotExist):
        raise Http404 from None
    raise Http404


def _name(owner: Owner) -> str:
    if owner.account_id is not None:
        return accounts.account(owner.account_id).display_name
    if owner.office_id is not None:
        return places.office(owner.office_id).told(get_language() or "en")
    return gettext("The state")
