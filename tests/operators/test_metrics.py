"""What Prometheus is told: to whom, what, and with which labels."""

import re

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config import measures, metrics
from kernel.models import Pulse
from tests.operators.world import HANDLER, everything_goes_wrong

TOKEN = "a-token-of-thirty-two-characters"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def scraped(settings, tmp_path, client):
    """Return a scrape by a name: {(sample, labels): value}."""
    settings.METRICS_TOKEN = TOKEN
    settings.METRICS_DIR = tmp_path / "host-1"
    metrics._folder.cache_clear()

    def scrape():
        metrics._last.clear()
        answer = client.get("/api/metrics/", headers=BEARER)
        assert answer.status_code == 200
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }

    yield scrape
    metrics._folder.cache_clear()
    metrics._last.clear()


@pytest.mark.django_db
def test_without_a_token_of_ours_there_are_no_metrics(client, settings):
    assert client.get("/api/metrics/").status_code == 404
    assert client.get("/api/metrics/", headers={"authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/api/metrics/").status_code == 404
    wrong = {"authorization": f"Bearer {TOKEN}x"}
    assert client.get("/api/metrics/", headers=wrong).status_code == 404


@pytest.mark.django_db
def test_what_waits_and_what_needs_somebody_is_told(scraped):
    everything_goes_wrong(timezone.now())
    Pulse.objects.create(name=f"delivered:{HANDLER}", times=12, ran_at=timezone.now())
    Pulse.objects.create(name="errand:draw_papers", times=3, ran_at=timezone.now())
    told = scraped()

    assert told["guichet_deliveries_parked", (("handler", HANDLER),)] == 3
    assert told["guichet_outbox_waiting", ()] == 1
    assert told["guichet_outbox_age_seconds", ()] > 3600
    assert told["guichet_sign", (("sign", "parked"),)] == 1
    assert told["guichet_sign", (("sign", "disk-full"),)] in (0, 1)
    done = (("handler", HANDLER), ("outcome", "done"))
    assert told["guichet_deliveries_total", done] == 12
    assert told["guichet_errands_total", (("errand", "draw_papers"),)] == 3


@pytest.mark.django_db
def test_labels_are_codes_of_ours_and_never_a_number_or_a_name(scraped, client):
    everything_goes_wrong(timezone.now())
    for address in ("/V/+250788000101", "/track/?number=RW-1", "/nobody/Claudine/", "/"):
        client.get(address)
    for _, labels in scraped():
        for name, value in labels:
            assert len(value) <= 200
            assert not re.search(r"\d{5}|Claudine", value), (name, value)


def test_every_table_that_postgresql_counts_exists(django_user_model):
    known = {model._meta.db_table for model in django_user_model._meta.apps.get_models()}
    assert set(measures.INSERTED) <= known


@pytest.mark.django_db
def test_a_scrape_within_five_seconds_asks_the_database_nothing_more(
    scraped, client, django_assert_num_queries
):
    scraped()
    with django_assert_num_queries(0):
        client.get("/api/metrics/", headers=BEARER)


@pytest.mark.django_db
def test_requests_are_counted_by_route(settings, tmp_path, client):
    settings.METRICS_TOKEN, settings.METRICS_DIR = TOKEN, tmp_path / "host-1"
    metrics._folder.cache_clear()
    counted = metrics.REQUESTS.labels("GET", "/V/<str:typed>", "200")
    before = counted._value.get()
    client.get("/V/nothing")
    client.get("/V/nothing-else")
    assert counted._value.get() == before + 2
    metrics._folder.cache_clear()


def test_the_counts_of_servers_that_are_gone_are_taken_away(settings, tmp_path):
    gone, here, elsewhere = (tmp_path / name for name in ("host-0", "host-1", "other-0"))
    for folder in (gone, elsewhere):
        folder.mkdir()
    settings.METRICS_DIR = here
    metrics._folder.cache_clear()
    assert metrics._folder()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["host-1", "other-0"]
    metrics._folder.cache_clear()
