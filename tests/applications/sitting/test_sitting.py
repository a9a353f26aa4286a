"""A sitting: look at the exceptions, sign the rest with one step-up, stop half-way."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import operations, queries
from applications.models import Application
from applications.queries.sittings import Mark, mark_of, marks
from documents import operations as documents
from documents.models import MandateItem, Paper
from kernel.models import AuditEntry
from tests.accounts import people
from tests.accounts.people import PASSWORD
from tests.applications import world
from tests.applications.acts.world import second, undo, want_second
from tests.applications.browser import officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=8)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def papers(staffed):
    return [world.drawn(people.citizen(), staffed.aline) for _ in range(4)]


def shown(browser, only="") -> list[str]:
    address = reverse("applications:to_sign")
    page = text_of(browser.get(address, {"only": only} if only else {}))
    return [part.split('"')[0] for part in page.split('name="paper" value="')[1:]]


def ticked(browser) -> list[str]:
    page = text_of(browser.get(reverse("applications:to_sign")))
    rows = page.split('name="paper" value="')[1:]
    return [row.split('"')[0] for row in rows if row.split(">")[0].endswith(" checked")]


def choose(browser, how, *values, among=None):
    among = shown(browser) if among is None else among
    return browser.post(
        reverse("applications:to_sign"),
        {"choose": how, "paper": values, "shown": ",".join(one.split(":")[0] for one in among)},
    )


def sign(browser, values):
    return browser.post(reverse("applications:to_sign"), {"paper": values, "password": PASSWORD})


def carry_out(count: int) -> None:
    """Let the errand sign so many papers."""
    for paper_id in documents.claim_for_signing(limit=count, now=NOON, until=NOON + LEASE):
        documents.sign_through(paper_id, at=NOON)


def uncommon(case) -> tuple[Mark, ...]:
    return marks([world.fresh(case)], at=NOON).get(case.pk, ())


# --- the exceptions


def test_a_paper_that_went_the_common_road_is_no_exception(papers):
    assert marks(papers, at=NOON) == {}
    assert marks([], at=NOON) == {}


def test_what_was_approved_twice_or_taken_back_once_is_one(staffed):
    corrected, uwase = world.taken(people.citizen(), staffed.aline), people.citizen()
    operations.ask_completion(
        application_id=corrected.pk, by_id=staffed.aline, version=corrected.version,
        fields={"father_name": "unclear"}, at=NOON,
    )  # fmt: skip
    assert uncommon(corrected) == (Mark.CORRECTED,)
    undone = world.drawn(people.citizen(), staffed.aline)
    undo(undone, staffed.aline)
    assert uncommon(undone) == (Mark.UNDONE,)
    want_second()
    case = world.taken(uwase, staffed.aline)
    operations.approve(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        entry=world.birth_act(uwase), at=NOON,
    )  # fmt: skip
    second(world.fresh(case), staffed.bosco, world.birth_act(uwase))
    assert uncommon(case) == (Mark.SECOND,)


@pytest.mark.parametrize(
    ("source", "target", "note_code", "mark"),
    [
        ("AWAITING_SECOND", "UNDER_REVIEW", "", Mark.DECLINED),
        ("REFUSED", "UNDER_APPEAL", "", Mark.APPEALED),
        ("IN_QUEUE", "PAYMENT_HELD", "", Mark.HELD),
        ("UNDER_REVIEW", "IN_QUEUE", "transferred_often", Mark.GIVEN_ON),
        ("UNDER_REVIEW", "IN_QUEUE", "reassigned", Mark.GIVEN_ON),
        ("UNDER_REVIEW", "IN_QUEUE", "laid_back", None),
        ("UNDER_REVIEW", "APPROVED", "", None),
        ("", "DRAFT", "", None),
    ],
)
def test_each_uncommon_step_is_known(source, target, note_code, mark):
    assert mark_of(source, target, note_code) == mark


def test_what_is_later_than_promised_is_one(papers):
    Application.objects.filter(pk=papers[0].pk).update(promised_at=NOON - timedelta(minutes=1))
    assert uncommon(papers[0]) == (Mark.LATE,)
    assert uncommon(papers[1]) == ()


# --- choosing


def test_what_she_sets_aside_stays_aside_until_she_takes_it_in(papers, staffed):
    browser = officer_at(staffed.aline)
    values = shown(browser)
    assert ticked(browser) == values
    choose(browser, "keep", *values[1:])
    assert ticked(browser) == values[1:]
    choose(browser, "none")
    assert ticked(browser) == []
    choose(browser, "all")
    assert ticked(browser) == values
    # It is her session's: another's list is as it was.
    choose(browser, "none")
    assert ticked(officer_at(staffed.aline)) == values
    assert not MandateItem.objects.exists()


def test_a_choice_among_the_exceptions_leaves_the_others_alone(papers, staffed):
    Application.objects.filter(pk=papers[2].pk).update(promised_at=NOON - timedelta(days=1))
    browser = officer_at(staffed.aline)
    values = shown(browser)
    exceptions = shown(browser, only="exceptions")
    assert exceptions == [values[2]]
    choose(browser, "keep", values[0], values[1], values[3])  # The third is set aside...
    choose(browser, "all", among=[])  # ...and a list of nothing changes nothing,
    choose(browser, "keep", "x", "1" * 40, among=["x", "999999999:0"])  # nor does nonsense.
    assert ticked(browser) == [values[0], values[1], values[3]]
    choose(browser, "keep", *exceptions, among=exceptions)
    assert ticked(browser) == values


def test_each_paper_is_looked_at_beside_its_facts(papers, staffed):
    browser = officer_at(staffed.aline)
    here = reverse("applications:sitting_review", args=[papers[0].number])
    page = text_of(browser.get(here))
    assert "Umutesi Jean-Bosco" in page
    assert reverse("applications:drawn", args=[papers[0].number]) in page
    assert browser.post(here, {"aside": "1"}).status_code == 302
    assert len(ticked(browser)) == len(papers) - 1
    browser.post(here)
    assert len(ticked(browser)) == len(papers)
    assert AuditEntry.objects.filter(act="case.read", reason="sitting").count() == 1
    for stranger in (staffed.bosco, staffed.far):
        assert officer_at(stranger).get(here).status_code == 404


def test_from_one_exception_she_goes_to_the_next(papers, staffed):
    late = [papers[1].pk, papers[3].pk]
    Application.objects.filter(pk__in=late).update(promised_at=NOON - timedelta(days=1))
    browser = officer_at(staffed.aline)
    first, following = (
        reverse("applications:sitting_review", args=[papers[at].number]) for at in (1, 3)
    )
    assert browser.post(first, {"next": "1"}).url == following
    assert browser.post(following, {"next": "1"}).url == reverse("applications:to_sign")


# --- signing


def test_one_step_up_signs_the_sitting_with_one_line_a_paper(papers, staffed):
    browser = officer_at(staffed.aline)
    response = sign(browser, shown(browser)[:3])
    assert MandateItem.objects.count() == 3
    lines = AuditEntry.objects.filter(act="case.signature_ordered")
    assert {line.subject_id for line in lines} == {case.pk for case in papers[:3]}
    assert {line.actor_id for line in lines} == {staffed.aline}
    page = browser.get(response.url)
    assert "0 of 3 signed" in text_of(page)
    assert page.headers["Refresh"] == "4"
    assert "Refresh" not in browser.get(response.url, {"still": "1"}).headers
    carry_out(1)
    assert "1 of 3 signed" in text_of(browser.get(response.url))
    carry_out(9)
    done = browser.get(response.url)
    assert "All papers of this sitting are signed" in text_of(done)
    assert "Refresh" not in done.headers


def test_a_form_has_room_for_two_hundred(papers, staffed):
    browser = officer_at(staffed.aline)
    values = [*shown(browser), *(f"{10**9 + more}:{'a' * 64}" for more in range(196))]
    # Understood, and refused because the others are nobody's.
    assert sign(browser, values).status_code == 422
    assert choose(browser, "keep", *values, among=values).status_code == 302


def test_stopping_half_way_leaves_the_rest_untouched(papers, staffed):
    browser = officer_at(staffed.aline)
    response = sign(browser, shown(browser))
    carry_out(1)
    before = list(Paper.objects.filter(state="RENDERED").values().order_by("pk"))
    assert len(before) == 3
    stop = response.url + "stop/"
    assert officer_at(staffed.bosco).post(stop).status_code == 404
    assert browser.post(stop).status_code == 302
    carry_out(9)
    after = list(Paper.objects.filter(state="RENDERED").values().order_by("pk"))
    assert after == before
    page = text_of(browser.get(response.url))
    assert "1 of 4 signed" in page
    assert "You stopped this sitting" in page
    assert len(shown(browser)) == 3
    assert AuditEntry.objects.filter(act="case.signature_order_withdrawn").count() == 3
    # Twice is once; and the rest may be signed in another sitting.
    browser.post(stop)
    assert "nothing left to stop" in text_of(browser.get(response.url))
    sign(browser, shown(browser))
    carry_out(9)
    assert not Paper.objects.filter(state="RENDERED").exists()


def test_what_she_stopped_for_she_may_undo_and_nothing_else(papers, staffed):
    browser = officer_at(staffed.aline)
    response = sign(browser, shown(browser)[:2])
    with pytest.raises(operations.SigningOrdered):
        undo(world.fresh(papers[1]), staffed.aline)
    carry_out(1)
    browser.post(response.url + "stop/")
    undo(world.fresh(papers[1]), staffed.aline)
    assert world.fresh(papers[1]).status == "UNDER_REVIEW"
    with pytest.raises(operations.SigningOrdered):
        undo(world.fresh(papers[0]), staffed.aline)


def test_an_order_that_ran_out_is_said_to_have(papers, staffed):
    browser = officer_at(staffed.aline)
    response = sign(browser, shown(browser))
    with time_machine.travel(NOON + timedelta(minutes=16)):
        page = officer_at(staffed.aline).get(response.url)
    assert "The time of your order is over, and 4 papers are not signed" in text_of(page)
    assert "Refresh" not in page.headers


def test_the_lists_name_each_file_whole(papers, staffed):
    browser = officer_at(staffed.aline)
    values = shown(browser)
    before = browser.get(reverse("applications:to_sign_csv"))
    waiting = b"".join(before.streaming_content).decode()
    assert all(value.split(":")[1] in waiting for value in values)
    response = sign(browser, values)
    ordered = b"".join(browser.get(response.url + "list.csv").streaming_content).decode()
    assert all(value.split(":")[1] in ordered for value in values)
    assert officer_at(staffed.bosco).get(response.url).status_code == 404
    assert officer_at(staffed.bosco).get(response.url + "list.csv").status_code == 404


def test_of_more_than_a_sitting_the_oldest_come_first(papers, staffed, monkeypatch):
    monkeypatch.setattr("applications.queries.desk.TO_SIGN_MAX", 3)
    monkeypatch.setattr("applications.pages.signing.TO_SIGN_MAX", 3)
    browser = officer_at(staffed.aline)
    found = queries.to_sign(world.reach(staffed.aline), at=NOON)
    assert [one.pk for one in found] == [case.pk for case in papers[:3]]
    assert "The oldest 3 are shown" in text_of(browser.get(reverse("applications:to_sign")))


def test_the_list_costs_the_same_for_two_and_for_many(papers, staffed):
    browser = officer_at(staffed.aline)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("applications:to_sign"))
        return len(asked)

    before = cost()
    for service in (world.SINGLE, world.MARRIAGE):
        world.drawn(people.citizen(), staffed.aline, service)
    assert cost() == before


@pytest.mark.parametrize("service", [world.BIRTH, world.SINGLE, world.MARRIAGE])
def test_every_kind_of_entry_can_stand_beside_its_paper(service, uwase, staffed):
    case = world.drawn(uwase, staffed.aline, service)
    here = reverse("applications:sitting_review", args=[case.number])
    assert officer_at(staffed.aline).get(here).status_code == 200
