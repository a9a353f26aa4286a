"""What an appeal and a paper that lies ready say by message: no name, no reason; each once."""

from datetime import datetime, timedelta

import pytest

from applications import operations
from kernel.models import EventRow
from notifications.models import Message
from tests.applications import world
from tests.applications.appeals.world import above, appeal, refuse, refused
from tests.applications.clocks.test_escalating import supervisor
from tests.applications.collection.world import (
    collect,
    counter,
    issued,
    lay_out,
    make_physical,
    proof,
)
from tests.applications.packing import FAR, HOME
from tests.world import NOON
from workers import relay
from workers.routes import ROUTES

pytestmark = pytest.mark.django_db


def deliver(now: datetime = NOON) -> None:
    for _ in range(6):
        if not relay.spread(routes=ROUTES, now=now) + relay.deliver(routes=ROUTES, now=now):
            return


def told() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("template", flat=True))


def test_an_appeal_is_confirmed_goes_up_and_its_answer_is_told(uwase, staffed):
    dative = above()
    case = refused(uwase, staffed.aline)
    deliver()
    appeal(case, uwase)
    deliver()
    queued = world.fresh(case)
    assert (queued.status, queued.officer_id) == ("IN_QUEUE", dative)
    operations.take(application_id=case.pk, by_id=dative, at=NOON)
    refuse(world.fresh(case), dative, at=NOON + world.MINUTE)
    deliver()
    assert [one for one in told() if one in {"refused", "appealed", "refused_again"}] == [
        "refused",
        "appealed",
        "refused_again",
    ]
    assert EventRow.objects.filter(name="applications.case.appeal_queued").count() == 1


def test_a_paper_that_lies_ready_is_told_with_where_and_a_code_that_opens_it(uwase, staffed):
    make_physical()
    chantal = counter()
    case = issued(uwase, staffed.aline)
    deliver()
    assert "issued" not in told()
    laid = lay_out(case, chantal)
    deliver()
    message = Message.objects.get(template="ready")
    assert "Kimironko" in message.body
    code = message.body.partition("the code ")[2][:6]
    assert collect(laid, chantal, proof(code)) is operations.Outcome.COLLECTED
    deliver()
    assert told().count("collected") == told().count("ready") == 1


def test_of_papers_that_nobody_collects_the_supervisor_is_told_once_a_day(uwase, staffed):
    make_physical()
    chantal = counter()
    there, at_far = (supervisor(area, f"sector-{area}") for area in (HOME, FAR))
    for case in (issued(uwase, staffed.aline), issued(uwase, staffed.aline)):
        lay_out(case, chantal)
    operations.remind_to_collect(now=NOON + timedelta(days=29))
    deliver(NOON + timedelta(days=29))
    assert "uncollected" not in told()
    month_later = NOON + timedelta(days=30)
    operations.remind_to_collect(now=month_later)
    deliver(month_later)
    [message] = Message.objects.filter(template="uncollected")
    assert message.dedupe_key.rpartition(":")[2] == str(there) != str(at_far)
    assert "Papers to collect" in message.body
