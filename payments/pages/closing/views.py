"""The days, one day's closing sheet, and the auditor's pack of a closed one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from accounts.pages import stepping
from payments.models import LedgerDay
from payments.operations import closing as operations
from payments.pages.closing.words import KINDS
from payments.pages.words import Words, words
from payments.policies import PREPARE_CLOSE, SIGN_CLOSE, VIEW_MONEY
from payments.queries import closing as queries
from payments.queries import sheet as sheets
from payments.queries.closing import DayLine, Found, Standing
from payments.queries.sheet import BeneficiarySheet, RailSheet
from payments.states import Leg

# Of what nobody has listed, this many stand on the page; with them listed, the next come.
UNLISTED_SHOWN = 100
NOTE_CHARACTERS = 500


@dataclass(frozen=True)
class Line:
    """One day of the list; `state` chooses its words."""

    day: date
    state: str  # "closed", "prepared", "blocked", "ready", "not_over", "waits"
    blocked: int
    ready_on: date
    by: str
    seal: str
    journals: int


@dataclass(frozen=True)
class InWords:
    """A difference with what it is and what to do."""

    title: Promise
    advice: Promise
    one: Found | Standing
    by_word: bool
    movement_id: int | None  # With the provider's id of it: None for anything else.
    named: str


@dataclass(frozen=True)
class RailRow:
    name: Words
    rail: RailSheet
    kept: int  # Received less reversed.
    charges: int
    sweeps: int
    arrived: int
    withdrawn: int
    remitted: int
    told: int
    stated: int


@dataclass(frozen=True)
class BeneficiaryRow:
    name: Words
    one: BeneficiarySheet


@never_cache
@require_safe
@sessions.staff_required
def closing(request: HttpRequest) -> HttpResponse:
    """List the days of the ledger, the newest first: closed, ready or blocked."""
    now = timezone.now()
    _require(request, now)
    before = _day(request.GET["before"]) if "before" in request.GET else None
    lines = [_line(one, now) for one in queries.days(now=now, before=before)]
    context = {
        "days": lines,
        "older": lines[-1].day if len(lines) == queries.DAYS_SHOWN else None,
        "is_newest": before is None,
    }
    return render(request, "payments/closing/days.html", context)


@never_cache
@require_safe
@sessions.staff_required
def day(request: HttpRequest, day: str) -> HttpResponse:
    """Show one day's closing sheet, what does not agree, and who has signed."""
    return page(request, _day(day))


@never_cache
@require_safe
@sessions.staff_required
def pack(request: HttpRequest, day: str) -> FileResponse:
    """Give the auditor's pack of a closed day; the reading is recorded."""
    which, account = _day(day), sessions.signed_in(request)
    try:
        file = operations.pack(day=which, by_id=account.pk, at=timezone.now())
    except operations.NotClosed as error:
        raise Http404 from error
    return FileResponse(file, as_attachment=True, filename=f"day-{which.isoformat()}.zip")


def page(request: HttpRequest, which: date, *, status: int = 200, **typed: Any) -> HttpResponse:
    """Render a day's page; `typed` holds what she typed and why it was not taken."""
    account, now = sessions.signed_in(request), timezone.now()
    _require(request, now)
    try:
        is_closed = queries.is_closed(which)
    except LedgerDay.DoesNotExist as error:
        raise Http404 from error
    found = [] if is_closed else queries.found(which)
    unlisted = queries.unlisted(found)
    # A closed day tells of no difference that came after it.
    listed = queries.standing(day=which)
    standing = [one for one in listed if not is_closed or one.day_found <= which]
    by_people = queries.settled_by_people(which)
    shown: list[Found | Standing] = [*unlisted[:UNLISTED_SHOWN], *standing, *by_people]
    names = queries.movement_names([one.subject for one in shown])
    signatures = queries.signatures(which)
    sheet = sheets.sheet(which)
    may = {
        name: grants.may(account_id=account.pk, act=act.code, area_code=None, at=now)
        for name, act in (("may_prepare", PREPARE_CLOSE), ("may_sign", SIGN_CLOSE))
    }
    context = {
        "day": which,
        "is_closed": is_closed,
        "is_next": queries.next_to_close() == which,
        "ready_on": queries.ready_on(which),
        "is_over": queries.today(now) >= queries.ready_on(which),
        "signatures": signatures,
        "is_own": signatures is not None and signatures.prepared_by_id == account.pk,
        "changed": not is_closed
        and signatures is not None
        and signatures.prepared_journals != queries.journals_of(which),
        "rails": [_rail(one) for one in sheet.rails],
        "beneficiaries": [BeneficiaryRow(words(one.names), one) for one in sheet.beneficiaries],
        "agrees": sheet.agrees,
        "unlisted": [_in_words(one, names) for one in unlisted[:UNLISTED_SHOWN]],
        "unlisted_count": len(unlisted),
        "standing": [_in_words(one, names) for one in standing],
        "by_people": [_in_words(one, names) for one in by_people],
        "note_max": NOTE_CHARACTERS,
        **may,
        **stepping.more(request),
        "purpose": operations.PURPOSE,
        **typed,
    }
    return render(request, "payments/closing/day.html", context, status=status)


def _require(request: HttpRequest, now: datetime) -> None:
    account = sessions.signed_in(request)
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _line(one: DayLine, now: datetime) -> Line:
    signed = one.signatures
    blocked = 0
    if one.closed_at is not None:
        state = "closed"
    elif not one.is_next:
        state = "waits"
    elif queries.today(now) < one.ready_on:
        state = "not_over"
    else:
        blocked = len(queries.unlisted(queries.found(one.day)))
        state = "blocked" if blocked else "prepared" if signed else "ready"
    return Line(
        day=one.day,
        state=state,
        blocked=blocked,
        ready_on=one.ready_on,
        by=signed.signed_by if signed else "",
        seal=signed.seal if signed else "",
        journals=signed.journals if signed else 0,
    )


def _in_words(one: Found | Standing, names: Mapping[str, tuple[int, str]]) -> InWords:
    title, advice = KINDS[one.kind]
    movement_id, named = names.get(one.subject, (None, ""))
    by_word = one.kind in operations.SETTLED_BY_WORD
    return InWords(title, advice, one, by_word, movement_id, named)


def _rail(rail: RailSheet) -> RailRow:
    amounts: Mapping[str, int] = {leg: rail.leg(leg).amount_minor for leg in Leg}
    return RailRow(
        name=words(rail.names),
        rail=rail,
        kept=rail.received_minor - rail.reversed_minor,
        charges=amounts[Leg.CHARGE],
        sweeps=amounts[Leg.SWEEP],
        arrived=amounts[Leg.TRANSFER],
        withdrawn=amounts[Leg.WITHDRAWAL],
        remitted=amounts[Leg.REMITTANCE],
        told=rail.leg(Leg.CREDIT).told_minor,
        stated=rail.leg(Leg.CREDIT).stated_minor,
    )
