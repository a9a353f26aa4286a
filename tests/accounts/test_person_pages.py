from datetime import date

import pytest
from django.utils import timezone

from accounts import operations
from accounts.models import Person
from kernel.models import AuditEntry
from tests.accounts.browsing import NATIONAL_ID, prove, sign_in, text
from tests.accounts.conftest import entry
from tests.accounts.people import citizen

pytestmark = pytest.mark.django_db


def test_a_person_is_proved_by_number_and_birthday(browser, register):
    register.people[NATIONAL_ID] = entry()
    sign_in(browser)
    page = browser.get("/sign-in/who/?next=/cases/")
    assert "Mukamana" not in text(page)
    answer = prove(browser, "1 1990 7 8000000 1 04", next="/cases/?a=1")
    assert answer["Location"] == "/cases/?a=1"
    person = Person.objects.get()
    assert browser.session["accounts.person"] == person.pk
    assert "Béatrice Mukamana" in text(browser.get("/sign-in/who/"))


@pytest.mark.parametrize("born_on", ["02/05/1990", "1990-05-02", "2.5.1990", "02 05 1990"])
def test_a_birthday_is_read_as_people_write_it(browser, register, born_on):
    register.people[NATIONAL_ID] = entry()
    sign_in(browser)
    assert prove(browser, born_on=born_on).status_code == 302


def test_an_unknown_number_a_wrong_birthday_and_a_neighbours_number_look_the_same(
    browser, register
):
    register.people[NATIONAL_ID] = entry()
    neighbour = citizen()
    held = entry("1198078000000202", born_on=date(1980, 1, 1))
    operations.prove_person(account_id=neighbour.account_id, entry=held, at=timezone.now())
    register.people[held.national_id] = held
    sign_in(browser)
    answers = [
        prove(browser, "1199078000009999"),
        prove(browser, born_on="03/05/1990"),
        prove(browser, held.national_id, "01/01/1980"),
    ]
    errors = {text(a)[text(a).index("error-summary") :].split("</div>")[0] for a in answers}
    assert len(errors) == 1
    assert all(a.status_code == 200 for a in answers)
    assert "accounts.person" not in browser.session
    assert AuditEntry.objects.filter(act="person.proof_refused").count() == 3


def test_five_wrong_tries_an_hour_and_the_register_is_asked_no_more(browser, register):
    sign_in(browser)
    for _ in range(5):
        assert prove(browser).status_code == 200
    register.people[NATIONAL_ID] = entry()
    answer = prove(browser)
    assert answer.status_code == 429
    assert register.asked == 5


def test_a_register_that_is_gone_loses_nothing_and_costs_no_try(browser, register):
    register.people[NATIONAL_ID] = entry()
    register.gone = True
    sign_in(browser)
    for _ in range(7):
        answer = prove(browser)
        assert answer.status_code == 503
    assert NATIONAL_ID in text(answer)
    register.gone = False
    assert prove(browser).status_code == 302


@pytest.mark.parametrize(
    ("national_id", "born_on"),
    [
        ("<script>alert(1)</script>", "02/05/1990"),
        ("1" * 10_000, "02/05/1990"),
        ("١١٩٩٠٧٨٠٠٠٠٠٠١٠٤", "02/05/1990"),
        ("\u202e4010000008709911", "02/05/1990"),
        ("🪪", "02/05/1990"),
        ("' OR 1=1 --", "02/05/1990"),
        (NATIONAL_ID, "31/02/1990"),
        (NATIONAL_ID, "05/02/1890"),
        (NATIONAL_ID, "05/02/2190"),
        (NATIONAL_ID, "<script>alert(1)</script>"),
        (NATIONAL_ID, "9" * 10_000),
        ("", ""),
    ],
    ids=lambda v: repr(v[:14]),
)
def test_hostile_proofs_never_reach_the_register(browser, register, national_id, born_on):
    sign_in(browser)
    answer = prove(browser, national_id, born_on)
    assert answer.status_code == 200
    assert "error-summary" in text(answer)
    assert "<script>alert" not in text(answer)
    assert register.asked == 0


def test_a_family_shares_a_phone_and_each_proves_herself(browser, register):
    son = entry("1201588000000101", given_names="Eric", born_on=date(2015, 1, 3))
    register.people = {NATIONAL_ID: entry(), son.national_id: son}
    sign_in(browser)
    prove(browser)
    mother_id = browser.session["accounts.person"]
    prove(browser, son.national_id, "03/01/2015")
    assert browser.session["accounts.person"] != mother_id
    page = text(browser.get("/sign-in/who/"))
    assert "Béatrice Mukamana" in page
    assert "Eric Mukamana" in page
    browser.post("/sign-in/who/choose/", {"person": mother_id})
    assert browser.session["accounts.person"] == mother_id


@pytest.mark.parametrize("person", ["stranger", "", "x", "9" * 30, "-1", "\u0661"])
def test_nobody_is_chosen_who_did_not_prove_herself_here(browser, register, person):
    stranger = citizen()
    register.people[NATIONAL_ID] = entry()
    sign_in(browser)
    prove(browser)
    mine = browser.session["accounts.person"]
    value = stranger.person_id if person == "stranger" else person
    assert browser.post("/sign-in/who/choose/", {"person": value})["Location"] == "/sign-in/who/"
    assert browser.session["accounts.person"] == mine


def test_who_you_are_is_asked_only_after_the_phone(browser):
    answer = browser.get("/sign-in/who/")
    assert answer["Location"] == "/sign-in/?next=%2Fsign-in%2Fwho%2F"
