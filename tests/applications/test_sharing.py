"""The holder sees who checked her paper, lets an agency read it, and takes that back."""

import json
import re
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications import operations
from documents import operations as documents
from documents import queries as papers
from documents.models import Consent, LookKind, Paper
from registers import operations as registers
from registers.entries import ActEntry
from registers.models import CitedEntry
from tests.accounts import people
from tests.applications.browser import citizen_at, text_of
from tests.applications.test_security_findings import MINUTE, drawing, ordered
from tests.documents import world as worlds
from tests.world import NOON

__all__ = ["drawing"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def case(uwase, staffed, drawing):
    made = ordered(uwase, staffed)
    documents.sign_through(made.paper_id, at=NOON)
    operations.conclude(application_id=made.pk, at=NOON)
    return made


def page_of(case, name="sharing", *more):
    return reverse(f"applications:{name}", args=[case.number, *more])


def let_read(browser, case, **changed):
    typed = {"agency": "Kigali Savings Bank", "purpose": "opening an account", "days": "30"}
    return browser.post(page_of(case), {**typed, "stamp": str(uuid4()), **changed})


def token_on(page):
    return re.search(r"<output>([\w-]+)</output>", text_of(page))[1]


def test_she_sees_that_her_paper_was_checked(uwase, case):
    browser = citizen_at(uwase)
    assert "Who looked at it" in text_of(browser.get(page_of(case, "case")))
    assert "Nobody has checked it yet." in text_of(browser.get(page_of(case)))

    Client().get(f"/V/{papers.paper(case.paper_id).verification_id}")
    documents.note_look(paper_id=case.paper_id, kind=LookKind.FILE, at=NOON)
    assert "Checked 2 times" in text_of(browser.get(page_of(case, "case")))
    page = text_of(browser.get(page_of(case)))
    assert "The file was compared" in page
    assert "Somebody asked, with the code on the paper" in page


def test_she_lets_a_bank_read_it_and_takes_that_back(uwase, case):
    browser = citizen_at(uwase)
    given = let_read(browser, case)
    token = token_on(given)
    assert given["Cache-Control"].count("no-store")
    # Shown this once.
    assert token not in text_of(browser.get(page_of(case)))

    bank = {"authorization": f"Bearer {token}"}
    assert Client().get("/api/papers/shared/", headers=bank).status_code == 200
    assert "Kigali Savings Bank read it, as you allowed" in text_of(browser.get(page_of(case)))
    consent = Consent.objects.get()
    assert consent.given_by_id == uwase.account_id

    assert browser.post(page_of(case, "take_back", consent.pk)).status_code == 302
    assert Client().get("/api/papers/shared/", headers=bank).status_code == 401
    assert "Taken back" in text_of(browser.get(page_of(case)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"agency": ""}, "Enter who may read it."),
        ({"purpose": " "}, "Enter what it is for."),
        ({"days": "365"}, "error-summary"),
        ({"days": ""}, "Choose for how long."),
        ({"agency": "x" * 121}, "error-summary"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_given(uwase, case, changed, said):
    answer = let_read(citizen_at(uwase), case, **changed)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Consent.objects.exists()


def test_another_persons_paper_is_not_there(uwase, case):
    let_read(citizen_at(uwase), case)
    stranger = citizen_at(people.citizen(national_id="1199078000000203", phone="+250788000203"))

    assert stranger.get(page_of(case)).status_code == 404
    assert let_read(stranger, case).status_code == 404
    taken = stranger.post(page_of(case, "take_back", Consent.objects.get().pk))
    assert taken.status_code == 404
    assert papers.consents(case.paper_id, at=NOON)[0].in_force


def test_ten_are_enough_and_the_page_says_so(uwase, case):
    browser = citizen_at(uwase)
    for _ in range(10):
        let_read(browser, case)

    assert "Take one back first" in text_of(let_read(browser, case))


def test_a_case_without_its_paper_has_no_such_page(uwase, staffed, drawing):
    made = ordered(uwase, staffed)

    assert citizen_at(uwase).get(page_of(made)).status_code == 404


def test_a_page_loaded_anew_gives_no_second_token(uwase, case):
    browser, stamp = citizen_at(uwase), "5b0f4f9e-8f0c-4a52-9d43-0a7a3f8f2f11"
    token = token_on(let_read(browser, case, stamp=stamp))
    assert token_on(let_read(browser, case, stamp=stamp)) == token
    consent = Consent.objects.get()

    browser.post(page_of(case, "take_back", consent.pk))
    refused = let_read(browser, case, stamp=stamp)
    assert refused.status_code == 422
    assert "You took this back, or it is over." in text_of(refused)
    # The page has a stamp of its own again: who means it can send it.
    fresh = re.search(r'name="stamp" value="([\w-]+)"', refused.text)[1]
    assert fresh != stamp
    assert token_on(let_read(browser, case, stamp=fresh)) != token


def reissued(case):
    """Two people reissue her paper on the same entry, cited anew; return the new one's id."""
    office = Paper.objects.select_related("office__area").get(pk=case.paper_id).office
    asker, decider = (people.officer("paper.reissue", area_code=office.area.code) for _ in range(2))
    documents.issue_development_credentials(at=NOON - MINUTE)
    entry = CitedEntry.objects.get(pk=case.cited_entry_id)
    places = ("office_code", "year", "volume", "act_number", "registered_on")
    anew = registers.cite(
        kind=entry.kind,
        entry=ActEntry(
            kind=entry.kind,
            facts=entry.facts,
            national_ids=tuple(json.loads(entry.national_ids)),
            **{name: getattr(entry, name) for name in places},
        ),
        at=NOON,
    )
    act_id = documents.ask_act(
        paper_id=case.paper_id, kind="reissue", reason="facts_wrong", note="n", by_id=asker,
        cited_entry_id=anew.pk, at=NOON,
    )  # fmt: skip
    documents.decide_act(
        act_id=act_id, approved=True, by_id=decider, at=NOON,
        step_up_id=worlds.step_up(decider, documents.DECIDE_PURPOSE),
    )  # fmt: skip
    new = Paper.objects.get(replaces=case.paper_id).pk
    documents.mandate(
        paper_hashes={new: worlds.draw(new)}, officer_id=asker, until=NOON + 15 * MINUTE, at=NOON,
        step_up_id=worlds.step_up(asker),
    )  # fmt: skip
    documents.sign_through(new, at=NOON)
    return new


def test_after_a_reissue_she_shares_and_watches_the_new_paper(uwase, case):
    browser = citizen_at(uwase)
    old_token = token_on(let_read(browser, case))
    old_consent = Consent.objects.get()
    new = reissued(case)

    token = token_on(let_read(browser, case, agency="Another bank"))
    assert Consent.objects.latest("pk").paper_id == new
    answer = Client().get("/api/papers/shared/", headers={"authorization": f"Bearer {token}"})
    assert answer.json()["verdict"]["outcome"] == "current"
    assert answer.json()["facts"]
    old = Client().get("/api/papers/shared/", headers={"authorization": f"Bearer {old_token}"})
    assert old.json()["verdict"]["outcome"] == "superseded"
    Client().get(f"/V/{papers.paper(new).verification_id}")
    said = text_of(browser.get(page_of(case)))
    assert "Another bank read it, as you allowed" in said
    assert "Kigali Savings Bank read it, as you allowed" in said
    assert "Somebody asked, with the code on the paper" in said
    assert "Checked 3 times" in text_of(browser.get(page_of(case, "case")))
    # What she allowed before the reissue is still hers to take back.
    assert browser.post(page_of(case, "take_back", old_consent.pk)).status_code == 302
    old_consent.refresh_from_db()
    assert old_consent.taken_back_at >= NOON
