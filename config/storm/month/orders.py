"""Orders to the bank, and what becomes of each."""

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Fate(Enum):
    PAID = "paid"
    REFUSED = "refused"
    SENT_BACK = "sent back"  # By the beneficiary's bank, after it was paid.
    SLANDERED = "slandered"  # A refusal is brought that the bank never wrote.
    CONFUSED = "confused"  # Answers come that are about nothing of ours.
    PAID_AFTER_ALL = "paid after all"  # Refused, and carried out a day later.


@dataclass
class Order:
    """A remittance that the bank carries out as soon as there is money for it, and the day is."""

    remittance_id: int
    number: str
    end_to_end: str
    amount: int
    fate: Fate
    not_before: date

    @property
    def bank_id(self) -> str:
        return f"M{self.end_to_end}"
