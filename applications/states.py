"""The life of a case, as one table. `make states` draws it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications import events
from kernel.lifecycle import Lifecycle


class Status(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    AWAITING_PAYMENT = "AWAITING_PAYMENT", _("Waiting for payment")
    LAPSED = "LAPSED", _("Not paid in time")
    PAID = "PAID", _("Paid")
    IN_QUEUE = "IN_QUEUE", _("Waiting at the office")
    UNDER_REVIEW = "UNDER_REVIEW", _("With an officer")
    AWAITING_COMPLETION = "AWAITING_COMPLETION", _("Waiting for the applicant")
    AWAITING_SECOND = "AWAITING_SECOND", _("Waiting for a second approval")
    APPROVED = "APPROVED", _("Approved")
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE", _("Waiting for signature")
    ISSUED = "ISSUED", _("Issued")
    READY_FOR_COLLECTION = "READY_FOR_COLLECTION", _("Ready for collection")
    COLLECTED = "COLLECTED", _("Collected")
    REFUSED = "REFUSED", _("Refused")
    UNDER_APPEAL = "UNDER_APPEAL", _("Under appeal")
    PAYMENT_HELD = "PAYMENT_HELD", _("Payment held")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


S = Status

HOLDABLE = (
    S.PAID,
    S.IN_QUEUE,
    S.UNDER_REVIEW,
    S.AWAITING_COMPLETION,
    S.AWAITING_SECOND,
    S.APPROVED,
    S.AWAITING_SIGNATURE,
)
"""States that a provider's reversal can hold, and to which restored money leads back."""

WITHDRAWABLE = (
    S.DRAFT,
    S.AWAITING_PAYMENT,
    S.LAPSED,
    S.PAID,
    S.IN_QUEUE,
    S.UNDER_REVIEW,
    S.AWAITING_COMPLETION,
    S.AWAITING_SECOND,
)
"""Everything before approval."""

WITH_PAPER = (
    S.APPROVED,
    S.AWAITING_SIGNATURE,
    S.ISSUED,
    S.READY_FOR_COLLECTION,
    S.COLLECTED,
)
"""States that cannot be without a cited entry and a paper asked for."""

GIVEN = (S.ISSUED, S.READY_FOR_COLLECTION, S.COLLECTED)
"""States in which the applicant has her paper: whatever happens to the money, it stays hers."""

IN_HAND = (S.IN_QUEUE, S.UNDER_REVIEW)
"""States in which it is the turn of the officer who has the case, and of nobody else's word."""

ON_DESK = (S.IN_QUEUE, S.UNDER_REVIEW, S.AWAITING_SECOND)
"""States in which it is the office's turn."""

MADE_STEPS = (S.AWAITING_COMPLETION, S.AWAITING_SECOND, S.REFUSED)
"""Where an officer's own step leads from review: who made one does not second the approval."""

OWED = (*ON_DESK, S.APPROVED, S.AWAITING_SIGNATURE)
"""
States in which an answer is owed and the office's clock runs: past the promise, an apology is due.

A paper that is not drawn, or waits for a key, is as late to its applicant as an undecided case.
"""

LIFECYCLE: Lifecycle[Status] = Lifecycle(
    "applications.case",
    {
        (S.DRAFT, S.AWAITING_PAYMENT): events.CaseSubmitted,
        (S.DRAFT, S.PAID): events.CaseSubmittedFree,
        (S.AWAITING_PAYMENT, S.PAID): events.CasePaid,
        (S.AWAITING_PAYMENT, S.LAPSED): events.CaseLapsed,
        (S.LAPSED, S.PAID): events.CaseRevived,
        (S.PAID, S.IN_QUEUE): events.CaseQueued,
        (S.PAID, S.APPROVED): events.CaseApprovedByRegister,
        (S.IN_QUEUE, S.UNDER_REVIEW): events.CaseTaken,
        (S.UNDER_REVIEW, S.IN_QUEUE): events.CaseReleased,
        (S.UNDER_REVIEW, S.AWAITING_COMPLETION): events.CompletionAsked,
        (S.AWAITING_COMPLETION, S.UNDER_REVIEW): events.CaseCompleted,
        (S.UNDER_REVIEW, S.AWAITING_SECOND): events.SecondApprovalAsked,
        (S.AWAITING_SECOND, S.UNDER_REVIEW): events.SecondApprovalDeclined,
        (S.AWAITING_SECOND, S.APPROVED): events.CaseApproved,
        (S.UNDER_REVIEW, S.APPROVED): events.CaseApproved,
        (S.UNDER_REVIEW, S.REFUSED): events.CaseRefused,
        (S.REFUSED, S.UNDER_APPEAL): events.CaseAppealed,
        (S.UNDER_APPEAL, S.IN_QUEUE): events.AppealQueued,
        (S.APPROVED, S.AWAITING_SIGNATURE): events.SignatureAwaited,
        (S.APPROVED, S.UNDER_REVIEW): events.ApprovalUndone,
        (S.AWAITING_SIGNATURE, S.UNDER_REVIEW): events.ApprovalUndone,
        (S.APPROVED, S.ISSUED): events.CaseIssued,
        (S.AWAITING_SIGNATURE, S.ISSUED): events.CaseIssued,
        (S.ISSUED, S.READY_FOR_COLLECTION): events.ReadyForCollection,
        (S.READY_FOR_COLLECTION, S.COLLECTED): events.CaseCollected,
        **{(state, S.PAYMENT_HELD): events.PaymentHeld for state in HOLDABLE},
        **{(S.PAYMENT_HELD, state): events.PaymentRestored for state in HOLDABLE},
        **{(state, S.WITHDRAWN): events.CaseWithdrawn for state in WITHDRAWABLE},
    },
)


class TransferReason(models.TextChoices):
    """Why a case is given to another office, or to a colleague."""

    NOT_OURS = "not_ours", _("Another office decides this")
    CONFLICT = "conflict", _("I have an interest in it")
    WORKLOAD = "workload", _("I have too much to do")
    ABSENT = "absent", _("I shall be away")
    ASKED = "asked", _("I was asked to")


class ReassignReason(models.TextChoices):
    """Why a supervisor gives a case to another officer of the office."""

    WORKLOAD = "workload", _("The work is shared out anew")
    ABSENT = "absent", _("The officer is away")
    CONFLICT = "conflict", _("The officer has an interest in it")
    LATE = "late", _("It would be late where it is")
    KNOWLEDGE = "knowledge", _("The other officer knows such cases")


class EscalationLevel(models.IntegerChoices):
    """Who is told of a case that waits: whoever supervises the office, or the office above it."""

    SUPERVISOR = 1, _("the supervisor")
    ABOVE = 2, _("the office above")


class EscalationCause(models.TextChoices):
    """Why somebody above was told of a case."""

    LATE_SOON = "late_soon", _("It will be late soon")
    LATE = "late", _("The promised time is over")
    HELD_LONG = "held_long", _("It waits for long, and nothing was promised")
    NOBODY = "nobody", _("No officer has it")


class Handed(models.TextChoices):
    """What one office hands over to another."""

    CASE = "case", _("The case")
    PAPER = "paper", _("The signed paper")
    FILE = "file", _("The paper file")


class ConsentKind(models.TextChoices):
    """How somebody who is helped says that she agrees."""

    CODE = "code", _("A code on the phone")
    SLIP = "slip", _("A signed slip")


class HelpStepKind(models.TextChoices):
    """What a helper did in somebody's case."""

    TYPED = "typed", _("typed")
    FILE = "file", _("gave a file")
    LOOKED = "looked", _("looked")


class SampleOutcome(models.TextChoices):
    """What a second look at a signed slip found."""

    GOOD = "good", _("It is in order")
    DOUBTFUL = "doubtful", _("It is doubtful")
    FALSE = "false", _("The person did not agree")


class SpoiledReason(models.TextChoices):
    """Why a sheet of a downtime book became no case."""

    MISWRITTEN = "miswritten", _("Written on by mistake")
    DAMAGED = "damaged", _("Torn, wet or unreadable")
    LOST = "lost", _("Lost")
    GIVEN_UP = "given_up", _("The citizen did not go on")


class Collector(models.TextChoices):
    """Who comes for a paper that lies ready."""

    HERSELF = "herself", _("The applicant")
    ANOTHER = "another", _("Somebody with authority")


class ProofKind(models.TextChoices):
    """By which paper whoever collects shows who she is."""

    NATIONAL_ID = "national_id", _("National identity card")
    PASSPORT = "passport", _("Passport")
    DRIVING_LICENCE = "driving_licence", _("Driving licence")
    OTHER = "other", _("Another paper with a photograph")


class SlipKind(models.TextChoices):
    """What an office writes about a case; each kind has a wording of its name."""

    ACKNOWLEDGEMENT = "acknowledgement"
    COMPLETION_REQUEST = "completion_request"
    REFUSAL = "refusal"
    APOLOGY = "apology"
    CONTROL_SLIP = "control_slip"


FOR_APPLICANT = (
    SlipKind.ACKNOWLEDGEMENT,
    SlipKind.COMPLETION_REQUEST,
    SlipKind.REFUSAL,
    SlipKind.APOLOGY,
)
ONCE_A_CASE = (SlipKind.ACKNOWLEDGEMENT, SlipKind.APOLOGY)
