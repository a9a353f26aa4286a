"""`manage.py augment_papers`: gives issued papers now what the errand gives them bit by bit."""

from argparse import ArgumentParser
from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from documents import operations

# As errands have it: a worker may run beside this.
LEASE = timedelta(seconds=8)
TOLD_EVERY = 100


class Command(BaseCommand):
    help = "Stamps, augments and refreshes issued papers that are due. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=0, help="so many papers; 0: all")

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        due = operations.count_to_augment(now=timezone.now())
        wanted = min(limit or due, due)
        self.stdout.write(f"Papers due: {due}.")
        done: Counter[str] = Counter()
        for tried in range(1, wanted + 1):
            now = timezone.now()
            claimed = operations.claim_for_augmenting(limit=1, now=now, until=now + LEASE)
            if not claimed:
                break
            step = operations.augment_through(claimed[0], clock=timezone.now)
            done[step or "waiting"] += 1
            if tried % TOLD_EVERY == 0:
                self.stdout.write(f"{tried} of {wanted}")
        told = ", ".join(f"{what} {count}" for what, count in sorted(done.items()))
        self.stdout.write(f"Done: {told or 'nothing'}.")
