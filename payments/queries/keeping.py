"""What of some bills is not at rest: their payer's data are kept until it is."""

from collections.abc import Collection

from payments.models import Bill, OpenItem, PaymentAttempt, Refund, SuspenseItem
from payments.states import TAKING, AttemptState, RefundState

ASKED = (
    AttemptState.CREATED,
    AttemptState.SENDING,
    AttemptState.PENDING,
    AttemptState.UNKNOWN,
)
"""A prompt in one of these may still be answered."""

AT_REST = (RefundState.DONE, RefundState.FAILED, RefundState.DECLINED)
"""A refund that failed has put its money back into suspense, where it stands for itself."""


def unpaid(bill_ids: Collection[int]) -> bool:
    """Say whether one of these bills waits for money, is owed, or is asked for on a phone."""
    asked = PaymentAttempt.objects.filter(bill_id__in=bill_ids, state__in=ASKED)
    return Bill.objects.filter(pk__in=bill_ids, state__in=TAKING).exists() or asked.exists()


def payer_contacts(bill_ids: Collection[int]) -> set[int]:
    """Return the contact points of whom these bills were sent to."""
    found = Bill.objects.filter(pk__in=bill_ids, payer_contact__isnull=False)
    return set(found.values_list("payer_contact_id", flat=True))


def going_back(bill_ids: Collection[int]) -> bool:
    """Say whether money of one of these bills is proposed to go back, or is on its way."""
    return Refund.objects.filter(bill_id__in=bill_ids).exclude(state__in=AT_REST).exists()


def in_suspense(bill_ids: Collection[int]) -> bool:
    """Say whether money that was meant for one of these bills stands in suspense."""
    meant = SuspenseItem.objects.filter(bill_id__in=bill_ids).values("movement_id")
    return OpenItem.objects.filter(pk__in=meant).exists()
