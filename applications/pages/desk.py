"""The officer's desk: her queue, and everything about one case on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import policies as rights
from accounts import queries as accounts
from accounts import sessions
from applications import queries, story
from applications.models import Application
from applications.pages.apply import answer_rows, language
from applications.pages.cases import is_alone, office_name, service_names, tone
from applications.pages.listing import slip_lines
from applications.pages.reading import Reading, read
from applications.states import ON_DESK, Status
from catalogue import queries as catalogue
from catalogue.definition import Definition
from catalogue.words import tell
from documents import holding
from documents.policies import PAPER_ACT_CODES
from kernel import audit
from payments.policies import VIEW_MONEY
from places import queries as places
from registers import queries as registers

MINE = "mine"
_LISTS = {
    MINE: queries.queue_of_officer,
    "office": queries.queue_of_reach,
    "unassigned": queries.unassigned,
}
_HOUR_SECONDS = 3600
_SOON_HOURS = 4


@dataclass(frozen=True)
class Left:
    """How much is left until the promise, in words and colour."""

    text: str
    tone: str


@dataclass(frozen=True)
class Row:
    """A case in the queue; the family name and an initial are all that a list shows of a person."""

    number: str
    name: str
    who: str
    status: str
    officer: str
    office: str
    left: Left


@dataclass(frozen=True)
class Kept:
    """What an officer typed before her action was refused, given back to her."""

    fields: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    note: str = ""


@never_cache
@require_GET
@sessions.staff_required
def queue(request: HttpRequest) -> HttpResponse:
    """Show the cases that wait, as far as her rights reach: hers, all, those with nobody."""
    account = sessions.signed_in(request)
    shown = request.GET.get("list", MINE)
    if shown not in _LISTS:
        raise Http404
    now = timezone.now()
    reach = reach_of(request, at=now)
    page = _LISTS[shown](reach, after=request.GET.get("after", ""))
    names = service_names(page.cases)
    context = {
        "shown": shown,
        "rows": [_row(case, names, now=now) for case in page.cases],
        "older": f"?list={shown}&after={page.after}" if page.after else "",
        "counts": queries.counts(reach, at=now),
        "count_max": queries.COUNT_MAX,
        "may_nothing": reach.is_empty,
        "may_see_money": rights.may(
            account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now
        ),
        "may_see_papers": bool(
            rights.scopes(account_id=account.pk, act_codes=PAPER_ACT_CODES, at=now)
        ),
        "keys": _keys(account.pk, at=now),
        "wider": reach.is_wider_than(account.office_id),
        "office": places.office(account.office_id).told(language()) if account.office_id else "",
    }
    return render(request, "applications/queue.html", context)


def _keys(account_id: int, *, at: datetime) -> holding.Concerns | None:
    """Return what whoever answers for keys must know; None for everybody else."""
    try:
        within = holding.offices_of(account_id, at=at)
    except rights.NotGranted:
        return None
    return holding.concerns(within, at=at)


@never_cache
@require_GET
@sessions.staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show the case beside the register, with what can be done."""
    return show(request, at_desk(request, number))


def at_desk(request: HttpRequest, number: str) -> Application:
    """Return the case if she may see it; what is not hers does not exist for her."""
    account = sessions.signed_in(request)
    application = queries.at_desk(
        number, account_id=account.pk, person_id=account.person_id, at=timezone.now()
    )
    if application is None:
        raise Http404
    return application


def reach_of(request: HttpRequest, *, at: datetime) -> queries.Reach:
    """Return which cases the officer at the browser may see in lists."""
    account = sessions.signed_in(request)
    return queries.reach(account_id=account.pk, person_id=account.person_id, at=at)


def show(
    request: HttpRequest,
    application: Application,
    *,
    problem: str = "",
    since: int | None = None,
    kept: Kept | None = None,
    status: int = 200,
    reading: Reading | None = None,
) -> HttpResponse:
    """
    Draw the case page; whoever is shown it, after whatever request, is recorded as its reader.

    :param problem: why an action was refused; `since` is the version that the reader had seen
    """
    account = sessions.signed_in(request)
    audit.record(
        act="case.read",
        actor_id=account.pk,
        subject="applications.application",
        subject_id=application.pk,
        at=timezone.now(),
    )
    definition = catalogue.version(application.service_version_id).definition
    on_desk = application.status in ON_DESK
    if reading is None and on_desk:
        reading = read(application, definition, wanted=request.GET.get("entry", ""))
    alone = is_alone(application, definition)
    holds = application.status == Status.UNDER_REVIEW and application.officer_id == account.pk
    holder = accounts.person(application.holder_id)
    context = {
        "application": application,
        "name": definition.name(language()),
        "holder": holder,
        "office": office_name(application),
        "status": application.get_status_display(),
        "tone": tone(application.status),
        "turn": story.turn_text(application.status, staff=True),
        "left": left_until(application.promised_at, now=timezone.now()) if on_desk else None,
        "reading": reading,
        "cited": _cited(application),
        "answers": answer_rows(definition, application),
        "items": _told(queries.history(application.pk), application, alone=alone),
        "news": _news(application, since),
        "slips": slip_lines(application, staff=True),
        "problem": problem,
        "holds": holds,
        "may_take": _may_take(application, account.pk),
        "held_by": _held_by(application, account.pk),
        "refusal_reasons": _reasons(definition, refusing=True),
        "completion_reasons": _reasons(definition, refusing=False),
        "fields": _fields(definition, kept),
        "kept": kept or Kept(),
    }
    return render(request, "applications/desk_case.html", context, status=status)


def left_until(promised_at: datetime | None, *, now: datetime) -> Left:
    """Return the time left, or by how much the promise is missed."""
    if promised_at is None:
        return Left(gettext("no promised date"), "")
    seconds = (promised_at - now).total_seconds()
    hours = int(abs(seconds) // _HOUR_SECONDS)
    days = hours // 24
    amount = (
        ngettext("%d day", "%d days", days) % days
        if days
        else (ngettext("%d hour", "%d hours", hours) % hours if hours else gettext("under an hour"))
    )
    if seconds < 0:
        return Left(gettext("%s late") % amount, "bad")
    return Left(amount, "warn" if hours < _SOON_HOURS else "")


def _row(case: Application, names: dict[str, str], *, now: datetime) -> Row:
    given = case.holder.given_names
    return Row(
        number=case.number,
        name=names.get(case.service_code, case.service_code),
        who=f"{case.holder.family_name} {given[:1]}{'.' if given else ''}".strip(),
        status=case.get_status_display(),
        officer=case.officer.display_name if case.officer else "",
        office=office_name(case),
        left=left_until(case.promised_at, now=now),
    )


def _may_take(application: Application, account_id: int) -> bool:
    if application.status == Status.IN_QUEUE:
        return True
    ended = application.held_until is not None and application.held_until <= timezone.now()
    return (
        application.status == Status.UNDER_REVIEW and application.officer_id != account_id and ended
    )


def _held_by(application: Application, account_id: int) -> str:
    if application.status != Status.UNDER_REVIEW or application.officer_id in {None, account_id}:
        return ""
    return accounts.account(application.officer_id or 0).display_name


def _told(
    moves: Sequence[story.Move], application: Application, *, alone: bool = False
) -> list[story.Item]:
    return story.tell(
        moves,
        status=application.status,
        office=office_name(application),
        promised_at=application.promised_at,
        staff=True,
        alone=alone,
    )


def _news(application: Application, since: int | None) -> list[story.Item]:
    """Return what happened after the version that the reader had seen."""
    if since is None:
        return []
    changes = queries.changes_since(application.pk, since)
    return [item for item in _told(changes, application) if item["state"] == "done"]


def _cited(application: Application) -> dict[str, object] | None:
    """Return the entry that a decided case rests on, for the officer's eyes."""
    if application.cited_entry_id is None:
        return None
    cited = registers.cited_entry(application.cited_entry_id)
    return {
        "office_code": cited.office_code,
        "year": cited.year,
        "volume": cited.volume,
        "act_number": cited.act_number,
        "cited_at": cited.cited_at,
    }


def _reasons(definition: Definition, *, refusing: bool) -> list[tuple[str, str]]:
    reasons = definition.refusal_reasons if refusing else definition.completion_reasons
    return [(reason.code, str(reason.label(language()))) for reason in reasons]


def _fields(definition: Definition, kept: Kept | None) -> list[tuple[str, str, str]]:
    """Return each field of the form: code, label, the reason that was being given for it."""
    chosen = kept.fields if kept else {}
    return [
        (code, tell(one.labels, language()).text, chosen.get(code, ""))
        for code, one in definition.fields.items()
    ]
