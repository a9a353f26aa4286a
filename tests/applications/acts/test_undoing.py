"""An approval is undone until the signature is ordered; the paper keeps its number."""

from contextlib import nullcontext

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from applications import operations
from applications.models import Application, UndoneApproval
from documents import queries as papers
from documents.models import NumberSeries, Paper
from documents.operations.moving import move
from documents.states import State
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import (
    approve,
    awaiting_second,
    order,
    second,
    step_up,
    undo,
    want_second,
)
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_what_was_approved_by_mistake_is_undone_and_approved_again_on_a_new_paper(
    uwase, staffed, commits
):
    case = world.drawn(uwase, staffed.aline)
    first = Paper.objects.get(pk=case.paper_id)
    undo(case, staffed.aline)
    back = world.fresh(case)
    assert (back.status, back.officer_id) == ("UNDER_REVIEW", staffed.aline)
    assert (back.paper_id, back.cited_entry_id, back.decided_at) == (None, None, None)
    assert back.held_until > NOON
    commits()

    approve(back, staffed.aline, world.birth_act(uwase))
    world.draw(world.fresh(case))
    again = world.fresh(case)
    assert again.status == "AWAITING_SIGNATURE"
    second_paper = Paper.objects.get(pk=again.paper_id)
    first.refresh_from_db()
    # Gapless: the number of what was given up is given to no other paper.
    assert (first.state, first.series_no, second_paper.series_no) == ("ABANDONED", 1, 2)
    assert NumberSeries.objects.get().last == 2
    commits()


def test_it_may_be_refused_after_all(uwase, staffed, commits):
    case = world.drawn(uwase, staffed.aline)
    undo(case, staffed.aline)
    operations.refuse(
        application_id=case.pk,
        by_id=staffed.aline,
        version=world.fresh(case).version,
        reason_code="no_entry",
        at=NOON,
    )
    assert world.fresh(case).status == "REFUSED"
    commits()


def test_undo_ends_with_the_order_to_sign(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    order(case, staffed.aline, step_up(staffed.aline))
    with pytest.raises(operations.SigningOrdered):
        undo(world.fresh(case), staffed.aline)
    assert world.fresh(case).status == "AWAITING_SIGNATURE"
    assert not UndoneApproval.objects.exists()


def test_an_order_that_ran_out_unsigned_keeps_nobody_from_undoing(uwase, staffed, commits):
    case = world.drawn(uwase, staffed.aline)
    order(case, staffed.aline, step_up(staffed.aline))
    until = NOON + 15 * world.MINUTE
    # Whoever ordered it has left: only her supervisor can act.
    head = people.officer("case.supervise")
    world.end_grants(staffed.aline, at=NOON)
    with pytest.raises(operations.SigningOrdered):
        undo(world.fresh(case), head, at=until)
    assert not UndoneApproval.objects.exists()
    undo(world.fresh(case), head, at=until + world.MINUTE)
    assert world.fresh(case).status == "UNDER_REVIEW"
    assert Paper.objects.get(pk=case.paper_id).state == "ABANDONED"
    commits()


@pytest.mark.parametrize(("minutes", "allowed"), [(15, False), (16, True)])
def test_postgresql_too_asks_whether_the_order_ran_out(uwase, staffed, minutes, allowed):
    case = world.drawn(uwase, staffed.aline)
    order(case, staffed.aline, step_up(staffed.aline))
    at = NOON + minutes * world.MINUTE
    refused = pytest.raises(IntegrityError, match="waits for its officer")
    with nullcontext() if allowed else refused, transaction.atomic():
        UndoneApproval.objects.create(
            application=case,
            version=case.version + 1,
            paper_id=case.paper_id,
            by_id=staffed.aline,
            at=at,
        )
        move(Paper.objects.get(pk=case.paper_id), State.ABANDONED, at=at)
        transaction.set_rollback(True)


def test_what_is_given_up_cannot_be_ordered_signed(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    sha256s = papers.unsigned_sha256s([case.paper_id])
    stepped = step_up(staffed.aline)
    undo(case, staffed.aline)
    with pytest.raises(operations.NotHerSignature):
        operations.order_signatures(
            paper_hashes=sha256s,
            by_id=staffed.aline,
            step_up_id=stepped,
            until=NOON + world.MINUTE,
            at=NOON,
        )


def test_a_paper_that_nobody_has_drawn_yet_keeps_nobody_from_undoing(uwase, staffed, commits):
    case = world.approved(uwase, staffed.aline)
    undo(case, staffed.aline)
    assert world.fresh(case).status == "UNDER_REVIEW"
    commits()


def test_both_officers_and_the_supervisor_may_undo_and_nobody_else(uwase, staffed):
    want_second()
    case = awaiting_second(uwase, staffed.aline)
    second(case, staffed.bosco, world.birth_act(uwase))
    world.draw(world.fresh(case))
    waiting = world.fresh(case)
    for stranger in (world.officer(), staffed.far):
        with pytest.raises(operations.NotGranted):
            undo(waiting, stranger)
    own = world.officer(world.HOME, "case.supervise", person_id=uwase.person_id)
    with pytest.raises(operations.OwnCase):
        undo(waiting, own)
    undo(waiting, staffed.bosco)
    back = world.fresh(case)
    assert (back.status, back.officer_id) == ("UNDER_REVIEW", staffed.aline)

    other = world.drawn(uwase, staffed.aline, world.SINGLE)
    undo(other, world.officer(world.HOME, "case.supervise"))
    assert world.fresh(other).officer_id == staffed.aline


def test_an_officer_whose_grant_ended_a_minute_ago_undoes_nothing(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    world.end_grants(staffed.aline, at=NOON - world.MINUTE)
    with pytest.raises(operations.NotGranted):
        undo(case, staffed.aline)


def test_an_old_page_undoes_nothing_and_nothing_is_undone_twice(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    undo(case, staffed.aline)
    with pytest.raises(operations.StalePage):
        undo(case, staffed.aline)
    with pytest.raises(operations.NotNow):
        undo(world.fresh(case), staffed.aline)


def test_what_is_issued_stays_issued(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    operations.conclude(application_id=case.pk, at=NOON)
    with pytest.raises(operations.NotNow):
        undo(world.fresh(case), staffed.aline)


def test_late_news_of_the_paper_that_was_given_up_moves_no_case(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    undo(case, staffed.aline)
    operations.mark_rendered(application_id=case.pk, at=NOON)
    operations.conclude(application_id=case.pk, at=NOON)
    assert world.fresh(case).status == "UNDER_REVIEW"


# --- what PostgreSQL refuses by itself


def test_postgresql_lets_a_case_lose_no_paper_that_is_not_given_up(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    mine = Application.objects.filter(pk=case.pk)
    gone = {"status": "UNDER_REVIEW", "paper": None, "cited_entry": None}
    with pytest.raises(DatabaseError, match="its entry and its paper stay"), transaction.atomic():
        mine.update(paper=None)
    for left in (gone, {"status": "UNDER_REVIEW"}):
        with pytest.raises(DatabaseError, match="gives its paper up"), transaction.atomic():
            mine.update(version=case.version + 1, **left)


def test_postgresql_gives_up_no_paper_of_its_own_accord(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    row = {"application": case, "version": 99, "paper_id": case.paper_id, "at": NOON}
    Paper.objects.get(pk=case.paper_id).changes.create(
        source="RENDERED", target="ABANDONED", changed_at=NOON
    )
    paper = Paper.objects.filter(pk=case.paper_id)
    with pytest.raises(DatabaseError, match="is no reissue"), transaction.atomic():
        paper.update(state="ABANDONED")
    UndoneApproval.objects.create(by_id=staffed.aline, **row)
    paper.update(state="ABANDONED")


def test_postgresql_gives_up_nothing_that_was_ordered_signed(uwase, staffed):
    case = world.drawn(uwase, staffed.aline)
    order(case, staffed.aline, step_up(staffed.aline))
    UndoneApproval.objects.create(
        application=case, version=99, paper_id=case.paper_id, by_id=staffed.aline, at=NOON
    )
    paper = Paper.objects.get(pk=case.paper_id)
    paper.changes.create(source="RENDERED", target="ABANDONED", changed_at=NOON)
    with pytest.raises(DatabaseError, match="is no reissue"), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(state="ABANDONED")
    transaction.set_rollback(True)
