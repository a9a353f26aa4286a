"""Whom somebody looks after: what the pages of people and of one login both ask."""

from datetime import datetime

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import operations, policies, sessions, staffing
from kernel.country import country

ACTS = (policies.INVITE_STAFF.code, policies.MANAGE_STAFF.code)

REFUSALS = {
    operations.SamePerson: _("Somebody else invites you, never you yourself."),
    operations.PersonHasAccount: _(
        "This person has another account, or is invited to one. Close that first."
    ),
    operations.CannotInvite: _(
        "This account names no person of the register, so it cannot be invited."
    ),
}


def over(request: HttpRequest, *, at: datetime) -> staffing.Reach:
    """
    Return whom she looks after.

    :raises NotGranted: if nobody
    """
    by_id = int(sessions.signed_in(request).pk)
    within = staffing.reach(by_id, acts=ACTS, at=at)
    if not within:
        raise policies.NotGranted(account_id=by_id, act=policies.MANAGE_STAFF.code)
    return within


def over_by(request: HttpRequest, act: str, *, at: datetime) -> staffing.Reach:
    return staffing.reach(int(sessions.signed_in(request).pk), acts=(act,), at=at)


def may(request: HttpRequest, account_id: int, act: str, *, at: datetime) -> bool:
    within = over_by(request, act, at=at)
    return bool(within) and staffing.one(account_id, within, language=language()) is not None


def one(request: HttpRequest, account_id: int, *, at: datetime) -> staffing.PersonLine:
    """:raises Http404: for nobody of her area, whether or not there is such an account"""
    line = staffing.one(account_id, over(request, at=at), language=language())
    if line is None:
        raise Http404
    return line


def language() -> str:
    return get_language() or country().default_language
