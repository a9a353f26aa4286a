"""Whoever asks too often waits, by the table of rules; a cache that is gone stops nobody."""

from dataclasses import replace

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Account
from config.stack import matrix
from kernel import throttling
from kernel.throttling import Rule
from tests.accounts import people
from tests.world import NOON

pytestmark = pytest.mark.django_db
RULE = Rule("few", 2)
TABLE = throttling.RULES
# What sends or asks of whoever is at it, by the name of its rule.
OF_A_CITIZEN = {"accounts:email": "email", "accounts:ward_add": "family"}
OF_STAFF = {
    "accounts:meet": "desk.people",
    "accounts:mend_phone": "desk.people",
    "accounts:guardians": "desk.people",
    "accounts:agent_register": "desk.agents",
    "accounts:agent_licence": "desk.agents",
    "accounts:agent_stop": "desk.agents",
}
OF_ANYBODY = {"accounts:passkey_challenge": "passkey", "accounts:agents": "agents"}


@pytest.fixture(autouse=True)
def _few(monkeypatch, settings):
    settings.PRODUCTION = True
    few_of_mine = Rule("mine", 2, by="account")
    monkeypatch.setattr(
        throttling, "RULES",
        {"catalogue:search": RULE, "applications:desk_search": few_of_mine},
    )  # fmt: skip
    with time_machine.travel(NOON, tick=False):
        yield


def asked(client: Client, path: str, times: int = 1, **more: object) -> list[int]:
    return [client.get(path, **more).status_code for _ in range(times)]


def test_the_third_is_told_when_to_come_back():
    client = Client()
    assert asked(client, "/search/", 2) == [200, 200]
    answer = client.get("/search/")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= RULE.seconds
    assert "Too many requests" in answer.content.decode()
    assert asked(client, "/services/") == [200]


def test_the_next_window_is_a_new_one():
    client = Client()
    asked(client, "/search/", 3)
    with time_machine.travel(NOON.timestamp() + RULE.seconds, tick=False):
        assert asked(client, "/search/") == [200]


def test_each_address_is_counted_for_itself():
    assert asked(Client(), "/search/", 3, REMOTE_ADDR="10.0.0.1")[-1] == 429
    assert asked(Client(), "/search/", REMOTE_ADDR="10.0.0.2") == [200]


def test_at_a_desk_the_account_is_counted_wherever_it_sits():
    first, second = Client(), Client()
    first.force_login(people.staff())
    second.force_login(people.staff())
    assert asked(first, "/desk/search/", 2) == [200, 200]
    assert asked(first, "/desk/search/", REMOTE_ADDR="10.0.0.9") == [429]
    assert asked(second, "/desk/search/") == [200]


def few_of(monkeypatch, name: str) -> tuple[str, str]:
    """Let the rule of an address take two; return its method and the address."""
    rule = TABLE[name]
    monkeypatch.setattr(throttling, "RULES", {name: replace(rule, times=2)})
    more = {"agent_id": 1} if name in {"accounts:agent_licence", "accounts:agent_stop"} else {}
    return ("POST" if "POST" in rule.methods else "GET"), reverse(name, kwargs=more)


@pytest.mark.parametrize(("name", "rule"), (OF_A_CITIZEN | OF_STAFF).items())
def test_whoever_is_signed_in_is_counted_by_the_rule_of_the_page(monkeypatch, name, rule):
    assert TABLE[name].name == rule
    method, path = few_of(monkeypatch, name)
    first, second = Client(), Client()
    for browser in (first, second):
        if name in OF_STAFF:
            browser.force_login(people.staff())
        else:
            browser.force_login(Account.objects.get(pk=people.citizen().account_id))
    answers = [first.generic(method, path).status_code for _ in range(3)]
    assert 429 not in answers[:2]
    assert answers[2] == 429
    assert second.generic(method, path).status_code != 429
    # To read the page costs nothing.
    assert first.get(path).status_code != 429


@pytest.mark.parametrize(("name", "rule"), OF_ANYBODY.items())
def test_anybody_is_counted_by_her_address(monkeypatch, name, rule):
    assert TABLE[name].name == rule
    method, path = few_of(monkeypatch, name)
    answers = [Client().generic(method, path).status_code for _ in range(3)]
    assert 429 not in answers[:2]
    assert answers[2] == 429
    assert Client().generic(method, path, REMOTE_ADDR="10.0.0.9").status_code != 429


def test_a_cache_that_is_gone_stops_nobody(monkeypatch):
    def gone(*_more: object, **_how: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(throttling.default_cache, "add", gone)
    assert asked(Client(), "/search/", 4) == [200] * 4


def test_every_rule_is_of_an_address_that_there_is(monkeypatch):
    monkeypatch.undo()
    assert get_resolver()
    assert set(throttling.RULES) <= set(matrix.addresses())
    names = {rule.name for rule in throttling.RULES.values()}
    assert len(names) == len(set(throttling.RULES.values()))
