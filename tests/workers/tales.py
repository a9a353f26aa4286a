"""Events and handlers of the tests' own, so that the relay is tried without the house's story."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from kernel.events import Event
from kernel.models import AuditEntry


class TaleTold(Event):
    name = "tests.tale.told"
    wakes: ClassVar[list[int]] = []


class TaleForgotten(Event):
    name = "tests.tale.forgotten"


def note_wake() -> None:
    TaleTold.wakes.append(1)


def broken_wake() -> None:
    raise ConnectionError("no broker")


def write_down(event: TaleTold, at: datetime) -> None:
    AuditEntry.objects.create(at=at, act="tale.heard", subject="tale", subject_id=event.subject_id)


def write_down_too(event: TaleTold, at: datetime) -> None:
    AuditEntry.objects.create(
        at=at, act="tale.heard.too", subject="tale", subject_id=event.subject_id
    )


def stumble(event: TaleTold, at: datetime) -> None:
    write_down(event, at)
    raise RuntimeError("+250788000101 is not for a log")


def write_down_all(events: Sequence[TaleTold], at: datetime) -> None:
    """Do for many what `write_down` does for one, and say that they came together."""
    for event in events:
        write_down(event, at)
    AuditEntry.objects.create(at=at, act="tale.together", subject="tale", subject_id=len(events))


def stumble_over_two(event: TaleTold, at: datetime) -> None:
    write_down(event, at)
    if event.subject_id == 2:
        raise RuntimeError


def stumble_together(events: Sequence[TaleTold], at: datetime) -> None:
    for event in events:
        stumble_over_two(event, at)
