"""What a citizen meets: the form page by page, her cases, mending, tracking, and no one else's."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications import operations
from applications.models import Application
from payments import queries as bills
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.applications.packing import FREE, HOME
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def browser(uwase):
    return citizen_at(uwase)


def answer(browser, number, group, change="", **typed):
    return browser.post(reverse("applications:group", args=[number, group]) + change, typed)


def start(browser, service=world.BIRTH):
    response = browser.post(reverse("applications:start", args=[service]))
    assert response.status_code == 302
    return Application.objects.latest("pk").number


def apply(browser, service=world.BIRTH):
    number = start(browser, service)
    answer(browser, number, "district", district="12")
    answer(browser, number, "sector", birth_place_code=HOME)
    answer(browser, number, "parents", father_name="Umutesi Jean-Bosco", mother_name="")
    answer(browser, number, "reason", reason="school", declaration="on")
    return number


# --- applying


def test_whoever_has_not_proved_herself_is_sent_to_do_so(house, uwase):
    address = reverse("applications:start", args=[world.BIRTH])
    # A visitor may answer first; see drafts/test_saved.py.
    assert "/sign-in/" in Client().get(reverse("applications:mine")).url
    phone_only = citizen_at(uwase)
    session = phone_only.session
    del session["accounts.person"]
    session.save()
    assert reverse("accounts:who") in phone_only.get(address).url


def test_a_citizen_applies_page_by_page_and_is_led_to_the_bill(browser):
    number = apply(browser)
    review = browser.get(reverse("applications:review", args=[number]))
    assert "Umutesi Jean-Bosco" in text_of(review)
    assert "500" in text_of(review)
    sent = browser.post(reverse("applications:review", args=[number]))
    case = world.case(number)
    assert sent.url == reverse("payments:pay", args=[bills.bill(case.bill_id).key])
    assert case.status == "AWAITING_PAYMENT"


def test_the_start_page_opens_no_case_by_itself(browser):
    response = browser.get(reverse("applications:start", args=[world.BIRTH]))
    assert response.status_code == 200
    assert not Application.objects.exists()


def test_a_draft_is_kept_and_offered_again(browser):
    number = start(browser)
    answer(browser, number, "district", district="12")
    page = browser.get(reverse("applications:start", args=[world.BIRTH]))
    assert number in text_of(page)
    case_page = text_of(browser.get(reverse("applications:case", args=[number])))
    assert reverse("applications:group", args=[number, "sector"]) in case_page


def test_after_the_questions_before_starting_the_first_page_follows(browser):
    address = reverse("applications:start", args=[world.BIRTH])
    first = browser.post(address, {"screened": "1"})
    number = Application.objects.get().number
    assert first.url == reverse("applications:group", args=[number, "district"])
    # A draft waits already: the start page asks which of the two she means.
    assert browser.post(address, {"screened": "1"}).url == address
    assert Application.objects.count() == 1


def test_the_review_says_a_question_once(browser):
    number = apply(browser)
    review = text_of(browser.get(reverse("applications:review", args=[number])))
    assert "<dt>In which district were you born?</dt>" in review
    assert "<h2>In which" not in review
    assert "<h2>" in review


def test_starting_twice_opens_one_draft(browser):
    assert start(browser) == start(browser)
    assert Application.objects.count() == 1


def test_nobody_piles_up_drafts(browser, uwase):
    for _ in range(20):
        world.draft(uwase)
    page = browser.post(reverse("applications:start", args=[world.BIRTH]))
    assert page.status_code == 200
    assert "Finish or take back" in text_of(page)
    assert Application.objects.count() == 20


def test_each_page_leads_to_the_next_and_the_last_to_the_review(browser):
    number = start(browser)
    places = ["district", "sector", "parents", "reason"]
    typed = [
        {"district": "12"},
        {"birth_place_code": HOME},
        {},
        {"reason": "work", "declaration": "on"},
    ]
    for place, following, values in zip(places, [*places[1:], None], typed, strict=True):
        response = answer(browser, number, place, **values)
        wanted = (
            reverse("applications:group", args=[number, following])
            if following
            else reverse("applications:review", args=[number])
        )
        assert response.url == wanted


def test_a_change_leads_back_to_the_review(browser):
    number = apply(browser)
    response = answer(browser, number, "reason", "?change=1", reason="bank", declaration="on")
    assert response.url == reverse("applications:review", args=[number])
    assert world.case(number).given["reason"] == "bank"


def test_another_district_asks_for_its_sector_before_the_review(browser):
    number = apply(browser)
    response = answer(browser, number, "district", "?change=1", district="11")
    assert response.url.startswith(reverse("applications:group", args=[number, "sector"]))
    refused = browser.post(reverse("applications:review", args=[number]))
    assert refused.status_code == 200
    assert world.case(number).status == "DRAFT"


def test_a_free_case_goes_straight_to_its_page(browser):
    number = apply(browser, FREE)
    sent = browser.post(reverse("applications:review", args=[number]))
    assert sent.url == reverse("applications:case", args=[number])
    assert world.case(number).status == "PAID"


def test_sending_twice_leads_to_the_same_bill(browser):
    number = apply(browser)
    review = reverse("applications:review", args=[number])
    assert browser.post(review).url == browser.post(review).url


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "Robert'); DROP TABLE applications_application;--",
        "محمد عبد الله",
        "Uwase 👩🏾‍👧 Aline",
        "{{ settings.SECRET_KEY }}{% load x %}",
    ],
)
def test_hostile_words_are_kept_as_words_and_shown_as_words(browser, typed):
    number = start(browser)
    answer(browser, number, "district", district="12")
    answer(browser, number, "sector", birth_place_code=HOME)
    assert answer(browser, number, "parents", father_name=typed).status_code == 302
    assert world.case(number).given["father_name"] == typed
    page = text_of(browser.get(reverse("applications:case", args=[number])))
    assert "<script>alert" not in page
    assert browser.get(reverse("applications:group", args=[number, "parents"])).status_code == 200


@pytest.mark.parametrize("typed", ["x" * 10_000, "a\u202eb", "nul\x00byte"])
def test_what_cannot_be_kept_is_refused(browser, typed):
    number = start(browser)
    response = answer(browser, number, "parents", father_name=typed)
    assert response.status_code == 200
    assert "error-summary" in text_of(response)
    assert "father_name" not in world.case(number).given


@pytest.mark.parametrize("typed", ["' OR 1=1", "12; DROP", "999999999999999999999", "-1"])
def test_a_choice_that_was_not_offered_is_refused(browser, typed):
    number = start(browser)
    assert answer(browser, number, "district", district=typed).status_code == 200
    assert answer(browser, number, "reason", reason=typed, declaration="on").status_code == 200


def test_a_question_that_does_not_exist_is_not_there(browser):
    number = start(browser)
    address = reverse("applications:group", args=[number, "salary"])
    assert browser.get(address).status_code == 404
    assert browser.get("/apply/no-such-service/").status_code == 404


def test_nothing_of_the_register_shows_while_applying(browser, registers, uwase):
    apply(browser)
    assert registers.asked == 0


# --- her cases, and nobody else's


OWN_PAGES = ["case", "review", "withdraw", "paper"]


@pytest.mark.parametrize("page", OWN_PAGES)
def test_somebody_elses_case_is_not_there(uwase, page):
    made = world.draft(uwase)
    stranger = citizen_at(people.citizen())
    assert stranger.get(reverse(f"applications:{page}", args=[made.number])).status_code == 404
    assert stranger.post(reverse("applications:mend", args=[made.number])).status_code == 404


def test_a_person_who_shares_the_phone_does_not_see_the_others_case(uwase):
    made = world.draft(uwase)
    shares = citizen_at(people.citizen(phone=uwase.phone))
    assert shares.get(reverse("applications:case", args=[made.number])).status_code == 404
    assert made.number not in text_of(shares.get(reverse("applications:mine")))


def test_my_cases_lists_mine_with_whose_turn_it_is(browser, uwase, staffed):
    waiting, queued = world.draft(uwase), world.queued(uwase)
    page = text_of(browser.get(reverse("applications:mine")))
    assert waiting.number in page
    assert queued.number in page
    assert "Your turn" in page
    assert "The office&#x27;s turn" in page


def test_long_lists_go_on_by_key(browser, uwase):
    first = world.draft(uwase)
    for place in range(25):
        world.draft(uwase, (world.SINGLE, world.MARRIAGE)[place % 2])
    page = text_of(browser.get(reverse("applications:mine")))
    assert first.number not in page
    older = page.split("?before=")[1].split('"')[0]
    assert first.number in text_of(browser.get(f"{reverse('applications:mine')}?before={older}"))
    assert browser.get(f"{reverse('applications:mine')}?before=' OR 1").status_code == 200


@pytest.mark.parametrize("stage", ["draft", "submitted", "paid", "queued", "taken", "approved"])
def test_the_case_page_shows_every_stage(browser, uwase, staffed, stage):
    if stage == "submitted":
        case = world.draft(uwase)
        world.submit(uwase, case)
    elif stage in {"taken", "approved"}:
        case = getattr(world, stage)(uwase, staffed.aline)
    else:
        case = getattr(world, stage)(uwase)
    response = browser.get(reverse("applications:case", args=[case.number]))
    assert response.status_code == 200
    assert 'class="story"' in text_of(response)


def test_what_was_promised_stands_at_the_top_while_it_is_owed(browser, uwase, staffed):
    address = reverse("applications:case", args=[world.queued(uwase).number])
    top = text_of(browser.get(address)).split("split")[0]
    assert re.search(r"Promised by <b>.*24 November", top)
    draft = reverse("applications:case", args=[world.draft(uwase).number])
    assert "Promised by" not in text_of(browser.get(draft))


def test_a_refused_case_names_the_reason(browser, uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.refuse(
        application_id=case.pk,
        by_id=staffed.aline,
        version=case.version,
        reason_code="no_entry",
        note="Come to the office",
        at=NOON,
    )
    page = text_of(browser.get(reverse("applications:case", args=[case.number])))
    assert "The register holds no entry of this birth" in page
    assert "Come to the office" in page


def test_she_mends_only_what_was_asked(browser, uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.ask_completion(
        application_id=case.pk,
        by_id=staffed.aline,
        version=case.version,
        fields={"father_name": "unclear"},
        note="Please see his card",
        at=NOON,
    )
    page = text_of(browser.get(reverse("applications:case", args=[case.number])))
    assert "We cannot read or understand" in page
    assert "Please see his card" in page
    assert 'name="father_name"' in page
    assert 'name="reason"' not in page
    mend = reverse("applications:mend", args=[case.number])
    refused = browser.post(mend, {"father_name": "x" * 10_000})
    assert refused.status_code == 422
    browser.post(mend, {"father_name": "Umutesi J.-B.", "reason": "bank"})
    mended = world.fresh(case)
    assert mended.status == "UNDER_REVIEW"
    assert (mended.given["father_name"], mended.given["reason"]) == ("Umutesi J.-B.", "school")
    assert browser.post(mend, {"father_name": "again"}).status_code == 302
    assert world.fresh(case).given["father_name"] == "Umutesi J.-B."


def test_taking_back_asks_first(browser, uwase):
    made = world.draft(uwase)
    address = reverse("applications:withdraw", args=[made.number])
    assert browser.get(address).status_code == 200
    assert world.fresh(made).status == "DRAFT"
    browser.post(address)
    assert world.fresh(made).status == "WITHDRAWN"


def test_the_paper_is_not_there_before_it_is_issued(browser, uwase, staffed):
    case = world.approved(uwase, staffed.aline)
    address = reverse("applications:paper", args=[case.number])
    assert browser.get(address).status_code == 404


# --- tracking


def track(number, phone):
    return Client().post(reverse("applications:track"), {"number": number, "phone": phone})


def test_number_and_phone_show_state_office_and_promise_only(uwase, staffed):
    case = world.queued(uwase)
    page = text_of(track(case.number, uwase.phone))
    assert "Waiting at the office" in page
    assert "Kimironko" in page
    assert "Birth" not in page
    assert "Umutesi" not in page
    assert "24 November" in page


def test_a_wrong_pair_reads_like_an_unknown_number(uwase):
    made = world.draft(uwase)
    unknown = "BC-26-00000000"
    pages = [
        text_of(track(number, "0788999999")).replace(number, "NUMBER").split("<main")[1]
        for number in (made.number, unknown)
    ]
    tokens = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert tokens.sub("", pages[0]) == tokens.sub("", pages[1])
    assert "No case has this number" in pages[0]


@pytest.mark.parametrize("number", ["", "<script>", "x" * 10_000, "' OR 1=1 --", "👩"])
def test_tracking_bears_any_number(number, house):
    assert track(number, "0788123456").status_code == 200


@pytest.mark.parametrize(
    ("number", "said", "leads_to"),
    [
        ("BC-1209-2026-000123-K", "This is the number of a paper.", "documents:verify"),
        ("8589 6132 6965", "This is the reference to pay by.", None),
    ],
)
def test_the_number_of_something_else_is_told_from_a_case(number, said, leads_to, house):
    page = text_of(track(number, "0788123456"))
    assert said in page
    main = page.split("<main")[1]
    assert leads_to is None or f'href="{reverse(leads_to)}"' in main


def test_too_many_tries_are_told_so(uwase):
    made = world.draft(uwase)
    for _ in range(20):
        track(made.number, "0788999999")
    assert track(made.number, uwase.phone).status_code == 429


def test_tracking_by_address_is_not_possible(uwase):
    made = world.draft(uwase)
    page = Client().get(reverse("applications:track"), {"number": made.number})
    assert made.number not in text_of(page).split("<main")[1]


# --- machines


def test_the_api_tells_the_holder_state_office_and_promise(browser, uwase, staffed):
    case = world.queued(uwase)
    told = browser.get(f"/api/cases/{case.number}/").json()
    assert told == {
        "number": case.number,
        "state": "IN_QUEUE",
        "turn": "office",
        "office": "Kimironko sector office",
        "promised_at": "2026-11-24T12:00:00+02:00",
    }


def test_the_api_tells_number_and_phone_and_nobody_else(uwase, staffed):
    case = world.queued(uwase)
    address = f"/api/cases/{case.number}/"
    stranger = citizen_at(people.citizen())
    assert stranger.get(address).status_code == 404
    assert Client().get(address).status_code == 404
    wrong = Client().post(address, {"phone": "0788999999"}, content_type="application/json")
    assert wrong.status_code == 404
    assert wrong["Content-Type"] == "application/problem+json"
    right = Client().post(address, {"phone": uwase.phone}, content_type="application/json")
    assert right.json()["state"] == "IN_QUEUE"
