"""What can have happened to a case. The subject is always the application's id."""

from kernel.events import Event


class CaseSubmitted(Event):
    """The applicant sent her case in; a bill waits for her."""

    name = "applications.case.submitted"


class CaseSubmittedFree(Event):
    """The applicant sent her case in, and the law asks nothing for it."""

    name = "applications.case.submitted_free"


class CasePaid(Event):
    name = "applications.case.paid"


class CaseLapsed(Event):
    """The bill's term ended before it was paid."""

    name = "applications.case.lapsed"


class CaseRevived(Event):
    """Late money arrived while the same fee was in force."""

    name = "applications.case.revived"


class CaseQueued(Event):
    """An office has the case before it; its officer may be named already."""

    name = "applications.case.queued"


class CaseUnassigned(Event):
    """An office has the case before it, and nobody there may take it: its supervisor must act."""

    name = "applications.case.unassigned"


class CaseTaken(Event):
    name = "applications.case.taken"


class CaseReleased(Event):
    """An officer laid the case back into the queue of its office."""

    name = "applications.case.released"


class CaseTransferredOften(Event):
    """A case was given on for the third time or more: its supervisor must look at it."""

    name = "applications.case.transferred_often"


class CaseReassigned(Event):
    """A case that waits was given to another officer: by a supervisor, or as hers cannot go on."""

    name = "applications.case.reassigned"


class CaseEscalated(Event):
    """The case has waited for too long: whoever is above was told."""

    name = "applications.case.escalated"


class CaseHandedOver(Event):
    """The case, or its paper, is on its way to another office."""

    name = "applications.case.handed_over"


class CaseArrived(Event):
    """The other office acknowledged what was handed over to it."""

    name = "applications.case.arrived"


class HandOverOverdue(Event):
    """What one office handed over has not arrived in time: both supervisors are told."""

    name = "applications.case.hand_over_overdue"


class ConsentGiven(Event):
    """The applicant let a helper act in her case."""

    name = "applications.case.consent_given"


class ConsentRevoked(Event):
    """The applicant took her consent back: the helper acts no more."""

    name = "applications.case.consent_revoked"


class HelpTextUnclear(Event):
    """A phone wrote something that fits no case of its own; the subject is the text."""

    name = "applications.text.unclear"


class DraftLinkAsked(Event):
    """Whoever left a saved draft wants its link on her phone; the subject is the saved draft."""

    name = "applications.draft.link_asked"


class CompletionAsked(Event):
    """The applicant must mend some answers: it is her turn."""

    name = "applications.case.completion_asked"


class CaseCompleted(Event):
    """The applicant mended what was asked: it is the officer's turn again."""

    name = "applications.case.completed"


class SecondApprovalAsked(Event):
    name = "applications.case.second_approval_asked"


class SecondApprovalDeclined(Event):
    name = "applications.case.second_approval_declined"


class CaseApproved(Event):
    """Somebody who may decide approved the case, and its paper was asked for."""

    name = "applications.case.approved"


class CaseApprovedByRegister(Event):
    """The register holds the entry and the service lets it answer by itself."""

    name = "applications.case.approved_by_register"


class ApprovalUndone(Event):
    """An approval was taken back before anybody signed; its paper is abandoned."""

    name = "applications.case.approval_undone"


class CaseRefused(Event):
    name = "applications.case.refused"


class CaseAppealed(Event):
    name = "applications.case.appealed"


class AppealQueued(Event):
    """The office of the next level has the refused case before it."""

    name = "applications.case.appeal_queued"


class SignatureAwaited(Event):
    """The paper is drawn; the officer's key must sign it."""

    name = "applications.case.signature_awaited"


class CaseIssued(Event):
    """The paper is signed and sealed: the applicant may have it."""

    name = "applications.case.issued"


class CaseLate(Event):
    """The promised time is over, and the office has apologised with a new date."""

    name = "applications.case.late"


class ReadyForCollection(Event):
    name = "applications.case.ready_for_collection"


class CollectionCodeAsked(Event):
    """Whoever is to collect has no code any more: a new one goes to the applicant's phone."""

    name = "applications.case.collection_code_asked"


class CollectionReminded(Event):
    """A paper has lain ready for some time, and its applicant is told again."""

    name = "applications.case.collection_reminded"


class CollectionOverdue(Event):
    """A paper has lain ready for long: the supervisor must say what becomes of it."""

    name = "applications.case.collection_overdue"


class CaseCollected(Event):
    name = "applications.case.collected"


class PaymentHeld(Event):
    """The provider took the money back; the case stands still where it was."""

    name = "applications.case.payment_held"


class PaymentRestored(Event):
    """The money is there again, and the case goes on from where it was held."""

    name = "applications.case.payment_restored"


class CaseWithdrawn(Event):
    name = "applications.case.withdrawn"
