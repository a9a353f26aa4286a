"""Two sweeps at once tell of a case once; and a case in somebody's hands is told of later."""

import pytest
from django.db import transaction

from applications import operations
from applications.models import Application, Escalation
from tests.accounts import people
from tests.applications import world
from tests.applications.clocks.world import SOON
from tests.applications.test_races import at_once
from tests.countries.packs import load

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cases(db, small_pack):
    with transaction.atomic():
        load(small_pack)
        world.officer()
        return [world.queued(people.citizen()) for _ in range(3)]


def test_two_sweeps_at_once_tell_of_each_case_once(cases):
    assert at_once(*[lambda: operations.escalate(SOON)] * 4) == [None] * 4
    operations.escalate(SOON)
    told = Escalation.objects.values_list("application_id", flat=True)
    assert sorted(told) == sorted(case.pk for case in cases)


def test_a_case_that_somebody_is_deciding_is_passed_over_until_she_is_done(cases):
    held, *others = cases
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=held.pk)
        assert at_once(lambda: operations.escalate(SOON)) == [None]
        assert Escalation.objects.count() == len(others)
    assert operations.escalate(SOON) == 1
