"""What operators ask of messages: how many wait, and what the gateway said lately. No words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.models import Attempt, Message
from notifications.states import State

# Beyond so many, how many exactly is no news.
ROWS_MAX = 1000
LATELY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Traffic:
    """`due` counts to ROWS_MAX; `outcomes` are of the last ROWS_MAX tries that ended LATELY."""

    due: int
    oldest_due_at: datetime | None
    outcomes: Mapping[str, int]
    last_sent_at: datetime | None


def traffic(now: datetime) -> Traffic:
    waiting = Message.objects.filter(
        state__in=[State.QUEUED, State.UNKNOWN], due_at__lte=now
    ).order_by("due_at", "id")
    due = list(waiting.values_list("due_at", flat=True)[:ROWS_MAX])
    ended = Attempt.objects.order_by("-pk").values_list("outcome", "recorded_at")[:ROWS_MAX]
    tries = [(outcome, at) for outcome, at in ended if outcome != Attempt.Outcome.SENDING]
    sent = [at for outcome, at in tries if outcome == Attempt.Outcome.SENT]
    return Traffic(
        due=len(due),
        oldest_due_at=due[0] if due else None,
        outcomes=dict(Counter(outcome for outcome, at in tries if at > now - LATELY)),
        last_sent_at=max(sent, default=None),
    )


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What did not arrive: which kind of message, by which road, and for what it was made once."""

    template: str
    by_email: bool
    dedupe_key: str


def undelivered(message_id: int) -> Undelivered | None:
    """Return a message that will not arrive any more, or None."""
    row = Message.objects.filter(pk=message_id, state=State.FAILED).first()
    if row is None:
        return None
    return Undelivered(row.template, row.channel == Message.Channel.EMAIL, row.dedupe_key)
