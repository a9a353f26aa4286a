"""Deciding what another person asked, and signing the paper that a reissue made."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import operations as accounts
from accounts import sessions
from accounts.pages import stepping
from accounts.policies import NotGranted
from accounts.queries import same_hands
from documents import listing, operations, queries
from documents.facts import REFUSALS
from documents.models import Paper, PaperAct
from documents.operations import living, reissuing
from documents.pages.papers import reach, words
from documents.pages.papers.forms import PasswordForm
from documents.pages.papers.listing import show
from documents.pages.papers.register import Difference, compare
from documents.pages.papers.showing import said
from documents.rendering import newest
from documents.states import State

MANDATE_LIFE = timedelta(minutes=15)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def decide(request: HttpRequest, act_id: int) -> HttpResponse:
    """Show what is asked and why; approve it with a password, or decline it without."""
    now = timezone.now()
    act = PaperAct.objects.select_related("maker").filter(pk=act_id).first()
    if act is None:
        raise Http404
    found = reach.paper(request, act.paper_id, at=now)
    account_id = int(sessions.signed_in(request).pk)
    if living.is_own(account_id=account_id, paper=found):
        raise Http404
    if not reach.may(request, found, act.kind, at=now):
        raise NotGranted(account_id=account_id, act=f"paper.{act.kind}")
    if act.decided_at is not None or act.withdrawn_at is not None:
        messages.warning(request, words.refusal(operations.DecidedAlready()))
        return redirect("documents:paper", found.pk)
    if request.method == "POST" and request.POST.get("decision") == "decline":
        return _decline(request, act)
    form = PasswordForm(request.POST or None)
    if form.is_valid() and _approve(request, act, form):
        return redirect("documents:paper", found.pk)
    stepping.fit(request, operations.DECIDE_PURPOSE, form)
    context = {
        "paper": found,
        "one": show(listing.line(found, reach.today())),
        "act": act,
        "name": words.ACTS[act.kind],
        "effect": words.EFFECTS[act.kind],
        "reason": words.REASONS[act.reason],
        "rows": _compared(found, act),
        "facts": said(found),
        "is_hers": same_hands(act.maker_id, account_id),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "documents/papers/decide.html", context, status=status)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def sign(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Let the officer whose reissue was approved order the drawn paper signed."""
    found = reach.paper(request, paper_id, at=timezone.now())
    account_id = int(sessions.signed_in(request).pk)
    if found.state != State.RENDERED or found.officer_id != account_id or found.replaces_id is None:
        raise Http404
    sha256 = queries.unsigned_sha256s([found.pk])[found.pk]
    form = PasswordForm(request.POST or None)
    if form.is_valid() and _order(request, found, form):
        messages.success(request, gettext("It is being signed and sealed."))
        return redirect("documents:paper", found.pk)
    stepping.fit(request, operations.STEP_UP_PURPOSE, form)
    context = {
        "paper": found,
        "one": show(listing.line(found, reach.today())),
        "sha256": sha256,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "documents/papers/sign.html", context, status=status)


def _decline(request: HttpRequest, act: PaperAct) -> HttpResponse:
    try:
        operations.decide_act(
            act_id=act.pk,
            approved=False,
            by_id=int(sessions.signed_in(request).pk),
            at=timezone.now(),
        )
    except words.REFUSALS as error:
        messages.warning(request, words.refusal(error))
    else:
        messages.success(request, gettext("Declined. Nothing has changed."))
    return redirect("documents:paper", act.paper_id)


def _approve(request: HttpRequest, act: PaperAct, form: PasswordForm) -> bool:
    step_up_id = _step_up(request, form, operations.DECIDE_PURPOSE)
    if step_up_id is None:
        return False
    try:
        operations.decide_act(
            act_id=act.pk,
            approved=True,
            by_id=int(sessions.signed_in(request).pk),
            step_up_id=step_up_id,
            at=timezone.now(),
        )
    except words.REFUSALS as error:
        form.add_error(None, words.refusal(error))
        return False
    messages.success(request, gettext("Approved."))
    return True


def _order(request: HttpRequest, found: Paper, form: PasswordForm) -> bool:
    # The hash that she was shown: another drawing is another page to read.
    seen = request.POST.get("sha256", "")
    step_up_id = _step_up(request, form, operations.STEP_UP_PURPOSE)
    if step_up_id is None:
        return False
    at = timezone.now()
    try:
        operations.mandate(
            paper_hashes={found.pk: seen},
            officer_id=int(sessions.signed_in(request).pk),
            step_up_id=step_up_id,
            until=at + MANDATE_LIFE,
            at=at,
        )
    except operations.MandateRefused:
        form.add_error(None, gettext("The paper has changed since you opened it. Read it again."))
        return False
    return True


def _step_up(request: HttpRequest, form: PasswordForm, purpose: str) -> int | None:
    try:
        proof = form.cleaned_data["password"]
        return stepping.step_up(request, proof, purpose, at=timezone.now())
    except (accounts.WrongPassword, accounts.BudgetSpent) as refused:
        form.add_error("password", stepping.wrong(refused))
        return None


def _compared(found: Paper, act: PaperAct) -> list[Difference]:
    """
    What the reissue would say beside what the paper says.

    Nothing where the newest wording refuses the entry: approving says so, declining still can be.
    """
    if act.cited_entry_id is None:
        return []
    try:
        new = reissuing.check(found, act.cited_entry_id)
    except REFUSALS:
        return []
    return compare(newest(found.paper_type), found.facts, new)
