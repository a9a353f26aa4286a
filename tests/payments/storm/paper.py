"""The acts of a storm that have to do with statements."""

from datetime import datetime

from payments.gateways.base import Collection, Told
from payments.models import Rail
from payments.operations import importing
from payments.statements.base import Entry, Statement
from payments.states import Leg
from tests.payments.storm.providers import Truth
from tests.world import NOON

# What the reader makes of a file, by its bytes: readers have tests of their own.
FILES: dict[bytes, Statement] = {}
BANK = "bank-rw"


class Paper:
    now: datetime
    truth: Truth
    rails: dict[str, Rail]
    files: int

    def state(self, rail: str, which: int, many: int) -> None:
        """A rail's advice tells some of what it booked, and no balances prove it whole."""
        booked = self.stated(rail)
        start = which % len(booked) if booked else 0
        self.import_file(rail, booked[start : start + many], is_whole=False)

    def stated(self, rail: str) -> list[Told]:
        """Return what a statement can tell of: all that moved in the account's own currency."""
        currency = self.rails[rail].currency
        booked = [one for (at, _), one in self.truth.money.items() if at == rail]
        return [one for one in booked if one.currency == currency]

    def unstated(self) -> list[Told]:
        """Return what came to the bank in another currency than the account's."""
        stated = {one.external_id for one in self.stated(BANK)}
        booked = [one for (at, _), one in self.truth.money.items() if at == BANK]
        return [one for one in booked if one.external_id not in stated]

    def post_waiting_lines(self) -> None:
        importing.post_waiting(now=self.now)

    def import_file(self, rail: str, lines: list[Told], *, is_whole: bool) -> None:
        """
        Import a file with these lines.

        :param is_whole: with balances, from nothing to what the lines make
        """
        entries = [_entry(number, one) for number, one in enumerate(lines, start=1)]
        self.files += 1
        name = f"file {self.files}"
        FILES[name.encode()] = Statement(
            account="",
            currency=self.rails[rail].currency,
            number=str(self.files),
            from_day=NOON.date(),
            to_day=self.now.date(),
            opening_minor=0 if is_whole else None,
            closing_minor=sum(one.amount_minor for one in entries) if is_whole else None,
            entries=entries,
            format="camt.052.001.08",
        )
        done = importing.import_file(
            data=name.encode(), name=name, rail_code=rail, layouts=[], at=self.now
        )
        assert done.is_posted, [one.held_back for one in done.statements]


def _entry(number: int, one: Told) -> Entry:
    is_money_of_payers = isinstance(one, Collection)
    leg = Leg.CREDIT if is_money_of_payers else one.leg
    is_in = leg in (Leg.CREDIT, Leg.TRANSFER)
    return Entry(
        line_no=number,
        amount_minor=one.amount_minor if is_in else -one.amount_minor,
        currency=one.currency,
        booked_day=one.occurred_at.date(),
        occurred_at=one.occurred_at,
        is_reversal=leg == Leg.REVERSAL,
        references=(one.reference,) if is_money_of_payers else (),
        bank_ids=(one.external_id,),
        original_id="" if is_money_of_payers else one.original_id,
        kind={Leg.CHARGE: "charge", Leg.SWEEP: "sweep", Leg.TRANSFER: "sweep"}.get(leg, "money"),
    )
