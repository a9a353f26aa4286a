"""What of a person's cases keeps her from being erased, and what stays of them afterwards."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from applications.queries import keeping
from documents import keeping as papers
from kernel.erasing import Reason, Remains, declare, declare_remains
from payments.queries import keeping as money

UNPAID, GOING_BACK, SUSPENSE, ACTED_ON = "bill_unpaid", "refund", "suspense", "paper_act"


def _keeps(person_id: int, at: datetime) -> set[str]:
    found = keeping.unrest(person_id, at=at)
    if bills := keeping.bill_ids(person_id):
        asked = {
            UNPAID: money.unpaid(bills),
            GOING_BACK: money.going_back(bills),
            SUSPENSE: money.in_suspense(bills),
        }
        found |= {code for code, holds in asked.items() if holds}
    if papers.is_acted_on(keeping.paper_ids(person_id)):
        found.add(ACTED_ON)
    return found


declare(
    Reason(keeping.CASE, _("An application is not decided. Wait for the answer, or withdraw it.")),
    Reason(keeping.READY, _("A paper lies ready at a counter: collect it first.")),
    Reason(keeping.HELD, _("A payment is being looked into.")),
    Reason(keeping.APPEAL, _("An appeal is not decided.")),
    Reason(keeping.TERM, _("An application was refused, and the time for an appeal is not over.")),
    Reason(keeping.INQUIRY, _("Somebody's look at your case is being looked into.")),
    Reason(keeping.ON_ITS_WAY, _("A file or a paper is on its way between two offices.")),
    Reason(UNPAID, _("A bill is not paid.")),
    Reason(GOING_BACK, _("Money is on its way back to you.")),
    Reason(SUSPENSE, _("Money that you paid fits no bill yet: it is yours, and is not given up.")),
    Reason(ACTED_ON, _("A paper of yours is to be stopped or replaced, and that is not decided.")),
    keeps=_keeps,
)
declare_remains(
    Remains(
        "papers",
        _("Your papers, and the entries and letters that they rest on"),
        _("A paper that is out can be checked as long as anybody holds it. The law keeps it."),
    ),
    Remains(
        "cases",
        _("That there was an application: its number, service, office, days and decision"),
        _("The state answers for what it decided. Nothing in it says whose it was."),
    ),
    Remains(
        "books",
        _("Bills, payments and receipts"),
        _("The books of the state are never changed. What a network told us of a payer stays."),
    ),
)
