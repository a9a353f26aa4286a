"""The migrations of revisions and credentials, taken back and made again over rows in use."""

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from config.stack import throwaway
from documents import operations
from documents.models import Credential, PaperFile, Proof, Purpose
from documents.operations import credentials
from documents.operations.credentials import Owner
from tests.documents import world as worlds
from tests.documents.credentials import heads as people
from tests.documents.world import LEASE, World
from tests.world import NOON

NAME = "guichet_way_back"


@pytest.fixture
def aside(django_db_setup: None, django_db_blocker, tmp_path: Path, settings) -> Iterator[World]:
    """A database of its own with its owner at work: each step commits, as a release's does."""
    settings.PKI_DIR, settings.FILES_DIR = tmp_path / "pki", tmp_path / "files"
    superuser = conninfo_to_dict(os.environ["GUICHET_TEST_SUPERUSER"]) | {"dbname": "postgres"}
    owner = conninfo_to_dict(os.environ["OWNER_DATABASE_URL"])
    name = sql.Identifier(NAME + str(os.getpid()))
    usual = dict(connection.settings_dict)
    with psycopg.connect(**superuser, autocommit=True) as cluster, django_db_blocker.unblock():
        cluster.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER guichet_owner").format(
                name, sql.Identifier(throwaway.TEMPLATE)
            )
        )
        connection.close()
        connection.settings_dict.update(
            NAME=NAME + str(os.getpid()), USER=owner["user"], PASSWORD=owner["password"]
        )
        try:
            yield worlds.build(tmp_path / "pki")
        finally:
            connection.close()
            connection.settings_dict.update(usual)
            cluster.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def rows(query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def two_papers(world: World) -> list[int]:
    """Two papers whose files were made by turns, as in an office."""
    papers = [
        worlds.request(world, cited_entry_id=worlds.cite_birth(father_name=name))
        for name in ("Habimana Jean", "Habimana Paul")
    ]
    worlds.order(world, {paper_id: worlds.draw(paper_id) for paper_id in papers})
    claimed = operations.claim_for_signing(limit=2, now=NOON, until=NOON + LEASE)
    for _ in range(2):
        for paper_id in claimed:
            operations.record_signing(operations.sign(paper_id, at=NOON), at=NOON)
    return papers


def prove(paper_id: int) -> None:
    """Append what time stamps and revocation lists append."""
    for step, level in (("stamped", "B-T"), ("augmented", "B-LTA"), ("refreshed", "B-LTA")):
        PaperFile.objects.create(
            **{
                **worlds.following(paper_id),
                "step": step,
                "pades_level": level,
                "sha256": hashlib.sha256(f"{paper_id} {step}".encode()).hexdigest(),
                "stamped_at": NOON,
                "stamp_until": NOON + timedelta(days=900),
            }
        )


def revisions(paper_id: int) -> list[tuple[object, ...]]:
    fields = ("revision", "step", "previous_size", "pades_level")
    return list(PaperFile.objects.filter(paper=paper_id).order_by("revision").values_list(*fields))


def test_a_release_is_taken_back_with_its_rows_and_made_again(aside: World) -> None:
    everywhere = people.appoint(area_code=None)
    first_key = credentials.in_force("officer", account_id=aside.officer_id, at=NOON)
    papers = two_papers(aside)
    as_issued = {paper_id: revisions(paper_id) for paper_id in papers}
    prove(papers[0])
    people.issue(people.of_officer(aside), everywhere)
    of_codes = people.issue(Owner(Purpose.QR), everywhere)
    credentials.suspend(credential_id=of_codes.pk, note="Lost?", by_id=everywhere.asker, at=NOON)
    credentials.tell_ends(at=NOON + timedelta(days=680))

    call_command("migrate", "documents", "0005", verbosity=0, interactive=False)
    assert rows("SELECT DISTINCT purpose FROM documents_credential ORDER BY 1") == [
        ("officer",), ("seal",),
    ]  # fmt: skip
    assert rows(f"SELECT state FROM documents_credential WHERE id = {first_key.pk}") == [
        ("revoked",)
    ]
    call_command("migrate", "documents", "0004", verbosity=0, interactive=False)
    assert rows("SELECT paper_id, step FROM documents_paperfile ORDER BY paper_id, id") == [
        (paper_id, step) for paper_id in papers for step in ("rendered", "signed", "sealed")
    ]

    call_command("migrate", verbosity=0, interactive=False)
    for paper_id in papers:
        (_, _, _, _), (_, _, drawn, _), (_, _, signed, _) = as_issued[paper_id]
        assert revisions(paper_id) == [
            (1, "rendered", 0, ""), (2, "signed", drawn, "B-B"), (3, "sealed", signed, "B-B"),
        ]  # fmt: skip
        assert 0 < drawn < signed
        assert Proof.objects.get(pk=paper_id).revision == 3
    prove(papers[1])
    assert Credential.objects.get(pk=first_key.pk).ended_at is not None
