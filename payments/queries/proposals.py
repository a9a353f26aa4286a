"""Which bills a collection in suspense may have been meant for."""

from payments import gateways, likeness
from payments.likeness import Candidate, Proposal
from payments.models import Allocation, Bill, Evidence, InboundMessage, Movement, PaymentAttempt
from payments.states import BillState, Source

# A bill that has ended otherwise takes no money.
_MEANT = (
    BillState.OPEN,
    BillState.PART_PAID,
    BillState.OWED,
    BillState.EXPIRED,
    BillState.REPLACED,
)
CANDIDATES_MAX = 500


def proposals(movement_id: int) -> list[Proposal]:
    """
    Return the bills that a movement may have been meant for, the likeliest first.

    :raises Movement.DoesNotExist: if there is none
    """
    movement = Movement.objects.select_related("rail").get(pk=movement_id)
    by_code = set(
        Allocation.objects.filter(movement__external_id=movement.reference.strip()[:200])
        .exclude(movement=movement)
        .values_list("line__bill_id", flat=True)[:CANDIDATES_MAX]
    )
    spelt = Bill.objects.filter(reference__in=likeness.spellings(movement.reference))
    coded = Bill.objects.filter(pk__in=by_code)
    bills = {
        bill.pk: bill
        for bill in [*spelt.filter(state__in=_MEANT)[:CANDIDATES_MAX], *coded[:CANDIDATES_MAX]]
    }
    payers = _bills_of_payer(movement, set(bills))
    return likeness.propose(
        [
            Candidate(
                bill_id=bill.pk,
                reference=bill.reference,
                due_minor=bill.total_minor - bill.paid_minor,
                currency=bill.currency,
                paid_by_code=bill.pk in by_code,
                is_payers=bill.pk in payers,
            )
            for bill in bills.values()
        ],
        typed=movement.reference,
        amount_minor=movement.amount_minor,
        currency=movement.currency,
    )


def _bills_of_payer(movement: Movement, bill_ids: set[int]) -> set[int]:
    """Return those bills that the paying phone was asked to pay, where the provider names it."""
    phone = payer(movement)
    if not phone or not bill_ids:
        return set()
    # Encrypted at rest, so they are compared here; a bill has a handful.
    asked = PaymentAttempt.objects.filter(bill_id__in=bill_ids)
    return {attempt.bill_id for attempt in asked if attempt.phone == phone}


def payer(movement: Movement) -> str:
    """Return the phone that paid, in E.164, or "" where the provider does not name it."""
    vendor = gateways.VENDORS.get(movement.rail.kind)
    if vendor is None or vendor.payer is None:
        return ""
    for seen in Evidence.objects.filter(movement=movement, source=Source.MESSAGE)[:5]:
        message = InboundMessage.objects.filter(
            pk=seen.source_id, received_at=seen.source_at
        ).first()
        if message and (phone := vendor.payer(message.kind, bytes(message.body))):
            return phone
    return ""
