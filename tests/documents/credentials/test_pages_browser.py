"""The desk of keys, as a browser shows it."""

import pytest
from django.urls import reverse

from documents.models import Credential, CredentialRequest, Purpose, Road
from documents.operations import credentials
from documents.operations.credentials import Owner
from tests.accounts.people import staff
from tests.applications.browser import officer_at
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang
from tests.documents import world as worlds
from tests.documents.credentials import heads as people
from tests.documents.world import World
from tests.world import NOON

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch) -> None:
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark"), (DESK, "light")])
def test_the_desk_of_keys_can_be_read_by_everybody(
    live_server, world: World, width: int, scheme: str
) -> None:
    heads = people.appoint()
    staff(display_name="Jean Bosco Habimana", office_id=world.office_id)
    worlds.draw(worlds.request(world))
    hers = Credential.objects.get(account_id=world.officer_id)
    credentials.suspend(
        credential_id=hers.pk, note="Her card is missing since Friday.", by_id=heads.asker, at=NOON
    )
    asked = credentials.ask_to_revoke(
        credential_id=hers.pk, reason="keyCompromise", note="The card was not found.",
        by_id=heads.asker, at=NOON,
    )  # fmt: skip
    seal = people.ask(Owner(Purpose.SEAL, office_id=world.office_id), heads, road=Road.CSR)
    people.decide(seal, heads)
    people.make_keys()
    assert CredentialRequest.objects.get(pk=seal).key
    pages = {
        "list": reverse("documents:credentials"),
        "open": reverse("documents:credentials") + "?list=open",
        "without": reverse("documents:credentials") + "?list=without",
        "all": reverse("documents:credentials") + "?list=all",
        "key": reverse("documents:credential", args=[hers.pk]),
        "ask": reverse("documents:credential_ask", args=[hers.pk, "revoke"]),
        "new": reverse("documents:credential_new", args=["officer", world.officer_id]),
        "decide": reverse("documents:credential_request", args=[asked]),
        "certificate": reverse("documents:credential_request", args=[seal]),
    }
    browser = officer_at(heads.decider)
    session = {"name": "sessionid", "value": browser.cookies["sessionid"].value}
    with opened(width=width, scheme=scheme) as page:
        page.context.add_cookies([{**session, "url": live_server.url}])
        for name, address in pages.items():
            page.goto(live_server.url + address)
            assert (breaches(page), overhang(page)) == ([], 0), name
