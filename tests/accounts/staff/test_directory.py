"""The state's directory, played by the sandbox over HTTP; every lie of its is refused."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.gateways import directory
from accounts.models import Account, DirectorySubject
from sandbox.directory import subject
from tests.accounts.browsing import text
from tests.accounts.people import staff
from tests.accounts.staff.people import invite, mailed
from tests.sandbox_process import PLAIN, SandboxProcess
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    state = tmp_path_factory.mktemp("sandbox")
    told = {"SANDBOX_STATE": str(state), "SANDBOX_COUNTRY": "rw"}
    with SandboxProcess({**told, "GUICHET_URL": "http://testserver"}) as running:
        yield running


@pytest.fixture(autouse=True)
def issuer(sandbox: SandboxProcess, settings) -> Iterator[str]:
    settings.SITE_URL = "http://testserver"
    settings.DIRECTORY = {
        "issuer": f"{sandbox.url}/directory",
        "client_id": "guichet",
        "client_secret": "development-only-directory",
        "second_acr": [],
        "trusts_email": False,
    }
    directory._directory.cache_clear()
    sandbox.faults()
    yield settings.DIRECTORY["issuer"]
    sandbox.faults()


def ask(browser: Client, **query: str) -> str:
    """Return where the browser is sent to."""
    answer = browser.get("/staff/directory/", query)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def choose(address: str, email: str, **more: str) -> dict[str, str]:
    """Choose somebody at the directory, and return what comes back with the browser."""
    answer = httpx.get(address, params={**_query(address), "email": email, **more}, **PLAIN)
    assert answer.status_code == 302
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://testserver/staff/directory/back/"
    return _query(answer.headers["location"])


def come_back(browser: Client, answer: dict[str, str]):
    return browser.get("/staff/directory/back/", answer)


def enter(browser: Client, email: str, **more: str):
    return come_back(browser, choose(ask(browser), email, **more))


def is_in(browser: Client) -> bool:
    return SESSION_KEY in browser.session


def bound(issuer: str, **more: object) -> Account:
    account = staff(**more)
    DirectorySubject.objects.create(
        issuer=issuer, subject=subject(account.email), account=account, bound_at=NOON
    )
    return account


def test_whom_the_directory_knows_signs_in_and_what_it_asked_decides_how_strongly(client, issuer):
    account = bound(issuer)
    assert enter(client, account.email).status_code == 302
    assert client.session[sessions.STRENGTH] == ["directory"]
    second = Client()
    enter(second, account.email, second="1")
    assert second.session[sessions.STRENGTH] == ["directory", "second"]
    assert second.session[SESSION_KEY] == str(account.pk)


def test_a_password_at_the_directory_is_not_enough_where_a_second_factor_is_required(
    client, issuer, settings
):
    settings.STAFF_SECOND_FACTOR = "required"
    account = bound(issuer)
    enter(client, account.email)
    assert client.get("/desk/")["Location"] == "/staff/security/"
    second = Client()
    enter(second, account.email, second="1")
    assert second.get("/desk/").status_code == 200


def test_an_invited_person_is_bound_by_her_link(client, it_officer, office):
    at = timezone.now()
    account_id = invite(it_officer, office.pk, at=at)
    client.get(f"/staff/invitation/{mailed(at).token}/")
    assert "directory" in text(client.get("/staff/invitation/"))
    answer = come_back(client, choose(ask(client, accept="1"), "beatrice@elsewhere.example"))
    assert answer.status_code == 302
    assert client.session[SESSION_KEY] == str(account_id)
    again = Client()
    enter(again, "beatrice@elsewhere.example")
    assert again.session[SESSION_KEY] == str(account_id)


def test_an_address_alone_opens_nothing_unless_it_is_trusted_and_verified(client, settings):
    account = staff()
    assert enter(client, account.email).status_code == 403
    settings.DIRECTORY["trusts_email"] = True
    assert enter(client, account.email, unverified="1").status_code == 403
    assert enter(client, staff(is_active=False).email).status_code == 403
    assert enter(client, "nobody@guichet.example").status_code == 403
    assert not is_in(client)
    enter(client, account.email)
    assert is_in(client)


def test_a_second_subject_does_not_take_an_account_over(client, issuer, settings):
    settings.DIRECTORY["trusts_email"] = True
    account = staff()
    DirectorySubject.objects.create(
        issuer=issuer, subject="somebody else", account=account, bound_at=account.created_at
    )
    assert enter(client, account.email).status_code == 403
    assert not is_in(client)


def test_a_closed_account_stays_closed(client, issuer):
    account = bound(issuer, is_active=False)
    assert enter(client, account.email).status_code == 403


@pytest.mark.parametrize("lie", ["nonce", "none", "audience", "issuer", "expired", "key"])
def test_a_token_that_lies_proves_nobody(lie, client, issuer, sandbox):
    account = bound(issuer)
    sandbox.faults(directory=lie)
    answer = enter(client, account.email)
    assert answer.status_code == 403
    assert not is_in(client)
    sandbox.faults()
    enter(client, account.email)
    assert is_in(client)


def test_the_answer_of_another_browser_is_refused_and_an_answer_is_good_once(client, issuer):
    account = bound(issuer)
    thief = Client()
    answer = choose(ask(thief), account.email)
    ask(client)
    assert come_back(client, answer).status_code == 403
    assert not is_in(client)
    assert come_back(Client(), answer).status_code == 403
    assert come_back(thief, {**answer, "state": ""}).status_code == 403
    assert come_back(thief, answer).status_code == 403, "The refused answer used the state up."
    answer = choose(ask(client), account.email)
    assert come_back(client, {**answer}).status_code == 302
    client.post("/sign-out/")
    assert come_back(client, answer).status_code == 403


def test_an_answer_of_another_issuer_is_refused(client, issuer):
    answer = choose(ask(client), bound(issuer).email)
    assert come_back(client, {**answer, "iss": "https://evil.example"}).status_code == 403


def test_a_new_key_of_the_directory_is_asked_for_once(client, issuer, sandbox):
    account = bound(issuer)
    enter(client, account.email)
    sandbox.post("/directory/rotate")
    rotated = Client()
    enter(rotated, account.email)
    assert is_in(rotated)
    sandbox.post("/directory/rotate")
    assert enter(Client(), account.email).status_code == 403, "Not twice within seconds."


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_leads_to_no_other_site(target, client, issuer):
    account = bound(issuer)
    answer = come_back(client, choose(ask(client, next=target), account.email))
    assert answer["Location"] == "/desk/"


def test_it_leads_to_where_she_was_going(client, issuer):
    account = bound(issuer)
    answer = come_back(client, choose(ask(client, next="/account/visits/"), account.email))
    assert answer["Location"] == "/account/visits/"
    assert client.get("/staff/directory/left/").status_code == 200
    answer = client.post("/sign-out/")
    assert answer["Location"] == "/staff/directory/left/"
    assert f"{issuer}/logout?" in text(client.get("/staff/directory/left/"))


def test_without_an_answer_of_the_directory_a_page_says_so(client, sandbox):
    sandbox.faults(directory="down")
    assert client.get("/staff/directory/").status_code == 503


def test_where_no_directory_is_configured_nothing_offers_it(client, settings):
    assert "/staff/directory/" in text(client.get("/staff/"))
    settings.DIRECTORY = {**settings.DIRECTORY, "issuer": ""}
    assert "/staff/directory/" not in text(client.get("/staff/"))
    assert client.get("/staff/directory/")["Location"] == "/staff/"
    assert client.get("/staff/directory/back/?state=x&code=y").status_code == 403


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
