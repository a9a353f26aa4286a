"""`manage.py play_hand`: delivers news for `play_month`, at each simulated moment that it reads."""

import sys
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.storm.month.quiet import quiet
from workers import relay
from workers.routes import ROUTES


class Command(BaseCommand):
    help = (
        "Started by play_month --hands: reads moments, one a line, delivers all that is due at"
        " each, and says how much that was."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("These are real books.")
        with quiet():
            for line in sys.stdin:
                now, delivered = datetime.fromisoformat(line.strip()), 0
                while claimed := relay.drain(routes=ROUTES, now=now):
                    delivered += claimed
                self.stdout.write(f"{delivered}")
                self.stdout.flush()
