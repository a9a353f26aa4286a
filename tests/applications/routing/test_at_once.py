"""Many workers at one case: it is routed once, and has one officer."""

import pytest
from django.db import transaction

from accounts.models import Account
from applications import operations
from applications.models import Application, RoutingNote
from tests.accounts import people
from tests.applications import world
from tests.applications.test_races import at_once
from tests.countries.packs import load
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_case_has_two_officers_however_many_route_it(db, small_pack) -> None:
    with transaction.atomic():
        load(small_pack)
        for _ in range(3):
            world.officer()
        uwase = people.citizen()
        case = world.paid(uwase)
    at_once(*[lambda: operations.route(application_id=case.pk, at=NOON) for _ in range(50)])
    assert RoutingNote.objects.filter(application=case).count() == 1
    assert world.fresh(case).history.filter(target="IN_QUEUE").count() == 1


def test_two_sweeps_let_a_case_go_on_once(db, small_pack) -> None:
    with transaction.atomic():
        load(small_pack)
        leaving, _staying = world.officer(), world.officer()
        cases = [world.queued(people.citizen()) for _ in range(4)]
        Account.objects.filter(pk=leaving).update(is_active=False)
    at_once(*[lambda: operations.reroute_stranded(now=NOON) for _ in range(2)])
    assert not Application.objects.filter(officer_id=leaving).exists()
    assert RoutingNote.objects.count() == len(cases) + 2
