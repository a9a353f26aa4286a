"""Two at once, on real transactions: one acts, the other is told, and the invariants hold."""

import pytest
from django.db import transaction

from applications.invariants import INVARIANTS
from applications.models import Appeal, GivenPaper
from applications.operations import Outcome
from tests import breaking
from tests.accounts import people
from tests.applications import world
from tests.applications.appeals.world import WORDS, appeal, refused
from tests.applications.collection.world import (
    code_of,
    collect,
    counter,
    lying_ready,
    make_physical,
    proof,
    witness,
)
from tests.applications.test_races import at_once
from tests.countries.packs import load

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aline(db, small_pack):
    with transaction.atomic():
        load(small_pack)
        make_physical()
    return world.officer()


def names(raised):
    return sorted(type(one).__name__ for one in raised)


def test_of_two_appeals_at_once_one_counts(aline, as_owner):
    uwase = people.citizen()
    case = refused(uwase, aline)
    raised = at_once(*(lambda text=text: appeal(case, uwase, text) for text in (WORDS, "No!")))
    assert names(raised) == ["AppealedBefore", "NoneType"]
    assert Appeal.objects.count() == 1
    assert breaking.found(as_owner, INVARIANTS) == {}


def test_of_two_who_give_a_paper_at_once_one_does(aline, as_owner):
    uwase, chantal, denis = people.citizen(), counter(), counter()
    case = lying_ready(uwase, aline, chantal)
    code, outcomes = code_of(case), []
    give = [
        lambda by=by: outcomes.append(collect(case, by, proof(code))) for by in (chantal, denis)
    ]
    assert names(at_once(*give)) == ["NoneType", "NotNow"]
    assert outcomes == [Outcome.COLLECTED]
    assert (GivenPaper.objects.count(), world.fresh(case).status) == (1, "COLLECTED")


def test_the_code_and_a_witness_at_once_give_it_once(aline):
    uwase, chantal, denis = people.citizen(), counter(), counter()
    case = lying_ready(uwase, aline, chantal)
    code = code_of(case)
    collect(case, chantal, proof())
    raised = at_once(lambda: collect(case, chantal, proof(code)), lambda: witness(case, denis))
    assert names(raised)[0] == "NoneType"
    assert names(raised)[1] in {"NotNow", "NobodyWaits"}
    moves = case.history.filter(target="COLLECTED")
    assert moves.count() == 1
