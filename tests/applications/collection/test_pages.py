"""The counter's pages: find a paper, lay it ready, take the proof, let a colleague look."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from applications import operations
from applications.models import GivenPaper
from documents import operations as documents
from kernel.models import AuditEntry
from tests.applications import world
from tests.applications.acts.world import order, step_up
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.collection.world import (
    MINUTE,
    code_of,
    counter,
    issued,
    lying_ready,
    make_physical,
)
from tests.applications.packing import FAR
from tests.world import NOON

pytestmark = pytest.mark.django_db
SHOWN = {"collector": "herself", "proof": "passport", "ends": "12A", "code": "", "authority": ""}


@pytest.fixture(autouse=True)
def _at_noon(house):
    make_physical()
    with time_machine.travel(NOON + MINUTE, tick=False):
        yield


@pytest.fixture
def chantal(house):
    return counter(display_name="Chantal")


def at(case, name):
    return reverse(f"applications:{name}", args=[case.number])


def give(browser, case, **changed):
    return browser.post(at(case, "collection_give"), SHOWN | {"key": uuid4()} | changed)


def test_a_counter_finds_it_by_its_number_and_lays_it_ready_once(uwase, staffed, chantal):
    case = issued(uwase, staffed.aline)
    browser = officer_at(chantal)
    listed = text_of(browser.get(reverse("applications:collection")))
    assert case.number in listed
    found = browser.post(reverse("applications:collection"), {"number": case.number.lower()})
    assert found.headers["Location"] == at(case, "collection_paper")
    assert "It lies ready" in text_of(browser.get(at(case, "collection_paper")))
    key = uuid4()
    for _ in range(2):
        laid = browser.post(at(case, "collection_ready"), {"key": key})
        assert laid.headers["Location"] == at(case, "collection_paper")
    assert world.fresh(case).status == "READY_FOR_COLLECTION"
    hers = text_of(citizen_at(uwase).get(at(case, "case")))
    assert "Collect your paper" in hers
    assert "08:00\u201317:00" in hers


def test_with_the_code_it_is_given_and_a_wrong_one_is_said_and_counted(uwase, staffed, chantal):
    case = lying_ready(uwase, staffed.aline, chantal)
    code, browser = code_of(case), officer_at(chantal)
    wrong = give(browser, case, code="999999" if code != "999999" else "000000")
    assert wrong.status_code == 422
    assert "This is not the code" in text_of(wrong)
    case.ready_paper.refresh_from_db()
    assert case.ready_paper.code_tries == 1
    key = uuid4()
    for _ in range(2):
        assert give(browser, case, code=code, key=key).status_code == 302
    assert GivenPaper.objects.count() == 1
    assert world.fresh(case).status == "COLLECTED"
    assert "Collected on" in text_of(browser.get(at(case, "collection_paper")))


def test_without_a_code_a_colleague_confirms_on_her_own_page(uwase, staffed, chantal):
    case = lying_ready(uwase, staffed.aline, chantal)
    first, second = officer_at(chantal), officer_at(counter())
    give(first, case)
    assert "I have seen the person" not in text_of(first.get(at(case, "collection_paper")))
    said = text_of(second.get(at(case, "collection_paper")))
    assert "I have seen the person" in said
    given = {"given": GivenPaper.objects.get().pk, "key": uuid4()}
    refused = first.post(at(case, "collection_witness"), given)
    assert refused.status_code == 409
    second.post(at(case, "collection_witness"), given | {"key": uuid4()})
    assert world.fresh(case).status == "COLLECTED"


@pytest.mark.parametrize(
    "changed", [{"collector": "another"}, {"ends": "1"}, {"proof": "library"}, {"collector": ""}]
)
def test_a_proof_that_is_none_is_marked_and_nothing_is_given(uwase, staffed, chantal, changed):
    case = lying_ready(uwase, staffed.aline, chantal)
    assert give(officer_at(chantal), case, **changed).status_code == 422
    assert not GivenPaper.objects.exists()


def test_a_strange_counter_and_an_officer_without_the_right_see_nothing(uwase, staffed, chantal):
    case = lying_ready(uwase, staffed.aline, chantal)
    far = officer_at(counter(FAR))
    for name in ("ready", "code", "give", "witness", "print"):
        assert far.post(at(case, f"collection_{name}")).status_code == 404
    assert far.get(at(case, "collection_paper")).status_code == 404
    assert case.number not in text_of(far.get(reverse("applications:collection")))
    aline = officer_at(staffed.aline)
    assert aline.get(reverse("applications:collection")).status_code == 403
    assert aline.get(at(case, "collection_paper")).status_code == 404
    unknown = officer_at(chantal).post(reverse("applications:collection"), {"number": "XX-26-1"})
    assert unknown.status_code == 422


def test_a_supervisor_reads_the_list_and_gives_nothing(uwase, staffed, chantal):
    case = lying_ready(uwase, staffed.aline, chantal)
    head = officer_at(world.officer(world.HOME, "case.supervise"))
    assert case.number in text_of(head.get(reverse("applications:collection")))
    assert give(head, case).status_code == 403


def signed(citizen, by_id):
    """Return a case whose paper is really drawn, signed by its officer and sealed."""
    case = world.drawn(citizen, by_id)
    order(case, by_id, step_up(by_id))
    documents.claim_for_signing(limit=1, now=NOON, until=NOON + MINUTE, paper_id=case.paper_id)
    documents.sign_through(case.paper_id, at=NOON)
    operations.conclude(application_id=case.pk, at=NOON)
    return world.fresh(case)


def test_a_paper_is_printed_at_the_counter_and_that_is_written_down(uwase, staffed, chantal):
    case = signed(uwase, staffed.aline)
    printed = officer_at(chantal).post(at(case, "collection_print"))
    assert printed.headers["Content-Type"] == "application/pdf"
    assert b"".join(printed).startswith(b"%PDF")
    assert AuditEntry.objects.filter(act="case.read", reason="print", actor_id=chantal).count() == 1
    assert officer_at(chantal).get(at(case, "collection_print")).status_code == 405


def test_a_paper_that_was_never_drawn_is_not_there_to_be_printed(uwase, staffed, chantal):
    case = lying_ready(uwase, staffed.aline, chantal)
    assert officer_at(chantal).post(at(case, "collection_print")).status_code == 404
    assert not AuditEntry.objects.filter(act="case.read", reason="print").exists()
