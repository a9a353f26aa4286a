"""Each network and bank: what it tells, against what it usually tells by this hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import policies as grants
from accounts import sessions
from payments.operations import health
from payments.pages.channels.words import STATES, UNKNOWN
from payments.pages.words import Words, words
from payments.policies import VIEW_MONEY
from payments.queries import channels as queries
from payments.queries.channels import Channel, HourSeen


@dataclass(frozen=True)
class Bar:
    """How many came, and how many are usual (None: nobody knows yet), on one scale."""

    at: datetime
    seen: int
    usual: int | None
    most: int

    @property
    def low(self) -> int:
        """Below it the bar is marked: half of what is usual has not come."""
        return (self.usual or 0) // 2


@dataclass(frozen=True)
class ChannelShown:
    code: str
    name: Words
    word: Promise | str
    tone: str
    meaning: Promise | str
    trouble: str
    since: datetime | None
    late_minutes: int | None
    heard_at: datetime | None
    answered_at: datetime | None
    last_hour: Bar
    today: Bar
    hours: Sequence[Bar]


@never_cache
@require_safe
@sessions.staff_required
def channels(request: HttpRequest) -> HttpResponse:
    """Show how each network and bank does, those in trouble first."""
    account, now = sessions.signed_in(request), timezone.now()
    grants.require(account_id=account.pk, act=VIEW_MONEY.code, area_code=None, at=now)
    shown = [_shown(one, now) for one in queries.channels(now)]
    shown.sort(key=lambda one: not one.trouble)
    context = {"channels": shown, "in_trouble": [one for one in shown if one.trouble]}
    return render(request, "payments/channels/channels.html", context)


def _shown(one: Channel, now: datetime) -> ChannelShown:
    trouble = health.trouble(one.health, now)
    is_known = trouble is not None or one.today.usual is not None
    word, tone, meaning = STATES[trouble.kind if trouble else ""] if is_known else UNKNOWN
    late_by = trouble.late_by if trouble else None
    most = max((max(hour.seen, int(hour.usual or 0)) for hour in one.hours), default=0)
    return ChannelShown(
        code=one.rail.code,
        name=words(one.rail.names),
        word=word,
        tone=tone,
        meaning=meaning,
        trouble=trouble.kind if trouble else "",
        since=trouble.since if trouble else None,
        late_minutes=int(late_by.total_seconds()) // 60 if late_by else None,
        heard_at=one.health.heard_at if one.health else None,
        answered_at=one.health.answered_at if one.health else None,
        last_hour=_bar(one.last_hour),
        today=_bar(one.today),
        hours=[_bar(hour, most=most) for hour in one.hours],
    )


def _bar(told: HourSeen, *, most: int = 0) -> Bar:
    usual = None if told.usual is None else round(told.usual)
    return Bar(told.hour, told.seen, usual, max(most, told.seen, usual or 0, 1))
