"""Lines that take back a collection nobody has told of yet: asked again, and not for ever."""

from collections import defaultdict
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from kernel.country import country
from payments import posting
from payments.gateways.base import Debit
from payments.models import Evidence, Rail, StatementLine
from payments.operations.importing.lines import is_hearsay
from payments.states import Leg, LineFate, Source

log = structlog.get_logger()

# A callback that is late by more than this is not to be expected.
WAIT_DAYS = 3
LINES_MAX = 1000


def post_waiting(*, now: datetime) -> int:
    """
    Tell the engine of the oldest lines that wait once more; return how many have found their fate.

    One that has waited three days is posted as what it is without its original: a withdrawal, with
    an alarm.
    """
    rail_ids = StatementLine.objects.filter(fate=LineFate.WAITING).values_list("rail_id", flat=True)
    return sum(_post_rail(rail_id, now=now) for rail_id in sorted(set(rail_ids)))


def _post_rail(rail_id: int, *, now: datetime) -> int:
    with transaction.atomic():
        Rail.objects.select_for_update(no_key=True).get(pk=rail_id)
        lines = list(
            StatementLine.objects.filter(rail=rail_id, fate=LineFate.WAITING)
            .select_related("statement")
            .order_by("pk")[:LINES_MAX]
        )
        if not lines:
            return 0
        posted = posting.post([_telling(line, now) for line in lines], at=now)
        still = set(posted.waiting)
        found = _found([line for place, line in enumerate(lines) if place not in still], posted)
    log.info("statement.waiting_posted", rail_id=rail_id, found=found, waiting=len(still))
    return found


def _telling(line: StatementLine, now: datetime) -> posting.Telling:
    imported_at = line.statement.imported_at
    return posting.Telling(
        rail_id=line.rail_id,
        told=Debit(
            leg=Leg.REVERSAL,
            external_id=line.external_id,
            amount_minor=-line.amount_minor,
            currency=line.currency,
            occurred_at=datetime.combine(
                line.booked_day, datetime.min.time(), tzinfo=country().zone
            ),
            original_id=line.original_id,
            is_hearsay=is_hearsay(line.statement.format),
        ),
        source=Source.STATEMENT.value,
        source_id=line.pk,
        source_at=imported_at,
        last_try=now - imported_at >= timedelta(days=WAIT_DAYS),
    )


def _found(lines: list[StatementLine], posted: posting.Posted) -> int:
    evidence = Evidence.objects.filter(
        source=Source.STATEMENT, source_id__in=[line.pk for line in lines]
    )
    movements = dict(evidence.values_list("source_id", "movement_id"))
    told: dict[int, int] = defaultdict(int)
    for movement_id in Evidence.objects.filter(movement__in=movements.values()).values_list(
        "movement_id", flat=True
    ):
        told[movement_id] += 1
    for line in lines:
        line.movement_id = movements[line.pk]
        line.fate = LineFate.MATCHED if told[movements[line.pk]] > 1 else LineFate.POSTED
    StatementLine.objects.bulk_update(lines, ["fate", "movement"])
    return len(lines)
