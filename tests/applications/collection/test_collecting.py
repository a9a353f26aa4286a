"""Whoever collects a paper has the applicant's code, or two officers saw her proof."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Account
from accounts.policies import NotGranted
from applications import operations, queries
from applications.models import GivenPaper, GivenWitness, ReadyPaper, StatusChange
from applications.operations import Outcome
from kernel.models import EventRow
from tests.applications import world
from tests.applications.collection.world import (
    MINUTE,
    code_of,
    collect,
    counter,
    issued,
    lay_out,
    lying_ready,
    make_physical,
    proof,
    witness,
)
from tests.applications.packing import FAR
from tests.world import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def physical(house):
    make_physical()


@pytest.fixture
def chantal(house):
    return counter(display_name="Chantal")


@pytest.fixture
def denis(house):
    return counter(display_name="Denis")


@pytest.fixture
def case(uwase, staffed, chantal):
    return lying_ready(uwase, staffed.aline, chantal)


def events(name):
    return EventRow.objects.filter(name=f"applications.case.{name}").count()


def test_with_the_code_of_her_phone_she_collects_it(case, chantal, commits):
    assert case.status == "READY_FOR_COLLECTION"
    assert collect(case, chantal, proof(code_of(case))) is Outcome.COLLECTED
    assert world.fresh(case).status == "COLLECTED"
    given = GivenPaper.objects.get()
    assert (given.with_code, given.proof_ends, given.authority) == (True, "123", "")
    commits()


def test_without_a_phone_a_second_officer_has_seen_the_proof_too(case, chantal, denis, commits):
    assert collect(case, chantal, proof()) is Outcome.WITNESS_WANTED
    assert world.fresh(case).status == "READY_FOR_COLLECTION"
    witness(case, denis)
    assert world.fresh(case).status == "COLLECTED"
    assert GivenWitness.objects.get().by_id == denis
    commits()


def test_whoever_took_the_proof_is_not_the_second_under_any_account(case, chantal):
    collect(case, chantal, proof())
    again = counter(person_id=Account.objects.get(pk=chantal).person_id)
    for one in (chantal, again):
        with pytest.raises(operations.SameHands):
            witness(case, one)
    with pytest.raises(IntegrityError, match="who gives is not who sees"), transaction.atomic():
        GivenWitness.objects.create(given=GivenPaper.objects.get(), by_id=again, at=NOON)


def test_a_second_officer_confirms_the_proof_that_she_has_read_and_no_later_one(
    case, chantal, denis
):
    collect(case, chantal, proof())
    read = GivenPaper.objects.get()
    collect(case, chantal, proof(ends="999"))
    with pytest.raises(operations.NobodyWaits):
        operations.witness(application_id=case.pk, given_id=read.pk, by_id=denis, at=NOON)


def test_another_comes_with_an_authority_and_without_one_gets_nothing(case, chantal):
    code = code_of(case)
    with pytest.raises(operations.TextRefused):
        collect(case, chantal, proof(code), "another")
    shown = proof(code, authority="Mukamana Rose, letter of 3 May")
    assert collect(case, chantal, shown, "another") is Outcome.COLLECTED
    assert GivenPaper.objects.get().authority.startswith("Mukamana")


@pytest.mark.parametrize(
    ("collector", "changed"),
    [
        ("herself", {"kind": "library_card"}),
        ("herself", {"ends": "12"}),
        ("herself", {"ends": "éàü"}),
        ("her cat", {}),
    ],
)
def test_without_a_proof_nothing_is_given(case, chantal, collector, changed):
    with pytest.raises(operations.ProofRefused):
        collect(case, chantal, proof(code_of(case), **changed), collector)
    assert not GivenPaper.objects.exists()


def test_of_a_whole_number_three_digits_are_kept(case, chantal):
    collect(case, chantal, proof(code_of(case), ends="1 1990 8 0000001 0 17"))
    assert GivenPaper.objects.get().proof_ends == "017"


def test_a_wrong_code_is_counted_and_five_of_them_end_it(case, chantal):
    code = code_of(case)
    wrong = "000000" if code != "000000" else "111111"
    said = [collect(case, chantal, proof(wrong)) for _ in range(5)]
    assert said == [Outcome.CODE_WRONG] * 4 + [Outcome.CODE_SPENT]
    assert collect(case, chantal, proof(code)) is Outcome.CODE_SPENT
    later = NOON + 5 * MINUTE
    operations.ask_collection_code(application_id=case.pk, by_id=chantal, at=later)
    anew = code_of(case, at=later)
    assert collect(case, chantal, proof(anew)) is Outcome.COLLECTED


def test_a_new_code_ends_the_one_before_and_none_follows_in_the_same_moment(case, chantal):
    first = code_of(case)
    assert code_of(case) == ""
    with pytest.raises(operations.CodeJustSent):
        operations.ask_collection_code(application_id=case.pk, by_id=chantal, at=NOON + MINUTE)
    second = code_of(case, at=NOON + 3 * MINUTE)
    if second != first:
        assert collect(case, chantal, proof(first)) is Outcome.CODE_WRONG
    assert collect(case, chantal, proof(second)) is Outcome.COLLECTED
    assert code_of(case, at=NOON + 9 * MINUTE) == ""


def test_no_code_stands_in_the_database(case, chantal):
    code = code_of(case)
    assert code.encode() not in bytes(ReadyPaper.objects.get().code_hash)


def test_collected_twice_is_refused(case, chantal, denis):
    collect(case, chantal, proof())
    collect(case, chantal, proof(code_of(case)))
    with pytest.raises(operations.NotNow):
        witness(case, denis)
    with pytest.raises(operations.NotNow):
        collect(case, denis, proof())


def test_only_what_can_be_held_lies_ready_and_only_once(uwase, staffed, chantal, case):
    with pytest.raises(operations.NotNow):
        lay_out(case, chantal)
    single = world.approved(uwase, staffed.aline, world.SINGLE)
    operations.conclude(application_id=single.pk, at=NOON)
    with pytest.raises(operations.NotPhysical):
        lay_out(single, chantal)


def test_only_a_counter_of_the_handing_office_lays_out_and_gives(uwase, staffed, chantal):
    case = issued(uwase, staffed.aline)
    for stranger in (staffed.aline, counter(FAR)):
        with pytest.raises(NotGranted):
            lay_out(case, stranger)
    laid = lay_out(case, chantal)
    with pytest.raises(NotGranted):
        collect(laid, counter(FAR), proof(code_of(laid)))


def test_nobody_gives_herself_her_own_paper(uwase, staffed, chantal):
    own = counter(person_id=uwase.person_id)
    case = issued(uwase, staffed.aline)
    with pytest.raises(operations.OwnCase):
        lay_out(case, own)
    laid = lay_out(case, chantal)
    with pytest.raises(operations.OwnCase):
        collect(laid, own, proof(code_of(laid)))


def test_who_does_not_come_is_reminded_once_and_then_the_supervisor_is_told_once(case):
    assert operations.remind_to_collect(now=NOON + 13 * DAY) == 0
    for days in (14, 15, 29):
        operations.remind_to_collect(now=NOON + days * DAY)
    assert (events("collection_reminded"), events("collection_overdue")) == (1, 0)
    for days in (30, 31):
        operations.remind_to_collect(now=NOON + days * DAY)
    assert (events("collection_reminded"), events("collection_overdue")) == (1, 1)


def test_who_has_come_is_not_reminded(case, chantal):
    collect(case, chantal, proof(code_of(case)))
    assert operations.remind_to_collect(now=NOON + 40 * DAY) == 0


def _move(case, target):
    StatusChange.objects.create(
        application=case,
        version=case.version + 1,
        source=case.status,
        target=target,
        changed_at=NOON,
        changed_by_id=case.account_id,
    )


def test_postgresql_gives_nothing_without_proof_and_lays_out_what_can_be_held(
    uwase, staffed, case, chantal
):
    with pytest.raises(IntegrityError, match="nobody has proved"), transaction.atomic():
        _move(case, "COLLECTED")
    collect(case, chantal, proof())
    with pytest.raises(IntegrityError, match="nobody has proved"), transaction.atomic():
        _move(case, "COLLECTED")
    other = issued(uwase, staffed.aline)
    with pytest.raises(IntegrityError, match="nothing lies ready"), transaction.atomic():
        _move(other, "READY_FOR_COLLECTION")


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"proof_ends": "1234"}, "proof_ends|too long"),
        ({"proof_ends": "12"}, "proof_ends_in_three"),
        ({"proof": "library_card"}, "proof_known"),
        ({"collector": "another"}, "another_has_authority"),
        ({"authority": "She"}, "another_has_authority"),
    ],
)
def test_postgresql_knows_what_a_proof_is(case, chantal, changed, rule):
    values = {
        "application": case,
        "collector": "herself",
        "proof": "passport",
        "proof_ends": "12A",
        "with_code": True,
        "by_id": chantal,
        "at": NOON,
    }
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        GivenPaper.objects.create(**(values | changed))


def test_what_was_given_stays_written(case, chantal):
    collect(case, chantal, proof(code_of(case)))
    with pytest.raises(DatabaseError), transaction.atomic():
        GivenPaper.objects.update(collector="another")


def test_the_list_shows_what_lies_here_and_what_is_to_be_laid_out(uwase, staffed, case, chantal):
    more = issued(uwase, staffed.aline)
    asked = {"person_id": Account.objects.get(pk=chantal).person_id, "at": NOON}
    found = queries.waiting_papers(account_id=chantal, **asked)
    assert [one.pk for one in found.ready] == [case.pk]
    assert [one.pk for one in found.to_lay_out] == [more.pk]
    far = counter(FAR)
    asked = {"person_id": Account.objects.get(pk=far).person_id, "at": NOON}
    assert queries.waiting_papers(account_id=far, **asked).ready == []
