"""Her page says where and until when she may appeal; three steps, and her words are above."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications import operations, queries, writing
from applications.models import Appeal
from applications.states import SlipKind
from tests.accounts import people
from tests.applications import world
from tests.applications.appeals.world import (
    WORDS,
    above,
    appeal,
    appealed,
    change_service,
    refuse,
    refused,
)
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def page_of(case, name="appeal"):
    return reverse(f"applications:{name}", args=[case.number])


def test_she_reads_the_term_writes_looks_again_and_sends_it_once(uwase, staffed):
    case = refused(uwase, staffed.aline)
    browser = citizen_at(uwase)
    assert "23 December 2026" in text_of(browser.get(page_of(case, "case")))
    asked = text_of(browser.get(page_of(case)))
    assert "23 December 2026" in asked
    assert "No law is published" in asked
    look = text_of(browser.post(page_of(case), {"text": WORDS}))
    assert "Send the appeal" in look
    assert not Appeal.objects.exists()
    change = text_of(browser.post(page_of(case), {"text": WORDS, "change": "1"}))
    assert "spelt wrong by the school" in change
    for _ in range(2):
        sent = browser.post(page_of(case), {"text": WORDS, "sure": "1"})
        assert sent.status_code == 302
    assert Appeal.objects.count() == 1
    told = text_of(browser.get(page_of(case, "case")))
    assert "Your appeal" in told
    assert "Under appeal" in told


@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_words_are_wanted_and_kept(uwase, staffed, text):
    case = refused(uwase, staffed.aline)
    answer = citizen_at(uwase).post(page_of(case), {"text": text, "sure": "1"})
    assert answer.status_code == 422
    assert not Appeal.objects.exists()


def test_after_the_term_she_reads_until_when_it_was(uwase, staffed):
    case = refused(uwase, staffed.aline)
    with time_machine.travel(NOON + 31 * DAY, tick=False):
        late = citizen_at(uwase)
        assert "The term ended on" in text_of(late.get(page_of(case)))
        sent = late.post(page_of(case), {"text": WORDS, "sure": "1"})
        assert "23 December 2026" in text_of(sent)
        assert "It was possible to appeal until" in text_of(late.get(page_of(case, "case")))
    assert not Appeal.objects.exists()


def test_anothers_case_does_not_exist_and_a_case_that_is_open_leads_back(uwase, staffed):
    case = refused(uwase, staffed.aline)
    assert citizen_at(people.citizen()).get(page_of(case)).status_code == 404
    open_case = world.taken(uwase, staffed.aline, world.SINGLE)
    assert citizen_at(uwase).get(page_of(open_case)).status_code == 302


def test_where_nobody_has_published_a_body_she_is_sent_to_the_office(uwase, staffed):
    change_service(world.BIRTH, appeal=None)
    case = refused(uwase, staffed.aline)
    assert "are not published yet" in text_of(citizen_at(uwase).get(page_of(case, "case")))


def test_the_officer_above_reads_her_words(uwase, staffed, registers):
    dative = above()
    case = appealed(uwase, staffed.aline)
    said = text_of(officer_at(dative).get(page_of(case, "desk_case")))
    assert "This is an appeal" in said
    assert "by the school" in said


def test_the_letter_names_body_and_last_day_and_the_last_letter_says_that_it_is_final(
    uwase, staffed
):
    dative = above()
    case = refused(uwase, staffed.aline)
    first = writing.facts(SlipKind.REFUSAL, case, language="en")
    assert first["appeal_body"] == "The office of the next level up"
    assert first["appeal_until"] == "2026-12-23"
    assert "law" not in first
    appeal(case, uwase)
    operations.queue_appeal(application_id=case.pk, at=NOON)
    operations.take(application_id=case.pk, by_id=dative, at=NOON)
    lost = refuse(world.fresh(case), dative)
    second = writing.facts(SlipKind.REFUSAL, lost, language="en")
    assert "appeal_body" not in second
    assert "no further one" in second["appeal_how"]
    assert len({operations.write_slip(kind=SlipKind.REFUSAL, application_id=case.pk, at=NOON)}) == 1
    assert "no further one" in text_of(citizen_at(uwase).get(page_of(lost, "case")))


def test_her_law_is_named_where_the_pack_has_one(uwase, staffed):
    said = {"days": 10, "body": {"en": "The mayor"}, "law": "Law 1/2020, article 7"}
    change_service(world.BIRTH, appeal=said)
    case = refused(uwase, staffed.aline)
    assert writing.facts(SlipKind.REFUSAL, case, language="en")["law"] == "Law 1/2020, article 7"
    assert "Law 1/2020, article 7" in text_of(citizen_at(uwase).get(page_of(case)))


def test_the_story_tells_of_it_to_both(uwase, staffed):
    above()
    case = appealed(uwase, staffed.aline)
    hers = text_of(citizen_at(uwase).get(page_of(case, "case")))
    assert "You appealed" in hers
    assert "Your appeal was given to" in hers
    assert queries.history(case.pk)[-1].note_code == "appeal_above"
