"""`manage.py check_invariants`: each invariant with its number of offending rows."""

import importlib
import importlib.util
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from payments.invariants import Invariant

SHOWN_MAX = 5


class Command(BaseCommand):
    help = "Checks what must hold at every moment; exits non-zero if anything does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", help="only these; all of them, if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = set(options["codes"])
        stated = [each for each in _stated_by_apps() if not wanted or each.code in wanted]
        if unknown := wanted - {each.code for each in stated}:
            raise CommandError(f"no invariant is called {', '.join(sorted(unknown))}")
        broken = 0
        # One snapshot for all of them: what is posted in the meantime is not half seen.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for each in stated:
                cursor.execute(f"SELECT count(*) FROM ({each.sql}) offending")  # noqa: S608
                [count] = cursor.fetchone()
                self.stdout.write(f"{count:>6}  {each.code}: {each.claim}")
                if count:
                    broken += 1
                    cursor.execute(f"{each.sql} LIMIT {SHOWN_MAX}")
                    for row in cursor.fetchall():
                        self.stdout.write(f"        {row}")
        if broken:
            raise CommandError(f"{broken} of {len(stated)} invariants do not hold.")
        self.stdout.write(f"All {len(stated)} invariants hold.")


def _stated_by_apps() -> list[Invariant]:
    stated: list[Invariant] = []
    for app in apps.get_app_configs():
        name = f"{app.name}.invariants"
        if importlib.util.find_spec(name) is not None:
            stated += importlib.import_module(name).INVARIANTS
    return stated
