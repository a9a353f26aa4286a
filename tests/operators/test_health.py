"""Alive is one question, ready another, and a stranger learns no detail from either."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from config import health
from tests.operators.world import event

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(monkeypatch):
    """Tests have no broker of their own: here one answers, or does not."""
    answers = {"relay": 0}
    monkeypatch.setattr(health.watching, "depths", lambda: answers)
    return answers


def test_a_server_with_everything_is_alive_and_ready(client, broker):
    assert client.get("/api/health/").json() == {"status": "ok"}
    assert client.get("/api/ready/").json() == {"status": "ready"}


def test_without_a_broker_it_is_alive_and_not_ready(client, broker):
    broker.clear()
    assert client.get("/api/health/").status_code == 200
    answer = client.get("/api/ready/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json()["detail"] == "Not ready."


def test_a_relay_that_stands_still_is_not_ready(client, broker):
    waiting = event(at=timezone.now() - timedelta(minutes=1))
    assert client.get("/api/ready/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_event SET parked_at = now() WHERE id = %s", [waiting.pk])
    event(at=timezone.now() - timedelta(hours=1))
    assert client.get("/api/ready/").status_code == 503


def test_a_migration_that_is_not_applied_is_not_ready(client, broker, monkeypatch):
    def plan(_self, _targets, **_more):
        return [("a migration", False)]

    health._migrated_once.cache_clear()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", plan)
    answer = client.get("/api/ready/")
    assert answer.status_code == 503
    assert "migration" not in answer.content.decode()
