"""What a callback costs among ten times as many bills, beside what the floor costs there."""

from dataclasses import dataclass

from bench import floors
from bench.callbacks import DOORS
from bench.machine import Machine, more_bills
from bench.product import product
from bench.report import Report, median

TIMES = 10
GROWTH_MAX = 1.2


@dataclass(frozen=True)
class Costs:
    """Milliseconds of the clock for one payment, medians."""

    floor: float
    product: float


def measure(machine: Machine, report: Report, *, rounds: int, seconds: float, door: str) -> None:
    """Measure, make ten times as many bills (none of them paid but those of before), measure."""
    few = machine.bills.last
    many = TIMES * few
    before = _costs(machine, rounds=rounds, seconds=seconds, door=door)
    print(f"making {many:,} bills", flush=True)
    more_bills(machine, many)
    after = _costs(machine, rounds=rounds, seconds=seconds, door=door)
    for name, at_first, at_last in (
        ("floor equal", before.floor, after.floor),
        (DOORS[door], before.product, after.product),
    ):
        words = f"{at_first:.3f} at {few:,} bills, {at_last:.3f} at {many:,}"
        report.row(f"{name}: growth", at_last / at_first, "times", f"ms a payment: {words}")
    grown = (after.product / before.product) / (after.floor / before.floor)
    report.at_most("cost of a callback: growth beside the floor's", grown, GROWTH_MAX)


def _costs(machine: Machine, *, rounds: int, seconds: float, door: str) -> Costs:
    floor, taken = [], []
    for _ in range(rounds):
        floor.append(1000 / floors.equal(machine, seconds=seconds)["a_second"])
        with product(machine, door=door) as running:
            taken.append(1000 / running.take(seconds=seconds).a_second)
    return Costs(median(floor), median(taken))
