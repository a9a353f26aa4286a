"""Asking that something be done with a paper, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from accounts.policies import NotGranted
from documents import listing, operations
from documents.models import ActKind, Paper, PaperAct
from documents.operations import living
from documents.pages.papers import reach, register, words
from documents.pages.papers.forms import AskForm
from documents.pages.papers.listing import show
from documents.pages.papers.register import Now
from registers import operations as registers


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def ask(request: HttpRequest, paper_id: int, kind: str) -> HttpResponse:
    """Say what would happen and why it is asked for; another person decides."""
    now = timezone.now()
    found = reach.paper(request, paper_id, at=now)
    account_id = int(sessions.signed_in(request).pk)
    if kind not in ActKind.values or living.is_own(account_id=account_id, paper=found):
        raise Http404
    if not reach.may(request, found, kind, at=now):
        raise NotGranted(account_id=account_id, act=f"paper.{kind}")
    if not living.begins_now(found, kind):
        messages.warning(request, words.refusal(operations.NotNow()))
        return redirect("documents:paper", found.pk)
    entry = register.read(found) if kind == ActKind.REISSUE else None
    form = AskForm(request.POST or None, kind=kind)
    if form.is_valid() and _ask(request, found, kind, form, entry):
        messages.success(request, gettext("Asked for. Another person decides now."))
        return redirect("documents:paper", found.pk)
    context = {
        "paper": found,
        "one": show(listing.line(found, reach.today())),
        "kind": kind,
        "name": words.ACTS[kind],
        "effect": words.EFFECTS[kind],
        "entry": entry,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "documents/papers/ask.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def withdraw(request: HttpRequest, act_id: int) -> HttpResponse:
    """Ask once more, then take back what she asked for herself."""
    now = timezone.now()
    account_id = int(sessions.signed_in(request).pk)
    act = PaperAct.objects.filter(pk=act_id, maker_id=account_id).first()
    if act is None:
        raise Http404
    found = reach.paper(request, act.paper_id, at=now)
    if request.method == "POST":
        try:
            operations.withdraw_act(act_id=act_id, by_id=account_id, at=now)
        except words.REFUSALS as error:
            messages.warning(request, words.refusal(error))
        else:
            messages.success(request, gettext("Withdrawn. Nothing has changed."))
        return redirect("documents:paper", found.pk)
    context = {
        "paper": found,
        "one": show(listing.line(found, reach.today())),
        "act": act,
        "name": words.ACTS[act.kind],
        "reason": words.REASONS[act.reason],
    }
    return render(request, "documents/papers/withdraw.html", context)


def _ask(request: HttpRequest, found: Paper, kind: str, form: AskForm, entry: Now | None) -> bool:
    at = timezone.now()
    what: dict[str, Any] = {
        "paper_id": found.pk,
        "kind": kind,
        "reason": form.cleaned_data["reason"],
        "note": form.cleaned_data["note"],
        "by_id": int(sessions.signed_in(request).pk),
        "at": at,
    }
    if entry is not None:
        if entry.entry is None or entry.denied or entry.key != form.cleaned_data["entry"]:
            form.add_error(None, gettext("The register says something else now. Compare again."))
            return False
        what["cited_entry_id"] = registers.cite(kind=entry.kind, entry=entry.entry, at=at).pk
    try:
        operations.ask_act(**what)
    except words.REFUSALS as error:
        form.add_error(None, words.refusal(error))
        return False
    return True
