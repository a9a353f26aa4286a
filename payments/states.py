"""The lives of a bill and of a payment prompt, and the words that rows about money use."""

from django.db.models import TextChoices

from kernel.lifecycle import Lifecycle
from payments import events


class BillState(TextChoices):
    OPEN = "OPEN"
    PART_PAID = "PART_PAID"
    PAID = "PAID"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REPLACED = "REPLACED"


B = BillState

BILL_LIFECYCLE = Lifecycle[BillState](
    "payments.bill",
    {
        (B.OPEN, B.PART_PAID): events.BillPartPaid,
        (B.OPEN, B.PAID): events.BillPaid,
        (B.PART_PAID, B.PAID): events.BillPaid,
        (B.OPEN, B.EXPIRED): events.BillExpired,
        (B.PART_PAID, B.EXPIRED): events.BillExpired,
        # Late money for a fee that is still in force.
        (B.EXPIRED, B.PAID): events.BillPaid,
        (B.OPEN, B.CANCELLED): events.BillCancelled,
        # The case was withdrawn after the bill had run out: late money must not revive it.
        (B.EXPIRED, B.CANCELLED): events.BillCancelled,
        (B.OPEN, B.REPLACED): events.BillReplaced,
    },
)

# A charge on a bill in one of these states cannot stand on another bill.
LIVE = (B.OPEN, B.PART_PAID, B.PAID)


class AttemptState(TextChoices):
    CREATED = "CREATED"
    SENDING = "SENDING"
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    EXPIRED = "EXPIRED"


A = AttemptState

ATTEMPT_LIFECYCLE = Lifecycle[AttemptState](
    "payments.attempt",
    {
        (A.CREATED, A.SENDING): events.PromptSending,
        (A.CREATED, A.EXPIRED): events.PromptEnded,
        (A.SENDING, A.CREATED): events.PromptAsked,  # It certainly did not leave.
        (A.SENDING, A.PENDING): events.PromptSent,
        (A.SENDING, A.FAILED): events.PromptEnded,
        (A.SENDING, A.UNKNOWN): events.PromptUnclear,
        # The payer can be quicker than the answer to our own call.
        (A.SENDING, A.SUCCEEDED): events.PromptEnded,
        (A.PENDING, A.SUCCEEDED): events.PromptEnded,
        (A.PENDING, A.FAILED): events.PromptEnded,
        (A.PENDING, A.EXPIRED): events.PromptEnded,
        (A.UNKNOWN, A.PENDING): events.PromptSent,
        (A.UNKNOWN, A.SUCCEEDED): events.PromptEnded,
        (A.UNKNOWN, A.FAILED): events.PromptEnded,
        (A.UNKNOWN, A.EXPIRED): events.PromptEnded,
        # Success is absorbing, and late success beats failure and expiry.
        (A.FAILED, A.SUCCEEDED): events.PromptEnded,
        (A.EXPIRED, A.SUCCEEDED): events.PromptEnded,
    },
)

# The payer may still say yes, or may have said so.
UNDECIDED = (A.CREATED, A.SENDING, A.PENDING, A.UNKNOWN)


class AccountKind(TextChoices):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class AccountRole(TextChoices):
    """What a ledger account is for; with its rail or beneficiary and its currency it is unique."""

    CLEARING = "clearing"  # Of a rail: money the provider holds for us.
    SUSPENSE = "suspense"  # Of a rail: money that arrived and fits no bill.
    CHARGES = "charges"  # Of a rail: what the provider keeps.
    PAYABLE = "payable"  # Of a beneficiary: money we owe it.


class Leg(TextChoices):
    CREDIT = "credit"
    REVERSAL = "reversal"
    CHARGE = "charge"
    PAYOUT = "payout"
    SWEEP = "sweep"


class Auth(TextChoices):
    VALID = "valid"
    ABSENT = "absent"  # The provider does not sign: a hint, never a proof.


class SuspenseReason(TextChoices):
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    OVERPAID = "OVERPAID"  # The bill took its due; this is the rest.
    ALREADY_PAID = "ALREADY_PAID"
    BILL_CANCELLED = "BILL_CANCELLED"
    BILL_REPLACED = "BILL_REPLACED"  # The amount is not what the successor asks.
    BILL_EXPIRED = "BILL_EXPIRED"
