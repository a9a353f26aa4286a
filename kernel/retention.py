"""
Which data are kept about people, for what, by which rule and how long; and what forgets them.

Each app declares its classes when it is ready, as it declares its acts. The country pack may set
another term, with its source (`country.yaml`, key `retention`). The page `/privacy/`, the nightly
errand and `manage.py retention` read the same declarations.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
import yaml
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.country import country, pack_folder
from kernel.models import RetentionRun

log = structlog.get_logger()

# The hour of the night, local time, from which a day's forgetting begins.
BEGINS_AT_HOUR = 2
BATCH = 500
# A turn of the errand forgets so many batches of a class at most; the next turn goes on.
BATCHES_MAX = 20

OURS = _("This house's own choice: we know of no law that gives a term.")
RECORD = _("A record of the state. Which law keeps it is not published here yet.")

Forget = Callable[[datetime, int, datetime], int]
"""Forget at most so many rows that ended before a moment, at another; return how many."""


@dataclass(frozen=True)
class DataClass:
    """
    One class of data about people.

    `keep_for` is the term unless the pack has another; None: as long as the law keeps the record,
    which the pack may know.
    `count` says how many rows are older than a moment. `forget` is None where nothing is ever
    forgotten, or where a job of its own does it more often than nightly.
    """

    code: str
    name: str | Promise
    purpose: str | Promise
    rule: str | Promise
    source: str | Promise
    keep_for: timedelta | None
    count: Callable[[datetime], int] | None = None
    forget: Forget | None = None

    @property
    def term(self) -> timedelta | None:
        own = of_pack("retention").get(self.code) or {}
        # What nothing here can forget is kept, whatever the pack says.
        if "days" not in own or (self.keep_for is None and self.forget is None):
            return self.keep_for
        return timedelta(days=int(own["days"]))

    @property
    def days(self) -> int | None:
        return None if self.term is None else self.term.days

    @property
    def law(self) -> str | Promise:
        """The source of the term: the pack's, where it has its own."""
        said = of_pack("retention").get(self.code)
        return str(said["source"]) if said else self.source


class DeclaredTwice(Exception):
    """Two apps declare a class of data under one code."""


_classes: dict[str, DataClass] = {}


def declare(*classes: DataClass) -> None:
    """:raises DeclaredTwice: if a code is taken"""
    for each in classes:
        if _classes.get(each.code, each) != each:
            raise DeclaredTwice(each.code)
        _classes[each.code] = each


def classes() -> list[DataClass]:
    return [_classes[code] for code in sorted(_classes)]


def due(*, now: datetime) -> dict[str, int]:
    """Return for each class that ends how many rows are past their term: nothing is changed."""
    return {
        each.code: each.count(now - each.term)
        for each in classes()
        if each.count is not None and each.term is not None
    }


def forget_due(*, now: datetime) -> int:
    """
    Forget what is past its term, once a night; a row tells that the night's work is done.

    :return: how many rows went in this turn; call it again while it is not 0
    :raises Exception: as `forget_now`; the night's work is not done then
    """
    local = now.astimezone(country().zone)
    if local.hour < BEGINS_AT_HOUR or RetentionRun.objects.filter(day=local.date()).exists():
        return 0
    if gone := forget_now(now=now):
        return gone
    try:
        with transaction.atomic():
            RetentionRun.objects.create(day=local.date(), ended_at=now)
    except IntegrityError:
        log.info("retention.ended_already", day=local.date().isoformat())
    return 0


def forget_now(*, now: datetime) -> int:
    """
    Forget at most some batches of each class, whatever the hour; what went is in the trace.

    :raises Exception: what broke the first class that cannot be forgotten, once all had their turn
    """
    counts: dict[str, int] = {}
    troubles: list[Exception] = []
    for each in classes():
        try:
            for rows in _forget(each, now):
                counts[each.code] = counts.get(each.code, 0) + rows
        except Exception as trouble:
            log.warning("retention.class_broke", code=each.code, why=type(trouble).__name__)
            troubles.append(trouble)
    gone = sum(counts.values())
    if gone:
        log.info("retention.forgotten", rows=gone)
        audit.record(
            act="retention.forgotten", actor_id=None, subject="retention", subject_id=None,
            at=now, detail={code: rows for code, rows in counts.items() if rows},
        )  # fmt: skip
    if troubles:
        raise troubles[0]
    return gone


def _forget(each: DataClass, now: datetime) -> Iterator[int]:
    """Forget batch by batch, and yield how many went in each."""
    if each.forget is None or each.term is None:
        return
    for _turn in range(BATCHES_MAX):
        yield (rows := each.forget(now - each.term, BATCH, now))
        if rows < BATCH:
            break


@cache
def of_pack(key: str) -> Mapping[str, Any]:
    """Return what the country pack says of `retention` or `breach`; nothing where it is silent."""
    file = pack_folder(settings.COUNTRY_CODE) / "country.yaml"
    told: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return told.get(key) or {}
