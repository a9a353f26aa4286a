"""`manage.py credentials`: who signs with what until when, the first to end first."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from documents import holding
from documents.models import CredentialState

_LINE = "{id:>6}  {purpose:<10}  {whose:<14}  {state:<9}  {custody:<6}  {ends:<10}  {days:>5}"


class Command(BaseCommand):
    help = "Lists credentials by when they end. Names no person: accounts and offices by number."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--ending",
            type=int,
            metavar="DAYS",
            help="only those in force that end within so many days; with any, the exit code is 1",
        )

    def handle(self, *args: Any, ending: int | None, **options: Any) -> None:
        now = timezone.now()
        rows = holding.credentials(None).order_by("not_after", "pk")
        if ending is not None:
            rows = rows.filter(
                state=CredentialState.ACTIVE, not_after__lte=now + timedelta(days=ending)
            )
        self.stdout.write(
            _LINE.format(
                id="number", purpose="purpose", whose="whose", state="state", custody="key",
                ends="ends", days="days",
            )
        )  # fmt: skip
        count = 0
        for row in rows.iterator(chunk_size=500):
            count += 1
            whose = f"account {row.account_id}" if row.account_id else "the state"
            self.stdout.write(
                _LINE.format(
                    id=row.pk,
                    purpose=row.purpose,
                    whose=f"office {row.office_id}" if row.office_id else whose,
                    state=row.state,
                    custody=row.custody,
                    ends=f"{row.not_after:%Y-%m-%d}",
                    days=(row.not_after - now).days,
                )
            )
        self.stdout.write(f"{count} credentials")
        if ending is not None and count:
            raise SystemExit(1)
