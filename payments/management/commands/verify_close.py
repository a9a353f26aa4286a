"""Check an auditor's pack of a closed day, without the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import verifying

NOT_SOUND = 2
NOT_COMPARED = 3


class Command(BaseCommand):
    help = (
        "Check the pack of a closed day by itself: every byte, every hash, the seal over its"
        " record, all that the record names, and that it follows on the pack of the day before."
        " Ends with 0 if all is as it was sealed and the seal is the one given, with 2 if not,"
        " and with 3 if no seal was given: whoever makes a whole record up seals it too."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--previous", type=Path, help="the pack of the closed day before")
        parser.add_argument("--seal", default="", help="the seal as the page of the day shows it")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            sound = verifying.verify(
                options["path"], previous=options["previous"], seal=options["seal"]
            )
        except verifying.NotSound as error:
            raise CommandError(f"not sound: {error}", returncode=NOT_SOUND) from error
        except OSError as error:
            problem = f"not sound: a file cannot be read ({type(error).__name__})"
            raise CommandError(problem, returncode=NOT_SOUND) from error
        after = f", after {sound.previous[:12]}" if sound.previous else ", the first"
        told = f"day {sound.day}, {sound.journals} journals, seal {sound.seal}{after}."
        if not options["seal"].strip():
            raise CommandError(
                f"seal not compared: {told} The pack agrees with itself, and anybody could have"
                " made it up. Give --seal as the page of the day shows it, or give this pack as"
                " --previous of one whose seal you know.",
                returncode=NOT_COMPARED,
            )
        self.stdout.write(f"Sound: {told}")
