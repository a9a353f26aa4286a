"""What the play and its staff share: the simulated clock, the providers' books, the news."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.storm.month.hands import Hand
from config.storm.month.orders import Order
from config.storm.month.outside import Books
from config.storm.month.people import Staff
from config.storm.month.plan import Paid
from config.storm.month.post import Post
from payments.models import Rail
from payments.operations import refunding
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
class House:
    clock: Clock
    zone: ZoneInfo
    currency: str
    staff: Staff
    rails: dict[str, Rail]  # By BANK, WALLET and RETIRED.
    books: dict[str, Books]
    layouts: Sequence[Layout]
    beneficiaries: Sequence[str]
    packs: Path  # Where the newest pack lies.
    hands: Sequence[Hand]  # That deliver news besides this process.
    post: Post
    orders: list[Order] = field(default_factory=list)  # That the bank has, and has not paid.
    coming_back: list[Order] = field(default_factory=list)  # Of those that were paid.
    sent_back: set[str] = field(default_factory=set)  # Of those, what the bank has booked.
    remit_again: set[str] = field(default_factory=set)  # Beneficiaries, before their time.
    # What was paid by a debit, by the provider's own id of it: a batch's number, a collection's id.
    numbers: dict[str, str] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)  # Refunds that are to be asked for anew.
    only_said: list[int] = field(default_factory=list)  # To be paid.
    unsaid: set[int] = field(default_factory=set)  # Refunds that are paid, while nobody says so.
    claimants: list[Paid] = field(default_factory=list)
    asking: list[Paid] = field(default_factory=list)
    _turns: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)  # What must not happen.

    def moment(self, day: date, hour: int = 0) -> datetime:
        return datetime.combine(day, time(), self.zone) + timedelta(hours=hour)

    @property
    def local(self) -> datetime:
        return self.clock.now.astimezone(self.zone)

    @property
    def is_at_rest(self) -> bool:
        """Nothing comes any more that was said to come."""
        return not (self.orders or self.coming_back or self.remit_again) and self.post.is_empty

    def turn(self, what: str) -> int:
        """Count how often something was done, from 1: what goes wrong goes by turns."""
        self._turns[what] += 1
        return self._turns[what]

    def step_up(self, purpose: str) -> int:
        return self.staff.step_up(purpose, at=self.clock.tick())

    def which(self, rail_id: int) -> str:
        """Return BANK, WALLET or RETIRED."""
        return next(name for name, rail in self.rails.items() if rail.pk == rail_id)

    def pays_back(self, rail: Rail) -> bool:
        """Say whether the network pays back by itself, when it is ordered to."""
        return rail.active and refunding.pays_back(kind=rail.kind, rail_code=rail.code)

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
