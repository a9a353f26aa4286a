"""The board: one page for the morning, and the same as a live region and as a file."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kernel import exports
from kernel.country import country
from kernel.money import Money
from payments import queries
from payments.models import Alarm
from payments.pages.board import summing
from payments.pages.board.access import money_page
from payments.pages.board.words import AGES, FIGURES, named
from payments.pages.operations import KINDS as ALARMS
from payments.queries import ages
from payments.queries.ages import Aged
from payments.states import AlarmKind


@dataclass(frozen=True)
class AgeRow:
    what: Promise
    room: str  # The page where it is worked off.
    aged: Aged
    cells: list[tuple[Promise, int, str]]  # Age, how many, how much.


@require_safe
@money_page
def board(request: HttpRequest) -> HttpResponse:
    """Show the money of a day by rail and beneficiary, how old what is open is, what rings."""
    now = timezone.now()
    day = asked_day(request, now)
    html = _region(day, now)
    today = _today(now)
    context = {
        "day": day,
        "today": today,
        "is_today": day == today,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1) if day < today else None,
        "region": html,
        "version": _version(html),
    }
    return render(request, "payments/board/board.html", context)


@require_safe
@money_page
def now(request: HttpRequest) -> HttpResponse:
    """Answer the live region of the board."""
    moment = timezone.now()
    html = _region(asked_day(request, moment), moment)
    return JsonResponse({"version": _version(html), "html": html, "over": False})


@require_safe
@money_page
def board_csv(request: HttpRequest) -> HttpResponseBase:
    """Answer with every figure of the board, one a row."""
    moment = timezone.now()
    day = asked_day(request, moment)
    told = summing.summed(day, with_ages=day == _today(moment))
    header = ("day", "of", "code", "figure", "currency", "amount_minor", "amount", "since")
    return exports.csv_response(f"board-{day.isoformat()}", header, _rows(told))


def asked_day(request: HttpRequest, now: datetime) -> date:
    """Return the day that the address names; today where it names none, or one to come."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return _today(now)
    return min(day, _today(now))


def _today(now: datetime) -> date:
    return now.astimezone(country().zone).date()


def _region(day: date, now: datetime) -> str:
    alarms, zone = queries.open_alarms(), country().zone
    context = {
        # What stands is as old as it is now: a board of the past says nothing of it.
        "board": summing.summed(day, with_ages=day == _today(now)),
        "ages": [
            *_age_rows(
                gettext_lazy("Suspense"), "payments:suspense", ages.suspense(now=now, zone=zone)
            ),
            *_age_rows(
                gettext_lazy("Refunds"), "payments:refunds", ages.refunds(now=now, zone=zone)
            ),
        ],
        "age_names": AGES,
        "rail_heads": _heads((*summing.RAIL_DAY, *summing.RAIL_STANDING)),
        "rail_day_columns": len(summing.RAIL_DAY),
        "rail_standing_columns": len(summing.RAIL_STANDING),
        "beneficiary_heads": _heads((*summing.BENEFICIARY_DAY, *summing.BENEFICIARY_STANDING)),
        "beneficiary_day_columns": len(summing.BENEFICIARY_DAY),
        "beneficiary_standing_columns": len(summing.BENEFICIARY_STANDING),
        "alarms": _rings(alarms),
        "alarm_count": len(alarms),
        "not_closed": ages.not_closed(_today(now)),
        "waiting": queries.inbox_waiting(now=now),
    }
    return render_to_string("payments/board/_region.html", context)


def _rings(alarms: Sequence[Alarm]) -> list[tuple[Promise, int, datetime]]:
    """Return what rings, how often and since when, the longest first."""
    since: dict[str, list[datetime]] = defaultdict(list)
    for alarm in alarms:
        since[alarm.kind].append(alarm.raised_at)
    found = [(ALARMS[AlarmKind(kind)][0], len(at), min(at)) for kind, at in since.items()]
    return sorted(found, key=lambda one: one[2])


def _heads(names: Sequence[str]) -> list[Promise | str]:
    return [named(FIGURES, name) for name in names]


def _age_rows(what: Promise, room: str, told: Iterable[Aged]) -> Iterator[AgeRow]:
    for aged in told:
        digits = [
            Money(minor, aged.currency).digits(get_language() or "en")
            for minor in aged.amounts_minor
        ]
        cells = list(zip(AGES, aged.counts, digits, strict=True))
        yield AgeRow(what, room, aged, cells)


def _version(html: str) -> str:
    """Changes whenever the region would look otherwise; tells nothing by itself."""
    return hashlib.sha256(html.encode()).hexdigest()[:12]


def _rows(told: summing.Board) -> Iterator[tuple[object, ...]]:
    for of, rows in ((_("rail"), told.rails), (_("beneficiary"), told.beneficiaries)):
        for row in rows:
            for name, figure in row.figures.items():
                amount_minor, currency = figure.amount_minor, row.currency
                amount = Money(amount_minor, currency)
                yield told.day, of, row.code, name, currency, amount_minor, amount, figure.since
