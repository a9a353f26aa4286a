"""A batch as an order that our bank can carry out."""

from django.conf import settings

from kernel.country import country
from payments.models import Rail, Remittance
from payments.operations.remitting.pack import settlement
from payments.orders.pain001 import Order, Party


class NoOwnAccount(Exception):
    """No account number of ours is known at the bank that pays."""


def order_of(batch: Remittance) -> Order:
    """
    Return the order of an approved batch: always the same, however often it is asked for.

    :raises NoOwnAccount: if nobody told the house its own account there
    """
    if batch.approved_at is None:
        raise ValueError("not approved")
    payer = settlement().payer
    account = batch.account
    return Order(
        message_id=batch.number,
        end_to_end_id=batch.end_to_end_id,
        made_at=batch.approved_at,
        pay_on=batch.approved_at.astimezone(country().zone).date(),
        currency=batch.currency,
        amount_minor=batch.amount_minor,
        payer=Party(
            name=payer.name or country().name("en"),
            account_number=own_account(batch.rail),
            bic=payer.bic,
            bank_name=payer.bank_name or batch.rail.provider,
        ),
        payee=Party(
            name=account.holder_name,
            iban=account.iban,
            account_number=account.account_number,
            bic=account.bic,
            bank_name=account.bank_name,
        ),
        remark=batch.number,
    )


def own_account(rail: Rail) -> str:
    """:raises NoOwnAccount: if there is none"""
    held = settings.GATEWAYS["rails"].get(rail.code, {})
    for number in (*rail.accounts, *held.get("accounts", ())):
        return str(number)
    raise NoOwnAccount(rail.code)
