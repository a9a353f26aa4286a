"""`manage.py make_development_pki`: certificates for officers and offices that lack one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from documents import operations


class Command(BaseCommand):
    help = "Makes a development authority and the credentials that are missing. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            issued = operations.issue_development_credentials(at=timezone.now())
        except operations.RefusedInProduction:
            raise CommandError(
                "Development certificates are refused in production: "
                "officers' and offices' credentials come from the state's authority."
            ) from None
        self.stdout.write(
            f"Credentials issued: {issued.officers} officers, {issued.offices} offices; "
            f"retired: {issued.retired}."
        )
