"""What an event is: a fact in the past tense, told with ids only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self, TypedDict


class Payload(TypedDict):
    subject_id: int
    occurred_at: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    A fact that was committed together with the change that made it true.

    A subclass states `name`, such as "payments.bill.paid", and adds nothing: whoever handles the
    fact reads the present state by the id.
    """

    name: ClassVar[str]
    known: ClassVar[dict[str, type["Event"]]] = {}

    subject_id: int
    occurred_at: datetime

    def __init_subclass__(cls) -> None:
        if cls.name in Event.known:
            raise TypeError(f"two events are called {cls.name!r}")
        Event.known[cls.name] = cls

    def to_payload(self) -> Payload:
        return {"subject_id": self.subject_id, "occurred_at": self.occurred_at.isoformat()}

    @classmethod
    def from_payload(cls, payload: Payload) -> Self:
        # Keys of a newer release are left unread, so that two releases can run side by side.
        return cls(
            subject_id=int(payload["subject_id"]),
            occurred_at=datetime.fromisoformat(payload["occurred_at"]),
        )
