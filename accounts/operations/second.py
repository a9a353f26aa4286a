"""The second factor at sign-in: whoever knows the password shows what else is hers."""

from datetime import datetime

from accounts.operations import code_apps, factors, recovery
from kernel import audit

APP, RECOVERY = "app", "recovery"


def accept_code(*, account_id: int, typed: str, address: str, at: datetime) -> str:
    """
    Accept the code of her app or one of her recovery codes, each once.

    :return: which of them it was, `APP` or `RECOVERY`
    :raises JustOver: if it was her app's until a moment ago, which is no guess
    :raises NotRight: if it is neither, or was used before
    :raises BudgetSpent: while too many were wrong
    """
    factors.spend_guess(account_id, address, at=at)
    code, paper = code_apps.cleaned(typed), recovery.cleaned(typed)
    try:
        is_app = bool(code) and code_apps.accept(account_id, code, at=at)
    except code_apps.JustOver:
        factors.forgive_guess(account_id, address)
        raise
    if is_app:
        how = APP
    elif paper and recovery.accept(account_id, paper, at=at):
        how = RECOVERY
    else:
        raise factors.refuse(account_id, "code", at=at)
    factors.forgive_guess(account_id, address)
    return how


def record_shown(*, account_id: int, how: str, at: datetime) -> None:
    """Keep by what she finished signing in."""
    audit.record(
        act="factor.shown",
        actor_id=account_id,
        subject="accounts.account",
        subject_id=account_id,
        detail={"by": how},
        at=at,
    )
