"""The desk of keys: asked, decided, handed in; and what an officer may not see."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.models import Credential, CredentialRequest, Road
from documents.operations import credentials
from tests.accounts.people import PASSWORD, officer, staff
from tests.applications.browser import officer_at
from tests.documents import world as worlds
from tests.documents.credentials import heads as people
from tests.documents.credentials.heads import Heads
from tests.documents.credentials.test_roads import answer, trust
from tests.documents.world import World
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

pytestmark = pytest.mark.django_db

LIST = "/desk/credentials/"


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def heads(world: World) -> Heads:
    staff(display_name="Nobody's key yet", office_id=world.office_id)
    return people.appoint()


@pytest.fixture
def asker(heads: Heads) -> Client:
    return officer_at(heads.asker)


@pytest.fixture
def decider(heads: Heads) -> Client:
    return officer_at(heads.decider)


def text(client: Client, address: str, status: int = 200) -> str:
    answered = client.get(address)
    assert answered.status_code == status, answered.content[:300]
    return answered.content.decode()


def sent(client: Client, address: str, status: int = 200, **said: str) -> str:
    answered = client.post(address, said, follow=True)
    assert answered.status_code == status, answered.content[-3000:]
    return answered.content.decode()


def new_for(account_id: int) -> str:
    return reverse("documents:credential_new", args=["officer", account_id])


def last_request() -> str:
    request = CredentialRequest.objects.order_by("pk").last()
    assert request is not None
    return reverse("documents:credential_request", args=[request.pk])


def test_a_key_is_asked_for_agreed_to_and_its_certificate_handed_in(
    world: World, asker: Client, decider: Client, national: SandboxProcess, tmp_path, settings
) -> None:
    trust(national, tmp_path, settings)
    asking = new_for(world.officer_id)
    assert "The key that signs now ends" in text(asker, asking)
    assert "Say in a few words why." in sent(asker, asking, 422, road="csr", algorithm="P-256")
    told = sent(asker, asking, road="csr", algorithm="P-256", note="It ends in January.")
    assert "Another person decides now" in told
    assert "You asked for it" in told

    page = last_request()
    assert "Marie-Claire Uwase" in text(decider, f"{LIST}?list=open")
    assert "This is not your password." in sent(
        decider, page, 422, decision="approve", password="wrong"
    )
    assert "You asked for it" in sent(asker, page, 422, decision="approve", password=PASSWORD)
    assert "the key is being made" in sent(decider, page, decision="approve", password=PASSWORD)
    people.make_keys()
    assert "waits for its certificate" in text(asker, page)

    request = CredentialRequest.objects.get()
    asked = asker.get(reverse("documents:credential_csr", args=[request.pk]))
    assert asked.content.decode() == request.key.csr
    handing_in = reverse("documents:credential_certificate", args=[request.pk])
    assert "This is no certificate." in sent(asker, handing_in, 422, pem="nonsense")
    told = sent(asker, handing_in, pem=answer(national, request.key.csr))
    assert "The key signs now." in told
    assert "by development's own" not in told
    assert Credential.objects.filter(state="retired").count() == 1


def test_a_key_is_stopped_at_once_and_revoked_by_two(
    world: World, asker: Client, decider: Client
) -> None:
    hers = Credential.objects.get(account_id=world.officer_id)
    one = reverse("documents:credential", args=[hers.pk])
    assert "Suspend the key" in text(asker, one)

    def asking(kind: str) -> str:
        return reverse("documents:credential_ask", args=[hers.pk, kind])

    assert "signs nothing from now on" in text(asker, asking("suspend"))
    assert "The key signs nothing now" in sent(asker, asking("suspend"), note="Lost.")
    assert "Marie-Claire Uwase" in text(decider, LIST)
    assert "cannot be asked for now" in sent(asker, asking("suspend"), 422, note="Lost.")
    sent(asker, asking("revoke"), reason="keyCompromise", note="Not found.")
    assert "Somebody has asked for this already" in sent(
        decider, asking("revoke"), 422, reason="keyCompromise", note="Not found."
    )
    assert "Approved." in sent(decider, last_request(), decision="approve", password=PASSWORD)
    told = text(asker, one)
    assert "It signs no more since" in told
    assert "lost, stolen" in told
    assert "Revoke the key" not in text(asker, one).partition("What was asked")[0]
    assert asker.get(asking("anything")).status_code == 404


def test_what_is_declined_changes_nothing(world: World, asker: Client, decider: Client) -> None:
    sent(asker, new_for(world.officer_id), road="own", algorithm="P-256", note="Why not.")
    assert "Nothing has changed" in sent(decider, last_request(), decision="decline")
    assert "declined" in text(asker, last_request())
    assert "Somebody has decided this meanwhile" in sent(
        decider, last_request(), decision="decline"
    )


def test_who_has_no_right_there_sees_no_key(world: World, heads: Heads) -> None:
    hers = Credential.objects.get(account_id=world.officer_id)
    qr = credentials.in_force("qr", at=NOON)
    one = reverse("documents:credential", args=[hers.pk])
    nobody = officer_at(officer())
    assert nobody.get(LIST).status_code == 403
    assert nobody.get(one).status_code == 403
    assert nobody.get(new_for(world.officer_id)).status_code == 403
    head = officer_at(heads.asker)
    assert head.get(one).status_code == 200
    of_the_state = reverse("documents:credential", args=[qr.pk if qr else 0])
    assert head.get(of_the_state).status_code == 404
    everywhere = officer_at(people.appoint(area_code=None).asker)
    assert everywhere.get(of_the_state).status_code == 200
    for whose, which in (("officer", "999999"), ("office", "x"), ("state", "seal"), ("who", "1")):
        address = reverse("documents:credential_new", args=[whose, which])
        assert everywhere.get(address).status_code == 404
    assert Client().get(LIST).status_code == 302


def test_papers_that_wait_for_a_key_are_told_to_the_head_of_the_office(
    world: World, asker: Client
) -> None:
    worlds.draw(worlds.request(world))
    assert "waits for a key" not in text(asker, LIST)
    credentials.tell_ends(at=NOON + timedelta(days=800))
    told = text(asker, LIST)
    assert "1 paper waits for a key of Marie-Claire Uwase." in told
    assert new_for(world.officer_id) in told
    without = text(asker, f"{LIST}?list=without")
    assert "Kimironko Sector Office" in without
    assert "Nobody&#x27;s key yet" in without


def test_an_overdue_list_is_told_to_who_answers_for_the_country(world: World) -> None:
    asker = people.appoint(area_code=None).asker
    assert "past its time" not in text(officer_at(asker), LIST)
    with time_machine.travel(NOON + timedelta(days=9), tick=False):
        assert "past its time" in text(officer_at(asker), LIST)


def test_the_lists_say_when_they_are_empty_and_filter(world: World, asker: Client) -> None:
    assert "No key ends within 60 days" in text(asker, LIST)
    assert "Nothing waits for a second person" in text(asker, f"{LIST}?list=open")
    assert "Nobody&#x27;s key yet" in text(asker, f"{LIST}?list=without")
    assert "Kimironko" in text(asker, f"{LIST}?list=all&purpose=seal")
    assert "No key of your offices" in text(asker, f"{LIST}?list=all&state=revoked")
    assert asker.get(f"{LIST}?list=other").status_code == 404


def test_a_longer_list_takes_no_more_queries(world: World, heads: Heads, asker: Client) -> None:
    def queries(shown: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            text(asker, f"{LIST}?list={shown}")
        return len(captured)

    lists = ("ending", "open", "without", "all")
    people.ask(people.of_officer(world), heads)
    before = [queries(shown) for shown in lists]
    for number in range(4):
        newcomer = staff(display_name=f"Officer {number}", office_id=world.office_id)
        people.issue(people.Owner(people.Purpose.OFFICER, account_id=newcomer.pk), heads)
        another = staff(display_name=f"Other {number}", office_id=world.office_id)
        request_id = people.ask(
            people.Owner(people.Purpose.OFFICER, account_id=another.pk), heads, road=Road.CSR
        )
        people.decide(request_id, heads)
        people.make_keys()
    assert [queries(shown) for shown in lists] == before
