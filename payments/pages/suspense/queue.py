"""The queue of what did not match, by pages, with its files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from kernel import exports
from kernel.money import Money
from payments.models import OpenItem, Rail
from payments.pages.suspense import access, filtering, words
from payments.pages.words import Words
from payments.pages.words import words as told
from payments.queries import open_items
from payments.queries.open_items import Wanted

_OLD, _VERY_OLD = timedelta(days=7), timedelta(days=30)
_TYPED_SHOWN = 60


@dataclass(frozen=True)
class Row:
    """An open item in the queue."""

    movement_id: int
    rail: Words
    code: str
    typed: str
    amount_minor: int
    currency: str
    why: Promise | str
    opened_at: datetime
    tone: str
    holder: str
    signs: list[str]  # What is under way about it, in words.


@never_cache
@require_safe
@sessions.staff_required
def queue(request: HttpRequest) -> HttpResponse:
    """Show what did not match, as it was filtered, to staff who may see money."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    rails = {rail.code: told(rail.names) for rail in Rail.objects.order_by("position", "pk")}
    asked = filtering.asked(request.GET, rails=rails, by_id=account_id)
    context = {
        "asked": asked.choices,
        "form": asked.form,
        "rails": rails,
        "ages": words.AGES,
        "states": words.STATES,
        "orders": words.ORDERS,
        "count_max": open_items.COUNT_MAX,
        "reasons": _reasons(asked.wanted or asked.choices),
        "every_reason": filtering.address(replace(asked.wanted or asked.choices, reason="")),
        "officer": access.officer(account_id, at=now),
    }
    if asked.wanted is None:
        return render(request, "payments/suspense/queue.html", context, status=422)
    context |= _found(asked.wanted, now=now)
    return render(request, "payments/suspense/queue.html", context)


@never_cache
@require_safe
@sessions.staff_required
def export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Give the queue, as it was filtered, as a file."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    rails = {rail.code: told(rail.names) for rail in Rail.objects.all()}
    wanted = filtering.asked(request.GET, rails=rails, by_id=account_id).wanted
    if wanted is None:
        raise Http404
    rows = _cells(wanted, now=now)
    header = (
        "movement",
        "rail",
        "code",
        "reference_as_typed",
        "reason",
        "currency",
        "amount_minor",
        "amount",
        "stands_since",
        "held_until",
    )
    if ending == "csv":
        return exports.csv_response("suspense", header, rows)
    return exports.xlsx_response("suspense", gettext("Did not match"), header, rows)


def _found(wanted: Wanted, *, now: datetime) -> dict[str, Any]:
    """Return a page of the queue as it is wanted, with its figures and the way to the next."""
    page = open_items.page(wanted, now=now)
    figures = open_items.figures(wanted, now=now)
    count = sum(figure.count for figure in figures)
    holders = access.names({item.held_by_id for item in page.items})
    everything = Wanted(by_id=wanted.by_id, order=wanted.order, after=wanted.after)
    return {
        "rows": [
            _row(item, holders, page.asked.get(item.pk, set()), now=now) for item in page.items
        ],
        "count": count,
        "is_many": count > open_items.COUNT_MAX,
        "figures": figures,
        "is_filtered": wanted != everything,
        "filters": filtering.address(wanted),
        "older": f"?{filtering.address(wanted, after=page.after)}" if page.after else "",
        "first": f"?{filtering.address(wanted)}" if wanted.after else "",
    }


def _reasons(wanted: Wanted) -> list[tuple[str, Promise, int, str]]:
    """Return the reasons that there are, the most frequent first, each with its address."""
    counts = sorted(open_items.counts_by_reason().items(), key=lambda each: -each[1])
    return [
        (code, words.WHY_HERE[code], count, filtering.address(replace(wanted, reason=code)))
        for code, count in counts
    ]


def _cells(wanted: Wanted, *, now: datetime) -> Iterator[tuple[object, ...]]:
    for item in open_items.every(wanted, now=now):
        yield (
            item.pk,
            item.rail.code,
            item.movement.external_id,
            item.movement.reference,
            str(words.WHY_HERE[item.reason]),
            item.currency,
            item.amount_minor,
            Money(item.amount_minor, item.currency),
            item.opened_at,
            item.held_until,
        )


def _row(item: OpenItem, holders: Mapping[int, str], asked: set[str], *, now: datetime) -> Row:
    age = now - item.opened_at
    held = item.held_until is not None and item.held_until > now
    return Row(
        movement_id=item.pk,
        rail=told(item.rail.names),
        code=item.movement.external_id,
        typed=item.movement.reference[:_TYPED_SHOWN],
        amount_minor=item.amount_minor,
        currency=item.currency,
        why=words.WHY_HERE[item.reason],
        opened_at=item.opened_at,
        tone="bad" if age > _VERY_OLD else "warn" if age > _OLD else "",
        holder=holders.get(item.held_by_id or 0, "") if held else "",
        signs=_signs(item, asked),
    )


def _signs(item: OpenItem, asked: set[str]) -> list[str]:
    under_way = {
        "match": gettext("match asked for"),
        "release": gettext("release asked for"),
        "refund": gettext("refund asked for"),
        "proposed": gettext("a rule proposes a refund"),
    }
    signs = [said for what, said in under_way.items() if what in asked]
    if item.unclaimed_since is not None:
        signs.append(gettext("past its legal term"))
    return signs
