"""`manage.py move_files --to s3`: copies every file that is kept into the other store."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from kernel import files
from kernel.files import keeping
from kernel.management.commands.check_files import FilesCommand


class Command(FilesCommand):
    help = "Copies every file into the other store and reads it back. Safe to break off and repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--to", choices=files.KINDS, required=True)

    def handle(self, *args: Any, to: str, after: str, **options: Any) -> None:
        if not settings.S3_ENDPOINT:
            raise CommandError("The object store is not named (S3_ENDPOINT and the others).")
        (source,) = (kind for kind in files.KINDS if kind != to)
        results = keeping.moved(files.named(source), files.named(to), after=after)
        self.go_through(results, after=after)
