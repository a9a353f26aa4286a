"""
Half signed in: the password was right, and the second factor is still to be shown.

Nobody is signed in meanwhile: the session holds only whose password it was, for ten minutes, under
a key of its own.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from accounts import sessions
from accounts.models import Account
from accounts.operations import factors
from accounts.pages import visits
from accounts.states import AccountKind

HALF_LIFE = timedelta(minutes=10)
_HALF = "accounts.half"


def after_password(
    request: HttpRequest, account: Account, target: str, *, at: datetime
) -> HttpResponse:
    """Sign her in, or ask for her second factor where she has one."""
    if factors.enrolled(account.pk):
        begin(request, account, target, at=at)
        return redirect("accounts:second")
    visits.sign_in_staff(request, account, at=at)
    return redirect(target or visits.staff_home(account, at=at))


def begin(
    request: HttpRequest,
    account: Account,
    target: str,
    *,
    at: datetime,
    shown: Collection[str] = ("password",),
) -> None:
    """
    Remember whose password was shown, and nothing of whoever was at this browser before.

    :param shown: what she has shown so far, as `accounts.sessions.strength` names it
    """
    visits.sign_out(request, reason="again", at=at)
    request.session[_HALF] = {
        "account": account.pk,
        "until": int((at + HALF_LIFE).timestamp()),
        # Changes with the password: a half begun with an old one is over.
        "password": account.get_session_auth_hash(),
        "next": target,
        "shown": list(shown),
    }


def account_of(request: HttpRequest, *, at: datetime) -> Account | None:
    """Return whose second factor is asked for in this browser, or None."""
    half = request.session.get(_HALF)
    if not half or at.timestamp() >= half["until"]:
        return None
    account = Account.objects.filter(
        pk=half["account"], kind=AccountKind.STAFF, is_active=True
    ).first()
    if account is None:
        return None
    same = constant_time_compare(half["password"], account.get_session_auth_hash())
    return account if same else None


def finish(request: HttpRequest, account: Account, second: str, *, at: datetime) -> HttpResponse:
    """Sign her in, whole, under a new session key; go where she was going."""
    half = request.session.get(_HALF, {})
    request.session.flush()
    shown = half.get("shown", ("password",))
    visits.sign_in_staff(request, account, at=at, strength=(*shown, second))
    target = sessions.safe_next(request, str(half.get("next", "")))
    return redirect(target or visits.staff_home(account, at=at))
