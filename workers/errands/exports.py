"""What people asked to take out of here is packed, one at a time."""

from datetime import timedelta

import structlog

from applications import operations as applications
from kernel.files import StorageUnavailable
from workers.errands.carrying import ONCE_MAX, Clock, each

log = structlog.get_logger()

# Longer than reading some dozens of papers and documents takes, and the pause before the next try.
EXPORT_LEASE = timedelta(minutes=2)


def make_exports(clock: Clock) -> int:
    return each(applications.claim_exports, _make, clock, at_once=ONCE_MAX, lease=EXPORT_LEASE)


def _make(export_id: int, /, *, clock: Clock) -> None:
    try:
        applications.make_export(export_id, at=clock())
    except StorageUnavailable:
        log.warning("errand.no_store", export_id=export_id)
