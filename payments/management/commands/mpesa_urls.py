"""`manage.py mpesa_urls <rail>`: tells Daraja where to ask and tell; once for a short code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import gateways
from payments.gateways.mpesa import registering
from payments.gateways.mpesa.addresses import BadAddress
from payments.gateways.prompt import Unreachable


class Command(BaseCommand):
    help = "Registers the addresses of an M-Pesa rail with Daraja; with --dry-run only checks them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rail", help="the rail's code, such as mpesa-ke")
        parser.add_argument("--dry-run", action="store_true", help="check, and tell Daraja nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        contract = gateways.contract(options["rail"])
        if contract is None or "callback_key" not in contract:
            raise CommandError("There is no M-Pesa contract for this rail.")
        try:
            if options["dry_run"]:
                registering.addresses_of(contract)
                self.stdout.write("Daraja would take the addresses.")
                return
            for sentence in registering.register(contract):
                self.stdout.write(sentence)
        except BadAddress as bad:
            raise CommandError(
                f'Daraja takes no address with "{bad.word}" in it. See docs/providers/mpesa.md.'
            ) from None
        except registering.NotRegistered as refused:
            raise CommandError(f"Daraja refused: {refused}.") from None
        except Unreachable:
            raise CommandError(
                "Daraja does not answer; nothing is known to have changed."
            ) from None
