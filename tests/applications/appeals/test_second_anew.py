"""Of two officers who decide an appeal, the second one is new to the case as well."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account
from applications import operations
from applications.models import SecondApproval, StatusChange
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import (
    approve,
    awaiting_second,
    decline,
    second,
    take,
    want_second,
)
from tests.applications.appeals.world import above, appeal, refuse
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(uwase, staffed):
    """Aline approved, Bosco declined, Aline refused; above, Dative approves the appeal."""
    want_second()
    dative = above()
    case = awaiting_second(uwase, staffed.aline)
    decline(case, staffed.bosco)
    appeal(refuse(world.fresh(case), staffed.aline), uwase)
    operations.queue_appeal(application_id=case.pk, at=NOON)
    approve(take(world.fresh(case), dative), dative, world.birth_act(uwase))
    return world.fresh(case)


@pytest.fixture
def bosco_above(heard, staffed):
    """Bosco's right over the whole district, under an account of its own."""
    person_id = Account.objects.get(pk=staffed.bosco).person_id
    return people.officer(
        "case.decide", area_code="12", person_id=person_id, office_id=heard.deciding_office_id
    )


def test_whoever_judged_it_before_does_not_second_the_appeal(uwase, heard, bosco_above):
    assert heard.status == "AWAITING_SECOND"
    assert not operations.may_second(heard, bosco_above, at=NOON)
    with pytest.raises(operations.MadeAStep):
        second(heard, bosco_above, world.birth_act(uwase))
    with pytest.raises(operations.MadeAStep):
        decline(heard, bosco_above)


def test_somebody_new_seconds_it(uwase, heard):
    other = above()
    assert operations.may_second(heard, other, at=NOON)
    second(heard, other, world.birth_act(uwase))
    assert world.fresh(heard).status == "APPROVED"


def test_or_declines_to(heard):
    decline(heard, above())
    assert world.fresh(heard).status == "UNDER_REVIEW"


@pytest.mark.parametrize("target", ["APPROVED", "UNDER_REVIEW"])
def test_postgresql_lets_nobody_second_it_who_judged_it_before(heard, bosco_above, target):
    with pytest.raises(IntegrityError, match="who made a step"), transaction.atomic():
        _speak(heard, bosco_above, target)


def _speak(case, by_id, target):
    SecondApproval.objects.create(
        application=case,
        version=case.version + 1,
        first_id=case.officer_id,
        second_id=by_id,
        approved=target == "APPROVED",
        text="" if target == "APPROVED" else "The name is of her sister",
        at=NOON,
    )
    StatusChange.objects.create(
        application=case,
        version=case.version + 1,
        source="AWAITING_SECOND",
        target=target,
        changed_at=NOON,
        changed_by_id=by_id,
        officer_id=case.officer_id,
    )
