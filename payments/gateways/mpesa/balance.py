"""
Account balance: what M-Pesa holds for the short code, as a control total of the day.

The answer comes to our door as one text: `Name|KES|a|b|c|d&Name|...`. Utility and Working together
are what our clearing account of the rail must agree with.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.money import NotWhole, to_minor
from payments.gateways.base import Asked, Contract, Unreadable
from payments.gateways.mpesa import commands, results
from payments.gateways.prompt import NotSent, Refused, Unclear, Unreachable

PATH = "/mpesa/accountbalance/v1/query"
CONTROLLED = ("Working Account", "Utility Account")


@dataclass(frozen=True, slots=True)
class Balance:
    at: datetime
    accounts: tuple[tuple[str, int], ...]  # Name and current balance in cents; may be negative.

    @property
    def control_minor(self) -> int:
        return sum(amount for name, amount in self.accounts if name in CONTROLLED)


class MpesaBalance:
    """Asks what one short code holds."""

    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        self._contract = contract

    def balance(self, *, key: UUID) -> Asked:
        """
        Ask for the balance; it comes to the door as `mpesa.balance` under the handle returned.

        :raises payments.gateways.prompt.Unreachable: if Daraja did not take the question
        """
        words = {
            "CommandID": "AccountBalance",
            "PartyA": self._contract["short_code"],
            "IdentifierType": commands.SHORT_CODE_IDENTIFIER,
            "Remarks": "Balance",
        }
        try:
            handle = commands.send(self._contract, PATH, words, what="balance", key=key)
        except (Refused, NotSent, Unclear):
            raise Unreachable from None
        return Asked(handle=handle)


def read_balance(body: bytes) -> Balance:
    """:raises Unreadable: if the bytes tell of no balance, or of one that cannot be added up"""
    result = results.read_result(body)
    if result.code != "0":
        raise Unreadable("no_balance")
    accounts = tuple(_account(record) for record in result.value("AccountBalance").split("&"))
    known = [name for name, _ in accounts]
    if any(known.count(name) != 1 for name in CONTROLLED):
        raise Unreadable("no_control_account")
    return Balance(at=results.eat_time(result.value("BOCompletedTime")), accounts=accounts)


def read_control(body: bytes) -> tuple[int, str]:
    """
    Return what our clearing account must agree with, in cents, and the currency.

    :raises Unreadable: as `read_balance`
    """
    return read_balance(body).control_minor, results.CURRENCY


def _account(record: str) -> tuple[str, int]:
    name, currency, amount = (*record.split("|"), "", "", "")[:3]
    if currency != results.CURRENCY:
        raise Unreadable("no_account")
    try:
        return name.strip(), to_minor(amount, currency)
    except NotWhole:
        raise Unreadable("bad_amount") from None
