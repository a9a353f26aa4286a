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
    OWED = "OWED"  # Its money was taken back after the service was given: a debt, without a term.


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
        # The provider took money back: the bill asks for it again.
        (B.PAID, B.PART_PAID): events.BillReopened,
        (B.PAID, B.OPEN): events.BillReopened,
        (B.PART_PAID, B.OPEN): events.BillReopened,
        # What was given for it stays given: it is a debt from now on.
        (B.OPEN, B.OWED): events.BillOwed,
        (B.PART_PAID, B.OWED): events.BillOwed,
        (B.EXPIRED, B.OWED): events.BillOwed,
        (B.OWED, B.PAID): events.BillPaid,
    },
)

# A bill in one of these states takes money up to its due, whatever its term.
TAKING = (B.OPEN, B.PART_PAID, B.OWED)


class RefundState(TextChoices):
    PROPOSED = "PROPOSED"  # By a rule; a person must still ask for it.
    REQUESTED = "REQUESTED"  # By its maker.
    AWAITING_FUNDS = "AWAITING_FUNDS"  # Approved; the refund float holds less.
    APPROVED = "APPROVED"
    SENDING = "SENDING"
    PENDING = "PENDING"  # The provider has taken it.
    UNKNOWN = "UNKNOWN"  # It may have left: asked after, never sent again.
    DONE = "DONE"
    FAILED = "FAILED"  # The money stands in suspense again.
    DECLINED = "DECLINED"  # By a person, before anything left.


R = RefundState

REFUND_LIFECYCLE = Lifecycle[RefundState](
    "payments.refund",
    {
        (R.PROPOSED, R.REQUESTED): events.RefundRequested,
        (R.PROPOSED, R.DECLINED): events.RefundDeclined,
        (R.REQUESTED, R.APPROVED): events.RefundApproved,
        (R.REQUESTED, R.AWAITING_FUNDS): events.RefundAwaitsFunds,
        (R.REQUESTED, R.DECLINED): events.RefundDeclined,
        (R.AWAITING_FUNDS, R.APPROVED): events.RefundApproved,
        (R.AWAITING_FUNDS, R.DECLINED): events.RefundDeclined,
        (R.APPROVED, R.SENDING): events.RefundSending,
        (R.APPROVED, R.FAILED): events.RefundFailed,  # By hand only: nobody came for it.
        (R.SENDING, R.APPROVED): events.RefundApproved,  # It certainly did not leave.
        (R.SENDING, R.PENDING): events.RefundSent,
        (R.SENDING, R.UNKNOWN): events.RefundUnclear,
        (R.SENDING, R.FAILED): events.RefundFailed,
        (R.SENDING, R.DONE): events.RefundDone,
        (R.PENDING, R.DONE): events.RefundDone,
        (R.PENDING, R.FAILED): events.RefundFailed,
        (R.PENDING, R.UNKNOWN): events.RefundUnclear,
        (R.UNKNOWN, R.PENDING): events.RefundSent,
        (R.UNKNOWN, R.DONE): events.RefundDone,
        (R.UNKNOWN, R.FAILED): events.RefundFailed,
    },
)

# Its money has left allocation and suspense, and has not come back.
REFUND_HOLDS_MONEY = (R.APPROVED, R.SENDING, R.PENDING, R.UNKNOWN, R.DONE)


class ReturnWhen(TextChoices):
    """When a fee goes back, as its service has it."""

    NEVER = "never"
    BEFORE_DECISION = "before_decision"  # The applicant withdraws before the office has decided.
    IF_REFUSED = "if_refused"
    ON_ERROR = "on_error"  # The office cannot give what was paid for.
    OTHER = "other"  # As the words say, which no machine judges.
    UNPUBLISHED = "unpublished"


class ReturnStanding(TextChoices):
    """How a refund stands to what its fees promise."""

    ALWAYS = "always"  # It paid no fee: it came twice, or too late, or was too much.
    CLAIMED = "claimed"  # It goes back if what a person says is so; but it stands on a bill.
    PROMISED = "promised"  # A rule has found that what the fee names has happened.
    AGAINST = "against"
    OPEN = "open"  # Nothing is published, or only words.


class InquiryState(TextChoices):
    """Of a question to a provider about one movement that an unsigned message hinted at."""

    WAITING = "WAITING"
    ASKED = "ASKED"  # The answer comes by another road.
    ANSWERED = "ANSWERED"
    GIVEN_UP = "GIVEN_UP"  # The statement will tell.


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
    CHARGES = "charges"  # What providers keep: of a rail, or of the beneficiary who bears it.
    REFUND_FLOAT = "refund_float"  # Of a rail: money set apart to pay refunds from.
    REFUNDS_IN_TRANSIT = "refunds_in_transit"  # Of a rail: approved, outcome not yet known.
    SWEEPS_IN_TRANSIT = "sweeps_in_transit"  # Of a currency: left one rail, not yet on another.
    UNEXPLAINED = "unexplained"  # Of a rail: money that left and that nobody here ordered.
    PAYABLE = "payable"  # Of a beneficiary: money we owe it.
    REMITTANCE_IN_TRANSIT = "remittance_in_transit"  # Of a beneficiary: on its way to it.
    OWED_BACK = "owed_back"  # Of a beneficiary: remitted to it, and taken back from us since.
    LOSSES = "losses"  # Of a rail: money that left, and that nobody will bring back.
    WRITTEN_OFF = "written_off"  # Of a rail: suspense too small to be worth a letter.
    UNCLAIMED = "unclaimed"  # Of the treasury: suspense past its legal term.


class Leg(TextChoices):
    """What a movement is, seen from our account at the provider."""

    CREDIT = "credit"  # In: a collection.
    REVERSAL = "reversal"  # Out: the provider takes a collection back.
    CHARGE = "charge"  # Out: what the provider keeps for its service.
    PAYOUT = "payout"  # Out: a refund of ours.
    SWEEP = "sweep"  # Out: our balance moves to another account of ours.
    TRANSFER = "transfer"  # In: a sweep arrives; no income.
    WITHDRAWAL = "withdrawal"  # Out: ordered by nobody here. An alarm.
    REMITTANCE = "remittance"  # Out: a batch of ours reaches its beneficiary.


class Source(TextChoices):
    """Where a movement was told; with the id it can be read again."""

    MESSAGE = "message"
    STATEMENT = "statement"


class Auth(TextChoices):
    VALID = "valid"
    ABSENT = "absent"  # The provider does not sign: a hint, never a proof.


class StatementFileState(TextChoices):
    KEPT = "KEPT"  # Some or all of it is not posted; its statements say why.
    UNREADABLE = "UNREADABLE"
    POSTED = "POSTED"


class StatementState(TextChoices):
    KEPT = "KEPT"  # Not posted: it does not add up, or does not follow from the one before.
    REFUSED = "REFUSED"  # Of no account of ours.
    KNOWN = "KNOWN"  # It says nothing that others have not said.
    POSTED = "POSTED"


class LineFate(TextChoices):
    """What became of a line of a statement."""

    POSTED = "POSTED"  # It made a movement.
    MATCHED = "MATCHED"  # It is evidence of a movement that was told before.
    WAITING = "WAITING"  # It takes back a collection that nobody has told of yet.
    NOTHING = "NOTHING"  # Its amount is zero.


class SuspenseReason(TextChoices):
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    OVERPAID = "OVERPAID"  # The bill took its due; this is the rest.
    ALREADY_PAID = "ALREADY_PAID"
    BILL_CANCELLED = "BILL_CANCELLED"
    BILL_REPLACED = "BILL_REPLACED"  # The amount is not what the successor asks.
    BILL_EXPIRED = "BILL_EXPIRED"
    REFUND_FAILED = "REFUND_FAILED"  # It stood on a bill or here, was to go back, and did not.
    # Entries that take money out of suspense again; their amounts are negative.
    REVERSED = "REVERSED"
    REFUNDED = "REFUNDED"
    MATCHED = "MATCHED"
    WRITTEN_OFF = "WRITTEN_OFF"
    UNCLAIMED = "UNCLAIMED"  # Past its legal term: the treasury keeps it for who comes.
    SENT_BACK = "RETURNED"  # It was a remittance that its bank sent back.
    ARRIVED = "ARRIVED"  # It was money of ours, from another account of ours.


class ExplanationAnswer(TextChoices):
    """What a withdrawal turned out to be."""

    REVERSAL = "reversal"  # The provider took a collection back and did not say which.
    SWEEP = "sweep"
    CHARGE = "charge"
    REMITTANCE = "remittance"
    CAME_BACK = "returned"  # It came back, as a transfer.
    REFUND = "refund"  # Paid by hand, before anybody said so here.
    LOSS = "loss"


class ReleaseKind(TextChoices):
    """How money leaves suspense for good."""

    WRITE_OFF = "write_off"
    UNCLAIMED = "unclaimed"
    SENT_BACK = "returned"  # A remittance that its bank sent back.
    ARRIVED = "arrived"  # A sweep of ours that arrived before it was known here.


class AlarmKind(TextChoices):
    """What about money needs a person."""

    INVARIANT_BROKEN = "invariant_broken"
    DEBIT_UNEXPLAINED = "debit_unexplained"
    CHARGE_NOT_TARIFF = "charge_not_tariff"
    RAIL_SILENT = "rail_silent"
    STATEMENT_GAP = "statement_gap"
    STATEMENT_UNBALANCED = "statement_unbalanced"
    EVIDENCE_DISAGREES = "evidence_disagrees"
    MESSAGE_UNREADABLE = "message_unreadable"
    REFUND_STUCK = "refund_stuck"
    BALANCE_DIFFERS = "balance_differs"
    NOT_ON_STATEMENT = "not_on_statement"
    REFUND_FAILED = "refund_failed"
    RETIRED_RAIL_PAID = "retired_rail_paid"
    SWEEP_UNREGISTERED = "sweep_unregistered"
    SWEEP_NOT_ARRIVED = "sweep_not_arrived"
    REMITTANCE_NOT_CONFIRMED = "remittance_not_confirmed"
    MOVE_NOT_LEFT = "move_not_left"


class MatchSetKind(TextChoices):
    """Why several matches were asked for in one act."""

    SPLIT = "split"  # One collection to several bills: decided together or not at all.
    EXACT = "exact"  # Several collections whose references leave no doubt.


class ImportStep(TextChoices):
    """What is done with a statement file in the background."""

    READ = "READ"  # Nothing is posted: a person then looks at what posting it would do.
    POST = "POST"


class ImportState(TextChoices):
    """Of a statement file that somebody said to read, or to post."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"  # Under a lease: a worker that dies lets it run out.
    DONE = "DONE"
    FAILED = "FAILED"  # Nothing of it is posted.


class PayeeAccount(TextChoices):
    """Where a payee who was proven at a desk gets her money."""

    PHONE = "phone"
    BANK = "bank"


class DocumentKind(TextChoices):
    """The papers by which an officer at a desk may know somebody."""

    NATIONAL_ID = "national_id"
    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    REFUGEE_ID = "refugee_id"
    RESIDENCE_PERMIT = "residence_permit"


class RemittanceState(TextChoices):
    """Of a batch of what is owed to one beneficiary."""

    BUILDING = "BUILDING"  # Built, not yet proposed.
    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"  # Its money has left what is payable.
    SENT = "SENT"  # A person gave the order to the bank.
    ACKNOWLEDGED = "ACKNOWLEDGED"  # The bank has taken it.
    CONFIRMED = "CONFIRMED"  # Its statement shows that the money left.
    FAILED = "FAILED"  # The bank will not: payable again.
    CANCELLED = "CANCELLED"  # Before it was sent: payable again.
    SENT_BACK = "RETURNED"  # Its bank sent it back after it was confirmed: payable again.


M = RemittanceState

REMITTANCE_LIFECYCLE = Lifecycle[RemittanceState](
    "payments.remittance",
    {
        (M.BUILDING, M.PROPOSED): events.RemittanceProposed,
        (M.BUILDING, M.CANCELLED): events.RemittanceCancelled,
        (M.PROPOSED, M.APPROVED): events.RemittanceApproved,
        (M.PROPOSED, M.CANCELLED): events.RemittanceCancelled,
        (M.APPROVED, M.SENT): events.RemittanceSent,
        # The statement can be quicker than whoever gave the order.
        (M.APPROVED, M.CONFIRMED): events.RemittanceConfirmed,
        (M.APPROVED, M.CANCELLED): events.RemittanceCancelled,
        (M.SENT, M.ACKNOWLEDGED): events.RemittanceAcknowledged,
        (M.SENT, M.CONFIRMED): events.RemittanceConfirmed,
        (M.SENT, M.FAILED): events.RemittanceFailed,
        # It was said to be handed in, and never was.
        (M.SENT, M.CANCELLED): events.RemittanceCancelled,
        (M.ACKNOWLEDGED, M.CONFIRMED): events.RemittanceConfirmed,
        (M.ACKNOWLEDGED, M.FAILED): events.RemittanceFailed,
        (M.ACKNOWLEDGED, M.CANCELLED): events.RemittanceCancelled,
        (M.CONFIRMED, M.SENT_BACK): events.RemittanceSentBack,
        # The bank paid what it had refused, or what we thought it had not got.
        (M.FAILED, M.CONFIRMED): events.RemittanceConfirmed,
        (M.CANCELLED, M.CONFIRMED): events.RemittanceConfirmed,
    },
)
