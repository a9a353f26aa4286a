"""The pages of whoever helps, whoever witnesses, whoever looks again, and whoever is helped."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import operations as people_operations
from accounts.models import OneTimeCode
from applications import operations
from applications.models import Assistance, HelpConsent
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.assisted.world import (
    MINUTE,
    agreed,
    agreed_on_paper,
    at_office,
    begin,
    fill_in,
    helper,
    revoke,
    scan,
)
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.packing import FAR, HOME
from tests.documents.harness import words
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(house):
    with time_machine.travel(NOON + MINUTE, tick=False):
        yield


@pytest.fixture
def chantal(house):
    return helper(HOME, "case.receive", display_name="Chantal")


def at(name, *args):
    return reverse(f"applications:{name}", args=args)


def typed(whom, registers=None, **changed):
    return {
        "service": world.BIRTH,
        "kind": "code",
        "phone": whom.phone,
        "national_id": whom.entry.national_id,
        "born_on": whom.entry.born_on.strftime("%d/%m/%Y"),
        "language": "en",
        "fee": "500",
    } | changed


def code_of(consent):
    row = OneTimeCode.objects.get(purpose=f"{operations.CONSENT}{consent.pk}", minted_at=None)
    return people_operations.mint_code(code_id=row.pk, at=NOON + MINUTE)


def hers(case):
    """Return the citizen who was helped, as she signs in with her phone."""
    return Citizen(case.account_id, case.contact_id, case.holder_id, "")


# --- from beginning to end --------------------------------------------------------------------


def test_a_helper_applies_with_somebody_from_the_first_page_to_the_last(esther, rose, registers):
    registers.people[rose.entry.national_id] = world.as_json(rose.entry)
    browser = officer_at(esther)
    assert "You help with no open case" in text_of(browser.get(at("help")))
    asked = browser.post(at("help_begin"), typed(rose))
    consent = HelpConsent.objects.get()
    assert asked.headers["Location"] == at("help_consent", consent.pk)
    page = text_of(browser.get(at("help_consent", consent.pk)))
    assert "500 RWF" in page
    assert "Mukamana" not in page
    wrong = browser.post(at("help_consent", consent.pk), {"code": "000000"})
    assert wrong.status_code == 422
    browser.post(at("help_consent", consent.pk), {"code": code_of(consent)})
    case = world.Application.objects.get()
    first = browser.get(at("help_case", case.number)).headers["Location"]
    answered = browser.post(first, world.ANSWERS[world.BIRTH])
    while answered.status_code == 302 and "review" not in answered.headers["Location"]:
        answered = browser.post(answered.headers["Location"], world.ANSWERS[world.BIRTH])
    review = answered.headers["Location"]
    assert "The person agrees: send it" in text_of(browser.get(review))
    for _ in range(2):
        assert browser.post(review).headers["Location"] == at("help_case", case.number)
    assert world.fresh(case).status == "AWAITING_PAYMENT"
    assert "sent to the person's phone" in text_of(browser.get(at("help_case", case.number)))
    assert case.number in text_of(browser.get(at("help")))


@pytest.mark.parametrize(
    "changed",
    [{"born_on": "05/03/1985"}, {"phone": "0788000111", "national_id": "known"}],
)
def test_what_does_not_match_is_said_in_the_same_words(esther, rose, known, registers, changed):
    for one in (rose, known):
        registers.people[one.entry.national_id] = world.as_json(one.entry)
    if changed.get("national_id") == "known":
        changed = typed(known) | {"phone": changed["phone"]}
    answer = officer_at(esther).post(at("help_begin"), typed(rose, **changed))
    assert answer.status_code == 422
    assert "These details do not match" in text_of(answer)
    assert not Assistance.objects.exists()


def test_a_register_that_is_silent_loses_nothing(esther, rose, settings):
    settings.GATEWAYS = {
        **settings.GATEWAYS,
        "population": {"base_url": "http://127.0.0.1:9", "token": "x"},
    }
    answer = officer_at(esther).post(at("help_begin"), typed(rose))
    assert answer.status_code == 503
    assert "does not answer" in text_of(answer)


@pytest.mark.parametrize("name", ["help", "help_begin", "help_slips", "help_checks"])
def test_who_has_no_right_of_the_page_is_refused(staffed, name):
    assert officer_at(staffed.aline).get(at(name)).status_code == 403


# --- on paper ---------------------------------------------------------------------------------


def test_a_slip_is_printed_scanned_and_confirmed_by_a_colleague(esther, rose, chantal, tmp_path):
    consent = begin(esther, rose, kind="slip", fee_minor=1500)
    browser = officer_at(esther)
    slip = browser.get(at("help_slip", consent.pk))
    assert slip.headers["Content-Type"] == "application/pdf"
    assert slip.content == browser.get(at("help_slip", consent.pk)).content
    assert "1,500 RWF" in words(slip.content, tmp_path)
    virus = SimpleUploadedFile("slip.pdf", b"not a pdf", "application/pdf")
    refused = browser.post(at("help_consent", consent.pk), {"scan": virus})
    assert refused.status_code == 422
    scan(consent, esther)
    assert "waits for your colleague" in text_of(browser.get(at("help_consent", consent.pk)))
    colleague = officer_at(chantal)
    assert str(consent.pk) in text_of(colleague.get(at("help_slips")))
    assert colleague.get(at("help_scan", consent.pk)).content.startswith(b"%PDF")
    sha256 = HelpConsent.objects.get().scan_id
    stale = colleague.post(at("help_witness", consent.pk), {"scan": "0" * 64})
    assert stale.headers["Location"] == at("help_witness", consent.pk)
    colleague.post(at("help_witness", consent.pk), {"scan": sha256})
    assert world.Application.objects.get().status == "DRAFT"


def test_the_helper_and_another_office_see_no_slip_to_confirm(esther, rose):
    consent = begin(esther, rose, kind="slip")
    scan(consent, esther)
    for one in (esther, helper(FAR, "case.receive")):
        browser = officer_at(one)
        assert "No slip waits for you" in text_of(browser.get(at("help_slips")))
        assert browser.get(at("help_witness", consent.pk)).status_code == 404
        assert browser.get(at("help_scan", consent.pk)).status_code == 404


def test_a_supervisor_keeps_what_she_found(esther, rose, chantal):
    agreed_on_paper(esther, rose, chantal)
    consent = HelpConsent.objects.get()
    browser = officer_at(helper(HOME, "case.supervise"))
    with time_machine.travel((NOON.replace(day=28) + 5000 * MINUTE), tick=False):
        browser = officer_at(helper(HOME, "case.supervise"))
        page = text_of(browser.get(at("help_checks")))
        assert "Slips drawn" in page
        browser.post(at("help_checks"), {"consent": consent.pk, "outcome": "false"})
        assert "The person did not agree" in text_of(browser.get(at("help_checks")))


# --- other people's cases ---------------------------------------------------------------------


def test_a_guessed_case_or_consent_does_not_exist(esther, rose, uwase):
    other = officer_at(helper())
    case, consent = agreed(esther, rose), begin(esther, rose, service=world.SINGLE)
    for address in (
        at("help_case", case.number),
        at("help_review", case.number),
        at("help_documents", case.number),
        at("help_consent", consent.pk),
        at("help_slip", consent.pk),
        at("help_case", world.draft(uwase).number),
    ):
        assert other.get(address).status_code == 404


def test_she_sees_the_help_on_her_case_and_ends_it(esther, rose):
    case = agreed(esther, rose)
    fill_in(case, esther)
    browser = citizen_at(hers(case))
    assert "Somebody helped you" in text_of(browser.get(at("case", case.number)))
    assert "End this help?" in text_of(browser.get(at("help_end", case.number)))
    browser.post(at("help_end", case.number))
    assert "You ended this help" in text_of(browser.get(at("case", case.number)))
    assert officer_at(esther).get(at("help_case", case.number)).status_code == 404


def test_without_a_phone_she_ends_it_at_the_counter_of_that_office(esther, rose, chantal):
    case = agreed_on_paper(esther, rose, chantal)
    far = officer_at(helper(FAR, "case.receive")).post(at("help_slips"), {"number": case.number})
    assert far.status_code == 422
    assert Assistance.objects.get().revoked_at is None
    ended = officer_at(chantal).post(at("help_slips"), {"number": case.number.lower()})
    assert ended.status_code == 302
    assert Assistance.objects.get().revoked_at == NOON + MINUTE


def test_what_the_office_asks_for_is_mended_with_a_new_consent(esther, rose, staffed):
    case = at_office(agreed(esther, rose), esther)
    operations.take(application_id=case.pk, by_id=case.officer_id, at=NOON)
    operations.ask_completion(
        application_id=case.pk,
        by_id=case.officer_id,
        version=world.fresh(case).version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    browser = officer_at(esther)
    page = text_of(browser.get(at("help_case", case.number)))
    assert "ask for consent once more" in page
    assert "Jean-Bosco" not in page
    asked = browser.post(at("help_mend", case.number)).headers["Location"]
    browser.post(at("help_code", HelpConsent.objects.last().pk))
    browser.post(asked, {"code": code_of(HelpConsent.objects.last())})
    mended = browser.post(at("help_case", case.number), {"father_name": "Umutesi Jean"})
    assert mended.status_code == 302
    assert world.fresh(case).status == "UNDER_REVIEW"
    revoke(case)
