"""The invariants of cases hold after a whole life, and each one finds what breaks it."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from applications import operations
from applications.invariants import INVARIANTS
from applications.states import WITH_PAPER, SlipKind
from documents.invariants import INVARIANTS as OF_PAPERS
from tests import breaking
from tests.accounts import people
from tests.applications import world
from tests.applications.packing import NEIGHBOUR
from tests.countries.packs import load
from tests.world import NOON

NEXT_DAY = NOON + timedelta(days=1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lived(db, small_pack, settings, tmp_path):
    """A case under review, a mended one, a held one, and one whose paper is drawn."""
    settings.FILES_DIR = tmp_path
    with transaction.atomic():
        load(small_pack)
    aline = world.officer()
    uwase = people.citizen()
    world.queued(uwase)
    mended = world.taken(uwase, aline)
    operations.ask_completion(
        application_id=mended.pk,
        by_id=aline,
        version=mended.version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    operations.complete(
        application_id=mended.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"father_name": "x"},
        at=NOON,
    )
    held = world.approved(uwase, aline)
    operations.hold_payment(bill_id=held.bill_id, at=NOON)
    world.drawn(people.citizen(), aline)
    world.taken(uwase, aline)
    operations.write_slip(kind=SlipKind.ACKNOWLEDGEMENT, application_id=mended.pk, at=NOON)
    operations.write_day(
        office_id=world.office_id(), day=NOON.date(), language="en", by_id=aline, at=NEXT_DAY
    )
    return aline


def test_every_invariant_holds_of_cases_that_lived_as_they_should(lived, as_owner):
    assert breaking.found(as_owner, [*INVARIANTS, *OF_PAPERS]) == {}


def test_the_command_asks_them_all(lived, capsys):
    call_command("check_invariants", *(each.code for each in [*INVARIANTS, *OF_PAPERS]))
    said = capsys.readouterr().out
    for each in [*INVARIANTS, *OF_PAPERS]:
        assert f"0  {each.code}:" in said


CASE = "applications_application"
MOVE = "applications_statuschange"
ONE_DRAWN = f"(SELECT max(id) FROM {CASE} WHERE status = 'AWAITING_SIGNATURE')"
ONE_TAKEN = f"(SELECT max(id) FROM {CASE} WHERE status = 'UNDER_REVIEW')"
BREAKAGES = {
    "an approved case loses its paper": (
        "approved_case_has_its_paper",
        f"ALTER TABLE {CASE} DROP CONSTRAINT approved_case_cites_an_entry",
        f"UPDATE {CASE} SET paper_id = NULL WHERE id = {ONE_DRAWN}",
    ),
    "a case has the paper of another one": (
        "approved_case_has_its_paper",
        (
            "UPDATE documents_paper SET purpose_key = 'applications.case:0'"
            f" WHERE id = (SELECT paper_id FROM {CASE} WHERE id = {ONE_DRAWN})"
        ),
    ),
    "a paper of no case": (
        "paper_has_its_case",
        f"UPDATE {CASE} SET paper_id = NULL, status = 'WITHDRAWN' WHERE id = {ONE_DRAWN}",
    ),
    "a paper of a case that is not approved": (
        "paper_has_its_case",
        f"UPDATE {CASE} SET status = 'UNDER_REVIEW' WHERE id = {ONE_DRAWN}",
    ),
    "a slip of nothing": ("slip_has_its_case", "DELETE FROM applications_caseslip"),
    "a register of no day": ("slip_has_its_case", "DELETE FROM applications_dayslip"),
    "a slip of another kind": (
        "slip_has_its_case",
        "UPDATE applications_caseslip SET kind = 'refusal'",
    ),
    "the paper of a held case is let go": (
        "held_case_withholds_its_paper",
        "UPDATE documents_paper SET withheld_at = NULL",
    ),
    "the paper of a case that is not held is withheld": (
        "held_case_withholds_its_paper",
        (
            "UPDATE documents_paper SET withheld_at = now()"
            f" WHERE id = (SELECT paper_id FROM {CASE} WHERE id = {ONE_DRAWN})"
        ),
    ),
    "a move is forgotten": (
        "case_moves_follow_on",
        f"DELETE FROM {MOVE} WHERE version = 3 AND application_id = {ONE_DRAWN}",
    ),
    "a move begins somewhere else": (
        "case_moves_follow_on",
        f"UPDATE {MOVE} SET source = 'LAPSED' WHERE version = 4 AND application_id = {ONE_DRAWN}",
    ),
    "a case moved without telling": (
        "case_is_where_its_moves_end",
        f"UPDATE {CASE} SET status = 'REFUSED' WHERE id = {ONE_TAKEN}",
    ),
    "a case without any move": (
        "case_is_where_its_moves_end",
        f"DELETE FROM {MOVE} WHERE application_id = {ONE_TAKEN}",
    ),
}


@pytest.mark.parametrize("what", BREAKAGES)
def test_what_breaks_an_invariant_is_found(lived, as_owner, what):
    code, *statements = BREAKAGES[what]
    assert breaking.found(as_owner, INVARIANTS, *statements)[code] == 1


@pytest.mark.parametrize(
    "change",
    [
        "act = 'case.sign'",
        f"service_code = '{world.MARRIAGE}'",
        "rail_code = 'mtn-rw'",
        f"area_id = (SELECT id FROM places_area WHERE code = '{NEIGHBOUR}')",
        "from_at = timestamptz '2027-01-01'",
        "until_at = from_at + interval '1 day'",
        "confirmed_by_id = NULL, confirmed_at = NULL",
        "ended_by_id = given_by_id, ended_at = from_at",
    ],
)
def test_an_officer_outside_her_grant_when_she_took_the_case_is_found(lived, as_owner, change):
    broken = breaking.found(
        as_owner,
        INVARIANTS,
        f"UPDATE accounts_grant SET {change} WHERE act = 'case.decide' AND account_id = {lived}",
    )
    assert broken == {"officer_within_her_grant": 2}


def test_a_grant_that_ended_after_she_took_it_breaks_nothing(lived, as_owner):
    world.end_grants(lived, at=NOON + world.MINUTE)
    assert breaking.found(as_owner, INVARIANTS) == {}


def test_the_queries_know_every_state_that_has_a_paper():
    for each in INVARIANTS[:2]:
        # What was given up is none of a case's papers any more.
        given_up = {"ABANDONED", "REQUESTED", "RENDERED"}
        named = [word for word in re.findall(r"'([A-Z_]+)'", each.sql) if word not in given_up]
        assert named == [str(status) for status in WITH_PAPER]
