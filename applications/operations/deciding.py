"""Deciding a case that lies on her desk and that she has not taken: both at once."""

from datetime import datetime

from django.db import transaction

from applications.operations.approving import approve
from applications.operations.moving import lock, require_status, require_version
from applications.operations.review import take
from applications.states import Status
from registers.entries import Entry


def take_and_approve(
    *, application_id: int, by_id: int, version: int, entry: Entry | None, at: datetime
) -> None:
    """
    Take a waiting case in hand and approve it; both stand in its story, or neither.

    :raises NotNow: if it does not wait in the queue
    :raises StalePage, NoEntry, EntryOfAnother, AnswersDiffer, RegisterDenies: as `approve`
    :raises policies.OwnCase, accounts.policies.NotGranted: as `take`
    """
    with transaction.atomic():
        application = lock(application_id)
        require_version(application, version)
        require_status(application, Status.IN_QUEUE)
        take(application_id=application_id, by_id=by_id, at=at)
        approve(application_id=application_id, by_id=by_id, version=version + 1, entry=entry, at=at)
