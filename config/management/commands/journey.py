"""`make journey`: play a citizen's case against the running house, as people and networks would."""

import contextlib
import json
import secrets
import statistics
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.journey import proof
from config.journey.browser import Lost
from config.journey.play import Play, Record
from config.journey.trouble import NoWorker, WorkerToKill
from config.journey.world import Citizen, Desk, Sandbox, TooLate
from config.stack.home import Home

# By what the sandbox says of its people: the service, and the answer that finds the office.
JOURNEYS = {
    "birth": ("birth-certificate", "birth_place_code"),
    "marriage": ("marriage-certificate", "place_code"),
    "single": ("certificate-being-single", "residence_code"),
    "identity": ("full-identity", "residence_code"),
    "criminal": ("criminal-record", "residence_code"),
}


class Command(BaseCommand):
    help = "Play cases from application to signed paper against the running stack."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--service", choices=sorted(JOURNEYS), default="birth")
        parser.add_argument("--count", type=int, default=1, help="how many cases")
        parser.add_argument("--concurrency", type=int, default=1, help="how many at once")
        parser.add_argument(
            "--by", choices=["prompt", "reference"], default="prompt", help="how she pays"
        )
        parser.add_argument("--patience", type=float, default=60, help="seconds for each turn")
        parser.add_argument(
            "--kill-worker", action="store_true", help="by -9, when half of the cases are paid"
        )
        parser.add_argument("--twice", action="store_true", help="every callback comes twice")

    def handle(self, *args: Any, **options: Any) -> None:
        sandbox = Sandbox(settings.SANDBOX_URL)
        started, after_event = time.monotonic(), proof.last_event()
        worker = self._worker(options["count"]) if options["kill_worker"] else None
        try:
            sandbox.faults({"mtn.callback": "twice", "bank": "twice"} if options["twice"] else {})
            people = sandbox.people(options["service"])
            demo = json.loads((Path(settings.VAR_DIR) / "demo.json").read_text())
            desk = Desk(settings.SITE_URL, [one for one in demo if "signs" in one["does"]])
            desk.open()
            plays = self._plays(people, desk, sandbox, worker, options)
            with ThreadPoolExecutor(options["concurrency"]) as pool:
                records = [each for each in pool.map(self._play, plays) if each is not None]
        except (httpx.HTTPError, FileNotFoundError, Lost) as error:
            raise CommandError(f"The house does not run ({error}). Start it: make run") from error
        finally:
            # A sandbox that is gone has forgotten its faults.
            with contextlib.suppress(httpx.HTTPError):
                sandbox.mend()
        self._tell_times(records, len(plays), started)
        wrong = proof.faults(
            records, site=settings.SITE_URL, after_event=after_event, at=timezone.now()
        )
        if worker is not None:
            wrong += self._tell_recovery(worker, records)
        if len(records) < len(plays):
            wrong.append("Not every case went through.")
        if wrong:
            raise CommandError(" ".join(wrong))

    def _worker(self, count: int) -> WorkerToKill:
        home = Home(country=settings.COUNTRY_CODE, folder=Path(settings.VAR_DIR))
        try:
            return WorkerToKill(home, when_paid=max(1, count // 2))
        except NoWorker:
            raise CommandError("No worker of `make run` runs on this data.") from None

    def _plays(
        self,
        people: list[dict[str, Any]],
        desk: Desk,
        sandbox: Sandbox,
        worker: WorkerToKill | None,
        options: dict[str, Any],
    ) -> list[Play]:
        citizens = [
            Citizen(settings.SITE_URL, sandbox, person)
            for person in {person["phone"]: person for person in people}.values()
        ]
        # Somebody else each time: a phone is sent five codes an hour at most.
        first = secrets.randbelow(len(citizens))
        return [
            Play(
                service=JOURNEYS[options["service"]][0],
                area_field=JOURNEYS[options["service"]][1],
                citizen=citizen,
                desk=desk,
                sandbox=sandbox,
                folder=Path(settings.VAR_DIR) / "journey",
                by_prompt=options["by"] == "prompt",
                patience=options["patience"],
                tell=self.stdout.write if options["count"] == 1 else lambda _text: None,
                note_paid=worker.note_paid if worker else lambda: None,
            )
            for citizen in islice(cycle(citizens), first, first + options["count"])
        ]

    def _play(self, play: Play) -> Record | None:
        try:
            record = play.run()
        except (Lost, TooLate, httpx.HTTPError) as error:
            self.stderr.write(f"The story stopped: {type(error).__name__}: {error}")
            return None
        paid = f"reference {record.reference}" if record.reference else "free"
        self.stdout.write(f"{record.number}  {paid}  {record.pdf}")
        return record

    def _tell_times(self, records: list[Record], count: int, started: float) -> None:
        if len(records) > 1:
            for step in records[0].seconds:
                times = sorted(record.seconds[step] for record in records)
                self.stdout.write(
                    f"{statistics.median(times):6.2f} s median, {times[-1]:6.2f} s longest  {step}"
                )
        seconds = time.monotonic() - started
        self.stdout.write(f"{len(records)} of {count} cases went through in {seconds:.1f} s")

    def _tell_recovery(self, worker: WorkerToKill, records: list[Record]) -> list[str]:
        if not worker.restarted_at:
            return ["The worker that was killed did not come back."]
        last = max((record.issued_at for record in records), default=worker.restarted_at)
        seconds = last - worker.restarted_at
        self.stdout.write(f"{seconds:.1f} s from the worker's restart to the last paper issued")
        return []
