"""
Who is at the browser: the account that signed in, and the person who proved herself.

A phone signs in before anybody behind it has proved who she is, so both are asked separately.
Other apps' pages use the three decorators and the two questions; nothing here reads the clock.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts.models import STEP_UP_LIFE, Account
from accounts.states import AccountKind

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
Page = Callable[Concatenate[HttpRequest, P], R]
Guarded = Callable[Concatenate[HttpRequest, P], R | HttpResponseRedirect]

_PERSON = "accounts.person"
_PROVEN = "accounts.proven"
_BINDING = "accounts.binding"
_VOUCHED = "accounts.vouched"
STRENGTH = "accounts.strength"
VISIT = "accounts.visit"
PERSONS_MAX = 12  # Proved in one sitting: a family, not a census.


class NotSignedIn(PermissionDenied):
    """A page asked for the account of somebody who has not signed in."""


def current_account(request: HttpRequest) -> Account | None:
    """Return the account that is signed in, of a citizen or of staff, or None."""
    return request.user if isinstance(request.user, Account) else None


def signed_in(request: HttpRequest) -> Account:
    """
    Return the account that is signed in; for pages behind one of the decorators.

    :raises NotSignedIn: if there is none
    """
    account = current_account(request)
    if account is None:
        raise NotSignedIn
    return account


def current_person_id(request: HttpRequest) -> int | None:
    """Return the id of the person proved in this session and chosen last, or None."""
    account = current_account(request)
    if account is None or account.kind != AccountKind.CITIZEN:
        return None
    person_id = request.session.get(_PERSON)
    return person_id if isinstance(person_id, int) else None


def proven_person_ids(request: HttpRequest) -> list[int]:
    """Return all persons who have proved themselves in this session."""
    return list(request.session.get(_PROVEN, [])) if current_account(request) else []


def remember_person(request: HttpRequest, person_id: int) -> None:
    """Note that this person has just proved herself, and that she is the one at the browser."""
    proven = [known for known in proven_person_ids(request) if known != person_id]
    request.session[_PROVEN] = [*proven, person_id][-PERSONS_MAX:]
    request.session[_PERSON] = person_id


def choose_person(request: HttpRequest, person_id: int) -> bool:
    """Turn to a person who proved herself earlier in this session; False if she did not."""
    if person_id not in proven_person_ids(request):
        return False
    request.session[_PERSON] = person_id
    return True


def forget_persons(request: HttpRequest) -> None:
    request.session.pop(_PERSON, None)
    request.session.pop(_PROVEN, None)


def binding(request: HttpRequest) -> str:
    """Return a secret of this browser's session, made when first asked for."""
    if _BINDING not in request.session:
        request.session[_BINDING] = secrets.token_urlsafe(32)
    return str(request.session[_BINDING])


def session_key(request: HttpRequest) -> str:
    """Return the key that a step-up is bound to."""
    return request.session.session_key or ""


def strength(request: HttpRequest) -> frozenset[str]:
    """
    Return how whoever is signed in showed who she is: "password", "second" (a second factor),
    "passkey", "directory" (the state's), "code" (by text message); nothing for a visitor.
    """
    if current_account(request) is None:
        return frozenset()
    return frozenset(request.session.get(STRENGTH, ()))


def add_strength(request: HttpRequest, *ways: str) -> None:
    """Note what else she has shown in this session."""
    request.session[STRENGTH] = sorted({*request.session.get(STRENGTH, ()), *ways})


def remember_vouched(request: HttpRequest, *, second: bool, at: datetime) -> None:
    """Note that the state's directory has just asked whoever is signed in who she is."""
    request.session[_VOUCHED] = {
        "account": signed_in(request).pk,
        "by": "second" if second else "directory",
        "until": int((at + STEP_UP_LIFE).timestamp()),
    }


def vouched(request: HttpRequest, *, at: datetime) -> str:
    """
    Return "directory" where it has asked her within five minutes, "second" where that took a second
    factor, "" where it has not, or that was used.
    """
    kept = request.session.get(_VOUCHED)
    account = current_account(request)
    if not isinstance(kept, dict) or account is None or kept["account"] != account.pk:
        return ""
    return str(kept["by"]) if at.timestamp() < kept["until"] else ""


def forget_vouched(request: HttpRequest) -> None:
    """What the directory said is good for one step-up."""
    request.session.pop(_VOUCHED, None)


def is_weak(request: HttpRequest) -> bool:
    """Return whether staff are signed in by one factor alone, ours or the directory's."""
    account = current_account(request)
    if account is None or account.kind != AccountKind.STAFF:
        return False
    return not strength(request) & {"second", "passkey"}


def visit_id(request: HttpRequest) -> int | None:
    """Return the id of the visit that this browser is on, or None."""
    kept = request.session.get(VISIT)
    return int(kept["id"]) if isinstance(kept, dict) else None


def safe_next(request: HttpRequest, target: str) -> str:
    """Return the address if it leads to this site, else ""."""
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A word without a slash would be taken for the name of a page.
    return target if allowed and target.startswith("/") else ""


def citizen_required(page: Page[P, R]) -> Guarded[P, R]:
    """Let in whoever signed in with a phone; send others to sign in, and back afterwards."""

    @wraps(page)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> R | HttpResponseRedirect:
        account = current_account(request)
        if account is None or account.kind != AccountKind.CITIZEN:
            return _send("accounts:sign_in", request)
        return page(request, *args, **kwargs)

    return guarded


def person_required(page: Page[P, R]) -> Guarded[P, R]:
    """Let in a citizen who has proved in this session who she is."""

    @wraps(page)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> R | HttpResponseRedirect:
        account = current_account(request)
        if account is None or account.kind != AccountKind.CITIZEN:
            return _send("accounts:sign_in", request)
        if current_person_id(request) is None:
            return _send("accounts:who", request)
        return page(request, *args, **kwargs)

    return guarded


def staff_required(page: Page[P, R]) -> Guarded[P, R]:
    """
    Let in staff. What she may do there is asked of `accounts.policies`; this says only who she is.
    """

    @wraps(page)
    def guarded(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> R | HttpResponseRedirect:
        account = current_account(request)
        if account is None or account.kind != AccountKind.STAFF:
            return _send("accounts:staff_sign_in", request)
        return page(request, *args, **kwargs)

    return guarded


def send_to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send a visitor to sign in as a citizen, and back afterwards."""
    return _send("accounts:sign_in", request)


def _send(name: str, request: HttpRequest) -> HttpResponseRedirect:
    # What was posted is lost with a redirect: come back to the page, not to the form's target.
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    query = f"?{urlencode({'next': back})}" if back else ""
    return redirect(reverse(name) + query)
