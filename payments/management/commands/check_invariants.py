"""`manage.py check_invariants`: each invariant with its number of offending rows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments.operations import checking

SHOWN_MAX = 5


class Command(BaseCommand):
    help = "Checks what must hold at every moment; exits non-zero if anything does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", help="only these; all of them, if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = set(options["codes"])
        stated = [each for each in checking.stated() if not wanted or each.code in wanted]
        if unknown := wanted - {each.code for each in stated}:
            raise CommandError(f"no invariant is called {', '.join(sorted(unknown))}")
        broken = 0
        for found in checking.read(stated, rows_max=SHOWN_MAX):
            claim = found.invariant
            self.stdout.write(f"{found.offending:>6}  {claim.code}: {claim.claim}")
            for row in found.rows:
                self.stdout.write(f"        {row}")
            broken += bool(found.offending)
        if broken:
            raise CommandError(f"{broken} of {len(stated)} invariants do not hold.")
        self.stdout.write(f"All {len(stated)} invariants hold.")
