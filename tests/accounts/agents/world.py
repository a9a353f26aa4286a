"""Licences of agents, at any point of their life, made by the operations themselves."""

import itertools
from datetime import datetime, timedelta

from accounts.operations import agents
from places.models import Agency, Area
from tests.accounts import people
from tests.world import NOON

YEAR = timedelta(days=365)
REGISTER, CONFIRM = "agent.register", "agent.confirm"
_numbers = itertools.count(1)


def agency() -> str:
    Agency.objects.get_or_create(code="local-government", defaults={"names": {"en": "Districts"}})
    return "local-government"


def overseer(*acts: str, area_code: str | None = None) -> int:
    return people.officer(*(acts or (REGISTER,)), area_code=area_code)


def registered(
    account_id: int, *, by_id: int, area_code: str, at: datetime = NOON, **changed: object
) -> int:
    number = next(_numbers)
    values: dict[str, object] = {
        "licence": f"AG-{number:04d}",
        "business": "Kiosk by the lake",
        "agency_code": agency(),
        "area_code": area_code,
        "phone": f"+25073{number:07d}",
        "fee_minor": 500,
        "service_fees": {},
        "from_at": at,
        "until_at": at + YEAR,
    }
    return agents.register_agent(
        account_id=account_id,
        by_id=by_id,
        at=at,
        **(values | changed),  # type: ignore[arg-type]
    )


def confirm(agent_id: int, by_id: int, *, at: datetime = NOON) -> None:
    step_up_id = people.stepped_up(by_id, CONFIRM, at)
    agents.confirm_agent(agent_id=agent_id, by_id=by_id, step_up_id=step_up_id, at=at)


def suspend(agent_id: int, by_id: int, *, because: str, at: datetime = NOON) -> None:
    step_up_id = people.stepped_up(by_id, agents.STOP_PURPOSE, at)
    agents.suspend_agent(
        agent_id=agent_id, by_id=by_id, because=because, step_up_id=step_up_id, at=at
    )


def end(agent_id: int, by_id: int, *, because: str, at: datetime = NOON) -> None:
    step_up_id = people.stepped_up(by_id, agents.STOP_PURPOSE, at)
    agents.end_agent(agent_id=agent_id, by_id=by_id, because=because, step_up_id=step_up_id, at=at)


def licensed(account_id: int, *, area_code: str, at: datetime = NOON, **changed: object) -> int:
    """Return the id of a licence that one has registered and another confirmed."""
    agent_id = registered(
        account_id, by_id=overseer(REGISTER), area_code=area_code, at=at, **changed
    )
    confirm(agent_id, overseer(CONFIRM), at=at)
    return agent_id


def area(code: str) -> Area:
    return Area.objects.get(code=code)
