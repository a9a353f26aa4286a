"""
"I paid, find my money": how often it may be asked, and older phones made findable.

Codes and phones can both be guessed, so each is counted by itself, and so is where the asking
comes from.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.limits import Limit
from accounts.operations import budgets
from kernel.crypto import blind_index
from payments.models import PaymentAttempt
from payments.operations import prompting
from payments.queries import finding
from payments.queries.finding import ClaimView, Whereabouts

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Whoever knows a code and guesses the phone behind it, or the other way round.
BY_CODE = Limit("find.code", 6, DAY)
BY_PHONE = Limit("find.phone", 12, HOUR)
# Many share the address of a mobile network or of a hall.
BY_ADDRESS = Limit("find.address", 60, HOUR)
# Outside production every browser, and every citizen of the journey, is at one address.
ON_ONE_MACHINE = Limit("find.address", 3_000, HOUR)


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of money by its code and its phone together; both empty: nothing to tell."""

    collections: list[Whereabouts]
    is_being_booked: bool


def find(*, code: str, phone: str, address: str, at: datetime) -> Found:
    """
    Look for somebody's money, within the budgets.

    Counted, so call it outside a transaction. A wrong code and a wrong phone are one answer.

    :param code: the network's, as typed
    :param phone: as typed
    :param address: the network address that asks
    :raises prompting.NotAPhone: if it is none of this country
    :raises accounts.operations.BudgetSpent: if it was asked too often
    """
    number = prompting.e164(phone)
    spend(code=code, phone=number, address=address, at=at)
    found = finding.by_code_and_phone(code, number)
    return Found(found, finding.is_being_booked(code, number))


def claim_of(*, number: str, phone: str, address: str, at: datetime) -> ClaimView:
    """
    Return a claim to whoever knows its number and its phone, within the same budgets.

    :raises payments.queries.finding.NoClaim: if these are not of one claim
    :raises prompting.NotAPhone, accounts.operations.BudgetSpent: as `find`
    """
    told = prompting.e164(phone)
    spend(code=number, phone=told, address=address, at=at)
    return finding.own_claim(number, told)


def spend(*, code: str, phone: str, address: str, at: datetime) -> None:
    """:raises accounts.operations.BudgetSpent: if it was asked too often"""
    named = min(finding.spellings(code.upper()), key=len, default="")
    by_address = BY_ADDRESS if settings.PRODUCTION else ON_ONE_MACHINE
    # Wide before narrow: a stranger's guesses stop at his own address.
    for limit, key in ((by_address, address), (BY_PHONE, phone), (BY_CODE, named)):
        budgets.spend(limit, key, at=at)


def index_phones(*, after_id: int, limit: int) -> int | None:
    """
    Make the phones of older prompts findable; return the id to go on after, or None at the end.

    Each batch in a transaction of its own, and safe to repeat.
    """
    with transaction.atomic():
        rows = PaymentAttempt.objects.select_for_update(no_key=True, of=("self",))
        batch = list(rows.filter(pk__gt=after_id).order_by("pk")[:limit])
        for attempt in batch:
            if attempt.phone_index is None and attempt.phone:  # Of an erased payer there is none.
                attempt.phone_index = blind_index("phone", attempt.phone)
        PaymentAttempt.objects.bulk_update(batch, ["phone_index"])
    return batch[-1].pk if batch else None
