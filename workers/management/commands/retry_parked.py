"""`manage.py retry_parked`: try again what was parked, once its cause has been mended."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workers import relay


class Command(BaseCommand):
    help = "Give every parked delivery a new set of attempts."

    def handle(self, *args: Any, **options: Any) -> None:
        count = relay.retry_parked(now=timezone.now())
        self.stdout.write(f"{count} parked deliveries are due again.")
