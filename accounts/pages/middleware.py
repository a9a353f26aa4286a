"""What happens around every page: idle staff are signed out, refusals are recorded."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.pages.visits import STAFF_SEEN
from accounts.policies import NotGranted
from accounts.sessions import current_account
from kernel import audit

log = structlog.get_logger()

IDLE = timedelta(minutes=30)
_NOTE_EVERY = timedelta(minutes=1)  # A page a second must not be a write a second.


class AccessMiddleware:
    """Stands after Django's AuthenticationMiddleware; pages without a session cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _end_idle(request)
        return self._answer(request)

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


def _end_idle(request: HttpRequest) -> None:
    seen = request.session.get(STAFF_SEEN)
    if seen is None:
        return
    now = int(timezone.now().timestamp())
    if now - seen > IDLE.total_seconds():
        account = current_account(request)
        log.info("staff.idle", account_id=account.pk if account else None)
        logout(request)
    elif now - seen > _NOTE_EVERY.total_seconds():
        request.session[STAFF_SEEN] = now
