"""Whom the pages that nobody has confirmed, and the drafts that somebody decided, are told to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from accounts import policies as grants
from accounts import queries as accounts
from accounts.policies import Scope
from catalogue import comparing
from catalogue.models import (
    DraftReview,
    DraftRevision,
    Reminder,
    ReminderLine,
    Service,
    ServiceDraft,
)
from catalogue.policies import CONFIRM, EDIT, FEES, PUBLISH
from catalogue.queries_kept import DUE_AFTER, SOON_AFTER, STALE_AFTER, confirmed
from catalogue.states import DraftState

Step = ReminderLine.Step


@dataclass(frozen=True)
class Late:
    """A page that waits for a word; `keeps`: she is to confirm it, and not only to know of it."""

    service_id: int
    step: Step
    since: datetime
    keeps: bool


@dataclass(frozen=True)
class Told:
    """What one reminder says: how many pages, how far the worst is, and to whom."""

    account_id: int
    pages: int
    step: Step
    keeps: bool


def late(*, at: datetime) -> dict[int, list[Late]]:
    """
    Return the pages that wait for a word, by the accounts that are to know of it.

    Those who may confirm a page know from its thirtieth day on; where there is none, those who may
    publish it, who know of every page whose readers are told. Four queries, however many there are.
    """
    pages = _pages(at)
    wanted = [Scope(code, None) for code in pages]
    keepers = grants.holders_each(act=CONFIRM.code, wanted=wanted, at=at)
    publishers = grants.holders_each(act=PUBLISH.code, wanted=wanted, at=at)
    found: dict[int, list[Late]] = {}
    for scope in wanted:
        service_id, step, since = pages[scope.service_code]
        told = dict.fromkeys(keepers[scope], True)
        if not told or step == Step.TOLD:
            told = dict.fromkeys(publishers[scope], False) | told
        for account_id, keeps in told.items():
            found.setdefault(account_id, []).append(Late(service_id, step, since, keeps))
    return found


def told(reminder_id: int, *, at: datetime) -> Told | None:
    """Return what a reminder says now; None where nothing waits any more, or it is not hers."""
    account_id = Reminder.objects.values_list("account_id", flat=True).get(pk=reminder_id)
    hers = late(at=at).get(account_id, [])
    if not hers:
        return None
    worst = max((one.step for one in hers), key=list(Step).index)
    return Told(account_id, len(hers), worst, any(one.keeps for one in hers))


def unkept(codes: Collection[str], *, at: datetime) -> set[str]:
    """Return which of these services nobody may confirm."""
    wanted = [Scope(code, None) for code in codes]
    keepers = grants.holders_each(act=CONFIRM.code, wanted=wanted, at=at)
    return {scope.service_code for scope in wanted if not keepers[scope]}


def deciders(draft_id: int, *, at: datetime) -> list[int]:
    """Return who may decide about a draft that waits: none of its writers, under no login."""
    draft = ServiceDraft.objects.select_related("base").get(pk=draft_id)
    if draft.state != DraftState.IN_REVIEW:
        return []
    may = set(_holders(PUBLISH.code, draft, at))
    if comparing.changes_money(draft.base.definition if draft.base else {}, draft.definition):
        may &= set(_holders(FEES.code, draft, at))
    writers = _writers(draft)
    return [
        one for one in sorted(may) if not any(accounts.same_hands(one, other) for other in writers)
    ]


def writers(draft_id: int, *, at: datetime) -> list[int]:
    """Return who has written a draft and may still edit it, without whoever moved it last."""
    draft = ServiceDraft.objects.get(pk=draft_id)
    moved = DraftReview.objects.filter(draft=draft, by__isnull=False).order_by("-pk")
    last = moved.values_list("by_id", flat=True).first()
    return sorted(_writers(draft).intersection(_holders(EDIT.code, draft, at)) - {last})


def _pages(at: datetime) -> dict[str, tuple[int, Step, datetime]]:
    active = Service.objects.filter(active=True, current__isnull=False)
    said = confirmed(active)
    found = {}
    first = active.annotate(first=Min("versions__published_at"))
    for pk, code, published_at in first.order_by("code").values_list("pk", "code", "first"):
        since = said.get(code, published_at)
        # Of a page that nobody ever confirmed the public is told from its first day.
        step = _step(since, at) if code in said else Step.TOLD
        if step is not None:
            found[code] = (pk, step, since)
    return found


def _step(since: datetime, at: datetime) -> Step | None:
    waited = at - since
    if waited > STALE_AFTER:
        return Step.TOLD
    if waited >= SOON_AFTER:
        return Step.SOON
    return Step.DUE if waited >= DUE_AFTER else None


def _holders(act: str, draft: ServiceDraft, at: datetime) -> list[int]:
    return grants.holders(act=act, service_code=draft.code, area_code=None, at=at)


def _writers(draft: ServiceDraft) -> set[int]:
    return set(DraftRevision.objects.filter(draft=draft).values_list("by_id", flat=True))
