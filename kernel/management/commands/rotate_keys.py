"""`manage.py rotate_keys`: seals every field under the last key of FIELD_KEY, and moves indexes."""

import os
import time
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel import audit, crypto, reindexing, rotation

# Whoever is at the rows when the indexes change is waited for so often, half a second each.
SWAPS_MAX = 120


class Command(BaseCommand):
    help = (
        "Seals what older keys sealed anew under the last key of FIELD_KEY, and moves blind "
        "indexes to NEXT_INDEX_KEY, as the owner of the database (OWNER_DATABASE_URL). Safe to "
        "break off and repeat, while the house runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what is old")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        address = os.environ.get("OWNER_DATABASE_URL")
        if not address:
            raise CommandError("OWNER_DATABASE_URL is not set: only the owner can do this.")
        if settings.INDEX_KEY in settings.FIELD_KEYS[:-1] and not settings.NEXT_INDEX_KEY:
            self.stdout.write(
                "INDEX_KEY is not set: indexes are under the first key of FIELD_KEY, which must "
                "stay. Set INDEX_KEY to it before you take it away."
            )
        sealed = 0
        with psycopg.connect(address, autocommit=True) as owner:
            for column in rotation.columns():
                if count := rotation.old(owner, column):
                    sealed += count if dry_run else self._rotate(owner, column, count)
                    if dry_run:
                        self.stdout.write(f"{column.place}: {count} to seal anew")
            left = sum(rotation.old(owner, column) for column in rotation.columns())
            if dry_run:
                self.stdout.write(f"{left} rows would be sealed anew.")
                if reindexing.is_wanted(owner):
                    self.stdout.write("Blind indexes would move to NEXT_INDEX_KEY.")
                return
            moved = self._reindex(owner) if reindexing.is_wanted(owner) else 0
        audit.record(
            act="keys.rotated", actor_id=None, subject="keys", subject_id=None,
            at=timezone.now(), detail={"rows": sealed, "left": left, "indexes": moved},
        )  # fmt: skip
        self.stdout.write(f"{sealed} rows are sealed anew; under an older key: {left}.")
        if left:
            raise CommandError(f"{left} rows are still under an older key: run it again.")
        old = len(settings.FIELD_KEYS) - 1
        self.stdout.write(f"Of FIELD_KEY only the last is needed now; {old} may be taken away.")

    def _rotate(self, owner: psycopg.Connection, column: rotation.Column, count: int) -> int:
        done = 0
        try:
            for batch in rotation.rotate(owner, column):
                done += batch
                self.stdout.write(f"{column.place}: {done} of {count}")
        except crypto.CannotDecrypt:
            raise CommandError(f"{column.place}: a row that no key of FIELD_KEY reads.") from None
        except psycopg.errors.LockNotAvailable:
            raise CommandError(f"{column.place}: the table is busy. Run it again.") from None
        return done

    def _reindex(self, owner: psycopg.Connection) -> int:
        done: dict[str, int] = {}
        for place, batch in reindexing.work_out(owner):
            done[place] = done.get(place, 0) + batch
            self.stdout.write(f"{place}: indexes of {done[place]} rows worked out")
        for _ in range(SWAPS_MAX):
            try:
                moved = reindexing.swap(owner)
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                time.sleep(0.5)
                continue
            self.stdout.write(
                f"{moved} indexes are made by NEXT_INDEX_KEY: set INDEX_KEY to it now, take "
                "NEXT_INDEX_KEY away, and start the house anew."
            )
            return moved
        raise CommandError("The indexes are in use: run it again. What is worked out stays.")
