"""Two at once, on real transactions: one acts, the other is told, and the invariants hold."""

from uuid import uuid4

import pytest
from django.db import transaction

from applications import operations
from applications.invariants import INVARIANTS
from documents.invariants import INVARIANTS as OF_PAPERS
from documents.models import Paper
from tests import breaking
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import (
    act_on_paper,
    approve,
    awaiting_second,
    cite,
    order,
    second,
    step_up,
    transfer,
    undo,
    want_second,
)
from tests.applications.test_races import at_once
from tests.countries.packs import load
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(db, small_pack):
    with transaction.atomic():
        load(small_pack)
        want_second(world.MARRIAGE)
    return world.officer(), world.officer(), world.officer()


def names(raised):
    return sorted(type(one).__name__ for one in raised)


def sound(as_owner) -> None:
    assert breaking.found(as_owner, [*INVARIANTS, *OF_PAPERS]) == {}


def test_two_officers_second_at_once_one_counts_and_there_is_one_paper(office, as_owner):
    aline, bosco, carine = office
    with transaction.atomic():
        want_second()
    uwase = people.citizen()
    case = awaiting_second(uwase, aline)
    entry = world.birth_act(uwase)
    raised = at_once(*(lambda by_id=one: second(case, by_id, entry) for one in (bosco, carine)))
    assert names(raised) == ["NoneType", "StalePage"]
    assert world.fresh(case).seconds.count() == Paper.objects.count() == 1
    sound(as_owner)


@pytest.mark.parametrize("first", ["undo", "order"])
def test_undo_and_the_order_to_sign_at_once_one_counts(office, as_owner, first):
    aline, *_ = office
    case = world.drawn(people.citizen(), aline)
    stepped = step_up(aline)
    calls = {"undo": lambda: undo(case, aline), "order": lambda: order(case, aline, stepped)}
    at_once(*(calls[name] for name in sorted(calls, key=lambda name: name != first)))
    paper = Paper.objects.get()
    ends = (world.fresh(case).status, paper.state, paper.mandate_items.count())
    assert ends in {("UNDER_REVIEW", "ABANDONED", 0), ("AWAITING_SIGNATURE", "RENDERED", 1)}
    sound(as_owner)


def test_transfer_and_approval_at_once_one_counts_and_the_other_page_is_old(office, as_owner):
    aline, bosco, _ = office
    uwase = people.citizen()
    case = world.taken(uwase, aline)
    entry = world.birth_act(uwase)
    raised = at_once(
        lambda: transfer(case, aline, officer_id=bosco), lambda: approve(case, aline, entry)
    )
    assert names(raised) == ["NoneType", "StalePage"]
    assert world.fresh(case).status in {"IN_QUEUE", "APPROVED"}
    assert world.fresh(case).transfers.count() + Paper.objects.count() == 1
    sound(as_owner)


def test_a_double_click_acts_once_and_both_are_answered(office):
    aline, *_ = office
    case = world.taken(people.citizen(), aline)
    key, firsts = uuid4(), []

    def click():
        with transaction.atomic():
            is_first = operations.once(account_id=aline, key=key, act="case.note", at=NOON)
            if is_first:
                operations.note(application_id=case.pk, by_id=aline, text="Once", at=NOON)
        firsts.append(is_first)

    assert at_once(*[click] * 4) == [None] * 4
    assert sorted(firsts) == [False, False, False, True]
    assert case.notes.count() == 1


def test_the_invariants_hold_of_what_was_seconded_given_on_and_undone(office, as_owner):
    aline, bosco, _ = office
    uwase = people.citizen()
    again = world.drawn(uwase, aline)
    undo(again, aline)
    approve(world.fresh(again), aline, world.birth_act(uwase))
    world.draw(world.fresh(again))
    undo(world.fresh(again), aline)
    approve(world.fresh(again), aline, world.birth_act(uwase))
    undone = world.drawn(uwase, aline, world.SINGLE)
    undo(undone, aline)
    on_paper = world.taken(uwase, aline)
    cite(on_paper, aline, act_on_paper(uwase))
    second(world.fresh(on_paper), bosco)
    world.draw(world.fresh(on_paper))
    sound(as_owner)

    case, move = "applications_application", "applications_secondapproval"
    breakages = {
        "approved_by_two": f"DELETE FROM {move}",
        "paper_has_its_case": "DELETE FROM applications_undoneapproval",
        "approved_case_has_its_paper": (
            "UPDATE documents_paper SET state = 'ABANDONED'"
            f" WHERE id = (SELECT paper_id FROM {case} WHERE id = {on_paper.pk})"
        ),
    }
    for code, breakage in breakages.items():
        assert code in breaking.found(as_owner, [*INVARIANTS, *OF_PAPERS], breakage), code
