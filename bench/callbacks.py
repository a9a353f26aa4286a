"""Callbacks of the signed bank rail, accepted and posted, beside both floors and the peer."""

from dataclasses import dataclass, field

from bench import floors, peer
from bench.machine import Machine
from bench.numbers import Fresh
from bench.product import FAST, PLAIN, Taken, product
from bench.report import Report, cpu_words, median

DOORS = {PLAIN: "plain view + poster", FAST: "callback process + poster"}
GOALS = {PLAIN: (1.0, 0.25), FAST: (2.0, 0.5)}
TIMES_THE_PEER = 5.0
P99_MS_MAX = 50.0
HALF = 0.5


@dataclass
class Rounds:
    thin: list[float] = field(default_factory=list)
    equal: list[float] = field(default_factory=list)
    cpu_ms: dict[str, list[float]] = field(default_factory=lambda: {"thin": [], "equal": []})
    peer: list[Taken] = field(default_factory=list)
    taken: dict[str, list[Taken]] = field(default_factory=lambda: {door: [] for door in DOORS})


def measure(
    machine: Machine, report: Report, *, rounds: int, seconds: float, doors: list[str]
) -> None:
    """Interleave them, so that whatever else the machine does troubles all alike."""
    seen = Rounds()
    peers_bills = peer.prepare(machine, bills=machine.bills.bills)
    for number in range(rounds):
        _one_round(machine, seen, peers_bills, seconds=seconds, doors=doors)
        told = {door: round(seen.taken[door][-1].a_second) for door in doors}
        print(
            f"round {number + 1}: thin {seen.thin[-1]:.0f}, equal {seen.equal[-1]:.0f},"
            f" {told}, hordak {seen.peer[-1].a_second:.0f} a second",
            flush=True,
        )
    _tell(seen, report, doors)
    report.facts["rounds"] = {
        "thin": seen.thin,
        "equal": seen.equal,
        "hordak": [taken.a_second for taken in seen.peer],
        **{door: [taken.a_second for taken in seen.taken[door]] for door in doors},
    }


def _one_round(
    machine: Machine, seen: Rounds, peers_bills: Fresh, *, seconds: float, doors: list[str]
) -> None:
    thin = floors.thin(machine, seconds=seconds)
    seen.thin.append(thin["a_second"])
    seen.cpu_ms["thin"].append(thin["cpu_ms"])
    equal = floors.equal(machine, seconds=seconds)
    seen.equal.append(equal["a_second"])
    seen.cpu_ms["equal"].append(equal["cpu_ms"])
    for door in doors:
        with product(machine, door=door) as running:
            seen.taken[door].append(running.take(seconds=seconds))
    with peer.peer(machine, peers_bills) as running:
        seen.peer.append(running.take(seconds=seconds))


def _tell(seen: Rounds, report: Report, doors: list[str]) -> None:
    thin, equal = median(seen.thin), median(seen.equal)
    hordak = median([taken.a_second for taken in seen.peer])
    cpu_ms = {name: median(values) for name, values in seen.cpu_ms.items()}
    report.row("floor thin", thin, "a second", f"CPU ms: {cpu_ms['thin']:.2f}, pgbench's included")
    report.row("floor equal", equal, "a second", f"CPU ms: {cpu_ms['equal']:.2f}")
    report.row("django-hordak", hordak, "a second", _cpu(seen.peer))
    for door in doors:
        report.row(
            DOORS[door],
            median([taken.a_second for taken in seen.taken[door]]),
            "a second",
            _cpu(seen.taken[door]),
        )
    # On a machine that has other things to do the clock says little, and this a little more.
    for door in doors:
        taken = seen.taken[door]
        spent = sum(median([one.cpu_ms[role] for one in taken]) for role in taken[0].cpu_ms)
        words = f"of the equal floor; of the thin floor {cpu_ms['thin'] / spent:.2f}"
        report.row(f"{DOORS[door]}: by CPU time", cpu_ms["equal"] / spent, "times", words)
    for door in doors:
        mine = median([taken.a_second for taken in seen.taken[door]])
        of_equal, of_thin = GOALS[door]
        report.at_least(f"{DOORS[door]}: of the equal floor", mine / equal, of_equal)
        report.at_least(f"{DOORS[door]}: of the thin floor", mine / thin, of_thin)
        report.at_least(f"{DOORS[door]}: times django-hordak", mine / hordak, TIMES_THE_PEER)


def _cpu(taken: list[Taken]) -> str:
    """CPU milliseconds a callback by process, medians."""
    roles = taken[0].cpu_ms
    return "CPU ms: " + cpu_words({r: median([t.cpu_ms[r] for t in taken]) for r in roles})


def latency(machine: Machine, report: Report, *, seconds: float, doors: list[str]) -> None:
    """The answer's time at half of what the door can take, by an open loop."""
    for door in doors:
        with product(machine, door=door) as running:
            full = running.take(seconds=seconds / 2)
            half = running.take(seconds=seconds, a_second=HALF * full.a_second)
        words = f"p50 {half.p50_ms:.1f}, worst {half.max_ms:.1f}, at {half.a_second:.0f} a second"
        report.row(f"{DOORS[door]}: p99 of the answer", half.p99_ms, "ms", words)
        report.at_most(f"{DOORS[door]}: p99 of the answer, ms", half.p99_ms, P99_MS_MAX)
