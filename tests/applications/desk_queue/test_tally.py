"""How many cases wait where is kept exact, whoever moves them and whenever it is put together."""

import os
from contextlib import closing

import psycopg
import pytest
from django.db import connection, transaction

from applications import operations, queries
from applications.invariants import INVARIANTS
from applications.models import Tally
from applications.models.desk import TALLIED
from tests import breaking
from tests.accounts import people
from tests.applications import world
from tests.applications.packing import FREE, HOME, NEIGHBOUR
from tests.countries.packs import load
from tests.world import NOON

TRUE = [one for one in INVARIANTS if one.code == "tally_is_truth"]


def waiting(account_id):
    return queries.counts(world.reach(account_id), at=NOON).waiting


@pytest.mark.django_db
def test_each_move_is_counted_in_its_own_transaction(uwase, staffed):
    case = world.queued(uwase)
    other = staffed.bosco if case.officer_id == staffed.aline else staffed.aline
    assert (waiting(case.officer_id).mine, waiting(other).mine) == (1, 0)
    operations.take(application_id=case.pk, by_id=other, at=NOON)
    assert (waiting(case.officer_id).mine, waiting(other).mine) == (0, 1)
    assert waiting(other).office == 1
    operations.ask_completion(
        application_id=case.pk,
        by_id=other,
        version=world.fresh(case).version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    assert (waiting(other).office, waiting(other).citizen) == (0, 1)


@pytest.mark.django_db
def test_what_is_undone_is_not_counted(uwase, staffed):
    case = world.queued(uwase)
    with transaction.atomic():
        operations.take(application_id=case.pk, by_id=staffed.aline, at=NOON)
        transaction.set_rollback(True)
    assert waiting(case.officer_id).mine == 1


@pytest.mark.django_db
def test_a_roll_up_changes_no_count_and_leaves_a_row_for_each_place(uwase, staffed):
    for _ in range(3):
        world.queued(uwase)
    world.taken(uwase, staffed.aline)
    before = waiting(staffed.aline)
    for _ in ("rolled", "rolled again"):
        operations.roll_up()
        assert waiting(staffed.aline) == before
    rows = list(Tally.objects.values_list("officer_id", "status", "service_code"))
    assert len(rows) == len(set(rows))
    assert not Tally.objects.filter(rolled=False).exists()
    assert not Tally.objects.filter(n=0).exists()


@pytest.mark.django_db
def test_her_own_cases_are_not_counted_for_her(uwase, house):
    officer = world.officer(person_id=uwase.person_id)
    colleague = world.officer()
    world.queued(uwase)
    world.queued(people.citizen())
    assert waiting(officer).office == 1
    assert waiting(colleague).office == 2


@pytest.mark.django_db
def test_grants_that_overlap_count_a_case_once(uwase, house):
    world.queued(uwase)
    both = people.officer("case.supervise", "case.decide", area_code="12")
    assert waiting(both).office == 1


@pytest.mark.django_db
def test_a_right_for_one_service_counts_that_service_only(uwase, house):
    world.queued(uwase)
    world.queued(uwase, world.SINGLE)
    narrow = world.officer(HOME, "case.supervise", service_code=world.SINGLE)
    assert waiting(narrow).office == 1
    assert waiting(narrow).service_codes == (world.SINGLE,)


@pytest.mark.django_db
def test_a_load_is_what_lies_on_a_desk_and_not_what_waits_for_others(uwase, staffed):
    world.taken(uwase, staffed.aline)
    asked = world.taken(uwase, staffed.aline)
    operations.ask_completion(
        application_id=asked.pk,
        by_id=staffed.aline,
        version=asked.version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    assert queries.loads([staffed.aline, staffed.far]) == {staffed.aline: 1}


@pytest.mark.django_db
def test_nobody_counts_by_hand(house, as_application):
    for written in (
        "UPDATE applications_tally SET n = 1",
        "DELETE FROM applications_tally",
        "INSERT INTO applications_tally (deciding_office_id, n) VALUES (1, 9)",
        "TRUNCATE applications_tally",
        "SELECT applications_count_anew()",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_application.execute(written)
        as_application.rollback()


@pytest.mark.django_db
def test_postgresql_counts_the_states_that_the_code_counts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = ANY(%s)",
                       [["applications_keep_tally", "applications_count_anew"]])  # fmt: skip
        sources = [source for (source,) in cursor.fetchall()]
    for source in [*sources, TRUE[0].sql]:
        listed = source.split("status IN (")[1].split(")")[0]
        assert {code.strip().strip("'") for code in listed.split(",")} == set(TALLIED)


@pytest.fixture
def committed(db, small_pack):
    with transaction.atomic():
        load(small_pack)
    return world.officer()


@pytest.mark.django_db(transaction=True)
def test_whoever_moves_while_sums_are_made_is_counted_once_it_commits(committed, as_owner):
    mover = people.citizen()
    case = world.queued(mover, FREE)
    world.queued(people.citizen(), FREE)
    with closing(_another()) as open_one:
        open_one.execute("SET session_replication_role = replica")
        open_one.execute(
            "INSERT INTO applications_tally (deciding_office_id, officer_id, service_code,"
            " status, n) SELECT deciding_office_id, officer_id, service_code, 'APPROVED', 1"
            " FROM applications_application WHERE id = %s",
            [case.pk],
        )
        operations.roll_up()
        assert waiting(committed).office == 2
        assert not Tally.objects.filter(status="APPROVED").exists()
        open_one.commit()
    operations.roll_up()
    assert Tally.objects.get(status="APPROVED").n == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_roll_ups_at_once_one_leaves_it_to_the_other(committed, as_owner):
    world.queued(people.citizen(), FREE)
    with closing(_another()) as other:
        other.execute("SELECT applications_roll_up_tally()")
        world.queued(people.citizen(), FREE)
        operations.roll_up()
        assert waiting(committed).office == 2
        assert Tally.objects.filter(rolled=False).exists()
        other.commit()
    operations.roll_up()
    assert waiting(committed).office == 2
    assert not Tally.objects.filter(rolled=False).exists()
    assert breaking.found(as_owner, TRUE) == {}


@pytest.mark.django_db(transaction=True)
def test_a_count_that_is_wrong_is_found(committed, as_owner):
    world.queued(people.citizen(), FREE)
    world.queued(people.citizen(), FREE, birth_place_code=NEIGHBOUR)
    assert breaking.found(as_owner, TRUE) == {}
    miscounted = "UPDATE applications_tally SET n = n + 1"
    assert breaking.found(as_owner, TRUE, miscounted)["tally_is_truth"] > 0
    assert breaking.found(as_owner, TRUE, "DELETE FROM applications_tally")
    counted = "SELECT applications_count_anew()"
    assert breaking.found(as_owner, TRUE, "DELETE FROM applications_tally", counted) == {}


def _another() -> psycopg.Connection:
    parts = psycopg.conninfo.conninfo_to_dict(os.environ["GUICHET_TEST_SUPERUSER"])
    return psycopg.connect(**{**parts, "dbname": connection.settings_dict["NAME"]})
