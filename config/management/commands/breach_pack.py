"""`manage.py breach_pack --from … --until … --found …`: what the law asks."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone, translation

from applications import queries as applications
from kernel import retention
from kernel.country import country
from kernel.models import AuditEntry


def _moment(text: str) -> datetime:
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=country().zone)


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(country().zone):%Y-%m-%d %H:%M}"


class Command(BaseCommand):
    help = (
        "Prints a report on a breach (Markdown): the deadline of the country's law, the kinds of "
        "data, and what the trace counts. Counts and ids alone; people write the rest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("--from", "--until", "--found"):
            parser.add_argument(name, type=_moment, required=True, dest=name.strip("-") + "_at")
        parser.add_argument("--account", type=int, help="only what this account did")

    def handle(
        self,
        *args: Any,
        from_at: datetime,
        until_at: datetime,
        found_at: datetime,
        account: int | None,
        **options: Any,
    ) -> None:
        if not from_at < until_at:
            raise CommandError("--from must be before --until.")
        with translation.override("en"):
            lines = [
                *_head(found_at, timezone.now()),
                *_what(from_at, until_at, account),
                *_classes(),
                *_to_write(),
            ]
        self.stdout.write("\n".join(lines))


def _head(found_at: datetime, now: datetime) -> Iterable[str]:
    law = retention.of_pack("breach")
    yield f"# Report on a personal data breach: {country().name('en')}\n"
    yield f"Found: {_shown(found_at)}. Written: {_shown(now)}."
    if not law:
        yield "The country pack names no term and no authority: ask the data protection officer."
        return
    due = found_at + timedelta(hours=int(law["hours"]))
    left = due - now
    told = "PAST" if left < timedelta(0) else f"{int(left.total_seconds() // 3600)} hours left"
    yield f"To: {law['authority']}, within {law['hours']} hours of knowing ({law['source']})."
    yield f"**Due: {_shown(due)} ({told}).**"


def _what(begin: datetime, end: datetime, account: int | None) -> Iterable[str]:
    whose = f" by account {account}" if account else ""
    yield f"\n## What the trace says{whose}\n"
    yield f"From {_shown(begin)} until {_shown(end)}:\n"
    seen = applications.reached_between(begin, end, account_id=account)
    yield f"- looks at records of people: {seen.looks}"
    yield f"- cases looked at: {seen.cases}, of {seen.persons} people"
    yield f"- members of staff who looked: {seen.staff}\n"
    entries = AuditEntry.objects.filter(at__gte=begin, at__lt=end)
    if account:
        entries = entries.filter(actor_id=account)
    yield "| act in the trace | entries |\n|---|---|"
    for act, rows in entries.values_list("act").annotate(Count("pk")).order_by("act"):
        yield f"| `{act}` | {rows} |"
    yield "\nWhether the trace itself is whole: `manage.py verify_audit`."


def _classes() -> Iterable[str]:
    yield "\n## Kinds of data\n\nStrike out what was not touched.\n"
    yield "| data | how it is kept |\n|---|---|"
    for each in retention.classes():
        yield f"| {each.name} | {each.rule} |"


def _to_write() -> Iterable[str]:
    yield "\n## For people to write\n"
    for asked in (
        "What happened, and how it was found",
        "Whom it concerns, and about how many people",
        "What may follow for them",
        "What was done at once, and what will be done (keys changed: `manage.py rotate_keys`)",
        "Whether and how the people were told",
        "Data protection officer: name, phone, address",
    ):
        yield f"### {asked}\n\n…\n"
