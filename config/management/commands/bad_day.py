"""`manage.py bad_day --seed 1 --payments 200`: everything goes wrong, and the money must add up."""

import contextlib
import json
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from config.storm import officers, plan, reckoning, resting
from config.storm.plan import Road
from config.storm.street import Outside, Street, Tally
from payments import gateways
from payments.operations import prompting

PHONES_MAX = 20
# The twin of a rail's kind, where it is called otherwise; those that pay without asking us first.
TWINS = {"bycontract": "bank"}
BY_REFERENCE = frozenset({"bycontract", "jenga", "kcb", "mpesa"})


class Command(BaseCommand):
    help = (
        "Plays a day on which everything goes wrong against the running stack, by seed: what is "
        "told twice, late, never or falsely, wrong amounts and references, money taken back, two "
        "channels at once, networks that are down. Then it compares the ledger with what the "
        "providers really booked. One hour of such a day is --hour-seconds here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--payments", type=int, default=200)
        parser.add_argument(
            "--hour-seconds", type=float, default=10, help="how long an hour of the day takes"
        )
        parser.add_argument("--rails", nargs="*", help="only these rails, by code")
        parser.add_argument(
            "--patience", type=float, default=420, help="seconds to wait until all is still"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("These are real books. Serve books to learn on: PRACTICE=1 make run")
        outside = Outside(settings.SANDBOX_URL)
        try:
            wrong = self._play(outside, options)
        except httpx.HTTPError as error:
            raise CommandError(f"The house does not run ({error}). Start it: make run") from error
        finally:
            # A sandbox that is gone has forgotten its faults.
            with contextlib.suppress(httpx.HTTPError):
                outside.mend()
            outside.close()
        if wrong:
            raise CommandError("\n".join(["The day does not add up.", *wrong]))
        self.stdout.write("Every payment is one movement, and every invariant holds.")

    def _play(self, outside: Outside, options: dict[str, Any]) -> list[str]:
        # Each payer is a thread that needs a connection for a moment: no pool, no queue for it.
        connection.settings_dict["OPTIONS"].pop("pool", None)
        began, clock = timezone.now(), time.monotonic()
        roads = self._roads(options["rails"])
        if not roads:
            raise CommandError("No rail of this house has a twin in the sandbox.")
        # Six of its hours are enough for everything to be gone for one of them.
        seconds = 6 * options["hour_seconds"]
        payers = plan.payers(
            roads, seed=options["seed"], payments=options["payments"], seconds=seconds
        )
        weather = plan.weather(roads, seed=options["seed"], seconds=seconds)
        street = Street(
            outside,
            phones=_phones(outside, roads),
            beneficiaries=_beneficiaries(),
            run=f"{options['seed']}:{began.timestamp():.0f}",
            clock=timezone.now,
            tell=self._say(clock),
        )
        tallies = street.walk(payers, weather)
        left = self._rest(outside, roads, began, clock, patience=options["patience"])
        truth = outside.truth(0)["booked"]
        since = began.timestamp()
        done = reckoning.reckon(
            [one for one in truth if one["at"] >= since],
            since=began,
            earlier=[one for one in truth if one["at"] < since],
            bills=[tally.bill for tally in tallies],
        )
        self._table(options["seed"], tallies, done, time.monotonic() - clock)
        return [*left, *done.wrong]

    def _say(self, clock: float) -> Callable[[str], None]:
        return lambda text: self.stderr.write(f"{time.monotonic() - clock:6.1f} s  {text}")

    def _rest(
        self,
        outside: Outside,
        roads: Sequence[Road],
        began: datetime,
        clock: float,
        *,
        patience: float,
    ) -> list[str]:
        say = self._say(clock)
        left = resting.wait(outside, patience_seconds=patience, clock=timezone.now, tell=say)
        rails = sorted({road.rail for road in roads})
        back = officers.give_back(rails, since=began, at=timezone.now())
        say(f"{back} refunds approved")
        held = resting.read_statements(outside, roads, at=timezone.now(), tell=say)
        again = resting.wait(outside, patience_seconds=patience, clock=timezone.now, tell=say)
        found = [f"not posted: {one}" for one in held]
        return found + [f"after {patience:.0f} s there were {one}" for one in (left, again) if one]

    def _roads(self, wanted: Sequence[str] | None) -> list[Road]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT code, kind FROM payments_rail WHERE active ORDER BY position")
            rails = [row for row in cursor.fetchall() if not wanted or row[0] in wanted]
        roads = []
        for code, kind in rails:
            twin = TWINS.get(kind, kind)
            if gateways.can_prompt(kind=kind, rail_code=code):
                roads.append(Road(code, twin, by_prompt=True))
            if kind in BY_REFERENCE and gateways.contract(code):
                roads.append(Road(code, twin, by_prompt=False))
        return roads

    def _table(
        self, seed: int, tallies: Sequence[Tally], done: reckoning.Reckoning, seconds: float
    ) -> None:
        troubles = Counter(tally.payer.trouble for tally in tallies)
        roads = Counter(
            f"{road.rail} {'by prompt' if road.by_prompt else 'by reference'}"
            for road in (tally.payer.road for tally in tallies)
        )
        parts: dict[str, Mapping[str, int | str]] = {
            f"seed {seed}: {len(tallies)} bills, {seconds:.0f} s": {},
            "roads": roads,
            "what went wrong": troubles,
            "what the sandbox said": Counter(state for tally in tallies for state in tally.states),
            "booked by providers, found as one movement here": {
                what: f"{count} / {done.found[what]}" for what, count in done.booked.items()
            },
            "bills": done.bills,
            f"where the money stands ({done.invariants} invariants asked)": {
                f"{role} {currency}": minor for role, currency, minor in done.stands
            },
        }
        for title, lines in parts.items():
            self.stdout.write(title)
            for name, count in sorted(lines.items()):
                self.stdout.write(f"  {count!s:>12}  {name}")


def _beneficiaries() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM places_beneficiary ORDER BY code LIMIT 2")
        return [code for (code,) in cursor.fetchall()]


def _phones(outside: Outside, roads: Sequence[Road]) -> dict[str, list[str]]:
    """Return phones by twin, with money: numbers of the rail's own network, or anybody's."""
    people = outside.get("/people.json").json()["people"]
    anybody = list(dict.fromkeys(person["phone"] for person in people))
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, prefixes::text FROM payments_rail")
        prefixes = dict(cursor.fetchall())
    phones: dict[str, list[str]] = {}
    for road in roads:
        own = list(islice(_numbers(anybody[0], prefixes[road.rail]), PHONES_MAX))
        phones[road.twin] = own or anybody[:PHONES_MAX]
    for phone in {phone for many in phones.values() for phone in many}:
        outside.post(f"/phone/{phone[1:]}/top-up", {"amount": "5000000"})
    return phones


def _numbers(example: str, prefixes: str) -> Any:

    for prefix in json.loads(prefixes):
        for number in range(100, 100 + PHONES_MAX):
            phone = f"{prefix}{number:0{len(example) - len(prefix)}d}"
            with contextlib.suppress(prompting.CannotPrompt):
                yield prompting.payer_phone(phone, prefixes=[prefix])
