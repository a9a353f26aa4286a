"""`manage.py check_files`: reads every file that is kept, and says which are missing or changed."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel import files
from kernel.files import keeping
from kernel.files.keeping import Found, Told


class FilesCommand(BaseCommand):
    """Goes through all files that are kept, says how far it is, and fails if one is not good."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--after", default="", metavar="SHA256", help="go on after this one")

    def go_through(self, results: Iterator[Told], *, after: str) -> None:
        """:raises CommandError: if a file is missing or changed, or a store cannot be had"""
        total, counts, last = keeping.count(after=after), Counter[Found](), after
        try:
            for batch in results:
                counts.update(found for _, found in batch)
                for sha256, found in batch:
                    if found in keeping.BAD:
                        self.stderr.write(f"{found}: {sha256}")
                last = batch[-1][0]
                self.stdout.write(f"{counts.total()} of {total}, up to {last}")
        except files.StorageUnavailable as trouble:
            where = f" Go on with --after {last}" if last else ""
            raise CommandError(f"Broken off: {trouble}.{where}") from None
        told = ", ".join(f"{found} {counts[found]}" for found in Found if counts[found])
        self.stdout.write(f"Files: {told or 'none'}.")
        if bad := sum(counts[found] for found in keeping.BAD):
            raise CommandError(f"{bad} of {counts.total()} files are not what was stored.")


class Command(FilesCommand):
    help = "Reads every file that is kept, and says which are missing or changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--store", choices=files.KINDS, default="", help="if not the usual one")

    def handle(self, *args: Any, store: str, after: str, **options: Any) -> None:
        kept = files.named(store or settings.FILES_STORAGE)
        self.go_through(keeping.looked_at(kept, after=after), after=after)
