"""A page of exact matches: asked for in one act, decided in one act, each line its own."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from kernel import references
from payments.models import MatchSet
from payments.operations import exact_matching
from payments.pages.suspense import access, forms, words
from payments.pages.words import words as told
from payments.queries import deciding, open_items


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def exact(request: HttpRequest) -> HttpResponse:
    """Show up to a hundred that leave no doubt; ask for those that are ticked."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    if request.method == "POST":
        form = forms.PickForm(request.POST)
        try:
            form.is_valid()
            set_id = exact_matching.ask(
                key=form.stamp, movement_ids=form.picked, by_id=account_id, at=now
            )
        except words.REFUSALS as refused:
            messages.warning(request, words.refusal(refused))
            return redirect("payments:suspense_exact")
        messages.success(request, gettext("Asked for. Another person decides about each."))
        return redirect("payments:suspense_set", set_id)
    page = open_items.exact_page(after=request.GET.get("after", "")[:40], by_id=account_id, now=now)
    context = {
        "rows": [
            {
                "one": one,
                "rail": told(one.item.rail.names),
                "service": told(one.bill.description),
                "reference": references.spaced(one.bill.reference),
                "why": words.WHY_PROPOSED[one.reason],
            }
            for one in page.found
        ],
        "after": page.after,
        "key": uuid4(),
        "officer": access.officer(account_id, at=now),
    }
    return render(request, "payments/suspense/exact.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def one_set(request: HttpRequest, set_id: int) -> HttpResponse:
    """Show what was asked for in one act; decide about those that are ticked."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    try:
        found, matches = deciding.of_set(set_id)
    except MatchSet.DoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        _decide(request, set_id, account_id)
        return redirect("payments:suspense_set", set_id)
    context = {
        "found": found,
        "maker": access.names({found.maker_id}).get(found.maker_id, ""),
        "rows": [
            {
                "match": match,
                "rail": told(match.movement.rail.names),
                "service": told(match.bill.description),
                "reference": references.spaced(match.bill.reference),
                "why": words.reason_said(match.reason),
            }
            for match in matches
        ],
        "waiting": sum(match.decided_at is None for match in matches),
        "is_mine": found.maker_id == account_id,
        "officer": access.officer(account_id, at=now),
    }
    return render(request, "payments/suspense/set.html", context)


def _decide(request: HttpRequest, set_id: int, account_id: int) -> None:
    form = forms.PickForm(request.POST)
    form.is_valid()
    approves = request.POST.get("verdict") == "approve"
    act = exact_matching.approve if approves else exact_matching.decline
    try:
        decided = act(set_id=set_id, match_ids=form.picked, by_id=account_id, at=timezone.now())
    except words.REFUSALS as refused:
        messages.warning(request, words.refusal(refused))
        return
    if decided.changed:
        some = len(decided.changed)
        said = ngettext(
            "%(some)s has changed meanwhile and was left as it is.",
            "%(some)s have changed meanwhile and were left as they are.",
            some,
        )
        messages.warning(request, said % {"some": some})
    if decided.done:
        said = ngettext("%(done)s is decided.", "%(done)s are decided.", decided.done)
        messages.success(request, said % {"done": decided.done})
    elif not decided.changed:
        messages.warning(request, gettext("Tick at least one."))
