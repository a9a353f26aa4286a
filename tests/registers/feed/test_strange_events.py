"""A feed that lies, stammers or contradicts itself: nothing stops it, and nothing is lost."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from structlog.testing import capture_logs

from kernel.models import AuditEntry
from registers import gateways, operations
from registers.models import EventPerson, Feed, FeedPage, RegisterEvent, StrangeEvent
from registers.operations import Asked
from tests.accounts.people import officer
from tests.registers.test_gateways import http, register_that_says
from tests.world import NOON

pytestmark = pytest.mark.django_db

SOMEBODY, OTHER = "1200470000047043", "1200680000048082"


def event(**more: object) -> dict[str, object]:
    return {
        "id": "e1",
        "kind": "death",
        "happened_on": "2026-11-20",
        "recorded_at": "2026-11-21T09:00:00+00:00",
        "national_ids": [SOMEBODY],
        **more,
    }


def hear(*events: object, cursor: str = "c1", at: datetime = NOON) -> int:
    """Keep an answer as it would have come after the feed's cursor, and take it in."""
    feed = civil()
    body = json.dumps({"events": events, "cursor": cursor}).encode()
    page = operations.keep_page(asked=Asked(feed.pk, feed.name, feed.cursor), body=body, at=at)
    operations.take_in(page_id=page, at=at)
    return page


def civil() -> Feed:
    return Feed.objects.get(name="civil")


def told() -> list[str]:
    return list(RegisterEvent.objects.order_by("pk").values_list("source_id", flat=True))


@pytest.mark.parametrize(
    "bad",
    [
        {"id": "\ud800"},
        {"national_ids": ["\ud800"]},
        {"recorded_at": "9999-12-31T23:59:59-14:00"},
        {"recorded_at": "2999-01-01T00:00:00+00:00"},
        {"happened_on": "2990-05-05"},
        {"kind": "Death"},
    ],
)
def test_an_event_that_cannot_be_is_kept_apart_and_the_feed_goes_on(bad: dict) -> None:
    hear(event(**bad), event(id="good"))

    assert told() == ["good"]
    strange = StrangeEvent.objects.get()
    assert (strange.position, strange.why, strange.settled_at) == (0, "not_understood", None)
    assert (civil().cursor, civil().trouble) == ("c1", "events not taken in")


@pytest.mark.parametrize("cursor", ["\0", "\ud800"])
def test_a_cursor_that_cannot_be_kept_is_rung_for_and_asked_for_again(cursor: str) -> None:
    with capture_logs() as logs:
        hear(event(), cursor=cursor)
    assert (civil().cursor, civil().trouble) == ("", "no cursor")
    assert civil().due_at == NOON + timedelta(minutes=5)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == [
        "register.page_not_taken_in"
    ]


def test_whatever_else_fails_is_rung_for_and_moves_nothing() -> None:
    # A clock that jumps back between keeping and taking in: to PostgreSQL the event is yet to come.
    feed = civil()
    body = json.dumps({"events": [event()], "cursor": "c1"}).encode()
    page = operations.keep_page(asked=Asked(feed.pk, feed.name, ""), body=body, at=NOON)
    before = NOON - timedelta(days=30)
    with capture_logs() as logs:
        assert operations.take_in(page_id=page, at=before) == 0
    assert logs[-1]["event"] == "register.page_not_taken_in"
    assert (told(), civil().cursor, civil().trouble) == ([], "", "not taken in: IntegrityError")
    assert civil().due_at == before + timedelta(minutes=5)

    assert operations.take_in(page_id=page, at=NOON) == 1
    assert (told(), civil().cursor, civil().trouble) == (["e1"], "c1", "")


def test_trouble_lasts_until_somebody_has_answered_for_what_was_strange() -> None:
    hear(event(kind="Death"), cursor="c1")
    with capture_logs() as logs:
        hear(cursor="c2")
        hear(event(kind="Death"), cursor="c3")
    assert [line["event"] for line in logs if line["log_level"] == "error"] == [
        "register.feed_in_trouble"
    ] * 2
    assert civil().trouble == "events not taken in"

    (strange,) = operations.open_strange_events()
    account_id = officer("x.read", area_code="")
    with pytest.raises(operations.NoNote):
        operations.settle(strange_id=strange.pk, note=" ", by_id=account_id, at=NOON)
    operations.settle(strange_id=strange.pk, note="A typing error.", by_id=account_id, at=NOON)
    with pytest.raises(operations.SettledAlready):
        operations.settle(strange_id=strange.pk, note="Again.", by_id=account_id, at=NOON)

    assert civil().trouble == ""
    assert AuditEntry.objects.get(act="register.event.settle").actor_id == account_id
    hear(event(kind="Death"), cursor="c4")  # The same bytes: it is answered for.
    assert civil().trouble == ""


def test_the_same_id_with_another_content_changes_nothing_and_is_kept_apart() -> None:
    hear(event(), event(), cursor="c1")
    hear(event(), cursor="c2")
    assert not StrangeEvent.objects.exists()

    page = hear(event(national_ids=[OTHER]), cursor="c3")
    strange = StrangeEvent.objects.get()
    assert (strange.page_id, strange.why) == (page, "contradicts")
    assert (told(), civil().trouble) == (["e1"], "events not taken in")


def test_two_spouses_in_another_order_are_the_same_two() -> None:
    hear(event(kind="marriage", national_ids=[SOMEBODY, OTHER]), cursor="c1")
    hear(event(kind="marriage", national_ids=[OTHER, SOMEBODY]), cursor="c2")
    assert not StrangeEvent.objects.exists()


def test_two_tellings_of_one_id_in_one_answer_are_the_first_of_them() -> None:
    hear(event(), event(kind="marriage"))
    assert RegisterEvent.objects.get().kind == "death"
    assert StrangeEvent.objects.get().why == "contradicts"


def test_a_page_is_taken_in_again_by_a_release_that_knows_more(monkeypatch) -> None:
    with monkeypatch.context() as older:
        older.setattr("registers.feed.KINDS", frozenset({"move"}))
        hear(event())
    assert (told(), civil().trouble) == ([], "events not taken in")

    call_command("strange_events", "--again", verbosity=0)
    assert (told(), civil().trouble) == (["e1"], "")
    assert StrangeEvent.objects.get().settled_at is not None


def test_the_command_lists_what_is_open_and_takes_answers(capsys) -> None:
    hear(event(kind="Death"))
    strange = StrangeEvent.objects.get()
    call_command("strange_events")
    listed = capsys.readouterr().out
    assert f"{strange.pk}: civil, page {strange.page_id}, event 0: not_understood" in listed
    assert SOMEBODY not in listed
    with pytest.raises(CommandError, match="--by"):
        call_command("strange_events", "--settle", str(strange.pk), "--note", "Asked.")


def test_bytes_in_which_something_is_strange_are_kept_until_it_is_settled() -> None:
    long_ago = NOON - timedelta(days=200)
    page = hear(event(kind="Death"), cursor="c1", at=long_ago)
    other = hear(cursor="c2", at=long_ago)
    assert operations.forget_pages(now=NOON, limit=10) == 1
    assert FeedPage.objects.get(pk=other).body is None
    with pytest.raises(DatabaseError, match="while they are needed"), transaction.atomic():
        FeedPage.objects.filter(pk=page).update(body=None)

    StrangeEvent.objects.update(settled_at=NOON, note="Asked.")
    assert operations.forget_pages(now=NOON, limit=10) == 1


def test_cursors_in_a_circle_are_followed_once_a_minute_and_rung_for() -> None:
    hear(cursor="a")
    hear(cursor="b")
    assert civil().due_at == NOON
    for turn in "abab":
        hear(cursor=turn)
        assert civil().due_at == NOON + timedelta(minutes=1)
        assert civil().trouble == "the cursor goes back"
    hear(cursor="c")
    assert (civil().due_at, civil().trouble) == (NOON, "")


def test_a_long_page_of_events_passes_and_an_endless_one_does_not(settings, monkeypatch) -> None:
    def ask(events: int) -> bytes:
        said = {"events": [event(id=f"event-{n:06}") for n in range(events)], "cursor": "c"}
        with register_that_says(http(json.dumps(said).encode())) as url:
            settings.GATEWAYS = {
                **settings.GATEWAYS, "civil": {"base_url": url, "token": "t"},
            }  # fmt: skip
            return gateways.feed("civil").events(after="")

    assert len(ask(5_000)) > 512 * 1024
    # What is too long is the same a little earlier: a socket of four MiB is slow to fill here.
    monkeypatch.setattr("registers.gateways.http._EVENTS_BYTES_MAX", 256 * 1024)
    with pytest.raises(gateways.RegisterUnavailable, match="too long"):
        ask(5_000)


def test_postgresql_keeps_events_and_their_people_as_they_were_told() -> None:
    page = FeedPage.objects.get(pk=hear(event()))
    heard = RegisterEvent.objects.get()
    now = "SET CONSTRAINTS ALL IMMEDIATE"

    def write(**more: object) -> None:
        values = {
            "feed": page.feed, "page": page, "source_id": "raw", "kind": "death", "persons": 0,
            "happened_on": date(2026, 11, 20), "recorded_at": NOON, "read_at": NOON,
            "national_ids": "[]",
        }  # fmt: skip
        with transaction.atomic(), connection.cursor() as cursor:
            RegisterEvent.objects.create(**{**values, **more})
            cursor.execute(now)

    write()
    refusals = {
        "register_event_of_its_page": {"feed": Feed.objects.get(name="population")},
        "register_event_in_our_time": {"happened_on": date(2099, 1, 1)},
        "register_event_persons": {"persons": 1},
    }
    for number, (rule, wrong) in enumerate(refusals.items()):
        with pytest.raises(DatabaseError) as refused:
            write(source_id=f"raw-{number}", **wrong)
        assert refused.value.__cause__.diag.constraint_name == rule

    def join() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            EventPerson.objects.create(event=heard, person_index=b"x" * 32)
            cursor.execute(now)

    with pytest.raises(DatabaseError, match="other people"):
        join()


def test_postgresql_lets_nobody_change_or_forget_what_was_strange() -> None:
    hear(event(kind="Death"))
    with pytest.raises(DatabaseError, match="settled_with_a_note"), transaction.atomic():
        StrangeEvent.objects.update(settled_at=NOON)
    with pytest.raises(DatabaseError, match="what was told stands"), transaction.atomic():
        StrangeEvent.objects.update(position=7)
    StrangeEvent.objects.update(settled_at=NOON, note="Asked.")
    with pytest.raises(DatabaseError, match="settled once"), transaction.atomic():
        StrangeEvent.objects.update(note="Otherwise.")
    with pytest.raises(DatabaseError), transaction.atomic():
        StrangeEvent.objects.all().delete()
