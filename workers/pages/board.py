"""The operators' board: whether the machines work, what waits, and what needs somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from payments.pages.words import Words
from payments.pages.words import words as in_words
from payments.policies import VIEW_MONEY
from workers import signs, watching
from workers.pages import words
from workers.policies import RETRY, WATCH

# A screen on a wall asks by itself; nobody else's page moves under her hands.
AGAIN_SECONDS = 30
GIGABYTE = 10**9


@dataclass(frozen=True)
class SignLine:
    """A sign in words, with all that it is about; `name` is its heading in docs/running.md."""

    name: str
    title: Promise
    advice: Promise
    about: list[str]
    count: str
    since: datetime | None
    is_bad: bool
    is_end: bool  # `since` lies ahead: when something ends.


@dataclass(frozen=True)
class JobLine:
    name: str
    does: Promise | str
    every: timedelta
    ran_at: datetime | None
    is_late: bool
    trouble: str


@dataclass(frozen=True)
class QueueLine:
    name: str
    does: Promise | str
    worked_at: datetime | None
    depth: str
    is_alive: bool


@dataclass(frozen=True)
class RailLine:
    name: Words
    silent_since: datetime | None
    answered_at: datetime | None


@never_cache
@require_safe
@sessions.staff_required
def board(request: HttpRequest) -> HttpResponse:
    """Show how the machines do, to staff who may watch them."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=WATCH.code, area_code=None, at=now)
    seen = watching.look(now)
    raised = signs.read(seen, now)
    context = {
        "now": now,
        "again": AGAIN_SECONDS if request.GET.get("again") else None,
        "signs": _told(raised),
        "bad": len({one.sign for one in raised if one.is_bad}),
        "seen": seen,
        "relay": seen.relay,
        "waiting": signs.counted(seen.relay.waiting),
        "due": signs.counted(seen.relay.due),
        "jobs": [_job(job, now) for job in seen.jobs],
        "queues": [_queue(queue, raised) for queue in seen.queues],
        "rails": [
            RailLine(in_words(rail.names), rail.silent_since, rail.answered_at)
            for rail in seen.outside.rails
        ],
        "disk_free": round(seen.disk.free / GIGABYTE, 1) if seen.disk else None,
        "disk_total": round(seen.disk.total / GIGABYTE) if seen.disk else None,
        "may_retry": _may(account.pk, RETRY.code, now),
        "may_see_money": _may(account.pk, VIEW_MONEY.code, now),
    }
    return render(request, "workers/board.html", context)


def _may(account_id: int, act: str, now: datetime) -> bool:
    return grants.may(account_id=account_id, act=act, area_code=None, at=now)


def _told(raised: list[signs.Raised]) -> list[SignLine]:
    """Put what is said of several things into one line: there is one cure."""
    alike: dict[signs.Sign, list[signs.Raised]] = {}
    for one in raised:
        alike.setdefault(one.sign, []).append(one)
    return [_sign(sign, found) for sign, found in alike.items()]


def _sign(sign: signs.Sign, found: list[signs.Raised]) -> SignLine:
    title, advice = words.SAID[sign]
    return SignLine(
        name=sign.value,
        title=title,
        advice=advice,
        about=[one.about.removeprefix("workers.") for one in found if one.about],
        count=", ".join(signs.counted(one.count) for one in found if one.count is not None),
        since=min((one.since for one in found if one.since is not None), default=None),
        is_bad=found[0].is_bad,
        is_end=sign in {signs.Sign.KEY_ENDS, signs.Sign.CERTIFICATE_ENDS},
    )


def _job(job: watching.Job, now: datetime) -> JobLine:
    still_broken = job.broke_at is not None and (job.ran_at is None or job.broke_at > job.ran_at)
    return JobLine(
        name=job.name.removeprefix("workers."),
        does=words.JOBS.get(job.name, ""),
        every=job.every,
        ran_at=job.ran_at,
        is_late=signs.is_late(job, now),
        trouble=job.trouble if still_broken else "",
    )


def _queue(queue: watching.Queue, raised: list[signs.Raised]) -> QueueLine:
    silent = {one.about for one in raised if one.sign is signs.Sign.WORKER_SILENT}
    return QueueLine(
        name=queue.name,
        does=words.QUEUES.get(queue.name, ""),
        worked_at=queue.worked_at,
        depth="" if queue.depth is None else str(queue.depth),
        is_alive=queue.name not in silent,
    )
