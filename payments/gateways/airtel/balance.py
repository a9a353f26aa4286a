"""What Airtel holds for us: collections less what was taken or paid back, in one wallet."""

from uuid import UUID

from kernel.money import NotWhole, to_minor
from payments.gateways import http, reading, tokens
from payments.gateways.airtel import wire
from payments.gateways.base import Asked, Contract, Unreadable
from payments.gateways.prompt import Unreachable


class AirtelBalance:
    def __init__(self, *, rail_code: str, contract: Contract) -> None:
        self._line = wire.Line(rail_code=rail_code, contract=contract)

    def balance(self, *, key: UUID) -> Asked:
        """Ask for the balance; see `BalanceGateway.balance`. Airtel answers at once."""
        try:
            said = self._line.get("/standard/v1/users/balance")
            read_balance(said.body)
        except (*http.NO_ANSWER, tokens.NoToken, Unreadable):
            raise Unreachable from None
        return Asked(body=said.body)


def read_balance(body: bytes) -> tuple[int, str]:
    """
    Return what is held, in minor units, and its currency.

    :raises Unreadable: if the bytes tell of no balance
    """
    held = wire.read(body).data
    currency = reading.text(held.get("currency"))
    try:
        return to_minor(reading.text(held.get("balance")), currency), currency
    except NotWhole:
        raise Unreadable("no_balance") from None
