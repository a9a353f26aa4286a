"""What MTN holds for us in collections; disbursements are a wallet of their own."""

from uuid import UUID

from kernel.money import NotWhole, to_minor
from payments.gateways import http, reading, tokens
from payments.gateways.base import Asked, Contract, Unreadable
from payments.gateways.mtn import wire
from payments.gateways.prompt import Unreachable


class MtnBalance:
    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        self._line = wire.Line("collection", contract=contract)

    def balance(self, *, key: UUID) -> Asked:
        """Ask for the balance; see `BalanceGateway.balance`. MTN answers at once."""
        try:
            said = self._line.call("GET", "/v1_0/account/balance")
            read_balance(said.body)
        except (*http.NO_ANSWER, tokens.NoToken, Unreadable):
            raise Unreachable from None
        return Asked(body=said.body)


def read_balance(body: bytes) -> tuple[int, str]:
    """
    Return what is held, in minor units, and its currency.

    :raises Unreadable: if the bytes tell of no balance
    """
    held = reading.json_object(body)
    currency = reading.text(held.get("currency"))
    try:
        return to_minor(reading.text(held.get("availableBalance")), currency), currency
    except NotWhole:
        raise Unreadable("no_balance") from None
