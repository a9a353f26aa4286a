"""`manage.py retention`: forgets what is past its term now, or says what would go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kernel import retention


class Command(BaseCommand):
    help = "Says which data are kept how long and how many rows are past it; every night they go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        past = retention.due(now=now)
        for each in retention.classes():
            term = f"{each.term.days} days" if each.term else "as long as the law keeps it"
            beyond = f"; past it: {past[each.code]}" if each.code in past else ""
            self.stdout.write(f"{each.code}: {term}{beyond}")
        if not dry_run:
            gone = 0
            while rows := retention.forget_now(now=now):
                gone += rows
            self.stdout.write(f"Forgotten: {gone} rows.")
