"""One collection in suspense: its evidence, the bills it may be for, what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from kernel import references
from kernel.money import to_decimal_text
from payments.models import Movement
from payments.pages.suspense import access, forms, own_money, words
from payments.pages.words import Words
from payments.pages.words import words as told
from payments.queries import deciding
from payments.queries.deciding import Dossier, Proposed
from payments.states import TAKING, BillState

_MASKED = 3


@dataclass(frozen=True)
class Candidate:
    """A proposed bill in words, with the form that asks for it."""

    reference: str
    service: Words
    due_minor: int
    total_minor: int
    currency: str
    state: Promise
    tone: str
    reasons: list[Promise]
    is_exact: bool
    form: forms.MatchForm | None  # None where the bill takes no money.


@dataclass(frozen=True)
class Happened:
    """One step of what was asked, decided or held."""

    at: datetime
    text: str
    who: str
    checker: str
    decided_at: datetime | None
    tone: str
    verdict: str


@never_cache
@require_safe
@sessions.staff_required
def item(request: HttpRequest, movement_id: int) -> HttpResponse:
    """Show one collection with all that may be done about it."""
    return show(request, movement_id)


def show(
    request: HttpRequest,
    movement_id: int,
    *,
    bound: django_forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """
    Show it, with a form that was refused as it was filled in.

    :raises Http404: if no such collection ever stood in suspense
    """
    now = timezone.now()
    account_id = access.looking(request, at=now)
    try:
        found = deciding.dossier(movement_id)
    except Movement.DoesNotExist:
        raise Http404 from None
    officer = access.officer(account_id, rail_code=found.movement.rail.code, at=now)
    history = _history(found)
    held = found.item and found.item.held_until and found.item.held_until > now
    people = access.names(
        {who for step in history for who in step[1:3]}
        | {found.item.held_by_id if found.item else None}
    )
    context = {
        "found": found,
        "rail": told(found.movement.rail.names),
        "why": words.WHY_HERE[found.item.reason] if found.item else "",
        "payer": _masked(found.payer),
        "officer": officer,
        "holder": people.get((found.item and found.item.held_by_id) or 0, "") if held else "",
        "held_by_me": bool(held and found.item and found.item.held_by_id == account_id),
        "own_money": own_money.proposals(found.movement) if found.item else [],
        "own_money_id": movement_id,
        "candidates": [_candidate(one, found, bound) for one in found.proposals],
        "forms": _forms(found, bound) if found.item else {},
        "refused": bound,
        "history": [_happened(step, people) for step in history],
    }
    return render(request, "payments/suspense/item.html", context, status=status)


def _candidate(one: Proposed, found: Dossier, bound: django_forms.Form | None) -> Candidate:
    bill = one.bill
    state, tone = words.BILLS[bill.state]
    takes = BillState(bill.state) in TAKING and found.free_minor > 0
    amount_minor = min(one.due_minor, found.free_minor)
    initial = {
        "reference": bill.reference,
        "amount": to_decimal_text(amount_minor, found.movement.currency),
        "stands": found.stands_minor,
        "due": one.due_minor,
    }
    form = forms.MatchForm(
        currency=found.movement.currency, initial=initial, auto_id=f"match_{bill.pk}_%s"
    )
    return Candidate(
        reference=references.spaced(bill.reference),
        service=told(bill.description),
        due_minor=one.due_minor,
        total_minor=bill.total_minor,
        currency=bill.currency,
        state=state,
        tone=tone,
        reasons=[words.WHY_PROPOSED[reason] for reason in one.reasons],
        is_exact=one.is_exact,
        form=form if takes else None,
    )


def _forms(found: Dossier, bound: django_forms.Form | None) -> Mapping[str, django_forms.Form]:
    initial = {
        "stands": found.stands_minor,
        "amount": to_decimal_text(found.free_minor, found.movement.currency),
    }
    made: dict[str, Any] = {
        kind: form(currency=found.movement.currency, initial=dict(initial))
        for kind, form in forms.FORMS.items()
    }
    most_minor = (found.rule and found.rule.write_off_max_minor) or found.free_minor
    made["write_off"].initial["amount"] = to_decimal_text(
        min(found.free_minor, most_minor), found.movement.currency
    )
    made["hold"] = forms.HoldForm(auto_id="hold_%s")
    if bound is not None:
        made[getattr(bound, "kind", "hold")] = bound
    return made


def _masked(phone: str) -> str:
    """Return a phone of which only beginning and end can be read."""
    if not phone:
        return ""
    return f"{phone[:4]} … {phone[-_MASKED:]}"


# When, who asked, who decided, what, when decided, verdict.
_Step = tuple[datetime, int | None, int | None, str, datetime | None, bool | None]


def _history(found: Dossier) -> Sequence[_Step]:
    steps: list[_Step] = [
        (
            match.asked_at,
            match.maker_id,
            match.checker_id,
            gettext("Match to %(bill)s. %(why)s")
            % {
                "bill": references.spaced(match.bill.reference),
                "why": words.reason_said(match.reason),
            },
            match.decided_at,
            match.approved,
        )
        for match in found.matches
    ]
    steps += [
        (
            one.asked_at,
            one.maker_id,
            one.checker_id,
            f"{words.RELEASES[one.kind]}. {words.release_said(one)}",
            one.decided_at,
            one.approved,
        )
        for one in found.releases
    ]
    steps += [
        (
            one.requested_at or one.proposed_at or found.movement.occurred_at,
            one.maker_id,
            one.checker_id,
            gettext("Back to the payer: %(state)s. %(why)s")
            % {"state": words.REFUNDS[one.state], "why": words.reason_said(one.reason)},
            one.decided_at,
            None if one.decided_at is None else one.state != "DECLINED",
        )
        for one in found.refunds
    ]
    steps += [
        (
            hold.at,
            hold.by_id,
            None,
            gettext("Held. %(note)s") % {"note": hold.note} if hold.until_at else gettext("Let go"),
            None,
            None,
        )
        for hold in found.holds
    ]
    return sorted(steps, key=lambda step: step[0])


def _happened(step: _Step, people: Mapping[int, str]) -> Happened:
    at, maker_id, checker_id, text, decided_at, approved = step
    verdicts = {
        True: (gettext("approved"), "good"),
        False: (gettext("declined"), "bad"),
        None: ("", ""),
    }
    verdict, tone = verdicts[approved]
    return Happened(
        at=at,
        text=text,
        who=people.get(maker_id or 0, gettext("A rule")),
        checker=people.get(checker_id or 0, ""),
        decided_at=decided_at,
        tone=tone,
        verdict=verdict,
    )
