"""`manage.py export_audit DAY FILE`: the trace of a day, to be verified without the database."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from kernel import audit_files


class Command(BaseCommand):
    help = "Writes the seals of a day (2026-03-02) with their entries into a file of JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", type=date.fromisoformat)
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, day: date, file: Path, **options: Any) -> None:
        count = audit_files.write(day, file)
        self.stdout.write(f"{count} seals of {day.isoformat()} are in {file}.")
