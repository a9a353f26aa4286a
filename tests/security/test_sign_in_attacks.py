"""Other bad people at the sign-in: ways back that lead away, fields nobody asked for, old keys."""

import re
from html import unescape
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import Account, ContactPoint, Person, PersonContact
from catalogue import queries as catalogue
from registers import gateways
from tests.accounts import people
from tests.accounts.browsing import ask, sent, sign_in, staff_in, text
from tests.accounts.conftest import Register, entry
from tests.accounts.people import staff
from tests.applications import world
from tests.applications.browser import citizen_at
from tests.world import NOON

pytestmark = pytest.mark.django_db

AWAY = [
    "x",
    ";env;",
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "http:evil.example",
    "http:///evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//testserver@evil.example/",
    "https://testserver@evil.example/",
    "https://testserver:443@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example#testserver",
    "https://evil.example\\@testserver/",
    "\x00//evil.example",
    "\x08//evil.example",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "h\nttps://evil.example",
    "//evil\u3002example/",
    "\u2028//evil.example",
    "\uff0f\uff0fevil.example",
    "//[::1]/",
    "//[evil",
    "ftp://testserver/",
]


def leads_away(address: str) -> bool:
    """Read an address as browsers do (WHATWG): what they strip is stripped, a backslash a slash."""
    read = re.sub(r"[\t\r\n]", "", address).lstrip("".join(map(chr, range(0x21))))
    read = read.replace("\\", "/")
    return read.startswith("//") or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", read))


def shown_ways(page: str) -> list[str]:
    """Return where the forms of a page say that they lead back to."""
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return [unescape(way) for way in re.findall(r'name="next" value="([^"]*)"', main)]


@pytest.mark.parametrize("target", AWAY, ids=ascii)
def test_no_sign_in_leads_away_from_this_site(target):
    came = []
    citizen, officer = Client(), Client()
    ask(citizen, next=target)
    came.append(citizen.post("/sign-in/code/", {"code": sent()})["Location"])
    came.append(staff_in(officer, staff(), next=target)["Location"])
    came.append(citizen.post("/sign-in/who/choose/", {"person": "1", "next": target})["Location"])
    asked = f"?next={quote(target)}"
    # What PostgreSQL cannot keep is refused before any page looks at it.
    came.append(citizen.get(f"/sign-in/{asked}").get("Location", ""))
    switch = citizen.get("/language/", {"language": "en", "next": target})
    came.append(switch.get("Location", ""))
    for page in ("/sign-in/", "/staff/", "/sign-in/passkey/"):
        came += shown_ways(text(Client().get(page + asked)))
    came += shown_ways(text(citizen.get(f"/sign-in/who/{asked}")))
    assert [where for where in came if leads_away(where)] == []


@pytest.mark.parametrize("target", ["/cases/?page=2", "/desk/", "/track/#x"])
def test_a_way_back_within_this_site_is_kept(target):
    browser = Client()
    assert shown_ways(text(browser.get(f"/staff/?next={quote(target)}"))) == [target]
    assert staff_in(browser, staff(), next=target)["Location"] == target


# --- fields that nobody asked for

WANTED = {
    "is_staff": "on",
    "is_superuser": "true",
    "is_active": "true",
    "kind": "staff",
    "login": "admin",
    "assurance": "met",
    "person": "1",
    "person_id": "1",
    "account": "1",
    "account_id": "1",
    "contact_id": "1",
    "holder": "1",
    "holder_id": "1",
    "status": "APPROVED",
    "officer_id": "1",
    "office_id": "1",
    "number": "X",
    "price": "0",
    "amount": "0",
    "amount_minor": "0",
    "verified_at": "2026-01-01",
    "purpose": "case.sign",
    "pk": "1",
    "id": "1",
}


def test_fields_added_to_the_sign_in_make_nobody_anything(register_of_one):
    browser = Client()
    ask(browser, **WANTED)
    assert ContactPoint.objects.get().verified_at is None
    browser.post("/sign-in/code/", {"code": sent(), **WANTED})
    account = Account.objects.get(pk=browser.session[SESSION_KEY])
    assert (account.kind, account.login) == ("citizen", f"c:{account.contact_id}")
    assert not (account.is_staff)
    assert not (account.is_superuser)
    other = people.citizen(phone="+250788000999")
    typed = {"national_id": "1199078000000104", "born_on": "02/05/1990"}
    browser.post("/sign-in/who/", {**typed, **WANTED, "person_id": str(other.person_id)})
    proved = Person.objects.get(pk=browser.session["accounts.person"])
    assert proved.pk != other.person_id
    assert proved.assurance == "matched"
    assert PersonContact.objects.filter(person=other.person_id).count() == 1


@pytest.fixture
def register_of_one(monkeypatch):
    held = Register()
    held.people[entry().national_id] = entry()
    monkeypatch.setattr(gateways, "population", lambda: held)


def test_fields_added_to_an_application_change_nothing_of_it(uwase, staffed, registers):
    kept = (
        "number", "holder_id", "account_id", "contact_id", "status", "office_id", "officer_id",
        "service_version_id",
    )  # fmt: skip
    neighbour = people.citizen()
    with time_machine.travel(NOON, tick=False):
        case = world.draft(uwase)
        before = {name: getattr(case, name) for name in kept if hasattr(case, name)}
        assert len(before) > 5
        browser = citizen_at(uwase)
        extra = WANTED | {"holder_id": str(neighbour.person_id)}
        for group in definition_groups(case):
            browser.post(f"/apply/{case.number}/{group}/", {**case.given, **extra})
        after = world.fresh(case)
        assert {name: getattr(after, name) for name in before} == before
        assert not set(after.given) & {"is_staff", "holder_id", "status", "price"}
        browser.post(f"/apply/{case.number}/review/", extra)
        sent_in = world.fresh(case)
        assert sent_in.holder_id == uwase.person_id
        assert sent_in.status == "AWAITING_PAYMENT"


def definition_groups(case) -> list[str]:
    return [group.code for group in catalogue.version(case.service_version_id).definition.form]


# --- keys of sessions


def test_a_cookie_kept_over_signing_out_opens_nothing():
    browser, thief = Client(), Client()
    staff_in(browser, staff())
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert thief.get("/account/visits/").status_code == 200
    browser.post("/sign-out/")
    assert thief.get("/account/visits/").status_code == 302


def test_a_key_that_we_did_not_draw_is_never_taken_over():
    browser = Client()
    browser.cookies["sessionid"] = "chosen-by-somebody-else"
    sign_in(browser)
    assert browser.cookies["sessionid"].value != "chosen-by-somebody-else"
    thief = Client()
    thief.cookies["sessionid"] = "chosen-by-somebody-else"
    assert thief.get("/account/visits/").status_code == 302


def test_the_key_of_before_the_code_opens_nothing_after_it():
    browser, thief = Client(), Client()
    ask(browser)
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    browser.post("/sign-in/code/", {"code": sent()})
    assert SESSION_KEY in browser.session
    assert thief.get("/account/visits/").status_code == 302


def test_who_proved_herself_is_forgotten_with_the_next_one_who_signs_in(register_of_one):
    browser = Client()
    sign_in(browser)
    browser.post("/sign-in/who/", {"national_id": "1199078000000104", "born_on": "02/05/1990"})
    assert browser.session["accounts.proven"]
    sign_in(browser, "0788 000 777")
    assert "accounts.proven" not in browser.session
    assert "accounts.person" not in browser.session
