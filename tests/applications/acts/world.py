"""Officers who do more with a case than decide it: what these tests say again and again."""

from datetime import date, datetime
from uuid import uuid4

from accounts import operations as accounts
from applications import operations
from applications.models import Application
from catalogue.models import ServiceVersion
from documents import queries as papers
from kernel import files
from places.models import Office
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.packing import HOME
from tests.applications.world import MINUTE
from tests.world import NOON

SCAN = b"%PDF-1.7 a page of the register of births, as a camera saw it"


def want_second(service: str = world.BIRTH) -> None:
    """Let the service want two officers from now on."""
    version = ServiceVersion.objects.get(service__code=service)
    version.pk, version.number = None, version.number + 1
    version.definition = version.definition | {"second_approval": True}
    version.save(force_insert=True)
    version.service.current = version
    version.service.save()


def approve(case: Application, by_id: int, entry: object, *, at: datetime = NOON) -> None:
    operations.approve(
        application_id=case.pk, by_id=by_id, version=case.version, entry=entry, at=at
    )


def second(case: Application, by_id: int, entry: object = None, *, at: datetime = NOON) -> None:
    operations.approve_second(
        application_id=case.pk, by_id=by_id, version=case.version, entry=entry, at=at
    )


def decline(case: Application, by_id: int, text: str = "The name is of her sister") -> None:
    operations.decline_second(
        application_id=case.pk, by_id=by_id, version=case.version, text=text, at=NOON
    )


def undo(case: Application, by_id: int, *, at: datetime = NOON) -> None:
    operations.undo_approval(application_id=case.pk, by_id=by_id, version=case.version, at=at)


def awaiting_second(citizen: Citizen, by_id: int) -> Application:
    """Return a case that the officer has approved, and that wants another one."""
    made = world.taken(citizen, by_id)
    approve(made, by_id, world.birth_act(citizen))
    return world.fresh(made)


def transfer(
    case: Application,
    by_id: int,
    *,
    office_id: int | None = None,
    officer_id: int | None = None,
    reason_code: str = "workload",
    text: str = "",
) -> Application:
    operations.transfer(
        application_id=case.pk,
        by_id=by_id,
        version=case.version,
        office_id=office_id,
        officer_id=officer_id,
        reason_code=reason_code,
        text=text,
        at=NOON,
    )
    return world.fresh(case)


def take(case: Application, by_id: int) -> Application:
    operations.take(application_id=case.pk, by_id=by_id, at=NOON)
    return world.fresh(case)


def close(office_id: int) -> None:
    Office.objects.filter(pk=office_id).update(active=False)


def act_on_paper(citizen: Citizen, *, scan: str = "", **changed: object) -> operations.PaperAct:
    """Return what an officer types from the page of the register that tells of the citizen."""
    facts = world.birth_act(citizen).facts | {
        code: value for code, value in changed.items() if isinstance(value, str)
    }
    place = {code: value for code, value in changed.items() if not isinstance(value, str)}
    values = {
        "office_code": HOME,
        "year": 1990,
        "volume": "3",
        "act_number": "217",
        "registered_on": date(1990, 5, 2),
        "facts": facts,
        "scan_sha256": scan or files.store(SCAN, "application/pdf", at=NOON).sha256,
    }
    return operations.PaperAct(**(values | place))


def cite(case: Application, by_id: int, act: operations.PaperAct) -> None:
    operations.approve_on_paper(
        application_id=case.pk, by_id=by_id, version=case.version, act=act, at=NOON
    )


def step_up(account_id: int) -> int:
    return accounts.step_up(
        account_id=account_id,
        password=people.PASSWORD,
        purpose="case.sign",
        session_key=uuid4().hex,
        at=NOON,
    ).pk


def order(case: Application, by_id: int, step_up_id: int) -> None:
    """Order the case's drawn paper signed, as the officer's page does."""
    paper_id = case.paper_id or 0
    operations.order_signatures(
        paper_hashes={paper_id: papers.unsigned_sha256s([paper_id])[paper_id]},
        by_id=by_id,
        step_up_id=step_up_id,
        until=NOON + 15 * MINUTE,
        at=NOON,
    )
