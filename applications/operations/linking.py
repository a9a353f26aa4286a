"""
The link of a saved draft on her phone: sent only to a phone that has shown itself by a code.

A message costs money, and goes to somebody: nobody has one sent to a phone that is not hers, and a
draft that anybody may begin is no way round the budgets of codes.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from accounts import operations as people
from accounts import queries as accounts
from accounts.limits import Limit
from accounts.operations import budgets
from applications import events
from applications.operations.saving import leave_to, lock_saved, standing
from kernel import outbox

log = structlog.get_logger()

PURPOSE = "draft:"
LINKS = Limit("saved.link", 5, timedelta(days=1))


def ask_link_code(
    *, key: UUID, phone: str, binding: str, language: str, address: str, at: datetime
) -> int:
    """
    Send a code to the phone (E.164) that shall have the link of a draft; return the code's id.

    :param binding: a secret of the browser; `address` is the network address that asks
    :raises applications.operations.saving.NoSuchDraft: if it has ended
    :raises accounts.numbers.NumberNotServed, accounts.operations.BudgetSpent: as for any code
    """
    draft = standing(key, at=at)
    return people.request_code(
        phone=phone,
        purpose=f"{PURPOSE}{draft.pk}",
        binding=_bound(binding, key),
        language=language,
        address=address,
        at=at,
    )


def leave_with_link(*, key: UUID, code_id: int, typed: str, binding: str, at: datetime) -> None:
    """
    Take the code, let its phone open the draft, and send the link there.

    :raises accounts.operations.CodeWrong, CodeExpired, TooManyAttempts: as for any code
    :raises applications.operations.saving.NoSuchDraft: if it has ended
    :raises accounts.operations.BudgetSpent: after five links to one phone in a day
    """
    account = people.check_code(
        code_id=code_id, typed=typed, binding=_bound(binding, key), act="citizen.draft_left", at=at
    )
    _send(key, account.contact_id or 0, at=at)


def leave_with_link_to_account(*, key: UUID, account_id: int, at: datetime) -> None:
    """
    Let the phone that is signed in open the draft, and send the link there.

    :raises: as `leave_with_link`, but for its code
    """
    _send(key, accounts.account(account_id).contact_id or 0, at=at)


def _send(key: UUID, contact_id: int, *, at: datetime) -> None:
    budgets.spend(LINKS, str(contact_id), at=at)
    with transaction.atomic():
        draft = lock_saved(key, at=at)
        leave_to(draft, contact_id)
        outbox.publish(events.DraftLinkAsked(subject_id=draft.pk, occurred_at=at))
    log.info("draft.link_asked", draft_id=draft.pk)


def _bound(binding: str, key: UUID) -> str:
    # Never the sign-in's: no code of this kind opens a session.
    return f"{binding}:{PURPOSE}{key}"
