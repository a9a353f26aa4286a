"""A paper that lies ready at a counter, two officers of it, and who comes."""

from datetime import datetime, timedelta

from applications import operations
from applications.models import Application
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.appeals.world import change_service
from tests.applications.packing import HOME
from tests.world import NOON

MINUTE = timedelta(minutes=1)


def counter(area_code: str = HOME, **more: object) -> int:
    return people.officer(
        "case.receive", area_code=area_code, office_id=world.office_id(area_code), **more
    )


def make_physical(service: str = world.BIRTH) -> None:
    change_service(service, kind="physical")


def issued(citizen: Citizen, by_id: int) -> Application:
    """Return a case whose paper is issued, as far as the case knows."""
    made = world.approved(citizen, by_id)
    operations.conclude(application_id=made.pk, at=NOON)
    return world.fresh(made)


def lay_out(case: Application, by_id: int, *, at: datetime = NOON) -> Application:
    operations.ready(application_id=case.pk, by_id=by_id, at=at)
    return world.fresh(case)


def lying_ready(citizen: Citizen, by_id: int, at_counter: int) -> Application:
    return lay_out(issued(citizen, by_id), at_counter)


def code_of(case: Application, *, at: datetime = NOON) -> str:
    return operations.mint_collection_code(application_id=case.pk, asked_at=at) or ""


def proof(code: str = "", **changed: str) -> operations.Proof:
    return operations.Proof(**({"kind": "national_id", "ends": "123", "code": code} | changed))


def collect(
    case: Application,
    by_id: int,
    shown: operations.Proof,
    collector: str = "herself",
    *,
    at: datetime = NOON + MINUTE,
) -> operations.Outcome:
    return operations.collect(
        application_id=case.pk, by_id=by_id, collector=collector, proof=shown, at=at
    )


def witness(case: Application, by_id: int, *, at: datetime = NOON + MINUTE) -> None:
    given = case.given_papers.order_by("-pk").first()
    operations.witness(
        application_id=case.pk, given_id=given.pk if given else 0, by_id=by_id, at=at
    )
