"""What the codes of the ledger are called on the board's pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.states import AccountRole, BillState, Leg, SuspenseReason

KINDS: Mapping[str, Promise] = {
    "collection": _("Payment received"),
    "reversal": _("Taken back by the provider"),
    "charge": _("Provider's charge"),
    "payout": _("Refund paid out"),
    "sweep": _("Sent to another account of ours"),
    "transfer": _("Arrived from another account of ours"),
    "withdrawal": _("Left without an order of ours"),
    "remitted": _("Remittance paid by the bank"),
    "refund": _("Set apart for a refund"),
    "refund_returned": _("Refund failed, money back in suspense"),
    "float": _("Refund float filled"),
    "match": _("Matched to a bill"),
    "explained": _("Debit explained"),
    "write_off": _("Written off"),
    "unclaimed": _("Handed to the treasury, unclaimed"),
    "remittance": _("Batch approved for a beneficiary"),
    "remittance_returned": _("Batch came back"),
    "remittance_resumed": _("Batch paid after all"),
    "remittance_sent_back": _("Paid batch owed again"),
    "returned": _("Batch sent back by its bank"),
    "arrived": _("Arrival of a sweep, found in suspense"),
}

ROLES: Mapping[str, Promise] = {
    AccountRole.CLEARING: _("Held by the provider"),
    AccountRole.SUSPENSE: _("Suspense"),
    AccountRole.CHARGES: _("Provider's charges"),
    AccountRole.REFUND_FLOAT: _("Refund float"),
    AccountRole.REFUNDS_IN_TRANSIT: _("Refunds under way"),
    AccountRole.SWEEPS_IN_TRANSIT: _("Between our accounts"),
    AccountRole.UNEXPLAINED: _("Left without an order"),
    AccountRole.PAYABLE: _("Payable"),
    AccountRole.REMITTANCE_IN_TRANSIT: _("Remittance on its way"),
    AccountRole.OWED_BACK: _("Owed back to us"),
    AccountRole.LOSSES: _("Losses"),
    AccountRole.WRITTEN_OFF: _("Written off"),
    AccountRole.UNCLAIMED: _("Unclaimed money"),
}

LEGS: Mapping[str, Promise] = {
    Leg.CREDIT: KINDS["collection"],
    Leg.REVERSAL: KINDS["reversal"],
    Leg.CHARGE: KINDS["charge"],
    Leg.PAYOUT: KINDS["payout"],
    Leg.SWEEP: KINDS["sweep"],
    Leg.TRANSFER: KINDS["transfer"],
    Leg.WITHDRAWAL: KINDS["withdrawal"],
    Leg.REMITTANCE: KINDS["remitted"],
}

REASONS: Mapping[str, Promise] = {
    SuspenseReason.UNKNOWN_REFERENCE: _("The reference is nobody's"),
    SuspenseReason.WRONG_CURRENCY: _("Paid in another currency"),
    SuspenseReason.OVERPAID: _("More than was due"),
    SuspenseReason.ALREADY_PAID: _("The bill was paid already"),
    SuspenseReason.BILL_CANCELLED: _("The bill was cancelled"),
    SuspenseReason.BILL_REPLACED: _("The bill was replaced by another"),
    SuspenseReason.BILL_EXPIRED: _("The bill had expired"),
    SuspenseReason.REFUND_FAILED: _("Its refund failed"),
    SuspenseReason.REVERSED: _("Taken back by the provider"),
    SuspenseReason.REFUNDED: _("Went back to the payer"),
    SuspenseReason.MATCHED: _("Matched to a bill"),
    SuspenseReason.WRITTEN_OFF: _("Written off"),
    SuspenseReason.UNCLAIMED: _("Handed to the treasury, unclaimed"),
    SuspenseReason.SENT_BACK: _("Batch sent back by its bank"),
    SuspenseReason.ARRIVED: _("Arrival of a sweep, found in suspense"),
}

# Of a refund or of a batch for a beneficiary.
STATES: Mapping[str, Promise] = {
    "PROPOSED": _("proposed"),
    "REQUESTED": _("asked for"),
    "AWAITING_FUNDS": _("approved, waiting for money in the float"),
    "APPROVED": _("approved"),
    "SENDING": _("on its way to the provider"),
    "PENDING": _("taken by the provider"),
    "UNKNOWN": _("nobody knows yet whether it was paid"),
    "DONE": _("paid"),
    "FAILED": _("failed"),
    "DECLINED": _("declined"),
    "BUILDING": _("being built"),
    "SENT": _("given to the bank"),
    "ACKNOWLEDGED": _("taken by the bank"),
    "CONFIRMED": _("paid, as the bank's statement shows"),
    "CANCELLED": _("cancelled"),
    "RETURNED": _("sent back by its bank"),
}

BILL_STATES: Mapping[str, Promise] = {
    BillState.OPEN: _("to be paid"),
    BillState.PART_PAID: _("paid in part"),
    BillState.PAID: _("paid"),
    BillState.EXPIRED: _("expired"),
    BillState.CANCELLED: _("cancelled"),
    BillState.REPLACED: _("replaced by another"),
    BillState.OWED: _("a debt: its money was taken back"),
}

FIGURES: Mapping[str, Promise] = {
    "received": _("Received"),
    "taken_back": _("Taken back"),
    "allocated": _("Allocated"),
    "suspended": _("Into suspense"),
    "set_apart": _("Set apart for refunds"),
    "refunded": _("Refunded"),
    "released": _("Released from suspense"),
    "charges": _("Charges"),
    "remitted": _("Remitted"),
    "in_suspense": _("In suspense"),
    "refunds_under_way": _("Refunds under way"),
    "held": _("Held by the provider"),
    "unexplained": _("Left without an order"),
    "payable": _("Payable"),
    "on_its_way": _("On its way"),
    "owed_back": _("Owed back to us"),
    "unclaimed": _("Unclaimed money"),
}

AGES: tuple[Promise, ...] = (
    _("Today"),
    _("1 to 3 days"),
    _("4 to 7 days"),
    _("Older"),
)


def named(words: Mapping[str, Promise], code: str) -> Promise | str:
    """Return the phrase of a code; the code itself where it is newer than these words."""
    return words.get(code, code)
