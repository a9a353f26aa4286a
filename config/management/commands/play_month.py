"""`manage.py play_month --payments 200000 --days 30 --seed 1`: a month of money, in minutes."""

import tempfile
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.storm.month import hands, people, play, sheet
from config.storm.month.play import Plan
from config.storm.month.quiet import quiet
from payments.models import Journal


class Command(BaseCommand):
    help = (
        "Plays a month of payments by seed on empty books: what is paid twice, late, for a wrong"
        " reference or amount, told by nobody, taken back; and the finance desk that repairs and"
        " closes each day. Then it prints the month's closing sheet, and ends with 1 unless all"
        " of it is as it should be. Takes the providers' part itself: no network is needed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--payments", type=int, default=200_000)
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--trouble", type=float, default=1, help="so many times as much goes wrong"
        )
        parser.add_argument(
            "--hands", type=int, default=0, help="so many more processes deliver the news"
        )
        parser.add_argument(
            "--first-day", type=date.fromisoformat, help="the ledger's first open day is usual"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("These are real books.")
        if Journal.objects.exists():
            raise CommandError("These books hold something. Play on an empty database.")
        first_day = options["first_day"] or play.first_day()
        if first_day is None:
            raise CommandError("The ledger has no open day: manage.py load_country rw")
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            wanted = Plan(
                payments=options["payments"],
                days=options["days"],
                seed=options["seed"],
                first_day=first_day,
                trouble=options["trouble"],
                packs=Path(folder),
            )
            try:
                with (
                    quiet(),
                    people.quick_passwords(),
                    hands.hired(options["hands"]) as hired,
                ):
                    played = play.play(wanted, hands=hired, tell=self.stderr.write)
            except play.NothingToPlayOn:
                raise CommandError("No pack with a bank and a wallet is loaded.") from None
        done = sheet.draw(played)
        self.stdout.write("\n".join(done.lines))
        self.stdout.write(f"{time.monotonic() - began:.0f} s in all")
        if any(done.wrong.values()):
            raise CommandError("The month does not add up.")
