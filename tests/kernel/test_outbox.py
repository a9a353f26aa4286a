"""News is committed with the change that made it true, or not at all."""

import pytest
from django.db import connection, transaction

from kernel import outbox
from kernel.models import EventRow
from tests.workers.tales import TaleTold
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(outbox.NotInTransaction):
        outbox.publish(TaleTold(subject_id=1, occurred_at=NOON))


def test_an_event_goes_with_its_transaction():
    with transaction.atomic():
        outbox.publish(TaleTold(subject_id=1, occurred_at=NOON))
    with transaction.atomic():
        outbox.publish(TaleTold(subject_id=2, occurred_at=NOON))
        transaction.set_rollback(True)

    assert [row.payload["subject_id"] for row in EventRow.objects.all()] == [1]


def test_a_transaction_wakes_the_relay_once_however_much_it_tells(settings):
    settings.OUTBOX_WAKE = "tests.workers.tales.note_wake"
    wakes = TaleTold.wakes
    wakes.clear()

    with transaction.atomic():
        for number in range(3):
            outbox.publish(TaleTold(subject_id=number, occurred_at=NOON))
    assert len(wakes) == 1

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert len(wakes) == 1


def test_a_broker_that_is_gone_does_not_undo_the_change(settings):
    settings.OUTBOX_WAKE = "tests.workers.tales.broken_wake"

    with transaction.atomic():
        outbox.publish(TaleTold(subject_id=7, occurred_at=NOON))

    assert EventRow.objects.count() == 1
