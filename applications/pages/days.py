"""The register of the day: what an office received, handled and handed over, on one page."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import policies as rights
from accounts import sessions
from applications import operations, policies, queries
from applications.pages.apply import language
from applications.pages.cases import pdf
from applications.pages.desk import reach_of
from applications.pages.looking import listed
from applications.queries.slips import DayRow, numbered, numbers_within
from documents import queries as papers
from kernel import audit
from kernel.country import country
from places import queries as places

ROWS_MAX = 200
OFFICES_MAX = 60
_ID_DIGITS_MAX = 18
_FIRST_DAY = date(2000, 1, 1)  # No office has a register here of a day before.


@never_cache
@require_GET
@sessions.staff_required
def day(request: HttpRequest) -> HttpResponse:
    """Show a day of an office that her rights reach: today's at hers, unless she asks."""
    today = _today()
    office_id = _office_id(request, request.GET.get("office", ""))
    chosen, mistaken = _day(request.GET.get("day", ""), today)
    _record(request, "day.read", office_id)
    told = queries.day(office_id, chosen, language=language())
    written = queries.day_slip(office_id, chosen)
    is_out = written is not None and bool(papers.issued_ids([written.paper_id]))
    names_all = _names_all(request, office_id)
    hers = _hers(request, told.rows, names_all=names_all)
    listed(request, numbered([row.number for row in hers[:ROWS_MAX]]), at=timezone.now())
    context = {
        "figures": [
            (gettext("Received"), told.received),
            (gettext("Decided"), told.decided),
            (gettext("Handed over"), told.handed_over),
            (gettext("Beyond their day"), told.late),
        ],
        "rows": hers[:ROWS_MAX],
        "more": max(0, len(hers) - ROWS_MAX),
        "unnamed": len(told.rows) - len(hers),
        "names_all": names_all,
        "office": places.office(office_id).told(language()),
        "office_id": office_id,
        "offices": _offices(request),
        "chosen": chosen,
        "today": today,
        "mistaken": mistaken,
        "is_over": chosen < today,
        "written": written,
        "pdf": reverse("applications:day_pdf", args=[office_id, chosen])
        if is_out and names_all
        else "",
        "before": _address(office_id, chosen - timedelta(days=1)),
        "after": _address(office_id, chosen + timedelta(days=1)) if chosen < today else "",
    }
    return render(request, "applications/day.html", context)


@never_cache
@require_POST
@sessions.staff_required
def write(request: HttpRequest) -> HttpResponse:
    """Have the register of a day that is over sealed."""
    today = _today()
    office_id = _office_id(request, request.POST.get("office", ""))
    chosen, mistaken = _day(request.POST.get("day", ""), today)
    if mistaken or not _names_all(request, office_id):
        raise Http404
    try:
        operations.write_day(
            office_id=office_id,
            day=chosen,
            language=language(),
            by_id=sessions.signed_in(request).pk,
            at=timezone.now(),
        )
    except operations.DayNotOver:
        messages.error(request, gettext("The day is not over yet."))
    else:
        messages.success(request, gettext("The register is being made; it is here in a moment."))
    return redirect(_address(office_id, chosen))


@never_cache
@require_GET
@sessions.staff_required
def pdf_of_day(request: HttpRequest, office_id: int, day: str) -> HttpResponse:
    office_id = _office_id(request, str(office_id))
    if not _names_all(request, office_id):
        raise Http404
    chosen, mistaken = _day(day, _today())
    written = None if mistaken else queries.day_slip(office_id, chosen)
    if written is None or not papers.issued_ids([written.paper_id]):
        raise Http404
    _record(request, "day.read", office_id)
    return pdf(papers.final_file(written.paper_id), f"register-{chosen.isoformat()}.pdf")


def _office_id(request: HttpRequest, asked: str) -> int:
    """Return the office that is meant; one that her rights do not reach does not exist for her."""
    reach = reach_of(request, at=timezone.now())
    own = sessions.signed_in(request).office_id
    if asked.isascii() and asked.isdigit() and len(asked) <= _ID_DIGITS_MAX:
        wanted: int | None = int(asked)
    else:
        wanted = own if reach.office_ids is None or own in reach.office_ids else None
        wanted = wanted or min(reach.office_ids or {0})
    if not wanted or (reach.office_ids is not None and wanted not in reach.office_ids):
        raise Http404
    try:
        places.office(wanted)
    except places.NoOffice:
        raise Http404 from None
    return wanted


def _names_all(request: HttpRequest, office_id: int) -> bool:
    """Say whether she may be told of every case there: her right is for every service."""
    scopes = rights.scopes(
        account_id=sessions.signed_in(request).pk,
        act_codes=[act.code for act in policies.AT_DESK],
        at=timezone.now(),
    )
    areas = {one.area_code for one in scopes if one.service_code == rights.ANY}
    offices = places.offices_within({code for code in areas if code})
    return None in areas or any(office_id in within for within in offices.values())


def _hers(request: HttpRequest, rows: Sequence[DayRow], *, names_all: bool) -> list[DayRow]:
    """
    Return the rows of cases that she may open; of the others the figures tell.

    What has gone to another office since was the office's own on the day.
    """
    reach = reach_of(request, at=timezone.now())
    within = ~reach.interest if names_all else reach.covered
    named = numbers_within(within, [row.number for row in rows])
    return [row for row in rows if row.number in named]


def _offices(request: HttpRequest) -> list[tuple[int, str]]:
    """Return the offices to choose from, where there are several and not too many."""
    ids = reach_of(request, at=timezone.now()).office_ids or frozenset()
    if not 1 < len(ids) <= OFFICES_MAX:
        return []
    told = [(office.pk, office.told(language())) for office in places.offices(ids)]
    return sorted(told, key=lambda office: office[1])


def _day(typed: str, today: date) -> tuple[date, bool]:
    """Return the day that was typed, today without one, and whether it was a mistake."""
    if not typed:
        return today, False
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today, True
    return (day, False) if _FIRST_DAY <= day <= today else (today, True)


def _today() -> date:
    return timezone.now().astimezone(country().zone).date()


def _address(office_id: int, day: date) -> str:
    return f"{reverse('applications:day')}?office={office_id}&day={day.isoformat()}"


def _record(request: HttpRequest, act: str, office_id: int) -> None:
    audit.record(
        act=act,
        actor_id=sessions.signed_in(request).pk,
        subject="places.office",
        subject_id=office_id,
        at=timezone.now(),
    )
