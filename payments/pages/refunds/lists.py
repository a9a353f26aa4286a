"""The lists of refunds, one for each kind of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from payments.pages.refunds import words
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.policies import VIEW_MONEY
from payments.queries import refunds as queries
from payments.queries.refunds import RefundRow
from payments.states import ReturnStanding


@dataclass(frozen=True)
class Line:
    """A refund in one line of a list."""

    id: int
    rail: Words
    external_id: str
    currency: str
    amount_minor: int
    why: str
    note: str
    state: Promise
    tone: str
    by_hand: bool
    is_against: bool
    since: datetime | None
    is_mine: bool


@dataclass(frozen=True)
class Tab:
    name: str
    label: Promise
    url: str
    is_here: bool
    waiting: str  # "" where nobody counts, or nothing waits.


@never_cache
@require_safe
@sessions.staff_required
def refunds(request: HttpRequest) -> HttpResponse:
    """Show one list, the newest first; what was paid twice stands above the other proposals."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    counted = queries.waiting()
    name = request.GET.get("list") or _first(counted)
    if name not in queries.LISTS:
        raise Http404
    after = _after(request)
    rows = queries.listed(name, after=after)
    twice = queries.paid_twice() if name == "proposed" and after is None else []
    page, more = rows[: queries.PAGE], rows[queries.PAGE :]
    context: dict[str, Any] = {
        "list": name,
        "label": words.LISTS[name],
        "advice": words.ADVICE[name],
        "tabs": [_tab(one, counted, here=name) for one in queries.LISTS],
        "twice": _lines(twice, account.pk),
        "lines": _lines(page, account.pk),
        "newer_url": _url(name) if after else "",
        "older_url": _url(name, after=page[-1].id) if more else "",
    }
    return render(request, "payments/refunds/list.html", context)


def _first(counted: dict[str, int]) -> str:
    # Where she is most likely to be needed: what waits for a decision, then what is proposed.
    return next((one for one in ("requested", "proposed") if counted[one]), "proposed")


def _after(request: HttpRequest) -> int | None:
    told = request.GET.get("after", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None


def _url(name: str, **more: int) -> str:
    query: dict[str, str | int] = {"list": name, **more}
    return f"{reverse('payments:refunds')}?{urlencode(query)}"


def _tab(name: str, counted: dict[str, int], *, here: str) -> Tab:
    count = counted.get(name, 0)
    too_many = count > queries.COUNTED_MAX
    shown = f"{queries.COUNTED_MAX}+" if too_many else str(count or "")
    return Tab(name, words.LISTS[name], _url(name), name == here, shown)


def _lines(rows: Sequence[RefundRow], account_id: int) -> list[Line]:
    return [_line(row, account_id) for row in rows]


def _line(row: RefundRow, account_id: int) -> Line:
    why, note = words.reason(row.reason, row.rule)
    state, tone = words.STATES[row.state]
    return Line(
        id=row.id,
        rail=in_words(row.rail_names),
        external_id=row.external_id,
        currency=row.currency,
        amount_minor=row.amount_minor,
        why=why,
        note=note,
        state=state,
        tone=tone,
        by_hand=row.by_hand,
        is_against=row.standing == ReturnStanding.AGAINST,
        since=row.since,
        is_mine=row.maker_id == account_id,
    )
