"""A licence is confirmed while it is stopped; these tests really commit."""

import pytest

from accounts import licences
from accounts.models import Agent
from accounts.operations import agents
from tests.accounts import people
from tests.accounts.agents.world import CONFIRM, overseer, registered
from tests.accounts.test_at_once import at_once
from tests.world import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("country_tree")]


@pytest.mark.parametrize("how", [agents.suspend_agent, agents.end_agent])
def test_whoever_stops_a_licence_has_the_last_word(how):
    kiosk, first, second = people.staff().pk, overseer(), overseer(CONFIRM)
    agent_id = registered(kiosk, by_id=first, area_code="1209")
    stop, confirm = (
        people.stepped_up(first, agents.STOP_PURPOSE),
        people.stepped_up(second, CONFIRM),
    )
    said = at_once(
        lambda: how(agent_id=agent_id, by_id=first, because="A fraud", step_up_id=stop, at=NOON),
        lambda: agents.confirm_agent(agent_id=agent_id, by_id=second, step_up_id=confirm, at=NOON),
    )
    row = Agent.objects.get(pk=agent_id)
    assert said[0] is None
    assert row.suspended_at or row.ended_at
    assert (row.confirmed_at is None) == isinstance(said[1], agents.LicenceNotOpen)
    assert licences.in_force(kiosk, at=NOON) is None
