"""Using up what she showed: a step-up is good once, inside the transaction that needs it."""

from datetime import datetime

from django.db import transaction

from accounts.models import StepUp
from kernel.crypto import blind_index


class StepUpRefused(Exception):
    """No such step-up of hers for this purpose, or it is used, or older than five minutes."""


def consume_step_up(
    *,
    step_up_id: int | None,
    account_id: int,
    purpose: str,
    at: datetime,
    session_key: str | None = None,
) -> None:
    """
    Use the step-up up, inside the caller's transaction: if that rolls back, it is unused again.

    `session_key` is given by whoever made the step-up in an earlier request than this one.

    :param step_up_id: None where she showed nothing
    :raises StepUpRefused: if there is none, or it is another's, for another purpose or
        session, used, or too old
    """
    with transaction.atomic():
        # Of the step-up alone: an account is held before what it is about, by whoever needs to.
        held = StepUp.objects.select_for_update(of=("self",))
        shown = held.filter(pk=step_up_id or 0, purpose=purpose)
        found = shown.filter(account_id=account_id, account__is_active=True).first()
        good = (
            found is not None
            and found.used_at is None
            and found.at <= at < found.expires_at
            and (session_key is None or bytes(found.session_hash) == session_hash(session_key))
        )
        if found is None or not good:
            raise StepUpRefused(step_up_id)
        found.used_at = at
        found.save(update_fields=["used_at"])


def session_hash(session_key: str) -> bytes:
    return blind_index("session", session_key)
