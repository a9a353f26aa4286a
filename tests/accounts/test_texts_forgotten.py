"""What a phone wrote to us is forgotten after a month, and not before."""

from datetime import timedelta

import pytest

from accounts import operations
from accounts.models import IncomingText
from accounts.operations.forgetting import SMS_KEPT
from kernel import retention
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_a_text_is_kept_for_thirty_days_and_then_deleted():
    for number, at in enumerate((NOON - SMS_KEPT, NOON - SMS_KEPT + timedelta(minutes=1))):
        IncomingText.objects.create(gateway_id=f"g{number}", text="STOP", received_at=at)
    assert retention.due(now=NOON)["texts"] == 1
    assert operations.forget_old(now=NOON, limit=500) == 1
    assert IncomingText.objects.get().gateway_id == "g1"


def test_whatever_is_kept_of_access_is_told():
    told = {each.code for each in retention.classes()}
    assert {"texts", "guardianships", "access"} <= told
