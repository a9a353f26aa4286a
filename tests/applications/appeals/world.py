"""A refused case, somebody who appeals, and an officer of the office above."""

from datetime import datetime

from applications import operations
from applications.models import Application
from catalogue.models import ServiceVersion
from places import queries as places
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.world import NOON

DISTRICT = "12"
WORDS = "The entry is mine: my father's name was spelt wrong by the school."


def above() -> int:
    """Return an officer of the district's office, above the sector's."""
    office = places.office_by_code(f"district-{DISTRICT}")
    return people.officer(
        "case.decide", "case.sign", area_code=DISTRICT, office_id=office.pk, display_name="Dative"
    )


def change_service(service: str, **changed: object) -> None:
    """Publish the service anew, with other values in its definition."""
    version = ServiceVersion.objects.get(service__code=service)
    version.pk, version.number = None, version.number + 1
    version.definition = version.definition | changed
    version.save(force_insert=True)
    version.service.current = version
    version.service.save()


def refuse(case: Application, by_id: int, *, at: datetime = NOON) -> Application:
    operations.refuse(
        application_id=case.pk,
        by_id=by_id,
        version=case.version,
        reason_code="differs",
        at=at,
    )
    return world.fresh(case)


def refused(
    citizen: Citizen, by_id: int, service: str = world.BIRTH, *, at: datetime = NOON
) -> Application:
    return refuse(world.taken(citizen, by_id, service, at=at), by_id, at=at)


def appeal(
    case: Application, citizen: Citizen, text: str = WORDS, *, at: datetime = NOON
) -> Application:
    operations.appeal(
        application_id=case.pk,
        holder_id=citizen.person_id,
        by_id=citizen.account_id,
        text=text,
        at=at,
    )
    return world.fresh(case)


def appealed(
    citizen: Citizen, by_id: int, service: str = world.BIRTH, *, at: datetime = NOON
) -> Application:
    """Return an appealed case that lies before the office above."""
    case = appeal(refused(citizen, by_id, service), citizen, at=at)
    operations.queue_appeal(application_id=case.pk, at=at)
    return world.fresh(case)
