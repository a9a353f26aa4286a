"""
How often a visitor may have phones rung.

Anybody may pay for anybody, so anybody can type a stranger's number; and bills cost nothing. What
is counted is therefore the number itself across all bills, whoever asks, and where the asking
comes from.
"""

from contextlib import ExitStack
from datetime import datetime, timedelta

from django.conf import settings

from accounts.limits import Limit
from accounts.operations import budgets
from payments.operations import prompting

HOUR = timedelta(hours=1)
# Enough for whoever mistypes a PIN and tries again; too little to plague anybody.
BY_NUMBER = Limit("prompt.number", 5, HOUR)
# A helper at a counter or in a shop pays for many.
BY_VISITOR = Limit("prompt.visitor", 20, HOUR)
# Many share the address of a mobile network or of a hall.
BY_ADDRESS = Limit("prompt.address", 60, HOUR)
# Outside production every browser, and every citizen of the journey, is at one address.
ON_ONE_MACHINE = Limit("prompt.address", 3_000, HOUR)


def ask(
    *, bill_id: int, rail_code: str, phone: str, visitor: str, address: str, at: datetime
) -> int:
    """
    Want a payer to be prompted, as `prompting.ask`, within the budgets.

    Counted, so call it outside a transaction. What is refused rings nobody and is not counted.

    :param visitor: names the account, or the browser where nobody has signed in
    :param address: the network address that asks
    :raises accounts.operations.BudgetSpent: if the phone was asked, or they asked, too often
    :raises CannotPrompt: one of its subclasses
    """
    number = prompting.e164(phone)
    by_address = BY_ADDRESS if settings.PRODUCTION else ON_ONE_MACHINE
    with ExitStack() as to_give_back:
        # Narrow before wide.
        for limit, key in ((BY_NUMBER, number), (BY_VISITOR, visitor), (by_address, address)):
            budgets.spend(limit, key, at=at)
            to_give_back.callback(budgets.give_back, limit, key)
        attempt_id = prompting.ask(bill_id=bill_id, rail_code=rail_code, phone=number, at=at)
        to_give_back.pop_all()
    return attempt_id
