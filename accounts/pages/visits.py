"""What the sign-in pages keep in the browser's session between one page and the next."""

import ipaddress
from datetime import datetime

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse

from accounts import sessions
from accounts.models import Account

STAFF_SEEN = "accounts.staff_seen"
_CODE = "accounts.code"
_NEXT = "accounts.next"
_IPV6_SUBSCRIBER_BITS = 64


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


def sign_in_citizen(request: HttpRequest, account: Account) -> None:
    """Sign in under a new session key; who proved herself before must prove herself again."""
    login(request, account)
    request.session.pop(_CODE, None)
    sessions.forget_persons(request)


def sign_in_staff(request: HttpRequest, account: Account, *, at: datetime) -> None:
    login(request, account)
    request.session[STAFF_SEEN] = int(at.timestamp())


def staff_home(account: Account) -> str:
    """Operators look after the machine, everybody else has a desk."""
    return reverse("admin:index") if account.is_staff else reverse("applications:queue")


def address(request: HttpRequest) -> str:
    """Return the network address that guesses are counted by; of IPv6 the network of 64 bits."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        # Our own proxy appends the last one; whatever stands before it was sent by the visitor.
        return _counted(forwarded.rpartition(",")[2].strip())
    return _counted(str(request.META.get("REMOTE_ADDR", "")))


def _counted(told: str) -> str:
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return told
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    # A subscriber is given 2^64 addresses or more: one each would be no limit at all.
    return str(ipaddress.IPv6Network((int(found), _IPV6_SUBSCRIBER_BITS), strict=False))
