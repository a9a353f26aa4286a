"""`manage.py found_rights`: the very first two rights of a database, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import operations, queries


class Command(BaseCommand):
    help = "Lets one account give rights and another confirm them; a third witnesses. Works once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for role in ("gives", "confirms", "witness"):
            parser.add_argument(f"--{role}", required=True, help="email of a staff account")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            operations.found_rights(
                giver_id=_id(options["gives"]),
                confirmer_id=_id(options["confirms"]),
                witness_id=_id(options["witness"]),
                at=timezone.now(),
            )
        except operations.AlreadyFounded:
            raise CommandError("The first rights were given before.") from None
        except operations.SamePerson:
            raise CommandError("It takes three people.") from None
        except operations.NotForThisAccount:
            raise CommandError("Superusers and closed accounts hold no right.") from None
        except operations.PersonUnknown:
            raise CommandError(
                "An account names no person: make it with create_staff --national-id."
            ) from None
        self.stdout.write("The first rights are given. Every other right comes from them.")


def _id(email: str) -> int:
    account = queries.staff_by_email(email)
    if account is None:
        raise CommandError(f"{email} has no staff account.")
    return account.id
