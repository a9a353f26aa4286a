"""Make the phones of prompts that were asked before 0019_payees findable by whoever knows them."""

from typing import Any

from django.core.management.base import BaseCommand

from payments.operations import finding

BATCH = 500


class Command(BaseCommand):
    help = "Index the phones of older payment prompts, in batches; safe to repeat and to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        last: int | None = 0
        batches = 0
        while last is not None:
            last = finding.index_phones(after_id=last, limit=BATCH)
            batches += last is not None
        self.stdout.write(f"{batches} batches of up to {BATCH} prompts looked through")
