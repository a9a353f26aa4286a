"""The page of whoever heads an office: who has how much, what is promised, who is away."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import operations as accounts
from accounts import policies as rights
from accounts import sessions
from applications import policies, queries
from applications.pages.absence_form import AbsenceForm, Named
from applications.pages.apply import language
from applications.queries import heads, watching
from applications.queries.heads import OfficeLine, OfficerLine
from applications.queries.reaching import Reach
from kernel import audit, exports
from places import queries as places

_ID_DIGITS_MAX = 18


@never_cache
@require_GET
@sessions.staff_required
def office(request: HttpRequest) -> HttpResponse:
    """Show one office; or the offices of the area, where she supervises several and names none."""
    now = timezone.now()
    reach = supervised(request, at=now)
    office_id = office_of(request, reach)
    if office_id is None:
        return _area(request, reach, at=now)
    return show(request, reach, office_id, at=now)


@never_cache
@require_GET
@sessions.staff_required
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the same table as a file."""
    now = timezone.now()
    reach = supervised(request, at=now)
    office_id = office_of(request, reach)
    _record(request, office_id, at=now)
    if office_id is None:
        lines = heads.offices(reach, at=now)
        names = _names([line.office_id for line in lines])
        return exports.csv_response(
            "offices", _area_head(), [_office_row(line, names) for line in lines]
        )
    officers = heads.officers(reach, office_id, at=now)
    return exports.csv_response("officers", _office_head(), [_officer_row(one) for one in officers])


def show(
    request: HttpRequest,
    reach: Reach,
    office_id: int,
    *,
    at: datetime,
    form: AbsenceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the page of an office, with an absence that could not be entered."""
    _record(request, office_id, at=at)
    lines = heads.officers(reach, office_id, at=at)
    outlook = watching.outlook(reach, office_id, at=at)
    away = accounts.absences([line.account_id for line in lines if line.account_id], at=at)
    most = max((count for _, count in outlook.by_hour), default=0)
    watched = watching.watched(reach, office_id, at=at)
    context = {
        "office": _names([office_id])[office_id],
        "office_id": office_id,
        "is_wider": reach.is_wider_than(office_id),
        "lines": lines,
        "waiting": sum(line.waiting for line in lines),
        "in_hand": sum(line.in_hand for line in lines),
        "outlook": outlook,
        "hours": [(hour, count, round(100 * count / most)) for hour, count in outlook.by_hour],
        "nobody": watched[watching.Watch.NOBODY],
        "often": watched[watching.Watch.OFTEN],
        "escalated": watched[watching.Watch.ESCALATED],
        "told": sum(heads.escalations(office_id, at=at).values()),
        "apologies": heads.apologies(office_id, at=at),
        "absences": away,
        "form": form or AbsenceForm(officers=named(lines)),
        "now": at,
    }
    return render(request, "applications/head.html", context, status=status)


def named(lines: Sequence[OfficerLine]) -> Named:
    """Return the officers of the lines, for a form that chooses among them."""
    return [(line.account_id, line.name) for line in lines if line.account_id]


def supervised(request: HttpRequest, *, at: datetime) -> Reach:
    """:raises accounts.policies.NotGranted: if she supervises nothing"""
    account = sessions.signed_in(request)
    reach = queries.supervised(account_id=account.pk, person_id=account.person_id, at=at)
    if reach.is_empty:
        raise rights.NotGranted(account_id=account.pk, act=policies.SUPERVISE.code)
    return reach


def office_of(request: HttpRequest, reach: Reach) -> int | None:
    """Return the office that is meant; what she does not supervise does not exist for her."""
    asked = request.GET.get("office", "") or request.POST.get("office", "")
    if asked:
        if not (asked.isascii() and asked.isdigit() and len(asked) <= _ID_DIGITS_MAX):
            raise Http404
        office_id = int(asked)
        if not places.offices([office_id]):
            raise Http404
        if reach.office_ids is not None and office_id not in reach.office_ids:
            raise Http404
        return office_id
    if reach.office_ids is not None and len(reach.office_ids) == 1:
        return next(iter(reach.office_ids))
    return None


def _area(request: HttpRequest, reach: Reach, *, at: datetime) -> HttpResponse:
    _record(request, None, at=at)
    lines = heads.offices(reach, at=at)
    names = _names([line.office_id for line in lines])
    context: dict[str, Any] = {
        "rows": [(line, names.get(line.office_id, "")) for line in lines[: heads.OFFICES_MAX]],
        "waiting": sum(line.waiting for line in lines),
        "in_hand": sum(line.in_hand for line in lines),
        "late": sum(line.late for line in lines),
        "nobody": sum(line.with_nobody for line in lines),
        "escalations": sum(line.escalations for line in lines),
        "apologies": sum(line.apologies for line in lines),
        "is_cut": len(lines) > heads.OFFICES_MAX,
        "now": at,
    }
    return render(request, "applications/head_area.html", context)


def _names(office_ids: Collection[int]) -> dict[int, str]:
    return {one.pk: one.told(language()) for one in places.offices(office_ids)}


def _record(request: HttpRequest, office_id: int | None, *, at: datetime) -> None:
    audit.record(
        act="office.read",
        actor_id=sessions.signed_in(request).pk,
        subject="places.office",
        subject_id=office_id,
        at=at,
    )


def _office_head() -> list[str]:
    return [
        gettext("Officer"),
        gettext("Present"),
        gettext("Waiting"),
        gettext("In hand"),
        gettext("With the applicant"),
        gettext("To sign"),
        gettext("Load"),
        gettext("Late"),
        gettext("Oldest"),
        gettext("Decided today"),
        gettext("Decided this week"),
    ]


def _officer_row(line: OfficerLine) -> list[object]:
    return [
        line.name or gettext("nobody"),
        "" if line.presence is None else int(line.presence.is_here),
        line.waiting,
        line.in_hand,
        line.elsewhere,
        line.to_sign,
        line.load,
        line.late,
        line.since or "",
        line.decided_today,
        line.decided_week,
    ]


def _area_head() -> list[str]:
    return [
        gettext("Office"),
        gettext("Waiting"),
        gettext("With nobody"),
        gettext("In hand"),
        gettext("Load"),
        gettext("Late"),
        gettext("Late (%)"),
        gettext("Oldest"),
        gettext("Escalations this month"),
        gettext("Apologies this month"),
    ]


def _office_row(line: OfficeLine, names: dict[int, str]) -> list[object]:
    return [
        names.get(line.office_id, ""),
        line.waiting,
        line.with_nobody,
        line.in_hand,
        line.load,
        line.late,
        line.late_percent,
        line.since or "",
        line.escalations,
        line.apologies,
    ]
