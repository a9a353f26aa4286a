"""The pages of hand-overs: what is sent from a case, and many arrivals with one confirmation."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from applications import operations
from applications.models import HandOver
from tests.applications import world
from tests.applications.browser import officer_at, text_of
from tests.applications.collection.world import counter
from tests.applications.packing import FAR, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db
KEY = uuid4()
LIST = "applications:on_the_way"


@pytest.fixture(autouse=True)
def _at_noon(house):
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def case(uwase, staffed):
    return world.queued(uwase)


@pytest.fixture
def there(house):
    return officer_at(counter(NEIGHBOUR, display_name="Nadine"))


def address(case):
    return reverse("applications:hand_over", args=[case.number])


def send(case, by_id):
    return operations.hand_over(
        application_id=case.pk,
        by_id=by_id,
        to_office_id=world.office_id(NEIGHBOUR),
        what="case",
        at=NOON,
    )


def test_an_officer_finds_a_case_chooses_where_and_what_and_sends_it_once(case, staffed):
    aline = officer_at(staffed.aline)
    found = aline.post(reverse(LIST), {"number": case.number.lower()})
    assert found.headers["Location"] == address(case)
    assert "Look within" in text_of(aline.get(address(case)))
    target = {"office": world.office_id(NEIGHBOUR)}
    assert "What goes?" in text_of(aline.get(address(case), target))
    key = uuid4()
    for _ in range(2):
        sent = aline.post(address(case), target | {"what": "case", "key": key})
        assert sent.headers["Location"] == reverse(LIST)
    assert HandOver.objects.count() == 1
    assert case.number in text_of(aline.get(reverse(LIST)))
    shown = text_of(aline.get(reverse("applications:desk_case", args=[case.number])))
    assert "on its way to another office" in shown
    assert "Take in hand" not in shown


def test_arrivals_are_confirmed_on_a_page_of_their_own(case, staffed, there):
    sent = send(case, staffed.aline)
    assert case.number in text_of(there.get(reverse(LIST)))
    asked = there.post(reverse("applications:arrived"), {"sent": [sent]})
    assert "All of this has arrived" in text_of(asked)
    assert HandOver.objects.get().arrived_at is None
    for _ in range(2):
        done = there.post(
            reverse("applications:arrived"), {"sent": [sent], "confirmed": "1", "key": KEY}
        )
        assert done.headers["Location"] == reverse(LIST)
    assert HandOver.objects.get().arrived_at == NOON


def test_nothing_marked_is_said_and_nothing_arrives(case, staffed, there):
    send(case, staffed.aline)
    there.post(reverse("applications:arrived"), {"confirmed": "1"})
    assert "Choose what has arrived" in text_of(there.get(reverse(LIST)))
    assert HandOver.objects.get().arrived_at is None


def test_a_problem_is_said_on_the_page(case, staffed):
    aline = officer_at(staffed.aline)
    refused = aline.post(address(case), {"office": world.office_id(), "what": "case"})
    assert refused.status_code == 409
    assert "Choose what goes, and another office" in text_of(refused)


def test_who_has_no_right_there_sees_nothing(case, staffed):
    send(case, staffed.aline)
    far = officer_at(counter(FAR))
    assert case.number not in text_of(far.get(reverse(LIST)))
    assert far.get(address(case)).status_code == 404
    signer = officer_at(world.officer(world.HOME, "case.sign"))
    assert signer.get(reverse(LIST)).status_code == 403
