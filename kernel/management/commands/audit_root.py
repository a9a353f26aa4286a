"""`manage.py audit_root`: the line that a newspaper or another agency keeps for us."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel import audit_files, audit_seals
from kernel.country import country


class Command(BaseCommand):
    help = "Prints the root of the trace at the end of a day, signed; of today if no day is said."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat)

    def handle(self, *args: Any, day: date | None, **options: Any) -> None:
        day = day or timezone.now().astimezone(country().zone).date()
        found = audit_seals.root_of(day)
        if found is None:
            raise CommandError("Nothing had been sealed by then.")
        self.stdout.write(audit_files.root_line(day, found[1]))
