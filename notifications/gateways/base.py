"""What any SMS gateway must answer, and the three ways in which it can fail."""

from typing import Literal, Protocol
from uuid import UUID

Status = Literal["sent", "delivered", "failed"]


class GatewayUnavailable(Exception):
    """An inquiry got no answer that can be relied on."""


class NotSent(Exception):
    """It surely did not leave; it may be tried again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Exception):
    """It surely did not leave, and will not: the gateway refuses this message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MaybeSent(Exception):
    """It may have left: the request went out and no answer came."""


class SmsGateway(Protocol):
    def send(self, *, key: UUID, to: str, text: str) -> str:
        """
        Hand the message over and return the provider's own id of it.

        :raises NotSent: it surely did not leave
        :raises Refused: it never will
        :raises MaybeSent: nobody knows
        """

    def ask(self, *, key: UUID) -> Status | None:
        """
        Return what became of the message, or None if the gateway never heard of it.

        :raises GatewayUnavailable: if it does not answer
        """
