"""Before anybody starts: may I, what do I need, what will it cost. Without signing in."""

import pytest
import yaml
from django.urls import reverse

from catalogue import screening
from catalogue.definition import BadDefinition, Definition
from catalogue.models import ServiceVersion
from tests.countries.packs import TINY

pytestmark = pytest.mark.django_db
SINGLE = "/services/certificate-being-single/before/"


@pytest.fixture(scope="module")
def boat() -> dict[str, object]:
    return yaml.safe_load((TINY / "services" / "boat-licence.yaml").read_text())


def _definition(raw, **more) -> Definition:
    return Definition.from_dict({**raw, **more})


def _screen(**more) -> dict[str, object]:
    yes_no = [{"value": v, "labels": {"en": v}} for v in ("yes", "no")]
    usual = {"code": "sailor", "labels": {"en": "Are you a sailor?"}, "options": yes_no,
             "stops": [{"value": "no", "words": {"en": "Only sailors."}}]}  # fmt: skip
    return usual | more


def test_an_answer_that_stops_says_why_and_which_other_service_helps(rw, client) -> None:
    page = client.post(SINGLE, {"married": "now", "identity": "card"}).content.decode()
    assert "This is not for you" in page
    assert "/services/marriage-certificate/" in page
    assert "Apply now" not in page


def test_whoever_may_apply_hears_what_to_have_in_hand_and_what_it_costs(rw, client) -> None:
    page = client.post(SINGLE, {"married": "never", "identity": "card"}).content.decode()
    assert "You may apply" in page
    assert "Your national identity number" in page
    assert "500 RWF" in page
    assert "Apply now" in page
    # Straight on to the questions: the start page would say the same once more.
    assert f'action="{reverse("applications:start", args=["certificate-being-single"])}"' in page
    assert 'name="screened"' in page


def test_an_unanswered_question_is_asked_again(rw, client) -> None:
    answer = client.post(SINGLE, {"married": "never"})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_a_service_without_questions_answers_at_once(rw, client) -> None:
    page = client.get("/services/life/before/").content.decode()
    assert "Have this in hand" in page
    assert "Nothing: it is free." in page
    assert "<textarea" not in page
    assert 'name="screened"' not in page


def test_answers_stand_in_no_address_and_in_no_table(rw, client) -> None:
    versions = ServiceVersion.objects.count()
    assert 'method="post"' in client.get(SINGLE).content.decode()
    answer = client.post(SINGLE, {"married": "never", "identity": "card"})
    assert answer.status_code == 200
    assert "sessionid" not in answer.cookies
    assert ServiceVersion.objects.count() == versions


def test_an_unknown_service_has_no_questions(tiny, client) -> None:
    assert client.get("/services/none/before/").status_code == 404


def test_what_a_fee_depends_on_is_asked_and_priced(boat) -> None:
    definition = _definition(boat)
    assert [question.code for question in screening.questions(definition)] == ["engine"]
    with_engine = screening.outcome(definition, {"engine": "true"})
    without = screening.outcome(definition, {"engine": "false"})
    assert (with_engine.total_minor, without.total_minor) == (1575, 1075)
    assert [fee.code for fee in without.variants] == ["copy"]


def test_a_fee_that_nobody_has_published_is_no_price(boat) -> None:
    # Only a service that cannot be applied for here may leave an amount out.
    unknown = {**boat["fees"][0], "amount_minor": None}
    found = screening.outcome(_definition(boat, fees=[unknown], applicable=False), {})
    assert found.charges is None
    assert found.may_apply


@pytest.mark.parametrize(
    ("screen", "why"),
    [
        (_screen(code="Bad code"), "is no code"),
        (_screen(code="engine"), "is a field of the form"),
        (_screen(options=[{"value": "yes", "labels": {"en": "Yes"}}], stops=[]), "options"),
        (_screen(stops=[{"value": "maybe", "words": {"en": "x"}}]), "no option"),
        (_screen(stops=[{"value": v, "words": {"en": "x"}} for v in ("yes", "no")]), "no answer"),
        (
            _screen(stops=[{"value": "no", "words": {"en": "x"}, "instead": "boat-licence"}]),
            "itself",
        ),
    ],
)
def test_questions_that_cannot_be_asked_are_refused(boat, screen, why) -> None:
    with pytest.raises(BadDefinition, match=why):
        _definition(boat, before=[screen])


@pytest.mark.parametrize(
    ("contact", "why"),
    [
        ({}, "contact: a telephone"),
        ({"email": "nobody"}, "contact.email"),
        ({"url": "javascript:x"}, "contact.url"),
        ({"phone": "call me"}, "contact.phone"),
    ],
)
def test_a_contact_that_reaches_nobody_is_refused(boat, contact, why) -> None:
    with pytest.raises(BadDefinition, match=why):
        _definition(boat, contact=contact)
