"""Signing in with the state's own directory: there, back, and out."""

import hmac
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from accounts import operations, sessions
from accounts.gateways import directory
from accounts.gateways.directory import DirectoryUnavailable, NotVouched, Vouched
from accounts.models import Account
from accounts.operations import directory as bindings
from accounts.operations import factors
from accounts.pages import half, visits
from accounts.pages.invitations import TOKEN

log = structlog.get_logger()

_BEGUN = "accounts.directory"
_ANSWER_SECONDS_MAX = 600


@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the directory; with an invitation, to come back and accept it."""
    if not directory.is_configured():
        return redirect("accounts:staff_sign_in")
    try:
        begun = directory.directory().begin(back_to=_back_to())
    except DirectoryUnavailable as trouble:
        return _refused(request, "unavailable", trouble)
    accepts = request.GET.get("accept") == "1"
    _keep(request, begun, accepts=accepts, again=None, at=timezone.now())
    return HttpResponseRedirect(begun.url)


@never_cache
@require_safe
@sessions.staff_required
def again(request: HttpRequest) -> HttpResponse:
    """Send her to show the directory anew who she is, in place of a password that she lacks."""
    if not directory.is_configured():
        return redirect("accounts:security")
    at = timezone.now()
    try:
        begun = directory.directory().begin(back_to=_back_to(), anew=True)
    except DirectoryUnavailable as trouble:
        return _refused(request, "unavailable", trouble)
    _keep(request, begun, accepts=False, again=sessions.signed_in(request).pk, at=at)
    return HttpResponseRedirect(begun.url)


@never_cache
@sensitive_variables("begun", "vouched", "token")
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Take what the directory says, once, in the browser that asked."""
    at = timezone.now()
    begun = request.session.pop(_BEGUN, None)
    if not _is_answer(request, begun, at=at):
        return _refused(request, "state")
    again_id = begun.get("again")
    try:
        vouched = directory.directory().finish(
            code=request.GET.get("code", ""),
            nonce=begun["nonce"],
            verifier=begun["verifier"],
            back_to=_back_to(),
            now=at,
            since=datetime.fromtimestamp(begun["at"], at.tzinfo) if again_id else None,
        )
        if again_id:
            return _shown_again(request, vouched, again_id, begun["next"], at=at)
        account = _account(request, vouched, accepts=begun["accepts"], at=at)
    except DirectoryUnavailable as trouble:
        return _refused(request, "unavailable", trouble)
    except NotVouched as trouble:
        return _refused(request, "not_vouched", trouble)
    except operations.InvitationOver as over:
        return render(request, "accounts/invitation_over.html", {"why": over.why}, status=410)
    except operations.NotKnownHere:
        return _refused(request, "unknown")
    target = sessions.safe_next(request, begun["next"])
    if not vouched.has_second and factors.enrolled(account.pk):
        half.begin(request, account, target, at=at, shown=("directory",))
        return redirect("accounts:second")
    strength = ("directory", "second") if vouched.has_second else ("directory",)
    visits.sign_in_staff(request, account, at=at, strength=strength)
    return redirect(target or visits.staff_home(account, at=at))


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Offer to sign out of the directory too: others at this browser would come in by it."""
    end_url = ""
    if directory.is_configured():
        end_url = directory.directory().end_url(
            back_to=f"{settings.SITE_URL}{reverse('catalogue:home')}"
        )
    return render(request, "accounts/directory_left.html", {"end_url": end_url})


def _keep(
    request: HttpRequest, begun: directory.Begun, *, accepts: bool, again: int | None, at: datetime
) -> None:
    request.session[_BEGUN] = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "next": visits.wanted(request),
        "accepts": accepts,
        # Who is signed in here and shows anew who she is; None for whoever signs in.
        "again": again,
        "at": int(at.timestamp()),
    }


def _shown_again(
    request: HttpRequest, vouched: Vouched, account_id: int, target: str, *, at: datetime
) -> HttpResponse:
    """:raises NotKnownHere: if it was somebody else than who is signed in"""
    account = sessions.current_account(request)
    if account is None or account.pk != account_id:
        raise operations.NotKnownHere
    bindings.vouch_again(account_id=account.pk, vouched=vouched, at=at)
    sessions.remember_vouched(request, second=vouched.has_second, at=at)
    return redirect(sessions.safe_next(request, target) or "accounts:security")


def _account(request: HttpRequest, vouched: Vouched, *, accepts: bool, at: datetime) -> Account:
    if accepts:
        token = str(request.session.pop(TOKEN, ""))
        return operations.accept_vouched(vouched=vouched, token=token, at=at)
    trusts_email = settings.DIRECTORY["trusts_email"]
    return operations.sign_in_vouched(vouched=vouched, trusts_email=trusts_email, at=at)


def _is_answer(request: HttpRequest, begun: Any, *, at: datetime) -> bool:
    """Say whether this browser asked, a short while ago, what is answered here."""
    if not isinstance(begun, dict) or not directory.is_configured():
        return False
    given = request.GET.get("state", "")
    issuer = request.GET.get("iss", settings.DIRECTORY["issuer"])  # RFC 9207.
    return (
        hmac.compare_digest(given.encode(), str(begun["state"]).encode())
        and issuer == settings.DIRECTORY["issuer"]
        and bool(request.GET.get("code"))
        and at.timestamp() - begun["at"] <= _ANSWER_SECONDS_MAX
    )


def _refused(request: HttpRequest, why: str, trouble: Exception | None = None) -> HttpResponse:
    detail = trouble.why if isinstance(trouble, NotVouched) else type(trouble).__name__
    log.warning("directory.refused", why=why, detail=detail if trouble else "")
    status = 503 if why == "unavailable" else 403
    return render(request, "accounts/directory_refused.html", {"why": why}, status=status)


def _back_to() -> str:
    return f"{settings.SITE_URL}{reverse('accounts:directory_back')}"
