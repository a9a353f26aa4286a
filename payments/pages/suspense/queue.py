"""The queue of what did not match, by pages, with its files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

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
from payments.pages.suspense import access, words
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
    wanted = _wanted(request, account_id, rails)
    page = open_items.page(wanted, now=now)
    holders = access.names({item.held_by_id for item in page.items})
    context = {
        "rows": [
            _row(item, holders, page.asked.get(item.pk, set()), now=now) for item in page.items
        ],
        "wanted": wanted,
        "rails": rails,
        "reasons": [
            (code, words.WHY_HERE[code], count)
            for code, count in sorted(
                open_items.counts_by_reason().items(), key=lambda each: -each[1]
            )
        ],
        "ages": words.AGES,
        "states": words.STATES,
        "orders": words.ORDERS,
        "count": open_items.count(wanted, now=now),
        "count_max": open_items.COUNT_MAX,
        "is_filtered": any((wanted.rail_code, wanted.reason, wanted.age, wanted.state)),
        "filters": _address(wanted),
        "older": f"?{_address(wanted, after=page.after)}" if page.after else "",
        "first": f"?{_address(wanted)}" if wanted.after else "",
        "officer": access.officer(account_id, at=now),
    }
    return render(request, "payments/suspense/queue.html", context)


@never_cache
@require_safe
@sessions.staff_required
def export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Give the queue, as it was filtered, as a file."""
    now = timezone.now()
    account_id = access.looking(request, at=now)
    rails = {rail.code: told(rail.names) for rail in Rail.objects.all()}
    rows = _cells(_wanted(request, account_id, rails), now=now)
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


def _wanted(request: HttpRequest, account_id: int, rails: Mapping[str, object]) -> Wanted:
    """
    Read the filters of the address; "" is all.

    :raises Http404: for a filter that does not exist
    """
    known: dict[str, Mapping[str, object]] = {
        "rail": rails,
        "reason": words.WHY_HERE,
        "age": open_items.AGES,
        "state": words.STATES,
        "order": words.ORDERS,
    }
    given = {name: request.GET.get(name, "") for name in known}
    if any(value and value not in known[name] for name, value in given.items()):
        raise Http404
    return Wanted(
        rail_code=given["rail"],
        reason=given["reason"],
        age=given["age"],
        state=given["state"],
        order=given["order"] or "oldest",
        after=request.GET.get("after", "")[:40],
        by_id=account_id,
    )


def _address(wanted: Wanted, *, after: str = "") -> str:
    given = {
        "rail": wanted.rail_code,
        "reason": wanted.reason,
        "age": wanted.age,
        "state": wanted.state,
        "order": "" if wanted.order == "oldest" else wanted.order,
        "after": after,
    }
    return urlencode({name: value for name, value in given.items() if value})


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
