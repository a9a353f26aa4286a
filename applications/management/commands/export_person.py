"""`manage.py export_person 17 --to data.zip`: all that is kept about a person."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import queries as accounts
from applications import operations
from kernel import audit


class Command(BaseCommand):
    help = "Writes all that is kept about a person as a ZIP that only its owner can read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person_id", type=int)
        parser.add_argument("--to", type=Path, required=True, metavar="FILE")
        parser.add_argument("--reason", required=True, help="a request's number; never a name")

    def handle(self, *args: Any, person_id: int, to: Path, reason: str, **options: Any) -> None:
        if not accounts.persons([person_id]):
            raise CommandError("There is no such person.")
        now = timezone.now()
        packed = operations.pack_person(person_id, settings.LANGUAGE_CODE, at=now)
        audit.record(
            act="export.loaded", actor_id=None, subject="person", subject_id=person_id,
            reason=reason[:120], at=now,
        )  # fmt: skip
        try:
            file = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CommandError("That file is there already.") from None
        with os.fdopen(file, "wb") as written:
            written.write(packed)
        self.stdout.write(f"{len(packed)} bytes.")
