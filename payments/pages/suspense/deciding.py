"""What a second person decides about suspense: matches, splits, releases and sets of exact ones."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from kernel import references
from payments.models import Match, Movement
from payments.operations import matching, releasing, splitting
from payments.pages.suspense import access, words
from payments.pages.words import words as told
from payments.queries import deciding as queries

_Act = Callable[[int, int, datetime], None]
ACTS: dict[tuple[str, str], _Act] = {
    ("match", "approve"): lambda which, by_id, at: matching.approve(
        match_id=which, by_id=by_id, at=at
    ),
    ("match", "decline"): lambda which, by_id, at: matching.decline(
        match_id=which, by_id=by_id, at=at
    ),
    ("split", "approve"): lambda which, by_id, at: splitting.approve(
        set_id=which, by_id=by_id, at=at
    ),
    ("split", "decline"): lambda which, by_id, at: splitting.decline(
        set_id=which, by_id=by_id, at=at
    ),
    ("release", "approve"): lambda which, by_id, at: releasing.approve(
        release_id=which, by_id=by_id, at=at
    ),
    ("release", "decline"): lambda which, by_id, at: releasing.decline(
        release_id=which, by_id=by_id, at=at
    ),
}


@never_cache
@require_safe
@sessions.staff_required
def to_decide(request: HttpRequest) -> HttpResponse:
    """Show what waits for a second person."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    waiting = queries.to_decide()
    people = access.names(
        {
            each.maker_id
            for rows in (waiting.matches, waiting.splits, waiting.sets, waiting.releases)
            for each in rows
        }
    )

    def asked(row: object, movement: Movement | None, reason: str, when: datetime) -> dict:  # type: ignore[type-arg]
        maker_id = row.maker_id  # type: ignore[attr-defined]
        return {
            "row": row,
            "movement": movement,
            "rail": told(movement.rail.names) if movement else None,
            "why": words.reason_said(reason),
            "maker": people.get(maker_id, ""),
            "is_mine": maker_id == account_id,
            "at": when,
        }

    context = {
        "matches": [
            {**asked(row, row.movement, row.reason, row.asked_at), **_bill(row)}
            for row in waiting.matches
        ],
        "splits": [
            {
                **asked(row, row.movement, row.parts[0].reason, row.asked_at),  # type: ignore[attr-defined]
                "parts": [{"part": part, **_bill(part)} for part in row.parts],  # type: ignore[attr-defined]
                "total_minor": sum(part.amount_minor for part in row.parts),  # type: ignore[attr-defined]
            }
            for row in waiting.splits
            if row.parts  # type: ignore[attr-defined]
        ],
        "sets": [asked(row, None, "", row.asked_at) for row in waiting.sets],
        "releases": [
            {
                **asked(row, row.movement, row.reason, row.asked_at),
                "why": words.release_said(row),
                "kind": words.RELEASES[row.kind],
            }
            for row in waiting.releases
        ],
        "officer": access.officer(account_id, at=now),
    }
    return render(request, "payments/suspense/to_decide.html", context)


@never_cache
@require_POST
@sessions.staff_required
def decide(request: HttpRequest, kind: str, which: int) -> HttpResponse:
    """Approve or decline one match, one split or one release."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    act = ACTS.get((kind, request.POST.get("verdict", "")))
    if act is None:
        raise Http404
    try:
        act(which, account_id, now)
    except ObjectDoesNotExist:
        raise Http404 from None
    except words.REFUSALS as refused:
        messages.warning(request, words.refusal(refused))
    else:
        messages.success(request, gettext("Decided."))
    return redirect("payments:suspense_to_decide")


def _bill(match: Match) -> dict[str, object]:
    state, tone = words.BILLS[match.bill.state]
    return {
        "reference": references.spaced(match.bill.reference),
        "service": told(match.bill.description),
        "due_minor": match.bill.total_minor - match.bill.paid_minor,
        "state": state,
        "tone": tone,
    }
