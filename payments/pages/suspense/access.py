"""Who is at the page of suspense, and what she may do there."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from accounts import policies as grants
from accounts import queries as accounts
from accounts import sessions
from payments.policies import (
    ASK_MATCH,
    ASK_REFUND,
    ASK_RELEASE,
    ASK_REMITTANCE,
    DECIDE_MATCH,
    DECIDE_RELEASE,
    VIEW_MONEY,
)


@dataclass(frozen=True)
class Officer:
    """Whoever looks, and the acts that she has on a rail (or on all of them)."""

    account_id: int
    ask_match: bool
    ask_refund: bool
    ask_release: bool
    ask_remittance: bool
    decide_match: bool
    decide_release: bool

    @property
    def asks(self) -> bool:
        return self.ask_match or self.ask_refund or self.ask_release


def looking(request: HttpRequest, *, at: datetime) -> int:
    """
    Return the account of staff that may see money.

    :raises accounts.policies.NotGranted: if she may not
    """
    account_id = sessions.signed_in(request).pk
    grants.require(account_id=account_id, act=VIEW_MONEY.code, area_code=None, at=at)
    return account_id


def officer(account_id: int, *, rail_code: str = grants.ANY, at: datetime) -> Officer:
    def may(act: str) -> bool:
        return grants.may(
            account_id=account_id, act=act, area_code=None, rail_code=rail_code, at=at
        )

    return Officer(
        account_id=account_id,
        ask_match=may(ASK_MATCH.code),
        ask_refund=may(ASK_REFUND.code),
        ask_release=may(ASK_RELEASE.code),
        ask_remittance=may(ASK_REMITTANCE.code),
        decide_match=may(DECIDE_MATCH.code),
        decide_release=may(DECIDE_RELEASE.code),
    )


def names(account_ids: set[int | None]) -> dict[int, str]:
    """Return what colleagues are called, by account."""
    known = accounts.accounts(sorted(each for each in account_ids if each is not None))
    return {one.id: one.display_name or one.email or str(one.id) for one in known}
