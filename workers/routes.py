"""
The whole story on one page: when this happens, do that. Read it first.

`processes` move what stands in the database, `messages` decide who is told. The errands (draw,
sign, send, prompt, ask) need no route: a row that waits for the world is its own queue, and
`workers.tasks` hurries them after every delivery. An event with an empty tuple is history.
"""

from collections.abc import Mapping

from accounts import events as account
from applications import events as case
from catalogue import events as catalogue
from documents import events as paper
from kernel.events import Event
from notifications import events as message
from payments import events as money
from registers import events as register
from workers import messages, processes, staff
from workers.relay import Routes, Together

ROUTES: Routes = {
    # Somebody signs in.
    account.CodeRequested: (messages.send_code,),
    # Staff come by a mail, which is an errand, and leave: keys stop, cases go on.
    account.InvitationMade: (),
    account.AccountClosed: (processes.suspend_keys, processes.reroute_leaver),
    account.FactorChanged: (messages.tell_factor_changed,),
    # A citizen moves to another phone: the old one is told, and can stop it; her cases follow.
    account.PhoneChangeAsked: (messages.tell_phone_change,),
    account.PhoneChanged: (processes.follow_phone, messages.tell_phone_changed),
    # Somebody wants to be forgotten: she is told of each step; the emptying is an errand.
    account.ErasureAsked: (messages.tell_erasure,),
    account.ErasureApproved: (messages.tell_erasure,),
    account.ErasureDeclined: (messages.tell_erasure,),
    account.ErasureWithdrawn: (messages.tell_erasure,),
    account.ErasureKept: (messages.tell_erasure,),
    account.ErasureBegun: (),
    account.ErasureDone: (),
    # A citizen answers first, leaves, and has the link sent to her phone.
    case.DraftLinkAsked: (messages.tell_draft_link,),
    # A citizen applies, and is billed.
    case.CaseSubmitted: (messages.tell_what_to_pay,),
    case.CaseSubmittedFree: (processes.route_case, messages.tell_paid),
    money.BillIssued: (),
    # She pays: at her network, or by a prompt on her phone.
    money.PromptAsked: (),
    money.PromptSending: (),
    money.PromptSent: (),
    money.PromptUnclear: (),
    money.PromptEnded: (),
    money.StatusQueryDue: (),
    money.BillPartPaid: (),
    money.BillPaid: (processes.confirm_payment, processes.issue_receipts),
    money.CollectionSuspended: (processes.propose_refund,),
    money.InquiryDue: (),
    money.StatementImported: (processes.raise_held_statement,),
    money.ReceiptIssued: (),
    money.AlarmRaised: (),
    # Money goes back: the provider takes it, or two people here decide it.
    money.MovementReversed: (),
    money.BillReopened: (processes.hold_or_owe, processes.cancel_receipts),
    money.BillOwed: (messages.tell_debt,),
    money.DebitUnexplained: (processes.raise_unexplained,),
    money.RefundProposed: (),
    money.RefundRequested: (),
    money.RefundAwaitsFunds: (),
    money.RefundApproved: (),
    money.RefundSending: (),
    money.RefundSent: (),
    money.RefundUnclear: (),
    money.RefundDone: (),
    money.RefundFailed: (),
    money.RefundDeclined: (),
    # What came is sent on to whom it belongs.
    money.RemittanceBuilt: (),
    money.RemittanceProposed: (),
    money.RemittanceApproved: (),
    money.RemittanceSent: (),
    money.RemittanceAcknowledged: (),
    money.RemittanceConfirmed: (),
    money.RemittanceFailed: (),
    money.RemittanceCancelled: (),
    money.RemittanceSentBack: (),
    case.CasePaid: (processes.route_case, messages.tell_paid),
    case.CaseRevived: (processes.route_case, messages.tell_paid),
    # She does not pay, or changes her mind.
    money.BillExpired: (processes.lapse_cases, processes.propose_refund_of_parts),
    money.BillReplaced: (),
    money.BillCancelled: (),
    case.CaseLapsed: (),
    case.CaseWithdrawn: (processes.propose_refund_of_case,),
    # The office has the case; an officer decides.
    case.CaseQueued: (processes.acknowledge,),
    case.CaseUnassigned: (messages.tell_unassigned,),
    case.CaseTaken: (),
    case.CaseReleased: (),
    case.CompletionAsked: (processes.ask_in_writing, messages.tell_completion_asked),
    case.CaseCompleted: (),
    case.SecondApprovalAsked: (),
    case.SecondApprovalDeclined: (),
    # She gives it to a colleague; whoever is above is told where it goes round, or waits too long.
    case.CaseTransferredOften: (messages.tell_transferred_often,),
    case.CaseReassigned: (),
    case.CaseEscalated: (messages.tell_escalated,),
    # Two offices share it: each hand-over is acknowledged.
    case.CaseHandedOver: (processes.write_control_slip,),
    case.CaseArrived: (processes.write_control_slip,),
    case.HandOverOverdue: (messages.tell_hand_over_overdue,),
    # A helper applied with the citizen, who can end that.
    case.ConsentGiven: (messages.tell_helped,),
    case.ConsentRevoked: (messages.tell_help_ended,),
    account.TextReceived: (processes.stop_help,),
    case.HelpTextUnclear: (messages.tell_how_to_stop,),
    case.CaseLate: (messages.tell_late,),
    case.CaseRefused: (processes.refuse_in_writing, messages.tell_refused),
    case.CaseAppealed: (processes.queue_appeal, messages.tell_appealed),
    case.AppealQueued: (processes.hold_if_unpaid,),
    case.CaseApproved: (messages.tell_approved,),
    case.CaseApprovedByRegister: (),
    case.ApprovalUndone: (),
    # The paper is drawn, signed by the officer behind her step-up, sealed by the office.
    paper.PaperRequested: (),
    paper.PaperRendered: (processes.await_signature,),
    case.SignatureAwaited: (),
    paper.PaperMandated: (),
    paper.PaperSigned: (),
    paper.PaperAbandoned: (),
    paper.PaperIssued: (
        processes.conclude_case,
        processes.end_if_over,
        processes.renew_status_list,
    ),
    # What becomes of a paper that is out: two people act, or a register tells of its holder.
    paper.PaperSuspended: (processes.renew_status_list, messages.tell_paper_changed),
    paper.PaperResumed: (processes.renew_status_list, messages.tell_paper_changed),
    paper.PaperSuperseded: (processes.renew_status_list, messages.tell_paper_changed),
    paper.PaperRevoked: (processes.renew_status_list, messages.tell_paper_changed),
    register.RegisterEventRead: (processes.end_papers,),
    # Whose family an officer is, nobody can tell: whoever supervises looks at who has which case.
    register.FamilyUnknown: (messages.tell_family_unknown,),
    paper.PaperEnded: (processes.renew_status_list, messages.tell_paper_ended),
    # What services say, ask and cost: one edits, another publishes. Cases keep their version.
    catalogue.DraftSent: (staff.tell_draft_waits,),
    catalogue.DraftTakenBack: (),
    catalogue.DraftReturned: (staff.tell_draft_returned,),
    catalogue.DraftReopened: (),
    catalogue.DraftApproved: (staff.tell_draft_approved,),
    catalogue.DraftDiscarded: (),
    catalogue.DraftPublished: (),
    # Whoever keeps a page right is reminded of it.
    catalogue.ReminderMade: (staff.tell_pages_wait,),
    # Who may sign with what.
    paper.CredentialApproved: (),
    paper.CredentialIssued: (processes.renew_public_lists,),
    paper.CredentialSuspended: (processes.renew_public_lists,),
    paper.CredentialResumed: (processes.renew_public_lists,),
    paper.CredentialRetired: (processes.renew_public_lists,),
    paper.CredentialRevoked: (processes.renew_public_lists,),
    paper.CredentialEnding: (messages.tell_key_ending,),
    paper.CredentialEnded: (messages.tell_key_ended,),
    case.CaseIssued: (messages.tell_issued,),
    # Of a paper that is collected she is told where, and by which code it is given to her.
    case.ReadyForCollection: (messages.tell_ready,),
    case.CollectionCodeAsked: (messages.tell_ready,),
    case.CollectionReminded: (messages.tell_still_ready,),
    case.CollectionOverdue: (messages.tell_uncollected,),
    case.CaseCollected: (messages.tell_collected,),
    # The provider takes money back, or gives it again.
    case.PaymentHeld: (messages.tell_payment_held,),
    case.PaymentRestored: (messages.tell_payment_restored,),
    # What becomes of a message.
    message.MessageQueued: (),
    message.MessageSending: (),
    message.MessageSent: (),
    message.MessageDelivered: (),
    # What reached nobody is said by voice: the office has a list.
    message.MessageFailed: (messages.ask_for_call,),
    message.MessageUnknown: (),
}

# Of what comes by the hundred, many are handled at once.
TOGETHER: Together = {processes.route_case: processes.route_cases}

# What is told often, with the errands that may have work afterwards. All are hurried after an event
# that is not here; whatever a handler adds is told by an event of its own.
HURRIED: Mapping[type[Event], tuple[str, ...]] = {
    account.InvitationMade: ("mail_invitations",),
    account.CodeRequested: (),
    account.ErasureBegun: ("erase_persons",),
    case.CaseSubmitted: (),
    case.CaseSubmittedFree: ("ask_registers",),
    money.BillIssued: (),
    money.PromptAsked: ("prompt_payers",),
    money.PromptSending: (),
    money.PromptSent: ("ask_after_payments",),
    money.PromptUnclear: ("ask_after_payments",),
    money.PromptEnded: (),
    money.StatusQueryDue: ("ask_after_payments",),
    # Its cases go on by news of their own.
    money.BillPartPaid: (),
    money.BillPaid: (),
    money.ReceiptIssued: (),
    case.CasePaid: ("ask_registers",),
    case.CaseApprovedByRegister: (),
    # At the desk: what is written there is a paper that is asked for, or a message that is queued.
    case.CaseQueued: (),
    case.CaseUnassigned: (),
    case.CaseTaken: (),
    case.CaseReleased: (),
    case.CaseReassigned: (),
    case.CaseEscalated: (),
    case.CompletionAsked: (),
    case.CaseCompleted: (),
    case.SecondApprovalAsked: (),
    case.SecondApprovalDeclined: (),
    case.CaseLate: (),
    case.CaseRefused: (),
    case.CaseApproved: (),
    case.ReadyForCollection: (),
    case.CollectionReminded: (),
    case.CaseCollected: (),
    paper.PaperRequested: ("draw_papers",),
    # Whoever draws goes on to seal where no officer signs; who signs goes on to seal.
    paper.PaperRendered: (),
    paper.PaperMandated: ("sign_papers",),
    paper.PaperSigned: (),
    paper.PaperIssued: (),
    case.SignatureAwaited: (),
    case.CaseIssued: (),
    catalogue.ReminderMade: (),
    message.MessageQueued: ("send_messages",),
    message.MessageSending: (),
    message.MessageSent: (),
    message.MessageDelivered: (),
    message.MessageFailed: (),
    # What becomes of a paper that is out stands on a list. Of one that is issued as well: there are
    # so many that the sweep makes the list anew for all of them.
    paper.PaperSuspended: ("sign_lists",),
    paper.PaperResumed: ("sign_lists",),
    paper.PaperSuperseded: ("sign_lists",),
    paper.PaperRevoked: ("sign_lists",),
    paper.PaperEnded: ("sign_lists",),
    register.RegisterEventRead: (),
    register.FamilyUnknown: (),
}
