"""What happens around every page: visits grow old and end, refusals are recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from accounts import operations, sessions
from accounts.operations import factors
from accounts.pages import visits
from accounts.policies import NotGranted
from accounts.states import AccountKind
from kernel import audit

log = structlog.get_logger()

# What opens to staff before they have a second factor: getting one, and leaving.
OPEN_BEFORE_FACTOR = frozenset(
    {
        "accounts:security",
        "accounts:add_app",
        "accounts:confirm_app",
        "accounts:add_passkey",
        "accounts:passkey_challenge",
        "accounts:second",
        "accounts:directory_again",
        "accounts:directory_back",
        "accounts:sign_out",
        "set_language",
    }
)
_NOTE_EVERY = timedelta(minutes=1)  # A page a second must not be a write a second.


class AccessMiddleware:
    """Stands after Django's AuthenticationMiddleware; pages without a session cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _let_time_pass(request, now=timezone.now())
        return self._answer(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """Lead staff who must have a second factor to it, before any other page opens."""
        if settings.STAFF_SECOND_FACTOR == factors.REQUIRED and sessions.is_weak(request):
            match = request.resolver_match
            if match is None or match.view_name not in OPEN_BEFORE_FACTOR:
                return redirect("accounts:security")
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Record a refused act; by now its transaction is rolled back, and the record stays."""
        if isinstance(exception, NotGranted):
            audit.record(
                act="access.refused",
                actor_id=exception.account_id,
                subject="accounts.account",
                subject_id=exception.account_id,
                detail={"act": exception.act},
                at=timezone.now(),
            )
            log.warning("access.refused", account_id=exception.account_id, act=exception.act)


def _let_time_pass(request: HttpRequest, *, now: datetime) -> None:
    """
    End a visit that is idle or over; of a citizen's, forget first who proved herself there.

    A phone is put down on a table that others sit at, while its owner may be away for an hour to
    pay: she need not ask for another code, but must say again who she is.
    """
    visit = request.session.get(sessions.VISIT)
    if not isinstance(visit, dict):
        return
    idle = now - datetime.fromtimestamp(visit["seen"], now.tzinfo)
    age = now - datetime.fromtimestamp(visit["started"], now.tzinfo)
    is_staff = visit["kind"] == AccountKind.STAFF
    if age > settings.SESSION_LIFE:
        _sign_out(request, "over", at=now)
    elif idle > (settings.STAFF_IDLE if is_staff else settings.CITIZEN_IDLE):
        _sign_out(request, "idle", at=now)
    elif idle > _NOTE_EVERY:
        if not is_staff and idle > settings.PROOF_IDLE:
            sessions.forget_persons(request)
        _note(request, visit, now=now)


def _note(request: HttpRequest, visit: dict[str, Any], *, now: datetime) -> None:
    key = sessions.session_key(request)
    if operations.see_visit(visit_id=visit["id"], session_key=key, at=now):
        request.session[sessions.VISIT] = {**visit, "seen": int(now.timestamp())}
    else:
        _sign_out(request, "out", at=now)


def _sign_out(request: HttpRequest, reason: str, *, at: datetime) -> None:
    account = sessions.current_account(request)
    log.info("visit.over", account_id=account.pk if account else None, reason=reason)
    visits.sign_out(request, reason=reason, at=at)
