"""Who may send a form, asked before anything of it is read; the operation asks of its rail."""

from datetime import datetime

from django.http import HttpRequest

from accounts import policies as grants
from accounts import sessions
from accounts.acts import Act


def require_any(request: HttpRequest, *acts: Act, at: datetime) -> int:
    """
    Return the account at the browser, if it holds one of these acts on anything.

    :raises accounts.policies.NotGranted: otherwise
    """
    account_id = int(sessions.signed_in(request).pk)
    codes = [act.code for act in acts]
    if not grants.held(account_id=account_id, act_codes=codes, at=at):
        raise grants.NotGranted(account_id=account_id, act=codes[0])
    return account_id
