"""`manage.py load_country rw`: make this database agree with a country pack, all or nothing."""

import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from catalogue.operations import pack as catalogue
from kernel.country import BadPack, Change, pack_folder, read_country
from payments.operations import pack as payments
from places.operations import pack as places
from places.operations import packload

# From the ground up: fees name beneficiaries, rails name currencies.
LOADERS: tuple[tuple[str, Callable[[Path], list[Change]]], ...] = (
    ("places", places.load),
    ("payments", payments.load),
    ("catalogue", catalogue.load),
)
# Why something stands as it stood, whatever the pack says.
_WHY_KEPT = {
    "service": "has a published edit",
    "limit": "is not raised by a pack: two people raise it, under Spending control",
}


class Command(BaseCommand):
    help = "Loads areas, offices, beneficiaries, rails and services of a country pack."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("country", nargs="?", default=settings.COUNTRY_CODE)
        parser.add_argument("--folder", type=Path, help="the pack, when it is not in countries/")
        parser.add_argument("--dry-run", action="store_true", help="load, say, and undo")
        parser.add_argument("--force", action="store_true", help="even when nothing has changed")

    def handle(self, *args: Any, **options: Any) -> None:
        pack: Path = options["folder"] or pack_folder(options["country"].lower())
        started = time.monotonic()
        try:
            with transaction.atomic():
                changes = self._load(pack, force=options["force"])
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except BadPack as error:
            raise CommandError(f"Nothing was loaded. {error}") from None
        if changes is None:
            self.stdout.write(f"{pack.name}: unchanged since it was loaded")
            return
        for change in changes:
            if change.what == "kept":
                self.stdout.write(f"kept: {change.kind} {change.code} {_WHY_KEPT[change.kind]}")
        undone = "; undone, as this was a dry run" if options["dry_run"] else ""
        seconds = time.monotonic() - started
        self.stdout.write(f"{pack.name}: {len(changes)} changes in {seconds:.1f} s{undone}")

    def _load(self, pack: Path, *, force: bool) -> list[Change] | None:
        country = read_country(pack)
        fingerprint = packload.begin(country.code, pack)
        if packload.stands(country.code, fingerprint) and not force:
            return None
        changes: list[Change] = []
        for name, load in LOADERS:
            started = time.monotonic()
            done = load(pack)
            changes += done
            kinds = Counter((change.kind, change.what.split()[0]) for change in done)
            told = ", ".join(f"{n} {kind} {what}" for (kind, what), n in kinds.items())
            seconds = time.monotonic() - started
            self.stdout.write(f"{name}: {told or 'no change'} ({seconds:.1f} s)")
        packload.record(country.code, fingerprint)
        return changes
