"""
One whole case, and then a search for the people in it: in every log line, address, event, task and
figure, and in every table for the numbers that must lie there only encrypted.
"""

import json
import sys

import httpx
import pytest
import structlog
from celery.signals import before_task_publish
from django.core.signals import request_started
from django.db import connection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# What a network or a bank told us is kept word for word (decision 0007), a partition a month;
# nothing else may show a phone or a national number.
WORD_FOR_WORD = "payments_inbound_message"


def in_the_clear(words: list[str]) -> dict[str, set[str]]:
    """Return for each table what of the words stands in it, its bytes read as text too."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            rows = "\n".join(row for (row,) in cursor.fetchall())
            if there := {word for word in words if word in rows or word.encode().hex() in rows}:
                found[table] = there
    return found


@pytest.fixture
def heard(monkeypatch):
    """Every line that is logged, every address that is asked for, and every task for a worker."""
    told: dict[str, list[str]] = {"logs": [], "addresses": [], "tasks": []}

    class Lines:
        def write(self, text: str) -> int:
            told["logs"].append(text)
            return len(text)

        def flush(self) -> None:
            return

    def asked(*, environ, **_more) -> None:
        told["addresses"].append(f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}")

    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, Lines())

    def published(*, sender, body, **_more) -> None:
        told["tasks"].append(f"{sender} {body}")

    request_started.connect(asked)
    before_task_publish.connect(published)
    yield told
    request_started.disconnect(asked)
    before_task_publish.disconnect(published)


def test_no_log_address_event_task_or_figure_names_a_person(play, heard, settings, live_server):
    settings.METRICS_TOKEN = "scrape-me-and-nobody-else"
    story = play("birth")
    with structlog.testing.capture_logs() as entries:
        story.run()
    shown = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    scraped = httpx.get(f"{live_server.url}/api/metrics/", headers=shown)
    person = story.citizen.person
    phone = story.citizen.phone.lstrip("+")
    names = [person["family_name"], person["given_names"].split()[0]]
    numbers = [phone, phone[3:], person["national_id"]]

    assert len(entries) > 5
    assert len(heard["addresses"]) > 20
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(json_agg(t)::text, '') FROM (SELECT payload::text AS told FROM"
            " kernel_event UNION ALL SELECT last_error FROM kernel_delivery UNION ALL"
            " SELECT detail::text || reason FROM kernel_audit_entry) t"
        )
        (events,) = cursor.fetchone()
    places = {
        "logs": json.dumps(entries, default=str) + "".join(heard["logs"]),
        "addresses": "\n".join(heard["addresses"]),
        "tasks": "\n".join(heard["tasks"]),
        "events": events,
        "figures": scraped.text,
    }
    leaks = {
        place: {word for word in [*names, *numbers] if word.casefold() in said.casefold()}
        for place, said in places.items()
    }
    assert {place: words for place, words in leaks.items() if words} == {}
    found = in_the_clear(numbers)
    assert [table for table in found if not table.startswith(WORD_FOR_WORD)] == []
