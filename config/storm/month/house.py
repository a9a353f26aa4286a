"""What the play and its staff share: the simulated clock, the providers' books, the news."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.storm.month.hands import Hand
from config.storm.month.outside import Books
from config.storm.month.people import Staff
from payments.models import Rail
from payments.statements import Layout
from workers import relay
from workers.routes import ROUTES

TICK = timedelta(milliseconds=20)


class Clock:
    """Simulated time. No two acts share a moment, so that what happened has one order."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def tick(self) -> datetime:
        self.now += TICK
        return self.now

    def until(self, moment: datetime) -> datetime:
        self.now = max(self.now + TICK, moment)
        return self.now


@dataclass
class Order:
    """A remittance that the bank carries out as soon as there is money for it."""

    end_to_end: str
    amount: int


@dataclass
class House:
    clock: Clock
    zone: ZoneInfo
    currency: str
    staff: Staff
    rails: dict[str, Rail]  # By BANK and WALLET.
    books: dict[str, Books]
    layouts: Sequence[Layout]
    beneficiaries: Sequence[str]
    packs: Path  # Where the newest pack lies.
    hands: Sequence[Hand]  # That deliver news besides this process.
    orders: list[Order] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)  # What must not happen.

    def moment(self, day: date, hour: int = 0) -> datetime:
        return datetime.combine(day, time(), self.zone) + timedelta(hours=hour)

    @property
    def local(self) -> datetime:
        return self.clock.now.astimezone(self.zone)

    def step_up(self, purpose: str) -> int:
        return self.staff.step_up(purpose, at=self.clock.tick())

    def which(self, rail_id: int) -> str:
        """Return BANK or WALLET."""
        return next(name for name, rail in self.rails.items() if rail.pk == rail_id)

    def hear_news(self) -> None:
        """Let every event come to whom it concerns, as workers do at once."""
        while self._hear_once():
            pass

    def _hear_once(self) -> int:
        fresh = relay.fan_out(routes=ROUTES, now=self.clock.tick())
        now = self.clock.tick()
        hands = self.hands if fresh > relay.BATCH_MAX else ()
        for hand in hands:
            hand.begin(now)
        delivered = 0
        while claimed := relay.drain(routes=ROUTES, now=now):
            delivered += claimed
        return fresh + delivered + sum(hand.finish() for hand in hands)
