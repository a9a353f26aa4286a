"""`manage.py strange_events`: what the registers' feeds told and could not be taken in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import queries as accounts
from registers import operations as registers


class Command(BaseCommand):
    help = (
        "Lists what is open; --again takes its pages in once more, after a release that"
        " understands more; --settle answers for one, after the register was asked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true")
        parser.add_argument("--settle", type=int, metavar="ID")
        parser.add_argument("--by", metavar="LOGIN", help="who answers for it")
        parser.add_argument("--note", default="", help="what the register said; names nobody")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["settle"] is not None:
            self._settle(options["settle"], options["by"] or "", options["note"])
        if options["again"]:
            for page_id in {one.page_id for one in registers.open_strange_events()}:
                registers.take_in(page_id=page_id, at=timezone.now())
        for one in registers.open_strange_events():
            self.stdout.write(
                f"{one.pk}: {one.feed.name}, page {one.page_id}, event {one.position}: {one.why}"
            )

    def _settle(self, strange_id: int, login: str, note: str) -> None:
        officer = accounts.staff_by_email(login)
        if officer is None:
            raise CommandError("--by needs the login of an officer.")
        try:
            registers.settle(strange_id=strange_id, note=note, by_id=officer.id, at=timezone.now())
        except registers.NoNote:
            raise CommandError("--note needs words.") from None
        except registers.SettledAlready:
            raise CommandError("Nothing is open under this number.") from None
