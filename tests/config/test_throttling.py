"""Whoever asks too often is told so; a cache that is gone stops nobody."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from config.stack.servers import free_port

ASKED = ["/api/bills/858961326965/", "/api/papers/7QK3M0ZB94TVX2HD/"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


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
