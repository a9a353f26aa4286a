"""What payments has news of. The subject is a bill, a movement or an attempt, as each one says."""

from kernel.events import Event


class BillIssued(Event):
    """Subject: the bill."""

    name = "payments.bill.issued"


class BillPartPaid(Event):
    """Subject: the bill. Told for each part; a part-paid bill pays no case."""

    name = "payments.bill.part_paid"


class BillPaid(Event):
    """Subject: the bill. Every line of it is paid."""

    name = "payments.bill.paid"


class BillExpired(Event):
    """Subject: the bill."""

    name = "payments.bill.expired"


class BillCancelled(Event):
    """Subject: the bill."""

    name = "payments.bill.cancelled"


class BillReplaced(Event):
    """Subject: the old bill; its `successor` is the new one."""

    name = "payments.bill.replaced"


class BillReopened(Event):
    """Subject: the bill. The provider took money back; what is missing is due again."""

    name = "payments.bill.reopened"


class BillOwed(Event):
    """Subject: the bill. It stays due without a term, because what it paid for was given."""

    name = "payments.bill.owed"


class CollectionSuspended(Event):
    """Subject: the movement. Some or all of its money stands in suspense."""

    name = "payments.collection.suspended"


class PromptAsked(Event):
    """Subject: the attempt. A payer wants to be prompted on her phone."""

    name = "payments.prompt.asked"


class PromptSending(Event):
    """Subject: the attempt. The call to the network is about to leave."""

    name = "payments.prompt.sending"


class PromptSent(Event):
    """Subject: the attempt. The network has taken it; the payer decides."""

    name = "payments.prompt.sent"


class PromptUnclear(Event):
    """Subject: the attempt. It may have reached the network: it is only asked after."""

    name = "payments.prompt.unclear"


class PromptEnded(Event):
    """Subject: the attempt. It succeeded, failed or ran out; the bill says whether money came."""

    name = "payments.prompt.ended"


class StatusQueryDue(Event):
    """Subject: the attempt. An unsigned callback hinted at news: ask the network."""

    name = "payments.prompt.status_query_due"


class MovementReversed(Event):
    """Subject: the reversed movement, a collection."""

    name = "payments.collection.reversed"


class DebitUnexplained(Event):
    """Subject: the movement. Money left an account of ours, and nobody here ordered it."""

    name = "payments.debit.unexplained"


class RefundProposed(Event):
    """Subject: the refund. A rule found money that should go back."""

    name = "payments.refund.proposed"


class RefundRequested(Event):
    """Subject: the refund."""

    name = "payments.refund.requested"


class RefundAwaitsFunds(Event):
    """Subject: the refund. Approved, but the refund float holds less."""

    name = "payments.refund.awaits_funds"


class RefundApproved(Event):
    """Subject: the refund. Its money has left suspense or the bill."""

    name = "payments.refund.approved"


class RefundSending(Event):
    """Subject: the refund. The call to the provider is about to leave."""

    name = "payments.refund.sending"


class RefundSent(Event):
    """Subject: the refund. The provider has taken it."""

    name = "payments.refund.sent"


class RefundUnclear(Event):
    """Subject: the refund. It may have left: it is only asked after."""

    name = "payments.refund.unclear"


class RefundDone(Event):
    """Subject: the refund."""

    name = "payments.refund.done"


class RefundFailed(Event):
    """Subject: the refund. The provider will not; the money stands in suspense."""

    name = "payments.refund.failed"


class RefundDeclined(Event):
    """Subject: the refund. A person decided that it is not to be."""

    name = "payments.refund.declined"


class InquiryDue(Event):
    """Subject: the inquiry. An unsigned message hinted at a movement: ask the provider."""

    name = "payments.inquiry.due"


class StatementImported(Event):
    """Subject: the statement. Its lines are posted, or it is kept with what is wrong with it."""

    name = "payments.statement.imported"


class ReceiptIssued(Event):
    """Subject: the official receipt."""

    name = "payments.receipt.issued"


class AlarmRaised(Event):
    """Subject: the alarm. Something about money needs a person."""

    name = "payments.alarm.raised"


class RemittanceBuilt(Event):
    """Subject: the remittance. Its allocations stand in no other."""

    name = "payments.remittance.built"


class RemittanceProposed(Event):
    """Subject: the remittance. A second person is to decide."""

    name = "payments.remittance.proposed"


class RemittanceApproved(Event):
    """Subject: the remittance. Its money has left what is payable."""

    name = "payments.remittance.approved"


class RemittanceSent(Event):
    """Subject: the remittance. A person gave the order to the bank."""

    name = "payments.remittance.sent"


class RemittanceAcknowledged(Event):
    """Subject: the remittance. The bank has taken it."""

    name = "payments.remittance.acknowledged"


class RemittanceConfirmed(Event):
    """Subject: the remittance. The bank's statement shows that it left."""

    name = "payments.remittance.confirmed"


class RemittanceFailed(Event):
    """Subject: the remittance. The bank will not; its money is payable again."""

    name = "payments.remittance.failed"


class RemittanceSentBack(Event):
    """Subject: the remittance. Its bank sent it back after it was paid; it is payable again."""

    name = "payments.remittance.returned"


class RemittanceCancelled(Event):
    """Subject: the remittance. Before it was sent; its money waits for the next."""

    name = "payments.remittance.cancelled"
