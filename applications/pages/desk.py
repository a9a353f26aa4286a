"""The officer's desk: her queue, and everything about one case on one screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import queries as accounts
from accounts import sessions
from applications import queries, story
from applications.models import Application, Reassignment, Seen, StatusChange, Why
from applications.pages import desk_parts as parts
from applications.pages.answered import answer_rows
from applications.pages.apply import language
from applications.pages.attached import attachment_lines
from applications.pages.came import way
from applications.pages.cases import is_alone, office_name, tone
from applications.pages.kept import Kept
from applications.pages.listing import slip_lines
from applications.pages.looking import looked
from applications.pages.reading import Reading, read
from applications.queries import clocks, handing, looks
from applications.states import ON_DESK, Handed
from catalogue import conditions
from catalogue import queries as catalogue
from catalogue.definition import Definition
from registers import queries as registers

_HOUR_SECONDS = 3600
_SOON_HOURS = 4


@dataclass(frozen=True)
class Left:
    """How much is left until the promise, in words and colour."""

    text: str
    tone: str


@never_cache
@require_GET
@sessions.staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show the case beside the register, with what can be done."""
    return show(request, at_desk(request, number))


def at_desk(request: HttpRequest, number: str) -> Application:
    """
    Return the case if she may see it; what is not hers does not exist for her.

    What she has opened outside her right she may read until that is over, and do nothing in it.
    """
    account, now = sessions.signed_in(request), timezone.now()
    application = queries.at_desk(
        number, account_id=account.pk, person_id=account.person_id, at=now
    )
    if application is None and request.method in {"GET", "HEAD"}:
        application = looks.opened_case(
            number, account_id=account.pk, person_id=account.person_id, at=now
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
    now = timezone.now()
    right = looked(request, application, seen=Seen.CASE, at=now)
    definition = catalogue.version(application.service_version_id).definition
    holder = accounts.person(application.holder_id)
    if reading is None and application.status in ON_DESK:
        wanted = request.GET.get("entry", "")
        reading = read(application, definition, wanted=wanted, person=holder)
    moves = queries.history(application.pk)
    sent = handing.hand_overs(application.pk)
    away = any(one.arrived_at is None and one.what == Handed.CASE for one in sent)
    answers = answer_rows(definition, application)
    asked = [field.code for field in conditions.asked(definition, application.given)]
    files = attachment_lines(application, definition, staff=True)
    reassigned = queries.reassignments(application.pk)
    lies_beside = parts.beside(application, moves, reach_of(request, at=now))
    context = {
        **_head(application, definition, now=now),
        "holder": holder,
        "reading": reading,
        "cited": _cited(application),
        "answers": answers,
        "items": story.merged(
            _told(moves, application, alone=is_alone(application, definition)), _given(reassigned)
        ),
        "way": way(application, transfers=lies_beside["transfers"], reassigned=reassigned),
        "news": _news(application, moves, reassigned, since),
        "attachments": files,
        "slips": slip_lines(application, staff=True),
        "clocks": clocks.of(application, now, moves=moves),
        "only_opened": right == Why.BREAK_GLASS,
        "openings": looks.openings_of(application.pk),
        "problem": problem,
        "kept": kept or Kept(),
        "refusal": parts.refusal(definition, application),
        "sent": sent,
        "on_its_way": away,
        **parts.may(application, account.pk, at=now, away=away),
        **lies_beside,
        **parts.choices(definition, dict(zip(asked, answers, strict=True)), kept, reading, files),
    }
    return render(request, "applications/desk_case.html", context, status=status)


def _head(application: Application, definition: Definition, *, now: datetime) -> dict[str, object]:
    """Return what stands above everything else: which case, before whom, and how long still."""
    waits = application.status in ON_DESK
    return {
        "application": application,
        "name": definition.name(language()),
        "office": office_name(application),
        "status": application.get_status_display(),
        "tone": tone(application.status),
        "turn": story.turn_text(application.status, staff=True),
        "left": left_until(application.promised_at, now=now) if waits else None,
    }


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


def _given(reassigned: Sequence[Reassignment], *, since: int = 0) -> list[story.Item]:
    return [
        story.reassigned(
            one.by.display_name,
            one.from_officer.display_name if one.from_officer else "",
            one.to_officer.display_name,
            why=one.get_reason_code_display(),
            at=one.at,
        )
        for one in reassigned
        if one.version > since
    ]


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


def _news(
    application: Application,
    moves: list[StatusChange],
    reassigned: Sequence[Reassignment],
    since: int | None,
) -> list[story.Item]:
    """Return what happened after the version that the reader had seen."""
    if since is None:
        return []
    changes = [move for move in moves if move.version > since]
    told = [item for item in _told(changes, application) if item["state"] == "done"]
    return story.merged(told, _given(reassigned, since=since))


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
        "on_paper": cited.source == "paper",
    }
