"""`manage.py seal_files`: seals the files that were kept before files were sealed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.files import plain


class Command(BaseCommand):
    help = (
        "Seals files that lie in the store as they are, each under a key of its own, and takes the "
        "plain bytes away. Safe to break off and repeat, while the house runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count them")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        count = plain.count()
        if dry_run:
            self.stdout.write(f"{count} files lie in clear.")
            return
        sealed = 0
        for sealed, _ in enumerate(plain.seal_all(), start=1):
            if sealed % 100 == 0:
                self.stdout.write(f"{sealed} of {count}")
        self.stdout.write(f"{sealed} files are sealed; in clear still: {(left := plain.count())}.")
        if left:
            raise CommandError(f"{left} files are lost or changed: see manage.py check_files.")
