"""A licence takes two people, is stopped by one, and says by itself when it is over."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import licences, operations, policies
from accounts.models import Account, Agent, AgentFee
from accounts.operations import agents
from kernel.country import country
from kernel.models import AuditEntry
from tests.accounts import people
from tests.accounts.agents.world import (
    CONFIRM,
    REGISTER,
    YEAR,
    agency,
    area,
    confirm,
    end,
    licensed,
    overseer,
    registered,
    suspend,
)
from tests.world import NOON

MINUTE = timedelta(minutes=1)
SECTOR, DISTRICT, ELSEWHERE = "1209", "12", "13"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country_tree")]


@pytest.fixture
def kiosk() -> int:
    return people.staff(display_name="Odette").pk


def rule(error: pytest.ExceptionInfo[IntegrityError]) -> str:
    return error.value.__cause__.diag.constraint_name


def raw(account_id: int, by_id: int, **more: object) -> Agent:
    """A licence written past every operation, as whoever has the application's login could."""
    proven = licensed(people.staff().pk, area_code=SECTOR)
    values = {
        name: getattr(Agent.objects.get(pk=proven), name)
        for name in ("agency", "area", "phone", "fee_minor", "fee_currency", "from_at", "until_at")
    }
    values |= {"licence": f"RAW-{account_id}", "business": "Raw", "registered_at": NOON}
    with transaction.atomic():
        return Agent.objects.create(
            account_id=account_id, registered_by_id=by_id, **{**values, **more}
        )


# --- two people -------------------------------------------------------------------------------


def test_a_licence_counts_once_another_has_confirmed_it(kiosk):
    agent_id = registered(kiosk, by_id=overseer(), area_code=SECTOR)
    assert licences.in_force(kiosk, at=NOON) is None
    confirm(agent_id, overseer(CONFIRM))
    assert licences.in_force(kiosk, at=NOON).pk == agent_id
    told = AuditEntry.objects.filter(subject="accounts.agent").order_by("pk")
    assert list(told.values_list("act", flat=True)) == ["agent.registered", "agent.confirmed"]


def test_nobody_confirms_what_she_registered_nor_her_own(kiosk):
    both = overseer(REGISTER, CONFIRM)
    agent_id = registered(kiosk, by_id=both, area_code=SECTOR)
    twin = people.officer(CONFIRM, person_id=Account.objects.get(pk=both).person_id)
    holder = people.officer(CONFIRM, person_id=Account.objects.get(pk=kiosk).person_id)
    for one in (both, twin, holder):
        with pytest.raises(operations.SamePerson):
            confirm(agent_id, one)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Agent.objects.filter(pk=agent_id).update(confirmed_by=one, confirmed_at=NOON)
        assert rule(refused) == "agent_two_people"
    with pytest.raises(operations.SamePerson):
        registered(both, by_id=both, area_code=SECTOR)


def test_postgresql_keeps_what_was_registered(kiosk):
    agent_id = licensed(kiosk, area_code=SECTOR, service_fees={"life": 300})
    one = Agent.objects.filter(pk=agent_id)
    for changed in ({"fee_minor": 5000}, {"until_at": NOON + 5 * YEAR}, {"business": "Another"}):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            one.update(**changed)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        one._raw_delete("default")
    with pytest.raises(IntegrityError) as confirmed_again, transaction.atomic():
        one.update(confirmed_at=NOON - MINUTE)
    assert rule(confirmed_again) == "agent_unchanged"
    with pytest.raises(IntegrityError) as late_fee, transaction.atomic():
        AgentFee.objects.create(agent_id=agent_id, service_code="other", fee_minor=900)
    assert rule(late_fee) == "agent_fee_before_confirmed"
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        AgentFee.objects.filter(agent_id=agent_id).update(fee_minor=900)


def test_postgresql_begins_no_licence_confirmed_nor_for_a_stranger(kiosk):
    by = people.staff().pk
    with pytest.raises(IntegrityError) as begun:
        raw(kiosk, by, confirmed_by_id=people.staff().pk, confirmed_at=NOON)
    assert rule(begun) == "agent_begins_unconfirmed"
    with pytest.raises(IntegrityError) as nobody:
        raw(people.staff(person=None).pk, by)
    assert rule(nobody) == "agent_names_a_person"
    with pytest.raises(IntegrityError) as citizen:
        raw(people.citizen().account_id, by)
    assert rule(citizen) == "agent_names_a_person"
    assert raw(kiosk, by)


# --- over what, and for how much --------------------------------------------------------------


def test_whoever_registers_reaches_as_far_as_her_right(kiosk):
    near = overseer(REGISTER, area_code=DISTRICT)
    with pytest.raises(policies.NotGranted):
        registered(kiosk, by_id=near, area_code=ELSEWHERE)
    agent_id = registered(kiosk, by_id=near, area_code=SECTOR)
    with pytest.raises(policies.NotGranted):
        confirm(agent_id, overseer(CONFIRM, area_code=ELSEWHERE))
    confirm(agent_id, overseer(CONFIRM, area_code=DISTRICT))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"fee_minor": -1}, agents.FeeTooHigh),
        ({"fee_minor": 5001}, agents.FeeTooHigh),
        ({"service_fees": {"life": 5001}}, agents.FeeTooHigh),
        ({"until_at": NOON}, agents.BadTerm),
        ({"until_at": NOON + 5 * YEAR}, agents.BadTerm),
        ({"agency_code": "no-such"}, agents.NoAgency),
    ],
)
def test_a_bad_licence_is_refused(kiosk, changed, refusal):
    assert country().helper_fee_minor_max == 5000
    with pytest.raises(refusal):
        registered(kiosk, by_id=overseer(), area_code=SECTOR, **changed)
    assert not Agent.objects.exists()


def test_a_number_is_open_once(kiosk):
    licensed(kiosk, area_code=SECTOR, licence="AG-TWICE")
    with pytest.raises(agents.LicenceTaken):
        registered(people.staff().pk, by_id=overseer(), area_code=SECTOR, licence="AG-TWICE")
    with pytest.raises(IntegrityError, match="agent_licence_once"):
        raw(people.staff().pk, people.staff().pk, licence="AG-TWICE")


def test_a_fee_of_its_own_comes_before_the_fee_for_all(kiosk):
    licensed(kiosk, area_code=SECTOR, service_fees={"life": 300})
    assert licences.fee_max_minor(kiosk, "life", at=NOON) == 300
    assert licences.fee_max_minor(kiosk, "other", at=NOON) == 500
    assert licences.fee_max_minor(people.staff().pk, "other", at=NOON) is None


# --- from when to when ------------------------------------------------------------------------


def may(account_id, at=NOON, area_code=SECTOR):
    try:
        licences.require(account_id=account_id, act="case.assist", area_code=area_code, at=at)
    except policies.NotGranted:
        return False
    return True


def test_it_counts_in_its_area_and_from_its_first_moment_to_its_last(kiosk):
    licensed(kiosk, area_code=DISTRICT, from_at=NOON + MINUTE, until_at=NOON + YEAR)
    assert not may(kiosk)
    assert may(kiosk, NOON + MINUTE)
    assert not may(kiosk, NOON + MINUTE, "1301")
    assert not may(kiosk, NOON + MINUTE, None)
    assert may(kiosk, NOON + YEAR - MINUTE)
    assert not may(kiosk, NOON + YEAR)


def test_a_member_of_staff_needs_no_licence_and_a_registered_agent_does(kiosk):
    assert may(kiosk)
    registered(kiosk, by_id=overseer(), area_code=SECTOR)
    assert not may(kiosk)
    twin = people.staff(person_id=Account.objects.get(pk=kiosk).person_id).pk
    assert not may(twin)


# --- stopped ----------------------------------------------------------------------------------


def test_one_person_suspends_at_once_with_a_reason_and_it_never_comes_back(kiosk):
    agent_id = licensed(kiosk, area_code=SECTOR)
    with pytest.raises(agents.LicenceNotOpen):
        suspend(agent_id, overseer(), because=" ", at=NOON)
    suspend(agent_id, overseer(), because="Asked for more", at=NOON)
    assert not may(kiosk)
    with pytest.raises(IntegrityError) as lifted, transaction.atomic():
        Agent.objects.filter(pk=agent_id).update(
            suspended_at=None, suspended_by=None, suspended_because=""
        )
    assert rule(lifted) == "agent_unchanged"
    # A second licence does not hide the first one's suspension.
    later = NOON + timedelta(hours=1)
    licensed(kiosk, area_code=SECTOR, at=later)
    assert not may(kiosk, at=later)
    end(agent_id, overseer(CONFIRM), because="Looked into", at=later)
    assert may(kiosk, at=later)


def test_whoever_ends_a_suspended_licence_revives_no_other(kiosk):
    licensed(kiosk, area_code=SECTOR)
    stopped = licensed(kiosk, area_code=SECTOR)
    suspend(stopped, overseer(), because="Asked for more", at=NOON)
    end(stopped, overseer(CONFIRM), because="Looked into", at=NOON)
    assert not may(kiosk)
    assert not may(kiosk, at=NOON + timedelta(days=1))
    licensed(kiosk, area_code=SECTOR, at=NOON + timedelta(hours=1))
    assert may(kiosk, at=NOON + timedelta(hours=1))


def test_of_two_open_licences_of_one_number_the_second_is_refused_by_the_key_itself(kiosk):
    registered(kiosk, by_id=overseer(), area_code=SECTOR, licence="AG-ONE")
    with pytest.raises(agents.LicenceTaken):
        registered(kiosk, by_id=overseer(), area_code=SECTOR, licence="AG-ONE")


def test_neither_a_stranger_nor_the_agent_herself_stops_a_licence(kiosk):
    agent_id = licensed(kiosk, area_code=SECTOR)
    with pytest.raises(policies.NotGranted):
        suspend(agent_id, overseer(area_code=ELSEWHERE), because="Why not", at=NOON)
    herself = people.officer(REGISTER, person_id=Account.objects.get(pk=kiosk).person_id)
    with pytest.raises(operations.SamePerson):
        end(agent_id, herself, because="Tired", at=NOON)
    end(agent_id, overseer(), because="Closed its shop", at=NOON)
    assert not may(kiosk)
    with pytest.raises(agents.LicenceNotOpen):
        suspend(agent_id, overseer(), because="Late", at=NOON)


# --- shown ------------------------------------------------------------------------------------


def test_a_citizen_finds_who_sits_before_her_by_number_and_by_place(kiosk):
    agent_id = licensed(kiosk, area_code=SECTOR, licence="AG-LAKE", business="Lake Kiosk")
    registered(people.staff().pk, by_id=overseer(), area_code=SECTOR, licence="AG-NEW")
    (found,) = licences.numbered("AG-LAKE", at=NOON, language="en")
    assert (found.business, found.state, found.agency) == ("Lake Kiosk", "valid", "Districts")
    assert licences.numbered("AG-NEW", at=NOON, language="en") == []
    assert [one.number for one in licences.near(SECTOR, at=NOON, language="en")] == ["AG-LAKE"]
    assert [one.number for one in licences.near("1", at=NOON, language="en")] == ["AG-LAKE"]
    assert licences.near(ELSEWHERE, at=NOON, language="en") == []
    suspend(agent_id, overseer(), because="Asked for more", at=NOON)
    assert licences.near(SECTOR, at=NOON, language="en")[0].state == "suspended"
    assert licences.numbered("AG-LAKE", at=NOON + 2 * YEAR, language="en")[0].state == "over"
    assert area(SECTOR).name in found.area
    assert agency() == "local-government"
