"""Every address of the desk that names a case: whoever has no right to it finds nothing there."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import URLPattern, reverse

from applications.models import Application
from applications.urls import urlpatterns
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at
from tests.applications.packing import FAR, HOME
from tests.world import NOON

pytestmark = pytest.mark.django_db
EVERY_ACT = ("case.decide", "case.sign", "case.supervise", "case.receive")
FITS = {"attachment_id": 1, "version": 1, "kind": "control_slip", "group": "applicant"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def addresses(case: Application) -> list[str]:
    found = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        wanted = pattern.pattern.converters
        if str(pattern.pattern).startswith("desk/") and "number" in wanted:
            values = {name: FITS[name] for name in wanted if name != "number"}
            name = f"applications:{pattern.name}"
            found.append(reverse(name, kwargs={"number": case.number, **values}))
    assert len(found) > 25
    return found


@pytest.mark.parametrize("who", ["without_a_grant", "of_another_sector", "ended", "own"])
def test_whoever_has_no_right_finds_no_case_by_its_number(uwase, staffed, registers, who):
    case = world.queued(uwase)
    if who == "without_a_grant":
        account_id = people.officer(office_id=world.office_id())
    elif who == "of_another_sector":
        account_id = world.officer(FAR, *EVERY_ACT)
    elif who == "ended":
        account_id = world.officer(HOME, *EVERY_ACT, at=NOON - timedelta(days=1))
        world.end_grants(account_id, at=NOON - timedelta(minutes=1))
    else:
        account_id = world.officer(HOME, *EVERY_ACT, person_id=uwase.person_id)
    before = Application.objects.filter(pk=case.pk).values().get()
    browser = officer_at(account_id)
    typed = {"version": case.version, "reason": "differs", "note": "x", "text": "x"}
    answers = {
        (method, address, getattr(browser, method)(address, typed).status_code)
        for address in addresses(case)
        for method in ("get", "post")
    }
    assert {one for one in answers if one[2] not in {403, 404, 405}} == set()
    assert Application.objects.filter(pk=case.pk).values().get() == before
    assert registers.asked == 0


def test_no_citizen_and_no_stranger_comes_to_a_desk(uwase, staffed, client):
    case = world.queued(uwase)
    for browser in (client, citizen_at(uwase)):
        for address in addresses(case):
            for answer in (browser.get(address), browser.post(address, {"version": case.version})):
                assert answer.status_code in {302, 403, 404, 405}, address
                assert case.number not in answer.headers.get("Location", "").split("next=")[0]
    assert world.fresh(case).version == case.version
