"""She answers before she proves who she is, leaves, comes back by link and code, and goes on."""

import re
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Application, SavedDraft
from applications.operations import claiming, forgetting, saving
from catalogue.models import Service, ServiceVersion
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, text_of
from tests.applications.packing import HOME
from tests.countries.packs import load
from tests.world import NOON

pytestmark = pytest.mark.django_db

START = reverse("applications:start", args=[world.BIRTH])
PAGES = {
    "district": {"district": "12"},
    "sector": {"birth_place_code": HOME},
    "parents": {"father_name": "Umutesi Jean-Bosco", "mother_name": ""},
    "reason": {"reason": "school", "declaration": "on"},
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def visitor(house) -> Client:
    return Client()


def begun(visitor: Client) -> SavedDraft:
    answer = visitor.post(START)
    assert answer.status_code == 302, text_of(answer)
    return SavedDraft.objects.latest("pk")


def page(draft: SavedDraft, group: str) -> str:
    return reverse("applications:saved_group", args=[draft.key, group])


def link(draft: SavedDraft) -> str:
    return reverse("applications:saved", args=[draft.key])


def answered(visitor: Client, *groups: str) -> SavedDraft:
    draft = begun(visitor)
    for group in groups or PAGES:
        visitor.post(page(draft, group), PAGES[group])
    return draft


def left(visitor: Client, draft: SavedDraft) -> str:
    shown = visitor.post(reverse("applications:saved_later", args=[draft.key]), {"phone": ""})
    return re.search(r'<data value="([0-9 ]{9})">', text_of(shown))[1]


# --- without an account


def test_a_visitor_answers_first_and_her_answers_go_with_her(visitor, uwase) -> None:
    assert "You can answer first" in text_of(visitor.get(START))
    draft = answered(visitor)
    check = text_of(visitor.get(reverse("applications:saved_check", args=[draft.key])))
    assert "Umutesi Jean-Bosco" in check
    assert "500" in check
    assert not Application.objects.exists()
    proves = f"{START}?draft={draft.key}"
    assert proves in check.replace("&amp;", "&")
    assert "/sign-in/" in visitor.get(proves).url
    # The same browser, once she has signed in and proved who she is.
    _signs_in(visitor, uwase)
    assert "Your answers are kept." in text_of(visitor.get(proves))
    sent_on = visitor.post(proves)
    case = Application.objects.get()
    assert sent_on.url == reverse("applications:review", args=[case.number])
    assert case.given == world.ANSWERS[world.BIRTH] | {"earlier_act": ""}
    assert case.holder_id == uwase.person_id
    draft.refresh_from_db()
    assert (draft.answers, draft.application_id, draft.ended_at) == (None, case.pk, NOON)


def test_after_the_questions_before_starting_a_visitor_sees_no_start_page(visitor) -> None:
    first = visitor.post(START, {"screened": "1"})
    draft = SavedDraft.objects.get()
    assert first.url == page(draft, "district")
    # With answers here already she chooses: go on with those, or begin anew.
    assert visitor.post(START, {"screened": "1"}).url == START
    assert SavedDraft.objects.count() == 1
    assert link(draft) in text_of(visitor.get(START))


def test_the_last_look_says_a_question_once(visitor) -> None:
    draft = answered(visitor)
    check = text_of(visitor.get(reverse("applications:saved_check", args=[draft.key])))
    assert "<dt>In which district were you born?</dt>" in check
    assert "<h2>In which" not in check
    assert "<dt>District</dt>" not in check


def _signs_in(visitor: Client, citizen: people.Citizen) -> None:
    opened = visitor.session.get("applications.saved")
    signed = citizen_at(citizen)
    visitor.cookies = signed.cookies
    session = visitor.session
    session["applications.saved"] = opened
    session.save()


def test_she_leaves_with_a_code_and_comes_back_on_another_phone(visitor) -> None:
    draft = answered(visitor, "district", "sector")
    code = left(visitor, draft)
    assert SavedDraft.objects.get().code_hash not in {None, code.encode()}
    elsewhere = Client()
    assert elsewhere.get(page(draft, "parents")).url == link(draft)
    asked = text_of(elsewhere.get(link(draft)))
    assert "The code that you wrote down" in asked
    assert HOME not in asked
    wrong = elsewhere.post(link(draft), {"code": "0000 0000"})
    assert wrong.status_code == 422
    back = elsewhere.post(link(draft), {"code": code})
    assert back.url == page(draft, "parents")
    assert elsewhere.get(back.url).status_code == 200


def test_a_code_is_guessed_five_times_and_no_more(visitor) -> None:
    draft = answered(visitor, "district")
    code = left(visitor, draft)
    guesser = Client()
    for _ in range(5):
        assert guesser.post(link(draft), {"code": "11111111"}).status_code == 422
    assert guesser.post(link(draft), {"code": code}).status_code == 429
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        assert guesser.post(link(draft), {"code": code}).status_code == 302


def test_whoever_gave_a_phone_comes_back_by_signing_in_with_it(visitor, uwase) -> None:
    draft = answered(visitor, "district")
    phone = world.accounts.contact(uwase.contact_id).value
    visitor.post(reverse("applications:saved_later", args=[draft.key]), {"phone": phone})
    stranger = Client()
    asked = text_of(stranger.get(link(draft)))
    assert "Sign in with it" in asked
    assert phone not in asked
    # A code that was shown before opens nothing any more.
    assert stranger.post(link(draft), {"code": "12345678"}).status_code == 200
    other = citizen_at(people.citizen())
    assert "another phone" in text_of(other.get(link(draft)))
    assert citizen_at(uwase).get(link(draft)).url == page(draft, "sector")


def test_leaving_keeps_what_was_typed_even_where_something_is_wrong(visitor) -> None:
    draft = begun(visitor)
    typed = {"father_name": "x" * 500, "mother_name": "Umulisa", "later": "1"}
    gone = visitor.post(page(draft, "parents"), typed)
    assert gone.url == reverse("applications:saved_later", args=[draft.key])
    draft.refresh_from_db()
    assert saving.given_in(draft) == {"mother_name": "Umulisa"}


def test_another_persons_draft_is_as_little_hers_as_one_that_is_not(visitor, uwase) -> None:
    draft = answered(visitor)
    hers = citizen_at(uwase)
    taken = hers.post(f"{START}?draft={draft.key}")
    case = Application.objects.get()
    assert case.given == {}
    assert taken.url == reverse("applications:group", args=[case.number, "district"])
    for name in ("saved_check", "saved_later"):
        assert hers.get(reverse(f"applications:{name}", args=[draft.key])).url == link(draft)


def test_the_answers_lie_sealed(visitor) -> None:
    answered(visitor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(answers, 'escape') FROM applications_saveddraft")
        assert "Umutesi" not in cursor.fetchone()[0]


# --- never a dead link


def test_a_link_whose_thirty_days_are_over_says_so_and_leads_on(visitor) -> None:
    draft = answered(visitor, "district")
    with time_machine.travel(NOON + timedelta(days=30), tick=False):
        over = visitor.get(link(draft))
    assert over.status_code == 410
    assert "These answers are not here any more" in text_of(over)
    assert START in text_of(over)


def test_a_link_that_nobody_knows_leads_on_as_well(house) -> None:
    unknown = Client().get(reverse("applications:saved", args=[uuid4()]))
    assert unknown.status_code == 404
    assert reverse("catalogue:services") in text_of(unknown)


def test_a_link_to_answers_that_became_a_case_leads_to_her_cases(visitor, uwase) -> None:
    draft = answered(visitor)
    number = world.draft(uwase).number
    claiming.claim_saved(key=draft.key, number=number, holder_id=uwase.person_id, at=NOON)
    gone_on = text_of(visitor.get(link(draft)))
    assert reverse("applications:mine") in gone_on
    assert number not in gone_on


def test_drafts_are_forgotten_thirty_days_after_the_last_answer(visitor) -> None:
    draft = answered(visitor, "district")
    left(visitor, draft)
    later = NOON + timedelta(days=29)
    saving.keep_saved(key=draft.key, given={"mother_name": "Umulisa"}, at=later)
    month = timedelta(days=30)
    assert saving.forget_saved(NOON + timedelta(days=1) - month, 10, at=NOON) == 0
    assert saving.forget_saved(later - timedelta(seconds=1), 10, at=later) == 0
    assert saving.forget_saved(later + timedelta(seconds=1), 10, at=later + month) == 1
    draft.refresh_from_db()
    assert (draft.answers, draft.code_hash, draft.contact_id) == (None, None, None)
    assert saving.forget_saved(later + timedelta(days=99), 10, at=later) == 0


ENDED = [
    "UPDATE applications_saveddraft SET answers = '\\x00' WHERE id = %s",
    "UPDATE applications_saveddraft SET ended_at = NULL WHERE id = %s",
]


@pytest.mark.parametrize("statement", ENDED)
def test_postgresql_keeps_an_ended_draft_as_it_is(visitor, statement) -> None:
    draft = answered(visitor, "district")
    saving.forget_saved(NOON + timedelta(seconds=1), 10, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [draft.pk])


@pytest.mark.django_db(transaction=True)
def test_its_owner_deletes_no_draft_either(small_pack, as_owner) -> None:
    with transaction.atomic():
        load(small_pack)
    draft = answered(Client(), "district")
    with pytest.raises(psycopg.IntegrityError, match="not deleted"):
        as_owner.execute("DELETE FROM applications_saveddraft WHERE id = %s", [draft.pk])


def test_postgresql_ends_no_draft_that_still_holds_something(visitor) -> None:
    draft = answered(visitor, "district")
    with pytest.raises(IntegrityError, match="ended_draft_holds_nothing"), transaction.atomic():
        SavedDraft.objects.filter(pk=draft.pk).update(ended_at=NOON)


# --- the service changes meanwhile


def new_version(**changes: object) -> None:
    service = Service.objects.select_related("current").get(code=world.BIRTH)
    assert service.current is not None
    service.current = ServiceVersion.objects.create(
        service=service,
        number=service.current.number + 1,
        definition={**service.current.definition, **changes},
        published_at=NOON,
        source="pack",
    )
    service.save()


def form_with_a_twin() -> list[dict[str, object]]:
    """The form without the name of the father, with a new question."""
    form = ServiceVersion.objects.get(
        service__code=world.BIRTH, service__active=True, number=1
    ).definition["form"]
    parents = next(group for group in form if group["code"] == "parents")
    twin = {"code": "twin", "type": "boolean", "labels": {"en": "I am a twin"}, "required": False}
    order = {"code": "order", "type": "number", "labels": {"en": "Which one?"}}
    parents["fields"] = [parents["fields"][1], twin, order]
    return form


def test_on_coming_back_she_hears_what_changed_and_is_asked_only_what_is_new(visitor) -> None:
    draft = answered(visitor)
    new_version(form=form_with_a_twin())
    back = visitor.get(link(draft), follow=True)
    assert back.redirect_chain[-1][0] == page(draft, "parents")
    said = text_of(back)
    assert "New questions: I am a twin, Which one?" in said
    assert "No longer asked, and not kept: Name of your father" in said
    visitor.post(page(draft, "parents"), {"mother_name": "", "order": "2"})
    draft.refresh_from_db()
    assert saving.given_in(draft)["district"] == "12"
    assert "father_name" not in saving.given_in(draft)


def test_a_draft_of_an_account_says_what_changed_before_it_is_sent(uwase) -> None:
    draft = world.draft(uwase)
    new_version(form=form_with_a_twin())
    review = text_of(citizen_at(uwase).get(reverse("applications:review", args=[draft.number])))
    assert "New questions: I am a twin, Which one?" in review
    question = reverse("applications:group", args=[draft.number, "parents"])
    assert f"{question}?change=1#id_order" in review


def test_a_forgotten_draft_of_an_account_leads_to_its_case(uwase) -> None:
    draft = world.draft(uwase)
    assert forgetting.forget_drafts(NOON + timedelta(days=31), 10, at=NOON) == 1
    address = reverse("applications:group", args=[draft.number, "parents"])
    gone = citizen_at(uwase).get(address)
    assert gone.url == reverse("applications:case", args=[draft.number])
