"""What a message does not say and our own question did: Airtel's answers carry no amount."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from payments.gateways.base import Collection, Debit, Told, Unreadable
from payments.models import PaymentAttempt, Refund

Asked = Mapping[UUID, tuple[int, str]]


T = TypeVar("T", bound=Collection | Debit)


def as_asked(told: T, asked: Asked) -> T:
    """
    Return the money with the amount and the currency that the payer was asked for.

    Only where the message says none, which its vendor writes as 0 and "".

    :param asked: amount in minor units and currency, by the key of the attempt or the refund
    :raises Unreadable: if it says none and answers no prompt and no refund of ours
    """
    if told.amount_minor or told.currency:
        return told
    key = _key(told)
    if key is None or key not in asked:
        raise Unreadable("no_amount")
    amount_minor, currency = asked[key]
    return replace(told, amount_minor=amount_minor, currency=currency)


def asked_of(told: Sequence[Told]) -> Asked:
    """Return what was asked by the attempts and refunds of those that say no amount."""
    keys = [key for one in told if not one.amount_minor and (key := _key(one))]
    if not keys:
        return {}
    found = [
        row
        for known in (PaymentAttempt, Refund)
        for row in known.objects.filter(key__in=keys).values_list("key", "amount_minor", "currency")
    ]
    return {key: (amount_minor, currency) for key, amount_minor, currency in found}


def _key(told: Told) -> UUID | None:
    """Return the key of the attempt (a reversal of what it brought too) or of the refund."""
    return told.attempt_key if isinstance(told, Collection) else told.key
