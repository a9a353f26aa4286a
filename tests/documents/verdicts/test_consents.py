"""An agency reads a paper's facts while its holder lets it, and she sees each time."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from documents import operations, queries
from documents.models import Consent, Look, Paper
from kernel.models import AuditEntry
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db

ADDRESS = "/api/papers/shared/"


def give(world: World, paper_id: int, **more: object) -> str:
    values: dict[str, object] = {
        "paper_id": paper_id,
        "agency": "Kigali Savings Bank",
        "purpose": "opening an account",
        "until": NOON + timedelta(days=30),
        "key": str(uuid4()),
        "by_id": world.officer_id,
        "at": NOON,
    }
    return operations.give_consent(**{**values, **more})


def ask(client: Client, token: str):
    return client.get(ADDRESS, headers={"authorization": f"Bearer {token}"})


def test_an_agency_reads_the_facts_and_the_holder_sees_each_reading(world: World) -> None:
    paper_id = worlds.issue(world)
    token = give(world, paper_id)

    shared = operations.read_shared(token, at=NOON + timedelta(days=1))
    operations.read_shared(token, at=NOON + timedelta(days=1, seconds=5))
    assert shared.verdict.outcome == "current"
    assert shared.facts is not None
    assert shared.facts["family_name"] == "MUKAMANA"
    assert shared.purpose == "opening an account"
    assert "MUKAMANA" not in repr(shared)
    seen = queries.looks(paper_id)
    assert [(look.kind, look.agency) for look in seen.recent] == [
        ("agency", "Kigali Savings Bank"),
        ("agency", "Kigali Savings Bank"),
    ]


def test_the_same_sent_again_is_the_same_consent(world: World) -> None:
    paper_id = worlds.issue(world)
    token = give(world, paper_id, key="one sending")

    later = NOON + timedelta(minutes=1)
    assert give(world, paper_id, key="one sending", at=later) == token
    assert Consent.objects.count() == 1
    # Another page, another agency, another paper or person: another token.
    others = [
        give(world, paper_id, key="another"),
        give(world, paper_id, key="one sending", agency="Another bank"),
        give(world, paper_id, key="one sending", by_id=world.other_officer_id),
        give(world, worlds.issue(world), key="one sending"),
    ]
    assert len({token, *others}) == 5


def test_what_was_taken_back_is_not_given_again_by_a_page_loaded_anew(world: World) -> None:
    paper_id = worlds.issue(world)
    give(world, paper_id, key="one sending")
    operations.take_back_consent(
        paper_ids=[paper_id], consent_id=Consent.objects.get().pk, by_id=world.officer_id, at=NOON
    )

    with pytest.raises(operations.SentBefore):
        give(world, paper_id, key="one sending")
    assert operations.read_shared(give(world, paper_id), at=NOON).facts


def test_the_token_is_kept_nowhere(world: World) -> None:
    token = give(world, worlds.issue(world))

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM documents_consent c")
        (row,) = cursor.fetchone()
        cursor.execute("SELECT coalesce(string_agg(detail::text, ''), '') FROM kernel_audit_entry")
        (trace,) = cursor.fetchone()
    assert token not in row + trace
    assert AuditEntry.objects.filter(act="paper.share", actor_id=world.officer_id).exists()


def test_what_was_taken_back_or_is_over_opens_nothing(world: World) -> None:
    paper_id = worlds.issue(world)
    token, short = give(world, paper_id), give(world, paper_id, until=NOON + timedelta(days=1))
    consent_id = Consent.objects.order_by("pk").first().pk

    with pytest.raises(operations.NoConsent):
        operations.read_shared(short, at=NOON + timedelta(days=2))
    later = NOON + timedelta(hours=1)
    operations.take_back_consent(
        paper_ids=[paper_id], consent_id=consent_id, by_id=world.officer_id, at=later
    )
    # Twice is once.
    operations.take_back_consent(
        paper_ids=[paper_id], consent_id=consent_id, by_id=world.officer_id, at=later
    )
    for wrong in (token, "", "x" * 43, "x" * 10_000, short[:-1]):
        with pytest.raises(operations.NoConsent):
            operations.read_shared(wrong, at=later)
    assert not Look.objects.exists()
    assert [each.in_force for each in queries.consents(paper_id, at=later)] == [True, False]


def test_a_clock_that_is_behind_does_not_keep_her_from_taking_it_back(world: World) -> None:
    paper_id = worlds.issue(world)
    token = give(world, paper_id)

    consent_id, earlier = Consent.objects.get().pk, NOON - timedelta(seconds=5)
    operations.take_back_consent(
        paper_ids=[paper_id], consent_id=consent_id, by_id=world.officer_id, at=earlier
    )
    with pytest.raises(operations.NoConsent):
        operations.read_shared(token, at=NOON)


def test_a_consent_of_another_paper_is_not_hers_to_take_back(world: World) -> None:
    mine, theirs = worlds.issue(world), worlds.issue(world)
    give(world, theirs)

    with pytest.raises(operations.NoConsent):
        operations.take_back_consent(
            paper_ids=[mine], consent_id=Consent.objects.get().pk, by_id=world.officer_id, at=NOON
        )


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_consent_lasts_from_now_to_90_days(world: World, days: int) -> None:
    with pytest.raises(operations.CannotShare):
        give(world, worlds.issue(world), until=NOON + timedelta(days=days))


def test_a_paper_that_is_not_out_is_not_shared(world: World) -> None:
    with pytest.raises(operations.CannotShare):
        give(world, worlds.request(world))


def test_ten_agencies_are_enough(world: World) -> None:
    paper_id = worlds.issue(world)
    for _ in range(10):
        give(world, paper_id)

    with pytest.raises(operations.TooManyConsents):
        give(world, paper_id)
    # What is over counts no more.
    give(world, paper_id, at=NOON + timedelta(days=31), until=NOON + timedelta(days=40))


def test_the_facts_of_a_revoked_paper_are_not_given(world: World) -> None:
    office = people.open_office(world)
    paper_id = worlds.issue(world)
    token = give(world, paper_id)
    people.do(office, paper_id, "revoke", reason="facts_wrong")

    shared = operations.read_shared(token, at=NOON)
    assert (shared.verdict.outcome, shared.facts) == ("revoked", None)


@pytest.mark.parametrize(
    "change",
    [
        "agency = 'Another'",
        "until = until + interval '1 day'",
        "token_hash = '\\x00'",
        "given_by_id = given_by_id + 1",
    ],
)
def test_a_consent_is_never_changed(world: World, change: str) -> None:
    give(world, worlds.issue(world))

    for statement in (f"UPDATE documents_consent SET {change}", "DELETE FROM documents_consent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_was_taken_back_stays_so_in_the_database_too(world: World) -> None:
    paper_id = worlds.issue(world)
    give(world, paper_id)
    consent = Consent.objects.get()
    operations.take_back_consent(
        paper_ids=[paper_id], consent_id=consent.pk, by_id=world.officer_id, at=NOON
    )

    with pytest.raises(DatabaseError, match="taken back"), transaction.atomic():
        Consent.objects.update(taken_back_at=None)
    with pytest.raises(DatabaseError, match="not in force"), transaction.atomic():
        Look.objects.create(paper_id=paper_id, kind="agency", consent=consent, at=NOON)


def test_a_machine_reads_with_the_token_in_its_header(client: Client, world: World) -> None:
    now = timezone.now()
    paper_id = worlds.issue(world)
    token = give(world, paper_id, at=now, until=now + timedelta(days=1))

    answer = ask(client, token)
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert told["facts"]["family_name"] == "MUKAMANA"
    assert told["verdict"]["paper"]["number"] == Paper.objects.get(pk=paper_id).number
    assert answer["Cache-Control"] == "no-store"
    # The token is no address, and one that opens nothing says no more than that.
    assert client.get(f"{ADDRESS}{token}/").status_code == 404
    for wrong in (client.get(ADDRESS), ask(client, "nonsense"), ask(client, "é"), ask(client, "")):
        assert wrong.status_code == 401
        assert wrong["WWW-Authenticate"] == "Bearer"
    assert client.get(f"{ADDRESS}?token={token}").status_code == 401
