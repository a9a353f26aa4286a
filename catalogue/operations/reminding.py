"""Reminding those who keep pages right: one message a day, and each step once."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from catalogue import events, reminding
from catalogue.models import Reminder, ReminderLine
from catalogue.reminding import Late
from kernel import outbox
from kernel.country import country

# Nobody's telephone rings at night for a page.
FROM_HOUR = 8


def remind(*, now: datetime) -> int:
    """
    Remind of each page that has come a step further, and return how many people are reminded.

    Each person's reminder is a transaction of its own: asked for again, or after it was killed, it
    goes on with the others. Whoever was reminded today hears of the next pages tomorrow.
    """
    local = now.astimezone(country().zone)
    if local.hour < FROM_HOUR:
        return 0
    today = local.date()
    late = reminding.late(at=now)
    done = set(Reminder.objects.filter(day=today).values_list("account_id", flat=True))
    before = _told(late.keys() - done)
    return sum(
        _remind(account_id, new, day=today, at=now)
        for account_id, pages in sorted(late.items())
        if account_id not in done
        and (new := [one for one in pages if _key(account_id, one) not in before])
    )


def _remind(account_id: int, pages: Sequence[Late], *, day: date, at: datetime) -> bool:
    with transaction.atomic():
        reminder, is_new = Reminder.objects.get_or_create(
            account_id=account_id, day=day, defaults={"at": at}
        )
        if not is_new:
            return False  # Another run of the job came first.
        ReminderLine.objects.bulk_create(
            ReminderLine(
                reminder=reminder,
                account_id=account_id,
                service_id=one.service_id,
                step=one.step,
                since=one.since,
            )
            for one in pages
        )
        outbox.publish(events.ReminderMade(subject_id=reminder.pk, occurred_at=at))
    return True


def _told(account_ids: set[int]) -> set[tuple[int, int, str, datetime]]:
    lines = ReminderLine.objects.filter(account_id__in=account_ids)
    return set(lines.values_list("account_id", "service_id", "step", "since"))


def _key(account_id: int, one: Late) -> tuple[int, int, str, datetime]:
    return account_id, one.service_id, one.step.value, one.since
