"""One paper at the desk: what it says, what became of it, its files, and what can be asked."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from documents import listing, queries, seeing
from documents.models import ActKind, Copy, Paper, PaperAct, PaperChange
from documents.operations import abandoning, copying, living
from documents.pages.papers import reach, words
from documents.pages.papers.listing import show
from documents.rendering import Template, template
from documents.rendering.wording import Row
from documents.states import OUT, State
from places import queries as places

_HASH_SHOWN = 16


@dataclass(frozen=True)
class Asked:
    """An act as the page tells it."""

    act: PaperAct
    name: str
    reason: str
    state: str
    tone: str
    is_hers: bool


@never_cache
@require_safe
@sessions.staff_required
def paper(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Show the paper; the reading of what it says is written down."""
    now = timezone.now()
    found = reach.paper(request, paper_id, at=now)
    account_id = int(sessions.signed_in(request).pk)
    _written_down(request, found, "paper page", at=now)
    own = living.is_own(account_id=account_id, paper=found)
    context = {
        "paper": found,
        "one": show(listing.line(found, reach.today())),
        "office": places.office(found.office_id).told(get_language() or "en"),
        "facts": [] if own else said(found),
        "own": own,
        "story": story(found),
        "acts": [_asked(one, account_id) for one in listing.acts(found.pk)],
        "looks": queries.looks(found.pk),
        "files": [_file(one) for one in listing.files(found.pk)],
        "relatives": [
            (words.RELATIVES[kind], show(one))
            for kind, one in listing.relatives(found, today=reach.today())
        ],
        "may_ask": [] if own else _may_ask(request, found, at=now),
        "may_copy": [] if own else _may_copy(request, found, at=now),
        "may_abandon": (
            abandoning.may_be_abandoned(found)
            and not own
            and reach.may(request, found, ActKind.REISSUE, at=now)
        ),
        "to_sign": found.state == State.RENDERED and found.officer_id == account_id,
        "has_file": found.state in OUT and not own,
        "proposed": _is_proposed(found),
    }
    return render(request, "documents/papers/paper.html", context)


@never_cache
@require_safe
@sessions.staff_required
def file(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Give the paper itself, as it is now; before it is out, as drawn, to who is to sign it."""
    now = timezone.now()
    found = reach.paper(request, paper_id, at=now)
    account_id = int(sessions.signed_in(request).pk)
    if found.state in OUT and not living.is_own(account_id=account_id, paper=found):
        data = queries.final_file(found.pk)
    elif found.state == State.RENDERED and found.officer_id == account_id:
        data = queries.unsigned_file(found.pk)
    else:
        raise Http404
    _written_down(request, found, "paper file", at=now)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response


def said(found: Paper) -> list[tuple[str, str]]:
    """Return what the paper says, each fact with its label in the reader's language."""
    chosen = template(found.paper_type, found.template_version)
    return in_words(chosen, found.facts)


def in_words(chosen: Template, facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return facts with their labels, in the order of the paper; choices and days in words."""
    language = get_language() or "en"
    told = [
        (_label(row, language), _value(row, facts[fact], language))
        for row in chosen.rows
        for fact in row.facts
        if facts.get(fact)
    ]
    shown = {fact for row in chosen.rows for fact in row.facts}
    return told + [(fact, value) for fact, value in facts.items() if fact not in shown]


def _label(row: Row, language: str) -> str:
    return row.labels.get(language) or row.labels["en"]


def _value(row: Row, value: str, language: str) -> str:
    if value in row.choices:
        words_of = row.choices[value]
        return words_of.get(language) or words_of["en"]
    if row.form == "date":
        with suppress(ValueError):
            return formats.date_format(date.fromisoformat(value), "j F Y")
    return value


def story(found: Paper) -> list[dict[str, Any]]:
    """Return what became of the paper, for the story component."""
    return [
        {"text": _happened(one), "time": one.changed_at, "state": "done", "note": _why(one, found)}
        for one in listing.changes(found.pk)
    ]


def _happened(change: PaperChange) -> str:
    if change.source == State.SUSPENDED and change.target == State.ISSUED:
        return gettext("Resumed")
    return str(words.HAPPENED[change.target])


def _why(change: PaperChange, found: Paper) -> str:
    if change.act is not None and change.act.checker is not None:
        people = gettext("asked by %(maker)s, decided by %(checker)s") % {
            "maker": change.act.maker.display_name,
            "checker": change.act.checker.display_name,
        }
        with_original = ""
        if change.act.paper_id != found.pk:
            with_original = gettext("with its original") + " · "
        return f"{with_original}{words.REASONS[change.act.reason]} · {people}"
    if change.event_id is not None:
        return str(words.END_REASONS.get(found.end_reason, ""))
    return ""


def _asked(act: PaperAct, account_id: int) -> Asked:
    if act.withdrawn_at is not None:
        state, tone = gettext("withdrawn"), ""
    elif act.decided_at is None:
        state, tone = gettext("waits for a second person"), "warn"
    else:
        state, tone = (gettext("approved"), "good") if act.approved else (gettext("declined"), "")
    name, reason = str(words.ACTS[act.kind]), str(words.REASONS[act.reason])
    return Asked(act, name, reason, state, tone, is_hers=act.maker_id == account_id)


def _file(row: Any) -> dict[str, Any]:
    return {"row": row, "step": words.STEPS[row.step], "sha256": row.sha256[:_HASH_SHOWN]}


def _may_ask(request: HttpRequest, found: Paper, *, at: datetime) -> list[tuple[str, str]]:
    waiting = set(
        found.acts.filter(decided_at=None, withdrawn_at=None).values_list("kind", flat=True)
    )
    replaced = listing.replacements(found.pk).exists()
    return [
        (kind.value, str(words.ACTS[kind]))
        for kind in ActKind
        if kind not in waiting
        and not (kind == ActKind.REISSUE and replaced)
        and living.begins_now(found, kind)
        and reach.may(request, found, kind, at=at)
    ]


def _may_copy(request: HttpRequest, found: Paper, *, at: datetime) -> list[tuple[str, str]]:
    if not copying.may_be_copied(found, today=reach.today()):
        return []
    if not reach.may(request, found, "copy", at=at):
        return []
    return [(kind.value, str(words.COPIES[kind])) for kind in Copy if kind != Copy.ORIGINAL]


def _is_proposed(found: Paper) -> bool:
    return bool(listing.at_offices([found.office_id]).get(pk=found.pk).proposed)


def _written_down(request: HttpRequest, found: Paper, reason: str, *, at: datetime) -> None:
    account = sessions.signed_in(request)
    seeing.look(
        found, account_id=int(account.pk), office_id=account.office_id, reason=reason, at=at
    )
