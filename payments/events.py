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
