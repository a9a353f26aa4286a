"""One search tells the story: request, event, delivery and errand carry ids, and no person."""

from datetime import timedelta

import pytest
import structlog
from django.db import transaction
from structlog.testing import capture_logs

from kernel import logs, outbox
from kernel.models import EventRow
from tests.workers import tales
from tests.workers.tales import TaleTold
from tests.world import NOON
from workers import relay
from workers.errands.carrying import each

GIVEN = "0123456789abcdef0123456789abcdef"
PHONE = "+250788000101"


def told(entries, event):
    return [entry for entry in entries if entry["event"] == event]


def captured():
    return capture_logs(processors=[structlog.contextvars.merge_contextvars])


def tell_a_tale(event, at):
    """A handler that brings about another event, and logs."""
    structlog.get_logger().info("tale.retold")
    outbox.publish(TaleTold(subject_id=event.subject_id + 1, occurred_at=at))


@pytest.mark.django_db
def test_every_answer_has_an_id_and_one_line_with_its_route_and_no_address(client):
    with captured() as entries:
        answer = client.get(f"/V/{PHONE}", headers={"x-request-id": GIVEN})
    [line] = told(entries, "request.answered")
    assert answer["X-Request-ID"] == line["request_id"]
    # Nobody said that there is a proxy to be believed.
    assert line["request_id"] != GIVEN
    assert line["route"] == "/V/<str:typed>"
    assert PHONE not in str(entries)
    assert "request_id" not in structlog.contextvars.get_contextvars()


@pytest.mark.django_db
def test_a_proxy_that_may_be_believed_gives_the_id(client, settings):
    settings.BEHIND_PROXY = True
    assert client.get("/", headers={"x-request-id": GIVEN})["X-Request-ID"] == GIVEN
    forged = client.get("/", headers={"x-request-id": PHONE})["X-Request-ID"]
    assert PHONE not in forged


@pytest.mark.django_db
def test_a_machine_that_asks_whether_we_live_fills_no_log(client):
    with captured() as entries:
        client.get("/api/health/")
    assert told(entries, "request.answered") == []


@pytest.mark.django_db
def test_what_a_request_brings_about_is_found_by_its_id_two_events_on():
    with captured() as entries:
        with logs.about(request_id=GIVEN), transaction.atomic():
            outbox.publish(TaleTold(subject_id=1, occurred_at=NOON))
        routes = {TaleTold: (tell_a_tale,)}
        for _ in range(2):
            relay.fan_out(routes=routes, now=NOON)
            relay.drain(routes=routes, now=NOON)

    assert set(EventRow.objects.values_list("request_id", flat=True)) == {GIVEN}
    delivered = told(entries, "relay.delivered")
    assert [line["tale_id"] for line in delivered] == [1, 2]
    assert {line["request_id"] for line in [*delivered, *told(entries, "tale.retold")]} == {GIVEN}
    # What the handler itself said names its event and its delivery.
    assert [line["event_id"] for line in told(entries, "tale.retold")] == list(
        EventRow.objects.order_by("pk").values_list("pk", flat=True)[:2]
    )


@pytest.mark.django_db
def test_a_handler_that_breaks_is_told_under_the_same_ids_without_its_words():
    with captured() as entries:
        with logs.about(request_id=GIVEN), transaction.atomic():
            outbox.publish(TaleTold(subject_id=1, occurred_at=NOON))
        routes = {TaleTold: (tales.stumble,)}
        relay.fan_out(routes=routes, now=NOON)
        relay.drain(routes=routes, now=NOON)
    [line] = told(entries, "relay.handler_failed")
    assert (line["request_id"], line["tale_id"]) == (GIVEN, 1)
    assert told(entries, "relay.delivered") == []
    assert PHONE not in str(entries)


def test_an_errand_names_itself_and_its_row():
    def ask_somebody(row_id, *, clock):
        structlog.get_logger().info("asked")

    with captured() as entries:
        each(lambda **_more: [7, 8], ask_somebody, lambda: NOON, lease=timedelta(seconds=1))
    assert [(line["errand"], line["row_id"]) for line in entries] == [
        ("ask_somebody", 7),
        ("ask_somebody", 8),
    ]
