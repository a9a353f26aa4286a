"""The steps of a case that a process can die in: each is safe to begin again."""

from datetime import datetime, timedelta

from applications import operations
from applications.models import Application
from applications.states import Status
from documents import queries as papers
from documents.models import MandateItem
from payments import posting
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.acts.world import step_up
from workers import errands, relay
from workers.routes import ROUTES

ROUNDS_MAX = 40
HURRIED = ("draw_papers", "sign_papers", "send_messages", "ask_after_messages")


def work(_case_id: int, at: datetime) -> None:
    """Do as poster, relay and errands do until nothing is due."""
    for _ in range(ROUNDS_MAX):
        due = posting.post_inbox(now=at)
        due += relay.fan_out(routes=ROUTES, now=at) + relay.drain(routes=ROUTES, now=at)
        due += sum(errands.ERRANDS[name][1](lambda: at) for name in HURRIED)
        if not due:
            return


def approve(case_id: int, at: datetime) -> None:
    """Approve as her page does, unless that has been done; then the worker goes on."""
    case = Application.objects.get(pk=case_id)
    if case.status == Status.UNDER_REVIEW:
        operations.approve(
            application_id=case.pk,
            by_id=case.officer_id or 0,
            version=case.version,
            entry=world.birth_act(holder_of(case)),
            at=at,
        )
    work(case_id, at)


def sign(case_id: int, at: datetime) -> None:
    """Order her paper signed as her page does, unless that has been done; then go on."""
    work(case_id, at)
    case = Application.objects.get(pk=case_id)
    if case.status == Status.AWAITING_SIGNATURE:
        order(case, at=at)
    work(case_id, at)


def order(case: Application, *, at: datetime) -> None:
    if not MandateItem.objects.filter(paper_id=case.paper_id).exists():
        operations.order_signatures(
            paper_hashes=papers.unsigned_sha256s([case.paper_id or 0]),
            by_id=case.officer_id or 0,
            step_up_id=step_up(case.officer_id or 0),
            until=at + timedelta(minutes=15),
            at=at,
        )


def holder_of(case: Application) -> Citizen:
    return Citizen(account_id=case.account_id, contact_id=0, person_id=case.holder_id, phone="")
