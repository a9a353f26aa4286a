"""Acts on the case's page: each once, each answered, each with its refusal beside it."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import queries
from applications.models import CaseNote, DeskAct
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import officer_at, text_of
from tests.applications.case_page.desk import at, entry_on, hold, offers, page, press
from tests.applications.packing import NEIGHBOUR

pytestmark = pytest.mark.django_db


def test_a_clean_case_is_approved_from_the_queue_in_one_press_and_the_next_one_opens(
    uwase, house, registers
):
    alone = world.officer()
    cases = [world.queued(uwase) for _ in range(2)]
    hold(registers, uwase)
    browser = officer_at(alone)
    entry = entry_on(page(browser, cases[0]))
    answer = press(browser, "approve", cases[0], entry=entry, take="1", next="1")
    assert answer.url == at(cases[1])
    assert f"{cases[0].number} is approved" in page(browser, cases[1])
    story = [move.target for move in queries.history(cases[0].pk)]
    assert story[-2:] == ["UNDER_REVIEW", "APPROVED"]
    entry = entry_on(page(browser, cases[1]))
    last = press(browser, "approve", cases[1], entry=entry, take="1", next="1")
    assert last.url == "/desk/"


def test_a_waiting_case_that_was_not_shown_with_its_entry_is_not_approved(
    uwase, staffed, registers
):
    case = world.queued(uwase)
    hold(registers, uwase)
    browser = officer_at(case.officer_id)
    assert press(browser, "approve", case, entry="x", take="1").status_code == 409
    assert world.fresh(case).status == "IN_QUEUE"
    # Without being asked to, it takes nothing in hand.
    entry = entry_on(page(browser, case))
    assert press(browser, "approve", case, entry=entry).status_code == 409
    assert world.fresh(case).status == "IN_QUEUE"


def test_a_double_click_acts_once_and_says_the_same_twice(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    form = {"key": str(uuid4()), "version": case.version, "reason": "no_entry"}
    first, second = (press(browser, "refuse", case, **form) for _ in range(2))
    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, "/desk/")
    assert world.fresh(case).refusals.count() == 1


def test_a_refused_case_says_why(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    press(browser, "refuse", case, reason="other_person", note="Born in 1991")
    text = page(browser, case)
    assert "The entry in the register is of another person." in text
    assert "Born in 1991" in text


def test_what_was_refused_does_not_use_its_key_up(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    key = str(uuid4())
    assert press(browser, "refuse", case, key=key, reason="x").status_code == 409
    assert press(browser, "refuse", case, key=key, reason="no_entry").status_code == 302


def test_a_key_of_another_form_is_refused(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    key = str(uuid4())
    press(browser, "note", case, key=key, text="His card is at the counter")
    answer = press(browser, "refuse", case, key=key, reason="no_entry")
    assert answer.status_code == 409
    assert "out of date" in text_of(answer)


def test_a_form_without_a_key_is_guarded_by_its_version(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    for key in ("", "x", "0" * 400):
        press(browser, "note", case, key=key, text="A note")
    assert not DeskAct.objects.exists()
    assert CaseNote.objects.count() == 3


def test_a_script_is_told_where_to_go_and_a_refusal_is_a_page(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    form = {"key": str(uuid4()), "version": case.version, "reason": "no_entry"}
    asked = {"HTTP_ACCEPT": "application/json"}
    refused = browser.post(at(case, "refuse"), form | {"reason": "x"}, **asked)
    assert (refused.status_code, refused["Content-Type"][:9]) == (409, "text/html")
    for _ in range(2):
        assert browser.post(at(case, "refuse"), form, **asked).json() == {"next": "/desk/"}


# --- notes


def test_a_refused_act_leaves_her_on_a_page_whose_links_answer(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    for mother in ("Mukamana Rose", "Mukamana Rosa"):
        act = world.birth_act(uwase, mother_name=mother)
        registers.acts.setdefault(("birth", act.national_ids[0]), []).append(world.act_as_json(act))
    browser = officer_at(staffed.aline)
    text = text_of(press(browser, "approve", case, entry="0" * 64))
    links = re.findall(r'href="([^"]*entry=\w+)"', text)
    assert len({link.split("=")[1] for link in links}) == 2
    for link in links:
        assert browser.get(link).status_code == 200
    assert f'name="next" value="{at(case)}"' in text
    chosen = browser.get(links[0])
    assert f'name="next" value="{links[0]}"' in text_of(chosen)


def test_a_note_is_for_colleagues_and_never_for_the_applicant(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    answer = press(officer_at(staffed.aline), "note", case, text="Ask <b>Rose</b> first")
    assert answer.url == at(case)
    text = page(officer_at(staffed.bosco), case)
    assert "Ask &lt;b&gt;Rose&lt;/b&gt; first" in text
    assert "Aline" in text


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_note_that_is_none_is_refused(uwase, staffed, registers, text):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    # What is longer than the field takes is cut off, as a browser would.
    expected = 302 if text.strip() else 409
    assert press(browser, "note", case, text=text).status_code == expected


def test_a_case_that_is_not_hers_takes_no_note(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    assert press(officer_at(staffed.far), "note", case, text="x").status_code == 404


# --- giving on


def test_a_case_is_given_to_an_office_of_the_tree_and_its_reason_is_read_there(
    uwase, staffed, registers
):
    case = world.taken(uwase, staffed.aline)
    there = world.officer(NEIGHBOUR)
    browser = officer_at(staffed.aline)
    office = world.office_id(NEIGHBOUR)
    whole = text_of(browser.get(at(case, "transfer")))
    assert "?within=1" in whole
    district = text_of(browser.get(at(case, "transfer"), {"within": "12"}))
    assert f"?within={NEIGHBOUR}" in district
    sector = text_of(browser.get(at(case, "transfer"), {"within": NEIGHBOUR}))
    assert f"?office={office}" in sector
    chosen = text_of(browser.get(at(case, "transfer"), {"office": office}))
    assert f'name="office" value="{office}"' in chosen
    form = {"office": office, "reason": "not_ours", "text": "Born there", "key": str(uuid4())}
    answers = [press(browser, "transfer", case, version=case.version, **form) for _ in range(2)]
    # She may not see it any more, and is told the same when she presses twice.
    assert [one.url for one in answers] == ["/desk/", "/desk/"]
    assert browser.get(at(case)).status_code == 404
    assert world.fresh(case).officer_id == there
    assert "Born there" in page(officer_at(there), case)


def test_a_case_is_given_to_a_colleague_here(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    assert f"?officer={staffed.bosco}" in text_of(browser.get(at(case, "transfer")))
    press(browser, "transfer", case, officer=staffed.bosco, reason="workload")
    assert world.fresh(case).officer_id == staffed.bosco


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose another office"),
        ({"office": "999999"}, "closed"),
        ({"officer": "far"}, "may not decide"),
        ({"officer": "bosco", "reason": "because"}, "Choose a reason"),
    ],
)
def test_a_case_goes_nowhere_it_cannot(uwase, staffed, registers, typed, said):
    case = world.taken(uwase, staffed.aline)
    people_of = {"far": staffed.far, "bosco": staffed.bosco}
    typed = {"reason": "workload"} | {key: people_of.get(one, one) for key, one in typed.items()}
    answer = press(officer_at(staffed.aline), "transfer", case, **typed)
    assert answer.status_code == 409
    assert said in text_of(answer)
    assert world.fresh(case).officer_id == staffed.aline


@pytest.mark.parametrize(
    "asked", [{"within": "x"}, {"officer": "999999"}, {"office": "999999"}, {"within": "' OR 1"}]
)
def test_a_place_that_is_not_there_is_not_found(uwase, staffed, registers, asked):
    case = world.taken(uwase, staffed.aline)
    answer = officer_at(staffed.aline).get(at(case, "transfer"), asked)
    assert answer.status_code == 404


# --- taking an approval back


def test_an_approval_is_taken_back_after_a_second_look(uwase, staffed, registers):
    case = world.drawn(uwase, staffed.aline)
    hold(registers, uwase)
    browser = officer_at(staffed.aline)
    assert offers(page(browser, case), "undo", case)
    assert "given up" in text_of(browser.get(at(case, "undo")))
    assert press(browser, "undo", case).url == at(case)
    assert world.fresh(case).status == "UNDER_REVIEW"
    assert offers(page(browser, case), "approve", case)


def test_a_colleague_takes_no_approval_back_but_a_supervisor_does(uwase, staffed, registers):
    case = world.drawn(uwase, staffed.aline)
    hold(registers, uwase)
    colleague = officer_at(staffed.bosco)
    assert not offers(page(colleague, case), "undo", case)
    assert press(colleague, "undo", case).status_code == 403
    head = officer_at(people.officer("case.supervise", area_code="12"))
    assert offers(page(head, case), "undo", case)
    assert press(head, "undo", case).status_code == 302


# --- what stands beside


def test_other_cases_of_the_person_are_counted_within_her_reach_only(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    near, elsewhere = world.queued(uwase), world.queued(uwase, birth_place_code=NEIGHBOUR)
    world.queued(people.citizen())
    world.draft(uwase)
    browser = officer_at(staffed.aline)
    assert "Waiting at the office: 1" in page(browser, case)
    listed = text_of(browser.get(at(case, "others")))
    assert near.number in listed
    assert elsewhere.number not in listed
    head = officer_at(people.officer("case.supervise", area_code="12"))
    assert elsewhere.number in text_of(head.get(at(case, "others")))
    assert browser.get(at(case, "others"), {"before": near.pk}).status_code == 200


def test_the_list_of_her_other_cases_reads_no_person_for_each_of_them(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)

    def asked():
        with CaptureQueriesContext(connection) as queries_of_page:
            assert browser.get(at(case, "others")).status_code == 200
        return [one["sql"] for one in queries_of_page if 'FROM "accounts_person"' in one["sql"]]

    for _ in range(2):
        world.queued(uwase)
    assert asked() == []


def test_the_bill_and_the_clocks_are_told_in_words(uwase, staffed, registers):
    text = page(officer_at(staffed.aline), world.taken(uwase, staffed.aline))
    assert ">Paid</span>" in text
    assert "In this state" in text


def test_every_key_is_on_the_help_sheet(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    hold(registers, uwase)
    browser = officer_at(staffed.aline)
    sheet = text_of(browser.get("/desk/keys/"))
    pressed = set(page(browser, case).split('data-key="')[1:])
    for key in {one.split('"')[0].upper() for one in pressed}:
        assert f'<kbd class="kbd">{key}</kbd>' in sheet, key
