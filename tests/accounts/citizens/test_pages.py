"""The citizen's own pages and the counter's, as a browser meets them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import guarding, moving, operations, queries, seeing
from accounts.models import Account, Guardianship, OneTimeCode, Person, PhoneChange
from kernel.models import AuditEntry
from registers import gateways
from registers.gateways import RegisterUnavailable
from tests.accounts import people
from tests.accounts.browsing import text
from tests.accounts.citizens import world
from tests.accounts.conftest import entry
from tests.applications.browser import citizen_at, officer_at
from tests.kernel.uploads import specimens
from tests.world import NOON

pytestmark = pytest.mark.django_db
OWN, WARDS, ADD = "/account/", "/account/people/", "/account/people/add/"
PHONE, COUNTER = "/account/phone/", "/staff/citizens/"
KEZA = {"kind": "parent", "national_id": world.CHILD, "born_on": "03/06/2014"}
PROOF = {"password": people.PASSWORD}
UWASE = {"national_id": "1199078000000104", "born_on": "02/05/1990", "document": "identity_card"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def uwase(register):
    register.people[UWASE["national_id"]] = entry()
    return people.citizen(national_id=UWASE["national_id"])


class Births:
    """A civil register that knows one birth, or is gone."""

    def __init__(self, *parents: str, gone: bool = False) -> None:
        self.parents, self.gone = parents, gone

    def acts(self, *, kind: str, national_id: str):
        if self.gone:
            raise RegisterUnavailable("gone")
        return [world.birth_of_child(*self.parents)]


@pytest.fixture
def births(register, monkeypatch):
    register.people[world.CHILD] = world.child_entry()

    def known(*parents: str, gone: bool = False) -> None:
        monkeypatch.setattr(gateways, "civil", lambda: Births(*parents, gone=gone))

    return known


def last_code() -> str:
    return operations.mint_code(code_id=OneTimeCode.objects.latest("pk").pk, at=NOON)


def test_her_account_says_how_sure_we_are_and_how_to_be_surer(uwase):
    page = text(citizen_at(uwase).get(OWN))
    assert "you are here" in page
    assert "Go to any counter" in page
    assert moving.masked(uwase.phone) in page
    assert uwase.phone not in page


@pytest.mark.parametrize("address", [WARDS, ADD])
def test_a_phone_alone_opens_nobodys_people(address):
    assert Client().get(address)["Location"].startswith("/sign-in/")
    phone_only = Client()
    phone_only.force_login(Account.objects.get(pk=people.citizen().account_id))
    assert phone_only.get(address)["Location"].startswith("/sign-in/who/")
    assert "Say who you are" in text(phone_only.get(OWN))


def test_a_mother_adds_her_child_at_once(uwase, births):
    births(UWASE["national_id"])
    browser = citizen_at(uwase)
    assert browser.post(ADD, KEZA)["Location"] == WARDS
    page = text(browser.get(WARDS))
    assert "Keza Mukamana" in page
    assert "you may act" in page


@pytest.mark.parametrize("gone", [False, True])
def test_whom_the_register_does_not_name_sends_a_proof(uwase, births, gone, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    births(gone=gone)
    browser = citizen_at(uwase)
    assert "Add the order" in text(browser.post(ADD, KEZA))
    assert not Guardianship.objects.exists()
    refused = browser.post(ADD, KEZA | {"proof": SimpleUploadedFile("a.pdf", b"no pdf")})
    assert "cannot be taken" in text(refused)


def test_a_wrong_birthday_of_a_child_is_told_like_an_unknown_number(uwase, births):
    births(UWASE["national_id"])
    browser = citizen_at(uwase)
    answers = [
        browser.post(ADD, KEZA | {"born_on": "04/06/2014"}),
        browser.post(ADD, KEZA | {"national_id": "1201480000003999"}),
    ]
    said = {text(a)[text(a).index("error-summary") :].split("</div>")[0] for a in answers}
    assert len(said) == 1
    assert not Guardianship.objects.exists()


def test_adding_somebody_confirms_nothing_about_a_stranger(uwase, births, settings, tmp_path):
    settings.FILES_DIR, settings.CLAMD_ADDRESS = tmp_path, ""
    births()
    browser, said = citizen_at(uwase), []
    for born_on in ("03/06/2014", "04/06/2014"):
        typed = KEZA | {"born_on": born_on}
        without = text(browser.post(ADD, typed))
        said.append(without[without.index("error-summary") :].split("</div>")[0])
        proof = SimpleUploadedFile("order.png", specimens.picture("PNG"))
        assert browser.post(ADD, typed | {"proof": proof})["Location"] == WARDS
        page = text(browser.get(WARDS))
        assert "Keza" not in page
        assert "Keza" not in text(browser.get(OWN))
        assert "If the number and the date are right" in page
    assert said[0] == said[1]
    assert Guardianship.objects.get().approved is None
    assert browser.post(ADD, KEZA).status_code == 422
    assert browser.post(ADD, KEZA).status_code == 429  # Right ones count as well.


def test_an_officer_ends_a_guardianship_and_the_ward_sees_who_acts_for_her(
    uwase, register, country_tree
):
    register.people[world.CHILD] = world.child_entry()
    made = operations.accept_parent(
        account_id=uwase.account_id, guardian_id=uwase.person_id, child=world.child_entry(), at=NOON
    )
    ward = Guardianship.objects.get(pk=made).ward_id
    assert [one.person_id for one in guarding.guardians(ward, at=NOON)] == [uwase.person_id]
    asked = {"national_id": world.CHILD, "born_on": "03/06/2014"}
    door = f"{COUNTER}guardians/"
    wanted = {"which": made, "because": "the order was withdrawn"} | PROOF
    far = officer_at(world.officer("person.guard", area_code="13"))
    assert far.post(door, asked | wanted).status_code == 422
    assert officer_at(world.officer("person.meet")).get(door).status_code == 403
    herself = officer_at(world.officer("person.guard", person_id=uwase.person_id))
    assert "Somebody else must do this" in text(herself.post(door, asked | wanted))
    near = officer_at(world.officer("person.guard", area_code="1209"))
    assert "Claudine" in text(near.post(door, asked))
    for wrong in ({"because": ""}, {"password": ""}, {"password": "guessed"}):
        assert near.post(door, asked | wanted | wrong).status_code == 422
    assert guarding.guardians(ward, at=NOON) != []
    assert Guardianship.objects.get().ended_at is None
    assert near.post(door, asked | wanted)["Location"] == COUNTER
    for person_id in (ward, uwase.person_id):  # Each saw of her is told to her, once a visit.
        told = [one.seen for one in seeing.looks_at(person_id, language="en")]
        assert told[0] == "Who may act for you"
    assert "Looks at who you are" in text(citizen_at(uwase).get("/account/looks/"))
    assert guarding.guardians(ward, at=NOON + timedelta(minutes=1)) == []
    assert AuditEntry.objects.get(act="guardian.ended").reason == "the order was withdrawn"


def test_nobody_takes_another_ones_ward_off_the_list(uwase, births):
    births(UWASE["national_id"])
    citizen_at(uwase).post(ADD, KEZA)
    made = Guardianship.objects.get()
    address = reverse("accounts:ward_end", args=[made.pk])
    citizen_at(people.citizen()).post(address)
    made.refresh_from_db()
    assert made.ended_at is None
    citizen_at(uwase).post(address)
    made.refresh_from_db()
    assert made.ended_at is not None


def test_she_changes_her_number_with_both_phones_at_hand(uwase):
    browser = citizen_at(uwase)
    browser.post(PHONE, {"do": "ask", "phone": "0788 777 666"})
    assert "We sent a code to the new number" in text(browser.get(PHONE))
    wrong = browser.post(PHONE, {"do": "code", "code": "12345"})
    assert wrong.status_code == 422
    browser.post(PHONE, {"do": "code", "code": last_code()})
    page = text(browser.get(PHONE))
    assert "Stop it" in page
    browser.post(PHONE, {"do": "old"})
    done = browser.post(PHONE, {"do": "code", "code": last_code()})
    assert "Your number is changed" in text(done)
    assert queries.contact(queries.own_contact_id(uwase.person_id)).value == world.NEW
    assert browser.get(OWN)["Location"].startswith("/sign-in/")


def test_whoever_holds_the_old_phone_stops_it_without_saying_who_she_is(uwase):
    change_id = world.asked(uwase, NOON)
    sister = Client()
    sister.force_login(Account.objects.get(pk=uwase.account_id))
    assert "Look at it, or stop it" in text(sister.get(OWN))
    stranger = citizen_at(people.citizen())
    stranger.post(PHONE, {"do": "stop", "change": change_id})
    assert PhoneChange.objects.get().stopped_at is None
    sister.post(PHONE, {"do": "stop", "change": change_id})
    assert PhoneChange.objects.get().stopped_at is not None


def test_an_officer_confirms_who_stands_before_her(uwase, country_tree):
    browser = officer_at(world.officer("person.meet"))
    refused = browser.post(f"{COUNTER}meet/", UWASE | PROOF)
    assert "Without that nobody is confirmed" in text(refused)
    for wrong in ({}, {"password": "guessed"}):
        refused = browser.post(
            f"{COUNTER}meet/", UWASE | {"seen": "on", "phone": uwase.phone} | wrong
        )
        assert refused.status_code == 422
    seen = UWASE | {"seen": "on"} | PROOF
    for phone in ("", "0788 777 666"):
        refused = browser.post(f"{COUNTER}meet/", seen | {"phone": phone})
        assert "not the phone from which" in text(refused)
    assert browser.post(f"{COUNTER}meet/", seen | {"phone": uwase.phone})["Location"] == COUNTER
    assert Person.objects.get(pk=uwase.person_id).assurance == "met"


def test_a_lost_phone_goes_over_two_desks(uwase, country_tree):
    first, second = (officer_at(world.officer("person.mend")) for _ in range(2))
    asked = UWASE | {"phone": "0788 777 666", "note": "stolen on the bus"}
    address = first.post(f"{COUNTER}phone/", asked)["Location"]
    assert "has not shown its code" in text(second.get(address))
    first.post(address, {"do": "code", "code": last_code()})
    confirm = {"do": "confirm", "password": people.PASSWORD}
    first.post(address, confirm)
    assert queries.own_contact_id(uwase.person_id) == uwase.contact_id
    assert "stolen on the bus" in text(second.get(address))
    assert second.post(address, {"do": "confirm"}).status_code == 422
    assert second.post(address, confirm | {"password": "guessed"}).status_code == 422
    assert queries.own_contact_id(uwase.person_id) == uwase.contact_id
    second.post(address, confirm)
    assert queries.contact(queries.own_contact_id(uwase.person_id)).value == world.NEW
    assert second.get(address).status_code == 404


def test_an_officer_decides_by_the_proof(uwase, country_tree):
    made = operations.ask_guardianship(
        account_id=uwase.account_id,
        guardian_id=uwase.person_id,
        ward=world.child_entry(),
        kind="guardian",
        until_on=None,
        proof_sha256=world.PROOF,
        at=NOON - timedelta(days=1),
    )
    far = officer_at(world.officer("person.guard", area_code="13"))
    address = reverse("accounts:guardian", args=[made])
    assert far.get(address).status_code == 404
    near = officer_at(world.officer("person.guard", area_code="1209"))
    assert "Keza Mukamana" in text(near.get(COUNTER))
    assert "Keza Mukamana" in text(near.get(address))
    for wrong in ({}, {"password": "guessed"}):
        assert (
            near.post(address, {"decision": "accept", "note": "Seen."} | wrong).status_code == 422
        )
    assert Guardianship.objects.get(pk=made).approved is None
    near.post(address, {"decision": "accept", "note": "Seen."} | PROOF)
    assert "you may act" in text(citizen_at(uwase).get(WARDS))


@pytest.mark.parametrize("page", ["", "meet/", "phone/", "guardian/1/", "guardian/1/proof/"])
def test_the_counters_pages_want_a_right(page, country_tree):
    nobody = officer_at(world.officer("rights.give"))
    assert nobody.get(COUNTER + page).status_code in (403, 404)
    assert Client().get(COUNTER + page)["Location"].startswith("/staff/")
