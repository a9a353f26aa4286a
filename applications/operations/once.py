"""What an officer sent twice happens once: a double click, a page that tries again after a cut."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from applications.models import DeskAct

KEPT = timedelta(days=30)
"""A page that was away for longer shows by its version that it is old."""


class KeyUsed(Exception):
    """The key came with another act: it was not made by our form."""


def once(*, account_id: int, key: UUID, act: str, at: datetime) -> bool:
    """
    Say whether this is the first time that the account sends this form, and remember it.

    In the transaction of what she asked: if that is refused, the key is not used either. Whoever
    sends the same at the same moment waits for the first, and is told False; the page then shows
    the same result as it did.

    :param act: what is done and to which case, as "case.approve:17"
    :raises KeyUsed: if the key came with another act before
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO applications_deskact (account_id, key, act, done_at)
            VALUES (%s, %s, %s, %s) ON CONFLICT (account_id, key) DO NOTHING
            """,
            [account_id, key, act, at],
        )
        if cursor.rowcount == 1:
            return True
        if DeskAct.objects.get(account_id=account_id, key=key).act != act:
            raise KeyUsed
    return False


def forget_acts(*, now: datetime, limit: int) -> int:
    """Forget keys that nobody will send again; return how many."""
    old = DeskAct.objects.filter(done_at__lt=now - KEPT).order_by("done_at")
    return DeskAct.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
