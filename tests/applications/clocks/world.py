"""Moments of the week in which NOON lies, and what is done to a case at them."""

from datetime import datetime, timedelta

from applications import operations
from applications.models import Application
from applications.queries import clocks
from tests.accounts.people import Citizen
from tests.applications import world
from tests.world import NOON

HOUR = 3600
DAY = 9 * HOUR
"""A working day of Rwanda, in seconds."""

SOON = NOON + timedelta(hours=22, minutes=12)
"""Four fifths of the one working day that a birth certificate is promised in: Tuesday, 10:12."""


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def clocks_of(case: Application, at: datetime) -> clocks.Clocks:
    return clocks.of(world.fresh(case), at)


def ask(case: Application, by_id: int, *, at: datetime) -> None:
    operations.ask_completion(
        application_id=case.pk,
        by_id=by_id,
        version=world.fresh(case).version,
        fields={"father_name": "unclear"},
        at=at,
    )


def complete(case: Application, citizen: Citizen, *, at: datetime) -> None:
    operations.complete(
        application_id=case.pk,
        holder_id=citizen.person_id,
        by_id=citizen.account_id,
        given={"father_name": "Umutesi Jean-Bosco"},
        at=at,
    )
