"""No entry in the gateway: the paper register is cited with a scan, and two officers confirm."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from applications import operations, queries
from applications.models import Application
from registers import operations as registers
from registers import queries as entries
from registers.models import PaperEntry
from tests.applications import world
from tests.applications.acts.world import act_on_paper, cite, decline, second
from tests.applications.packing import NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_an_act_on_paper_is_cited_by_one_officer_and_confirmed_by_another(uwase, staffed, commits):
    case = world.taken(uwase, staffed.aline)
    act = act_on_paper(uwase)
    cite(case, staffed.aline, act)
    waiting = world.fresh(case)
    assert (waiting.status, waiting.paper_id) == ("AWAITING_SECOND", None)
    cited = entries.cited_entry(waiting.cited_entry_id)
    assert (cited.source, cited.act_number, cited.facts) == ("paper", "217", dict(act.facts))
    assert queries.scan_on_paper(waiting) == act.scan_sha256
    assert queries.act_on_paper(waiting).facts == cited.facts
    with pytest.raises(operations.MadeAStep):
        second(waiting, staffed.aline)
    second(waiting, staffed.bosco)
    assert world.fresh(case).status == "APPROVED"
    assert entries.is_about(
        cited_entry_id=cited.id, national_id=world.entry_for(uwase).national_ids[0]
    )
    commits()


def test_the_second_spouse_is_found_by_her_name(uwase, staffed, commits):
    case = world.taken(uwase, staffed.aline, world.MARRIAGE)
    facts = world.marriage_act(uwase).facts
    act = act_on_paper(
        uwase, year=2015, registered_on=date(2015, 8, 22), facts=facts, act_number="44"
    )
    cite(case, staffed.aline, act)
    cited = entries.cited_entry(world.fresh(case).cited_entry_id)
    assert cited.national_ids[0] == ""
    second(world.fresh(case), staffed.bosco)
    assert world.fresh(case).status == "APPROVED"
    commits()


def test_a_declined_act_is_cited_no_more_and_stays_in_the_books(uwase, staffed, commits):
    case = world.taken(uwase, staffed.aline)
    cite(case, staffed.aline, act_on_paper(uwase))
    decline(world.fresh(case), staffed.bosco, "The scan is of another page")
    assert world.fresh(case).cited_entry_id is None
    assert PaperEntry.objects.count() == 1
    cite(world.fresh(case), staffed.aline, act_on_paper(uwase, volume="4"))
    assert world.fresh(case).status == "AWAITING_SECOND"
    commits()


@pytest.mark.parametrize(
    "changed",
    [
        {"family_name": "Uwera"},
        {"born_on": "1990-04-13"},
        {"father_name": "Somebody Else"},
        {"birth_place_code": NEIGHBOUR},
    ],
)
def test_what_differs_on_paper_is_not_approved_either(uwase, staffed, changed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.AnswersDiffer):
        cite(case, staffed.aline, act_on_paper(uwase, **changed))
    assert not PaperEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("year", {"year": 1790}),
        ("year", {"year": NOON.year + 1}),
        ("registered_on", {"registered_on": date(1994, 5, 2)}),
        ("act_number", {"act_number": " "}),
        ("office_code", {"office_code": "x" * 41}),
        ("facts", {"facts": {}}),
        ("facts", {"facts": {"DROP TABLE": "x"}}),
        ("family_name", {"facts": {"family_name": "x" * 201}}),
        ("family_name", {"facts": {"family_name": "two\nlines"}}),
        ("scan", {"scan": "0" * 64}),
    ],
)
def test_what_is_no_act_of_a_paper_register_is_refused_by_its_field(uwase, staffed, field, changed):
    case = world.taken(uwase, staffed.aline)
    act = act_on_paper(uwase, scan=changed.get("scan", ""))
    values = {each: changed.get(each, getattr(act, each)) for each in act.__dataclass_fields__}
    with pytest.raises(registers.PaperEntryRefused) as refusal:
        cite(case, staffed.aline, operations.PaperAct(**values))
    assert refusal.value.field == field


def test_a_register_that_was_never_kept_on_paper_is_not_cited_from_it(uwase, staffed):
    case = world.taken(uwase, staffed.aline, world.SINGLE)
    with pytest.raises(operations.NothingToIssue):
        cite(case, staffed.aline, act_on_paper(uwase))


def test_who_does_not_hold_the_case_cites_nothing(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    with pytest.raises(operations.NotHeld):
        cite(case, staffed.bosco, act_on_paper(uwase))


def test_postgresql_approves_no_paper_entry_by_one_officer(uwase, staffed):
    cited = world.taken(uwase, staffed.aline)
    cite(cited, staffed.aline, act_on_paper(uwase))
    entry_id = world.fresh(cited).cited_entry_id
    alone = world.taken(uwase, staffed.aline)
    with pytest.raises(DatabaseError, match="approved by two"), transaction.atomic():
        Application.objects.filter(pk=alone.pk).update(status="APPROVED", cited_entry=entry_id)


def test_postgresql_keeps_the_scan_with_the_entry_and_changes_neither(uwase, staffed, commits):
    case = world.taken(uwase, staffed.aline)
    cite(case, staffed.aline, act_on_paper(uwase))
    with pytest.raises(DatabaseError, match=r"denied|append-only"), transaction.atomic():
        PaperEntry.objects.update(read_by=staffed.bosco)
    digital = registers.cite(kind="birth", entry=world.birth_act(uwase), at=NOON)
    scan = PaperEntry.objects.get().scan_id
    with pytest.raises(DatabaseError, match="not cited from paper"), transaction.atomic():
        PaperEntry.objects.create(entry=digital, scan_id=scan, read_by=1, read_at=NOON)
    registers.cite(kind="birth", entry=world.birth_act(uwase), at=NOON, source="paper")
    with pytest.raises(DatabaseError, match="without a scan"):
        commits()
    transaction.set_rollback(True)
