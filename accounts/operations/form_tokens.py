"""
A form that costs us money answers only to whoever has opened its page: once, within an hour.

The token is signed and dated; that it is used is a row of the budgets, so that it holds for all
processes and over a restart.
"""

import secrets
from datetime import datetime

from django.core import signing

from accounts.limits import HOUR, limit
from accounts.operations import budgets

_SALT = "accounts.form"


class FormStale(Exception):
    """No token of ours, one that is used, or older than an hour: the page is shown again."""


def draw() -> str:
    """Return a token for one form on one page."""
    return signing.dumps(secrets.token_urlsafe(16), salt=_SALT)


def use(token: str, *, at: datetime) -> None:
    """
    Use the token up.

    :raises FormStale: the second time, after an hour, and if it is not ours
    """
    try:
        drawn = signing.loads(token, salt=_SALT, max_age=HOUR)
        budgets.spend(limit("form.token"), drawn, at=at)
    except (signing.BadSignature, budgets.BudgetSpent):
        raise FormStale from None
