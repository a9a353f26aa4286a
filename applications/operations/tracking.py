"""Finding a case without signing in: number and phone together, and not too often."""

from datetime import datetime, timedelta

import phonenumbers

from accounts import queries as accounts
from accounts.limits import Limit
from accounts.operations import budgets
from applications import queries
from applications.models import Application
from kernel import references
from kernel.country import country

BY_ADDRESS = Limit("track.address", 60, timedelta(hours=1))
BY_NUMBER = Limit("track.number", 20, timedelta(hours=1))


def find(*, number: str, phone: str, address: str, at: datetime) -> Application | None:
    """
    Return the case that has this number and this phone; a wrong pair is like an unknown number.

    The caller shows state, office and promise only. Counted, so call it outside a transaction.

    :param address: the network address that asks
    :raises accounts.operations.BudgetSpent: after too many tries from there, or on one number
    """
    budgets.spend(BY_ADDRESS, address, at=at)
    clean = references.normalise_case_number(number)
    if clean is None:
        return None
    budgets.spend(BY_NUMBER, clean, at=at)
    case = queries.by_number(clean)
    if case is None or accounts.contact(case.contact_id).value != _e164(phone):
        return None
    return case


def _e164(typed: str) -> str:
    try:
        number = phonenumbers.parse(typed, country().phone_region)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
