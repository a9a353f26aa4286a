"""Papers that are not drawn yet, acts that look alike, and what a counter may do."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.policies import NotGranted
from applications import operations
from applications.pages.reading import key_of
from documents import operations as documents
from documents.models import Paper
from kernel.models import EventRow
from registers import operations as registers
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import approve, undo
from tests.applications.attacks.test_money_first import forge
from tests.applications.collection.world import counter, lying_ready, make_physical
from tests.applications.packing import HOME, NEIGHBOUR
from tests.kernel.uploads import specimens
from tests.world import NOON
from workers import processes

pytestmark = pytest.mark.django_db


# --- the paper is not drawn yet


def test_an_approval_is_undone_before_its_paper_is_drawn_which_is_then_given_up(
    uwase, staffed, commits
):
    case = world.approved(uwase, staffed.aline)
    undo(case, staffed.aline)
    assert world.fresh(case).status == "UNDER_REVIEW"
    commits()
    approve(world.fresh(case), staffed.aline, world.birth_act(uwase))
    again = world.fresh(case)
    # The paper that nobody wants is drawn after all, and its news come while the next one waits.
    world.make_keys()
    draw_alone(case.paper_id)
    assert world.fresh(case).status == "APPROVED"
    assert Paper.objects.get(pk=case.paper_id).state == "ABANDONED"
    world.draw(again)
    assert world.fresh(case).status == "AWAITING_SIGNATURE"
    commits()


def draw_alone(paper_id: int) -> None:
    documents.claim_for_rendering(limit=4, now=NOON, until=NOON + world.MINUTE, paper_id=paper_id)
    documents.sign_claims(paper_id, at=NOON)
    documents.record_rendering(paper_id, documents.render(paper_id), at=NOON)
    processes.await_signature(processes.PaperRendered(subject_id=paper_id, occurred_at=NOON), NOON)


def test_news_of_an_older_paper_does_not_say_that_this_one_is_drawn(uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    operations.mark_rendered(application_id=case.pk, at=NOON)
    assert world.fresh(case).status == "APPROVED"


# --- the register


def test_two_acts_that_say_the_same_have_two_names(uwase):
    one, other = world.birth_act(uwase), world.birth_act(uwase, number="218")
    assert key_of(one) != key_of(other)
    assert key_of(one) == key_of(world.birth_act(uwase))


def test_nobody_decides_on_an_act_that_names_herself(uwase, staffed, commits):
    act = world.marriage_act(uwase)
    husband = people.citizen(national_id=act.national_ids[0])
    officer = world.officer(person_id=husband.person_id)
    case = world.taken(uwase, officer, world.MARRIAGE)
    with pytest.raises(operations.OwnCase):
        approve(case, officer, act)
    cited = registers.cite(kind="marriage", entry=act, at=NOON)
    with transaction.atomic():
        forge(case, "AWAITING_SECOND", cited_entry=cited.pk)
        with pytest.raises(IntegrityError, match="names whoever approves"):
            commits()
        transaction.set_rollback(True)


# --- what goes to and fro


def test_a_case_that_two_offices_send_each_other_is_said_to_the_supervisor(uwase, staffed):
    case = world.queued(uwase)
    there = world.officer(NEIGHBOUR)
    for by_id, to, to_id in [
        (staffed.aline, NEIGHBOUR, there),
        (there, HOME, staffed.aline),
        (staffed.aline, NEIGHBOUR, there),
    ]:
        assert not EventRow.objects.filter(name="applications.case.transferred_often").exists()
        sent = operations.hand_over(
            application_id=case.pk,
            by_id=by_id,
            to_office_id=world.office_id(to),
            what="case",
            at=NOON,
        )
        if to_id != by_id:
            operations.acknowledge_arrival(hand_over_id=sent, by_id=to_id, at=NOON)
    assert EventRow.objects.filter(name="applications.case.transferred_often").count() == 1


# --- the counter


def test_codes_that_are_guessed_run_out_for_the_day(uwase, staffed):
    make_physical()
    clerk = counter(HOME)
    case = lying_ready(uwase, staffed.aline, clerk)
    hour = timedelta(hours=1)
    for asked in range(5):
        operations.ask_collection_code(application_id=case.pk, by_id=clerk, at=NOON + asked * hour)
    with pytest.raises(operations.CodeJustSent):
        operations.ask_collection_code(application_id=case.pk, by_id=clerk, at=NOON + 6 * hour)
    operations.ask_collection_code(application_id=case.pk, by_id=clerk, at=NOON + 25 * hour)


def test_whoever_receives_adds_a_scan_and_decides_nothing(uwase, staffed):
    case = world.queued(uwase)
    clerk = counter(HOME)
    operations.attach_scan(application_id=case.pk, data=specimens.picture(), by_id=clerk, at=NOON)
    with pytest.raises(NotGranted):
        operations.take(application_id=case.pk, by_id=clerk, at=NOON)
    with pytest.raises(NotGranted):
        operations.attach_scan(
            application_id=case.pk, data=specimens.picture(), by_id=counter(NEIGHBOUR), at=NOON
        )
