"""What we wrote to somebody is forgotten on its day; that we wrote stays."""

from datetime import timedelta

import pytest

from kernel import retention
from notifications import operations
from notifications.forgetting import TEXT_KEPT, forget_texts
from notifications.models import Message
from notifications.states import State
from tests.world import NOON

pytestmark = pytest.mark.django_db
OVER = NOON + TEXT_KEPT + timedelta(seconds=1)


def test_the_text_of_a_message_that_was_sent_goes_after_its_term(queued) -> None:
    sent, waiting = queued(key="sent"), queued(key="waits", at=NOON + timedelta(hours=1))
    [out] = operations.claim_messages(limit=1, now=NOON, until=NOON + timedelta(seconds=8))
    assert out.message_id == sent
    operations.record_sent([operations.Accepted(message_id=sent, provider_id="sm-1")], at=NOON)
    assert forget_texts(NOON, 500, NOON) == 0
    assert Message.objects.get(pk=sent).body

    assert retention.due(now=OVER)["messages"] == 1
    assert forget_texts(OVER - TEXT_KEPT, 500, OVER) == 1
    assert forget_texts(OVER - TEXT_KEPT, 500, OVER) == 0
    row = Message.objects.get(pk=sent)
    assert (row.body, row.state, row.template) == (None, State.SENT, "approved")
    assert Message.objects.get(pk=waiting).body


def test_what_is_still_on_its_way_keeps_its_text(queued) -> None:
    message_id = queued()
    assert forget_texts(OVER, 500, OVER) == 0
    assert Message.objects.get(pk=message_id).body
