"""The cases that the head of an office watches, and giving them to another officer."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sessions
from applications import operations
from applications.models import Why
from applications.operations import choosing, reassigning
from applications.pages import heads as pages
from applications.pages.apply import language
from applications.pages.desk_rows import Row, rows
from applications.pages.looking import listed
from applications.queries import heads, watching
from applications.queries.heads import OfficerLine
from applications.queries.reaching import Reach
from applications.queries.watching import Watch
from applications.states import ReassignReason
from catalogue import queries as catalogue
from kernel import audit
from places import queries as places

_ID_DIGITS_MAX = 18
_WHY: dict[str, str | Promise] = {
    reassigning.NOT_NOW: _("it is past that: nobody has to take it up any more"),
    reassigning.HERS_ALREADY: _("it is with that officer already"),
    reassigning.NOT_GRANTED: _("that officer may not decide it"),
    reassigning.AWAY: _("that officer is away"),
    choosing.INTEREST: _("that officer has an interest in it"),
    choosing.MADE_A_STEP: _("that officer made an earlier step of it"),
}
_TITLES: dict[Watch, str | Promise] = {
    Watch.NOBODY: _("With nobody"),
    Watch.LATE: _("Overdue"),
    Watch.TODAY: _("Promised today"),
    Watch.TOMORROW: _("Late tomorrow, and in nobody's hands"),
    Watch.OFTEN: _("Given on three times or more"),
    Watch.ESCALATED: _("Escalated"),
    Watch.OFFICER: _("By officer"),
}


@dataclass(frozen=True)
class Line:
    """A case of the list; `why` says why it was not given to the officer that was chosen."""

    row: Row
    is_ticked: bool
    why: str


@dataclass(frozen=True)
class Asked:
    """The list that is meant, and what was chosen in it."""

    office_id: int
    watch: Watch
    officer_id: int
    after: str

    def address(self, **more: str) -> str:
        codes = {"office": str(self.office_id), "list": self.watch.value}
        if self.watch == Watch.OFFICER:
            codes["officer"] = str(self.officer_id)
        return f"{reverse('applications:head_cases')}?{urlencode(codes | more)}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def cases(request: HttpRequest) -> HttpResponse:
    """Show a list of an office's cases; give those that were ticked to the officer chosen."""
    now = timezone.now()
    reach = pages.supervised(request, at=now)
    asked = _asked(request, reach)
    if request.method != "POST":
        return _page(request, reach, asked, at=now)
    numbers = request.POST.getlist("case")[: reassigning.CASES_MAX]
    officer, reason = _id(request.POST.get("to", "")), request.POST.get("reason", "")
    if not numbers or not officer or reason not in ReassignReason.values:
        problem = gettext("Tick at least one case, and choose an officer and a reason.")
        return _page(request, reach, asked, at=now, problem=problem, status=422)
    found = watching.ids(reach, numbers)
    if len(found) != len(set(numbers)):
        raise Http404
    try:
        count = operations.reassign(
            application_ids=list(found.values()),
            to_officer_id=officer,
            by_id=sessions.signed_in(request).pk,
            reason_code=reason,
            at=now,
        )
    except operations.NoSuchCase:
        raise Http404 from None
    except operations.CannotReassign as refusal:
        why = {
            number: str(_WHY[refusal.why[pk]]) for number, pk in found.items() if pk in refusal.why
        }
        problem = gettext("No case was given: see what stands beside those that are marked.")
        return _page(request, reach, asked, at=now, problem=problem, why=why, status=409)
    messages.success(request, ngettext("%d case is given.", "%d cases are given.", count) % count)
    return redirect(_after(asked))


def _page(
    request: HttpRequest,
    reach: Reach,
    asked: Asked,
    *,
    at: datetime,
    problem: str = "",
    why: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    audit.record(
        act="office.read",
        actor_id=sessions.signed_in(request).pk,
        subject="places.office",
        subject_id=asked.office_id,
        reason=asked.watch.value,
        at=at,
    )
    found, more = watching.cases(
        reach, asked.office_id, asked.watch, at=at, officer_id=asked.officer_id, after=asked.after
    )
    listed(request, found, at=at, why=Why.SUPERVISING)
    names = catalogue.service_names({case.service_code for case in found}, language())
    ticked = set(request.POST.getlist("case"))
    officers = heads.officers(reach, asked.office_id, at=at)
    context = {
        "asked": asked,
        "title": _title(asked, officers),
        "office": places.office(asked.office_id).told(language()),
        "lists": [
            (Asked(asked.office_id, one, 0, "").address(), said, one == asked.watch)
            for one, said in _TITLES.items()
            if one != Watch.OFFICER
        ],
        "officers": officers,
        "lines": [
            Line(row, row.number in ticked, (why or {}).get(row.number, ""))
            for row in rows(found, names, now=at)
        ],
        "reasons": ReassignReason.choices,
        "to": _id(request.POST.get("to", "")),
        "reason": request.POST.get("reason", ""),
        "problem": problem,
        "older": asked.address(after=more) if more else "",
        "first": asked.address() if asked.after else "",
        "back": f"{reverse('applications:head')}?office={asked.office_id}",
        "now": at,
    }
    return render(request, "applications/head_cases.html", context, status=status)


def _after(asked: Asked) -> str:
    # Whoever has nothing more there and is of another office is not in the list of officers.
    if asked.watch == Watch.OFFICER:
        return f"{reverse('applications:head')}?office={asked.office_id}"
    return asked.address()


def _asked(request: HttpRequest, reach: Reach) -> Asked:
    office_id = pages.office_of(request, reach)
    if office_id is None:
        raise Http404
    try:
        watch = Watch(request.GET.get("list") or Watch.NOBODY)
    except ValueError:
        raise Http404 from None
    return Asked(
        office_id, watch, _id(request.GET.get("officer", "")), request.GET.get("after", "")
    )


def _title(asked: Asked, officers: list[OfficerLine]) -> str:
    if asked.watch != Watch.OFFICER:
        return str(_TITLES[asked.watch])
    names = [one.name for one in officers if one.account_id == asked.officer_id]
    if not names:
        raise Http404
    return gettext("Cases of %s") % (names[0] or gettext("nobody"))


def _id(typed: str) -> int:
    good = typed.isascii() and typed.isdigit() and len(typed) <= _ID_DIGITS_MAX
    return int(typed) if good else 0
