"""`manage.py replay_ledger --into URL --compare`: the ledger again, from the raw messages alone."""

import time
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from payments.management.commands.read_statement import find_layouts
from payments.operations.replaying import books, facts, stage
from payments.operations.replaying.acting import Player
from payments.statements import csvlayout

PROGRESS_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Plays every message, statement, bill and decision of these books, in their order, into an "
        "empty database through the product's own engine. With --compare it lays both ledgers side "
        "by side and ends with 1 unless they are the same, journal by journal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--into", required=True, help="an empty database of the owner's: postgresql://..."
        )
        parser.add_argument("--compare", action="store_true")
        parser.add_argument(
            "--layout",
            action="append",
            default=[],
            help="a layout by which statements were imported: a YAML file; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        usual = dict(connection.settings_dict)
        source_url = _url(usual)
        began = time.monotonic()
        with psycopg.connect(source_url, options="-c timezone=UTC") as source:
            # One snapshot: what comes in while this runs is not part of it.
            source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            source.read_only = True
            try:
                stage.prepare(source, options["into"])
                played = self._play(source, options["layout"])
                self.stdout.write(f"{played} facts in {time.monotonic() - began:.0f} s")
                if options["compare"]:
                    self._compare(source, options["into"])
            except stage.NotEmpty:
                raise CommandError("--into must name an empty database.") from None
            finally:
                connection.close()
                connection.settings_dict.update(usual)

    def _play(self, source: psycopg.Connection[Any], declared: list[str]) -> int:
        named = [layout for name in declared for layout in find_layouts(name) or ()]
        layouts = [*csvlayout.house(), *named]
        player, played, told = Player(source, layouts), 0, time.monotonic()
        for fact in facts.read(source):
            player.play(fact)
            played += 1
            if time.monotonic() - told > PROGRESS_SECONDS:
                told = time.monotonic()
                self.stderr.write(f"{played} facts, until {fact.at:%Y-%m-%d %H:%M}")
        player.finish()
        return played

    def _compare(self, source: psycopg.Connection[Any], into: str) -> None:
        with psycopg.connect(into, options="-c timezone=UTC") as replayed:
            done = books.compare(source, replayed)
        for example in done.examples:
            self.stdout.write(example)
        self.stdout.write(
            f"{done.same} journals are the same, {done.differing} differ, {done.missing} are only"
            f" in the books, {done.extra} only in the replay"
        )
        if not done.agree:
            raise CommandError("The ledger does not follow from what is kept.")


def _url(database: dict[str, Any]) -> str:
    return psycopg.conninfo.make_conninfo(
        dbname=database["NAME"],
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        host=database["HOST"] or None,
        port=database["PORT"] or None,
    )
