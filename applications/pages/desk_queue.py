"""The officer's queue: what waits, for whom and how long, narrowed as she likes."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import policies as rights
from accounts import queries as accounts
from accounts import rooms, sessions
from applications import policies, queries
from applications.pages.apply import language
from applications.pages.desk import reach_of
from applications.pages.desk_rows import leaving, rows
from applications.pages.looking import listed
from applications.queries import views
from applications.queries.queues import Filter, Shown, Sort
from applications.queries.tallying import Waiting
from applications.states import ON_DESK, Status
from catalogue import queries as catalogue
from documents import holding
from documents.policies import PAPER_ACT_CODES
from payments.policies import VIEW_MONEY
from places import queries as places

OPTIONS_MAX = 60
"""Of more officers or offices none is offered; an address that names one still does."""

SORTS = {
    Sort.URGENT: _("the most urgent first"),
    Sort.OLDEST: _("the oldest first"),
    Sort.NEWEST: _("the newest first"),
}
_NARROWED_BY_DESK = {Shown.MINE, Shown.OFFICE, Shown.UNASSIGNED, Shown.LATE, Shown.ELSEWHERE}


@dataclass(frozen=True)
class Tab:
    """A list with how much it holds; `is_more` if that is only as far as was counted."""

    label: str
    address: str
    count: int
    is_more: bool
    is_here: bool
    key: str = ""
    is_nobodys: bool = False


@never_cache
@require_GET
@sessions.staff_required
def queue(request: HttpRequest) -> HttpResponse:
    """Show a list of cases, as far as her rights reach; how many there are in every other."""
    account = sessions.signed_in(request)
    now = timezone.now()
    saved = views.of_account(account.pk)
    wanted = _wanted(request, saved)
    reach = reach_of(request, at=now)
    page = queries.page(reach, wanted, at=now, after=request.GET.get("after", ""))
    counts = queries.counts(reach, at=now)
    away = queries.away(reach, wanted) if _shows_away(request, wanted) else []
    codes = {case.service_code for case in (*page.cases, *away)} | {wanted.service_code}
    names = catalogue.service_names(codes | set(counts.waiting.service_codes), language())
    if wanted.shown != Shown.ELSEWHERE:  # There nobody's name is shown.
        listed(request, page.cases, at=now)
    on_their_way = leaving(away, names, now=now)
    wider = reach.is_wider_than(account.office_id)
    tabs = _tabs(counts, wanted, wider=wider)
    context = {
        "shown": wanted.shown.value,
        "wanted": wanted,
        "tabs": tabs,
        "nobodys": next((one for one in tabs if one.is_nobodys and one.count), None),
        "caption": _caption(wanted, wider=wider),
        "rows": on_their_way + rows(page.cases, names, now=now, shown=wanted.shown),
        "older": _address(wanted, after=page.after) if page.after else "",
        "is_first": not request.GET.get("after"),
        "first": _address(wanted),
        "options": _options(reach, wanted, counts.waiting, names),
        "views": [(view, _address(view.filter), view.filter == wanted) for view in saved],
        "codes": views.write(wanted).items(),
        "is_narrowed": wanted != Filter(shown=wanted.shown, sort=wanted.sort),
        "unnarrowed": _address(Filter(shown=wanted.shown, sort=wanted.sort)),
        "may_nothing": reach.is_empty,
        "wider": wider,
        "now": now,
        "office": places.office(account.office_id).told(language()) if account.office_id else "",
        **_rooms(account.pk, at=now),
    }
    return render(request, "applications/queue.html", context)


def _shows_away(request: HttpRequest, wanted: Filter) -> bool:
    return wanted.shown == Shown.ELSEWHERE and not request.GET.get("after")


def _wanted(request: HttpRequest, saved: list[views.View]) -> Filter:
    """Return what the address asks for; without a word, what she lets her desk open with."""
    if not any(key in request.GET for key in views.KEYS):
        opening = next((view.filter for view in saved if view.is_default), None)
        if opening is not None:
            return opening
    try:
        return views.read({key: request.GET.get(key, "") for key in views.KEYS})
    except views.NoSuchFilter:
        raise Http404 from None


def _address(wanted: Filter, *, after: str = "") -> str:
    codes = views.write(wanted) | ({"after": after} if after else {})
    return f"{reverse('applications:queue')}?{urlencode(codes)}"


def _tabs(counts: queries.Counts, wanted: Filter, *, wider: bool) -> list[Tab]:
    waiting = counts.waiting
    lists = [
        (Shown.MINE, gettext("Mine"), waiting.mine),
        (Shown.OFFICE, gettext("My area") if wider else gettext("My office"), waiting.office),
        (Shown.UNASSIGNED, gettext("With nobody"), waiting.unassigned),
        (Shown.LATE, gettext("Late"), counts.late),
        (Shown.ESCALATED, gettext("Escalated"), counts.escalated),
        (Shown.CITIZEN, gettext("With the citizen"), waiting.citizen),
        (Shown.ELSEWHERE, gettext("With another office"), counts.elsewhere + counts.away),
        (Shown.DONE, gettext("Done today"), counts.done),
    ]
    bounded = {Shown.LATE, Shown.ESCALATED, Shown.ELSEWHERE, Shown.DONE}
    tabs = [
        Tab(
            label,
            _address(Filter(shown=shown)),
            min(count, queries.COUNT_MAX) if shown in bounded else count,
            shown in bounded and count > queries.COUNT_MAX,
            shown == wanted.shown,
            is_nobodys=shown == Shown.UNASSIGNED,
        )
        for shown, label, count in lists
    ]
    many = counts.to_sign > queries.COUNT_MAX
    sign = Tab(
        gettext("To sign"),
        reverse("applications:to_sign"),
        min(counts.to_sign, queries.COUNT_MAX),
        many,
        is_here=False,
        key="s",
    )
    return [*tabs[:4], sign, *tabs[4:]]


def _caption(wanted: Filter, *, wider: bool) -> str:
    """Say what the list is and how it is ordered."""
    told = {
        Shown.MINE: gettext("Cases assigned to you"),
        Shown.OFFICE: gettext("All cases before the offices of your area")
        if wider
        else gettext("All cases before your office"),
        Shown.UNASSIGNED: gettext("Nobody could be named for these cases: somebody must take them"),
        Shown.CITIZEN: gettext("Sent back to the applicant, who has to mend them"),
        Shown.ELSEWHERE: gettext(
            "On their way from here, or here first and now with another office"
        ),
        Shown.LATE: gettext("Past the day that was promised"),
        Shown.ESCALATED: gettext("Somebody above was told that these wait for too long"),
        Shown.DONE: gettext("Approved or refused today, the latest first"),
    }[wanted.shown]
    if wanted.shown == Shown.DONE:
        return told
    return gettext("%(list)s, %(order)s") % {"list": told, "order": SORTS[wanted.sort]}


def _options(
    reach: queries.Reach, wanted: Filter, waiting: Waiting, names: dict[str, str]
) -> dict[str, object]:
    """Return what the list can be narrowed by: what there is within the reach, if not too much."""
    officers: list[tuple[int, str]] = []
    if wanted.shown != Shown.MINE and len(waiting.officer_ids) <= OPTIONS_MAX:
        officers = [
            (one.id, one.display_name) for one in accounts.accounts(list(waiting.officer_ids))
        ]
    offices: list[tuple[int, str]] = []
    if 1 < len(reach.office_ids or ()) <= OPTIONS_MAX:
        found = places.offices(reach.office_ids or ())
        offices = sorted(((one.pk, one.told(language())) for one in found), key=lambda one: one[1])
    has_states = wanted.shown in _NARROWED_BY_DESK
    sorts = [] if wanted.shown == Shown.DONE else [(one.value, told) for one, told in SORTS.items()]
    states = [(one.value, one.label) for one in Status if one in ON_DESK] if has_states else []
    return {
        "services": sorted(names.items(), key=lambda one: one[1]),
        "officers": sorted(officers, key=lambda one: one[1]),
        "offices": offices,
        "states": states,
        "sorts": sorts,
    }


def _rooms(account_id: int, *, at: datetime) -> dict[str, object]:
    """Return which rooms beside the queue she may enter."""
    counter = {act.code for act in policies.AT_COUNTER}
    handing = {act.code for act in policies.HANDING}
    alone = {policies.SUPERVISE.code, policies.ASSIST.code}
    wanted = {*PAPER_ACT_CODES, *counter, *handing, *alone, *rooms.act_codes()}
    held = rights.held(account_id=account_id, act_codes=wanted, at=at)
    return {
        "may_see_money": rights.may(
            account_id=account_id, act=VIEW_MONEY.code, area_code=None, at=at
        ),
        "may_see_papers": bool(held & set(PAPER_ACT_CODES)),
        "supervises": policies.SUPERVISE.code in held,
        "at_counter": bool(held & counter),
        "hands_over": bool(held & handing),
        "rooms": [room for room in rooms.open_to(held) if not room.is_desk],
        "receives": policies.RECEIVE.code in held,
        "may_help": policies.ASSIST.code in held,
        "keys": _keys(account_id, at=at),
    }


def _keys(account_id: int, *, at: datetime) -> holding.Concerns | None:
    """Return what whoever answers for keys must know; None for everybody else."""
    try:
        within = holding.offices_of(account_id, at=at)
    except rights.NotGranted:
        return None
    return holding.concerns(within, at=at)
