"""
Signing a browser in and out, and what is kept in its session between one page and the next.

A session is bound to no kind of browser: its name is sent by whoever holds the cookie, so a thief
copies it with the cookie, and a browser that updates itself would throw its owner out.
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.urls import reverse

from accounts import operations, rooms, sessions
from accounts.models import Account
from accounts.pages import devices
from kernel import addresses

_CODE = "accounts.code"
_NEXT = "accounts.next"


def wanted(request: HttpRequest) -> str:
    """Return where the visitor was going, if that is a page of this site, else ""."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return sessions.safe_next(request, target)


def keep_next(request: HttpRequest, target: str) -> None:
    request.session[_NEXT] = target


def take_next(request: HttpRequest) -> str:
    target = str(request.session.pop(_NEXT, ""))
    return sessions.safe_next(request, target)


def keep_code(request: HttpRequest, code_id: int) -> None:
    request.session[_CODE] = code_id


def code_id(request: HttpRequest) -> int | None:
    kept = request.session.get(_CODE)
    return kept if isinstance(kept, int) else None


def sign_in_citizen(
    request: HttpRequest, account: Account, *, at: datetime, strength: Iterable[str] = ("code",)
) -> None:
    """Sign in under a new session key; who proved herself before must prove herself again."""
    _begin(request, account, strength, at=at)
    request.session.pop(_CODE, None)
    sessions.forget_persons(request)


def sign_in_staff(
    request: HttpRequest, account: Account, *, at: datetime, strength: Iterable[str] = ("password",)
) -> None:
    """
    Sign in under a new session key.

    :param strength: all that she has shown, as `accounts.sessions.strength` names it
    """
    _begin(request, account, strength, at=at)
    operations.record_sign_in(account_id=account.pk, by=sessions.strength(request), at=at)


def sign_out(request: HttpRequest, *, reason: str, at: datetime) -> None:
    """End the visit and the session; `reason` is "out", "idle" or "over"."""
    _end(request, reason=reason, at=at)
    logout(request)


def _begin(
    request: HttpRequest, account: Account, strength: Iterable[str], *, at: datetime
) -> None:
    _end(request, reason="again", at=at)
    before = request.session.session_key
    login(request, account)
    # Django keeps the key of whoever signs in again, and draws the next one only when it saves.
    if request.session.session_key in {None, before}:
        request.session.cycle_key()
    request.session.pop(sessions.STRENGTH, None)
    sessions.add_strength(request, *strength)
    visit_id = operations.begin_visit(
        account_id=account.pk,
        session_key=sessions.session_key(request),
        strength=sessions.strength(request),
        device=devices.kind(request.headers.get("User-Agent", "")),
        network=devices.network(addresses.address(request)),
        at=at,
    )
    now = int(at.timestamp())
    request.session[sessions.VISIT] = {
        "id": visit_id,
        "kind": account.kind,
        "started": now,
        "seen": now,
    }


def _end(request: HttpRequest, *, reason: str, at: datetime) -> None:
    account, visit_id = sessions.current_account(request), sessions.visit_id(request)
    if account is not None and visit_id is not None:
        operations.close_visit(visit_id=visit_id, account_id=account.pk, reason=reason, at=at)


def staff_home(account: Account, *, at: datetime) -> str:
    """Operators read the tables; everybody else begins in the first room that is hers."""
    if account.is_staff:
        return reverse("admin:index")
    room = rooms.first(account.pk, at=at)
    # The desk tells whoever may nothing yet that she may nothing yet.
    return reverse(room.page if room else "applications:queue")
