"""`manage.py create_staff ana@example.org "Ana Uwase"`: a staff account that may do nothing yet."""

import getpass
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import operations
from places import queries as places
from registers import gateways, matching
from registers.entries import PersonEntry
from registers.gateways import RegisterUnavailable


class Command(BaseCommand):
    help = "Makes a staff account. Its rights are given by one person and confirmed by another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--office", help="the office's code, such as sector-1209")
        parser.add_argument("--operator", action="store_true", help="opens the read-only admin")
        parser.add_argument("--national-id", help="who she is: needed for most rights")
        parser.add_argument("--born-on", help="her date of birth, such as 1990-12-31")
        parser.add_argument("--password-stdin", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        password = (
            sys.stdin.readline().rstrip("\n")
            if options["password_stdin"]
            else getpass.getpass("Password: ")
        )
        try:
            person = _entry(options["national_id"], options["born_on"])
            office = places.office_by_code(options["office"]) if options["office"] else None
            at = timezone.now()
            with transaction.atomic():
                account_id = operations.create_staff(
                    email=options["email"],
                    password=password,
                    display_name=options["name"],
                    office_id=office.pk if office else None,
                    person_id=operations.know_person(entry=person, at=at) if person else None,
                    is_operator=options["operator"],
                    at=at,
                )
        except places.NoOffice as error:
            raise CommandError(f"There is no office {error}.") from None
        except operations.EmailTaken:
            raise CommandError("An account with this address exists.") from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"Account {account_id} made.")
        if person is None:
            self.stdout.write("It names no person, so it can hold no right that takes two people.")


def _entry(national_id: str | None, born_on: str | None) -> PersonEntry | None:
    """Return what the population register holds of her, or None where nobody is named."""
    if not national_id and not born_on:
        return None
    if not national_id or not born_on:
        raise CommandError("Give both --national-id and --born-on, or neither.")
    try:
        birthday = date.fromisoformat(born_on)
        entry = gateways.population().person(national_id=matching.clean_national_id(national_id))
    except ValueError:
        raise CommandError("Write the date of birth as YYYY-MM-DD.") from None
    except RegisterUnavailable:
        raise CommandError("The population register does not answer. Try again later.") from None
    if entry is None or entry.born_on != birthday:
        raise CommandError("The register knows nobody of this number, born on this day.")
    return entry
