"""The phones of payers leave what was asked of them; the books, which never told them, stay."""

from collections.abc import Collection

from payments.models import PaymentAttempt
from payments.queries.keeping import ASKED


def empty_attempts(bill_ids: Collection[int]) -> int:
    """
    Take the payers' phones out of all prompts of these bills that are over; return how many.

    PostgreSQL refuses it for a bill that takes money still. Safe to repeat.
    """
    over = PaymentAttempt.objects.filter(bill_id__in=bill_ids, phone_index__isnull=False)
    return over.exclude(state__in=ASKED).update(phone="", phone_index=None)
