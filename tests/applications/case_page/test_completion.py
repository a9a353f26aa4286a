"""A round of completion, both sides of it; and a refusal where there is no entry."""

import pytest
from django.conf import settings
from django.test import Client

from applications import operations
from applications.events import CompletionAsked
from notifications.models import Message
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.case_page.desk import at, hold, page, press
from tests.applications.packing import NEIGHBOUR
from tests.world import NOON
from workers import messages

pytestmark = pytest.mark.django_db


def test_a_round_of_completion_leads_back_to_the_same_officer(uwase, staffed, registers):
    hold(registers, uwase)
    case = world.taken(uwase, staffed.aline, father_name="Umutesi Jean")
    officer = officer_at(staffed.aline)
    typed = {"why-father_name": "unclear", "note": "As on his card, please"}
    looked = press(officer, "ask_completion", case, look="1", **typed)
    assert world.fresh(case).status == "UNDER_REVIEW"
    preview = text_of(looked)
    assert "As on his card, please" in preview
    assert "You answered: Umutesi Jean" in preview
    press(officer, "ask_completion", case, **typed)
    applicant = citizen_at(uwase)
    hers = text_of(applicant.get(at(case, "case")))
    assert "As on his card, please" in hers
    assert 'id="id_father_name"' in hers
    assert 'id="id_mother_name"' not in hers
    # What she sends besides is not looked at.
    applicant.post(
        at(case, "mend"),
        {"father_name": "Umutesi Jean-Bosco", "birth_place_code": NEIGHBOUR, "reason": "work"},
    )
    mended = world.fresh(case)
    assert (mended.status, mended.officer_id) == ("UNDER_REVIEW", staffed.aline)
    assert mended.given["birth_place_code"] == case.given["birth_place_code"]
    assert 'class="differs"' not in page(officer, case)


def test_the_preview_speaks_the_applicants_language(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    type(case).objects.filter(pk=case.pk).update(language="fr")
    looked = press(
        officer_at(staffed.aline), "ask_completion", case, look="1", **{"why-reason": "unclear"}
    )
    assert 'lang="fr"' in text_of(looked)
    assert "Please correct" not in text_of(looked)


@pytest.mark.parametrize(
    "typed", [{}, {"why-salary": "unclear"}, {"why-reason": "because"}, {"why-reason": ""}]
)
def test_a_preview_of_nothing_is_refused_and_keeps_the_note(uwase, staffed, registers, typed):
    case = world.taken(uwase, staffed.aline)
    answer = press(
        officer_at(staffed.aline), "ask_completion", case, look="1", note="My note", **typed
    )
    assert answer.status_code == 409
    assert "My note" in text_of(answer)


def test_the_clock_was_hers_meanwhile(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    promised = case.promised_at
    operations.ask_completion(
        application_id=case.pk,
        by_id=staffed.aline,
        version=case.version,
        fields={"father_name": "unclear"},
        at=case.submitted_at,
    )
    text = page(officer_at(staffed.aline), case)
    assert promised is None or "stands still" in text


def test_no_entry_has_its_refusal_chosen_and_names_where_to_appeal(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    text = page(officer_at(staffed.aline), case)
    chosen = text.split('value="no_entry" required')[1].split(">")[0]
    assert chosen.strip() == "checked"
    assert "where to appeal within 30 days: The office of the next level up" in text
    hold(registers, uwase)
    assert "required checked" not in page(officer_at(staffed.aline), case)


def test_the_message_leads_to_the_case_and_names_nobody(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    press(officer_at(staffed.aline), "ask_completion", case, **{"why-reason": "unclear"})
    asked = CompletionAsked(subject_id=case.pk, occurred_at=NOON)
    messages.tell_completion_asked(asked, NOON)
    text = Message.objects.get(template="completion_asked").body
    assert text.endswith(f"{settings.SITE_URL}/cases/{case.number}/")
    assert "Uwase" not in text
    assert citizen_at(uwase).get(at(case, "case")).status_code == 200
    stranger = Client().get(at(case, "case"))
    assert f"next=/cases/{case.number}/" in stranger.url.replace("%2F", "/")
