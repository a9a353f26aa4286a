"""A call that was answered for goes after its term; an open one stays, whoever deletes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.models import Call
from applications.operations import calling
from applications.operations.calling import CALL_KEPT
from kernel import retention
from tests.applications import world
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_calls_go_after_their_term_and_open_ones_stay(uwase, staffed):
    case = world.queued(uwase)
    done = Call.objects.create(
        application=case, template="case.decided", asked_at=NOON, tries=1, by_id=staffed.aline,
        tried_at=NOON, result="told", done_at=NOON,
    )  # fmt: skip
    waiting = Call.objects.create(application=case, template="case.returned", asked_at=NOON)
    with pytest.raises(IntegrityError, match="answered for"), transaction.atomic():
        Call.objects.filter(pk=waiting.pk).delete()
    assert calling.forget_calls(NOON, 500) == 0
    over = NOON + CALL_KEPT + timedelta(seconds=1)
    assert retention.due(now=over)["calls"] == 1
    assert calling.forget_calls(over - CALL_KEPT, 500) == 1
    assert list(Call.objects.values_list("pk", flat=True)) == [waiting.pk]
    assert not Call.objects.filter(pk=done.pk).exists()
