"""Whoever asks too often waits, by the table of rules; a cache that is gone stops nobody."""

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver

from config.stack import matrix
from kernel import throttling
from kernel.throttling import Rule
from tests.accounts import people
from tests.world import NOON

pytestmark = pytest.mark.django_db
RULE = Rule("few", 2)


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
