"""A form that is sent twice acts once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from applications import operations
from applications.models import DeskAct
from tests.world import NOON

pytestmark = pytest.mark.django_db


def first(account_id, key, act="case.note:1", at=NOON):
    return operations.once(account_id=account_id, key=key, act=act, at=at)


def test_the_same_form_counts_once_and_another_ones_counts_too(staffed):
    key = uuid4()
    assert [first(staffed.aline, key), first(staffed.aline, key)] == [True, False]
    assert first(staffed.bosco, key)
    assert first(staffed.aline, uuid4())


def test_a_key_is_of_one_form(staffed):
    key = uuid4()
    first(staffed.aline, key)
    with pytest.raises(operations.KeyUsed):
        first(staffed.aline, key, act="case.approve:1")


def test_what_is_refused_may_be_sent_again(staffed):
    key = uuid4()
    with transaction.atomic():
        first(staffed.aline, key)
        transaction.set_rollback(True)
    assert first(staffed.aline, key)


def test_old_keys_are_forgotten(staffed):
    old, young = uuid4(), uuid4()
    first(staffed.aline, old)
    first(staffed.aline, young, at=NOON + timedelta(days=20))
    later = NOON + timedelta(days=31)
    assert operations.forget_acts(now=later, limit=500) == 1
    assert DeskAct.objects.get().key == young
