"""Whoever asks too often is told so; a cache that is gone stops nobody."""

import pytest

from config.stack.servers import free_port
from kernel import addresses

ASKED = ["/api/bills/858961326965/", "/api/papers/7QK3M0ZB94TVX2HD/"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_cache(settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
        }
    }


@pytest.mark.parametrize("address", ASKED)
def test_the_cache_counts(client, settings, address):
    statuses = {client.get(address).status_code for _ in range(121)}
    assert 429 in statuses
    assert 500 not in statuses


@pytest.mark.parametrize("address", ASKED)
def test_a_dead_cache_lets_everybody_pass(client, no_cache, address):
    statuses = {client.get(address).status_code for _ in range(121)}
    assert statuses <= {200, 404}


def test_a_dead_cache_does_not_stop_tracking(client, no_cache):
    answer = client.post(
        "/api/cases/BC-26-00000000/", {"phone": "0788000101"}, content_type="application/json"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("address", ASKED)
def test_a_subscriber_of_ipv6_is_one_however_many_addresses_she_has(client, address):
    statuses = {
        client.get(address, REMOTE_ADDR=f"2001:db8:1:2::{number:x}").status_code
        for number in range(121)
    }
    assert 429 in statuses
    assert client.get(address, REMOTE_ADDR="2001:db8:1:3::1").status_code != 429


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ("196.12.0.1", "196.12.0.1"),
        ("196.12.0.1:40112", "196.12.0.1"),
        ("::ffff:196.12.0.1", "196.12.0.1"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:40112", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("another-word-each-time", addresses.UNKNOWN),
        ("", addresses.UNKNOWN),
    ],
)
def test_whose_request_it_is(rf, settings, told, counted):
    settings.BEHIND_PROXY = False
    assert addresses.address(rf.get("/", REMOTE_ADDR=told)) == counted
    claimed = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"8.8.8.8, {told}"})
    assert addresses.address(claimed) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert addresses.address(claimed) == counted
