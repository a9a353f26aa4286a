"""The registers' lists of events over real HTTP: once, whatever the register does."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from kernel.models import EventRow
from registers import gateways, operations, queries
from registers.entries import PersonEntry
from registers.models import EventPerson, Feed, FeedPage, RegisterEvent
from tests.registers.test_gateways import http, register_that_says
from tests.sandbox_process import PLAIN, SandboxProcess
from workers import errands

pytestmark = pytest.mark.django_db

# The sandbox's registers live by the real clock, and what they record tomorrow is not believed.
NOW = datetime.now(UTC)
SINGLE, OTHER = "1200470000047043", "1200680000048082"


def happen(world: SandboxProcess, kind: str, *people: str, **more: object) -> str:
    said = {"kind": kind, "national_ids": list(people), **more}
    answer = httpx.post(f"{world.url}/happenings.json", json=said, **PLAIN)
    assert answer.is_success, answer.text
    return answer.json()["id"]


def listen(at: datetime, rounds: int = 10) -> None:
    for _ in range(rounds):
        if not errands.read_register_events(lambda: at):
            return


def told() -> list[str]:
    return list(RegisterEvent.objects.order_by("pk").values_list("source_id", flat=True))


def cite(national_id: str, at: datetime) -> int:
    entry = PersonEntry(
        national_id=national_id, family_name="A", given_names="B", sex="F",
        born_on=at.date(), birth_place_code="1209", residence_code="1209", father_name="",
        mother_name="", marital_status="single", nationality="RW",
    )  # fmt: skip
    return operations.cite(kind="population", entry=entry, at=at).pk


@pytest.fixture
def heard(world: SandboxProcess) -> SandboxProcess:
    """All that happened in earlier tests is heard already."""
    listen(NOW)
    Feed.objects.update(due_at=None)
    return world


def test_what_happens_is_heard_once_and_by_both_registers(heard: SandboxProcess) -> None:
    before = len(told())
    marriage = happen(heard, "marriage", SINGLE, OTHER)
    move = happen(heard, "move", SINGLE, facts={"residence_code": "1105"})

    listen(NOW)
    assert told()[before:] == [marriage, move]
    listen(NOW + timedelta(hours=1))
    assert told()[before:] == [marriage, move]
    events = EventRow.objects.filter(name="registers.event.read")
    assert events.count() == RegisterEvent.objects.count()
    assert EventPerson.objects.filter(event__source_id=marriage).count() == 2


def test_an_event_finds_what_was_cited_before_it_and_nothing_else(heard: SandboxProcess) -> None:
    concerned = cite(SINGLE, NOW - timedelta(days=40000))
    told_of_since = cite(SINGLE, NOW + timedelta(days=40000))
    cite("1190070000000001", NOW - timedelta(days=40000))
    source_id = happen(heard, "move", SINGLE, facts={"residence_code": "1105"})
    listen(NOW)

    event = RegisterEvent.objects.get(source_id=source_id)
    assert queries.entries_concerned(event.pk) == [concerned]
    assert event.pk in {one.id for one in queries.events_not_known(concerned)}
    assert event.pk not in {one.id for one in queries.events_not_known(told_of_since)}


@pytest.mark.parametrize("fault", ["repeats", "backwards"])
def test_a_feed_that_repeats_or_runs_backwards_is_taken_in_once(
    heard: SandboxProcess, fault: str
) -> None:
    first, second = happen(heard, "marriage", SINGLE), happen(heard, "death", SINGLE)
    heard.faults(events=fault)
    listen(NOW, rounds=3)
    Feed.objects.update(due_at=None)
    listen(NOW, rounds=3)
    assert sorted(told()) == sorted(set(told()))
    assert {first, second} <= set(told())


def test_a_garbled_answer_is_kept_and_asked_for_again(heard: SandboxProcess) -> None:
    source_id = happen(heard, "marriage", SINGLE)
    heard.faults(events="garbled")
    pages = FeedPage.objects.count()
    listen(NOW)

    assert FeedPage.objects.count() == pages + 3  # Each feed said something garbled.
    feed = Feed.objects.get(name="civil")
    assert (feed.trouble, feed.due_at) == ("not JSON", NOW + timedelta(minutes=5))
    assert source_id not in told()
    heard.faults(events="")
    listen(NOW + timedelta(minutes=5))
    assert source_id in told()
    assert Feed.objects.get(name="civil").trouble == ""


def test_a_silent_register_loses_nothing(heard: SandboxProcess) -> None:
    source_id = happen(heard, "marriage", SINGLE)
    heard.faults(civil="down")
    listen(NOW)
    assert Feed.objects.get(name="civil").trouble == "status 503"
    heard.faults(civil="")
    listen(NOW + timedelta(minutes=5))
    assert source_id in told()


def test_a_reader_that_dies_after_keeping_the_answer_is_followed_by_another(
    heard: SandboxProcess,
) -> None:
    source_id = happen(heard, "marriage", SINGLE)
    until = NOW + errands.LEASE
    asked = operations.claim_feeds(now=NOW, until=until)
    assert operations.claim_feeds(now=NOW, until=until) == []
    civil = next(one for one in asked if one.name == "civil")
    body = gateways.feed("civil").events(after=civil.cursor)
    page_id = operations.keep_page(asked=civil, body=body, at=NOW)

    listen(until)
    assert source_id in told()
    cursor = Feed.objects.get(name="civil").cursor
    # The dead one comes back: what it kept is taken in already, and moves no cursor back.
    assert operations.take_in(page_id=page_id, at=until) == 0
    assert Feed.objects.get(name="civil").cursor == cursor


def test_one_strange_event_keeps_none_of_the_others(settings) -> None:
    answer = (
        b'{"cursor": "9", "events": [{"id": "x", "kind": "abduction"}, {"id": "y", "kind": "death",'
        b' "happened_on": "2026-11-01", "recorded_at": "2026-11-02T08:00:00Z",'
        b' "national_ids": ["1198470000037053"]}]}'
    )
    asked = operations.claim_feeds(now=NOW, until=NOW + errands.LEASE)
    with register_that_says(http(answer)) as url:
        settings.GATEWAYS = {
            **settings.GATEWAYS, "civil": {"base_url": url, "token": "t"},
        }  # fmt: skip
        body = gateways.feed("civil").events(after="")
    civil = next(one for one in asked if one.name == "civil")
    operations.take_in(page_id=operations.keep_page(asked=civil, body=body, at=NOW), at=NOW)

    assert told() == ["y"]
    feed = Feed.objects.get(name="civil")
    assert (feed.cursor, feed.trouble) == ("9", "events not taken in")


def test_no_number_stands_in_clear(heard: SandboxProcess) -> None:
    happen(heard, "marriage", SINGLE)
    listen(NOW)
    with connection.cursor() as cursor:
        for table in ("registers_feedpage", "registers_registerevent", "registers_eventperson"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{SINGLE}%'")
            assert cursor.fetchone() == (0,)
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(f"DELETE FROM {table}")


def test_what_happened_shows_in_the_entries(heard: SandboxProcess) -> None:
    happen(heard, "move", SINGLE, facts={"residence_code": "1105"})
    happen(heard, "correction", OTHER, entry_kind="birth", facts={"given_names": "Mended"})
    person = gateways.population().person(national_id=SINGLE)
    acts = gateways.civil().acts(kind="birth", national_id=OTHER)
    assert person is not None
    assert person.residence_code == "1105"
    assert {act.facts["given_names"] for act in acts} <= {"Mended"}
    assert not httpx.post(
        f"{heard.url}/happenings.json", json={"kind": "birth"}, **PLAIN
    ).is_success


def test_a_correction_of_a_criminal_record_is_told_by_its_own_register(
    heard: SandboxProcess,
) -> None:
    source_id = happen(heard, "correction", SINGLE, entry_kind="criminal", facts={"judgments": []})
    listen(NOW)
    event = RegisterEvent.objects.get(source_id=source_id)
    assert (event.feed.name, event.entry_kind) == ("criminal", "criminal")
    [record] = gateways.entries(register="criminal", national_id=SINGLE)
    assert record.facts()["judgments"] == "0"


LONG_AGO = timezone.now() - timedelta(days=91)


def page(cursor: str, at: datetime, body: bytes = b"{}") -> FeedPage:
    asked = operations.Asked(Feed.objects.get(name="civil").pk, "civil", cursor)
    return FeedPage.objects.get(pk=operations.keep_page(asked=asked, body=body, at=at))


def test_what_a_feed_said_is_forgotten_after_90_days_and_the_hash_stays() -> None:
    now = timezone.now()
    Feed.objects.filter(name="civil").update(cursor="here")
    old, young = page("before", LONG_AGO), page("before too", now - timedelta(days=89))
    here = page("here", LONG_AGO)

    assert operations.forget_pages(now=now, limit=9) == 1
    bodies = dict(FeedPage.objects.values_list("pk", "body"))
    assert bodies == {old.pk: None, young.pk: "{}", here.pk: "{}"}
    assert operations.forget_pages(now=now, limit=9) == 0
    assert operations.take_in(page_id=old.pk, at=now) == 0
    # A register that begins anew is read anew.
    assert page("before", now).pk == old.pk
    assert FeedPage.objects.get(pk=old.pk).body == "{}"


def test_postgresql_forgets_nothing_too_early_and_changes_nothing() -> None:
    Feed.objects.filter(name="civil").update(cursor="here")
    old, young = page("before", LONG_AGO), page("before too", timezone.now())
    here = page("here", LONG_AGO)
    for kept, change, rule in (
        (young, {"body": None}, "feed_page_kept_90_days"),
        (here, {"body": None}, "feed_page_kept_90_days"),
        (old, {"body": "other"}, "feed_page_kept"),
        (old, {"sha256": "0" * 64}, "feed_page_kept"),
    ):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            FeedPage.objects.filter(pk=kept.pk).update(**change)
        assert refused.value.__cause__.diag.constraint_name == rule
    with pytest.raises(DatabaseError), transaction.atomic():
        FeedPage.objects.all().delete()
    assert FeedPage.objects.filter(pk=old.pk).update(body=None) == 1
