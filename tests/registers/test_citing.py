import hashlib
import json
from datetime import date

import pytest
from django.db import Error, connection, transaction

from kernel.models import StoredFile
from registers import operations, queries
from registers.entries import ActEntry, PersonEntry
from registers.models import CitedEntry
from tests.world import NOON

BIRTH = ActEntry(
    kind="birth",
    office_code="1209",
    year=1984,
    volume="03",
    act_number="0412",
    registered_on=date(1984, 2, 25),
    facts={"family_name": "Ikizamini", "given_names": "Rosine", "born_on": "1984-02-17"},
    national_ids=("1198470000037053",),
)
PERSON = PersonEntry(
    national_id="1198470000037053",
    family_name="Ikizamini",
    given_names="Rosine",
    sex="F",
    born_on=date(1984, 2, 17),
    birth_place_code="1209",
    residence_code="1209",
    father_name="Urugero Bosco",
    mother_name="Specimen Diane",
    marital_status="single",
    nationality="RW",
)

pytestmark = pytest.mark.django_db


def test_an_act_is_kept_word_for_word_with_its_place_in_the_register() -> None:
    cited = operations.cite(kind="birth", entry=BIRTH, at=NOON)
    kept = queries.cited_entry(cited.id)
    assert kept.facts == BIRTH.facts
    assert kept.national_ids == BIRTH.national_ids
    assert (kept.year, kept.volume, kept.act_number) == (1984, "03", "0412")
    assert (kept.source, kept.cited_at) == ("gateway", NOON)


def test_the_hash_is_that_of_the_facts() -> None:
    cited = operations.cite(kind="birth", entry=BIRTH, at=NOON)
    canonical = json.dumps(BIRTH.facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert cited.facts_sha256 == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_persons_entry_is_kept_without_her_number_in_clear() -> None:
    cited = operations.cite(kind="population", entry=PERSON, at=NOON)
    kept = queries.cited_entry(cited.id)
    assert kept.facts["marital_status"] == "single"
    assert kept.facts["born_on"] == "1984-02-17"
    assert kept.national_ids == (PERSON.national_id,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM registers_citedentry e")
        [(row,)] = cursor.fetchall()
    assert PERSON.national_id not in row


def test_an_act_of_a_paper_register_says_so() -> None:
    scan = StoredFile.objects.create(
        sha256="5c" * 32, size_bytes=1, media_type="application/pdf", stored_at=NOON
    )
    entry_id = operations.cite_paper(
        kind="birth",
        office_code=BIRTH.office_code,
        year=BIRTH.year,
        volume=BIRTH.volume,
        act_number=BIRTH.act_number,
        registered_on=BIRTH.registered_on,
        facts=BIRTH.facts,
        scan_sha256=scan.sha256,
        read_by=17,
        at=NOON,
    )
    assert queries.cited_entry(entry_id).source == "paper"
    assert queries.scan_of(entry_id) == scan.sha256
    assert queries.scan_of(operations.cite(kind="birth", entry=BIRTH, at=NOON).id) is None


@pytest.mark.parametrize(
    ("kind", "entry", "source"),
    [
        ("marriage", BIRTH, None),
        ("birth", PERSON, None),
        ("population", BIRTH, None),
        ("population", PERSON, "paper"),
        ("birth", BIRTH, "population"),
        ("birth", BIRTH, "hearsay"),
    ],
)
def test_kind_source_and_entry_must_belong_together(kind, entry, source) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(operations.WrongEntry):
        operations.cite(kind=kind, entry=entry, at=NOON, source=source)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE registers_citedentry SET act_number = '1'",
        "DELETE FROM registers_citedentry",
        "TRUNCATE registers_citedentry",
    ],
)
def test_the_application_can_neither_change_nor_remove_what_was_cited(change: str) -> None:
    operations.cite(kind="birth", entry=BIRTH, at=NOON)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert CitedEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "verb", ["UPDATE registers_citedentry SET year = 1", "DELETE FROM registers_citedentry"]
)
def test_not_even_the_owner_changes_it_by_hand(as_owner, verb: str) -> None:  # type: ignore[no-untyped-def]
    operations.cite(kind="birth", entry=BIRTH, at=NOON)
    with pytest.raises(Exception, match="append-only"):
        as_owner.execute(verb)


def test_the_office_is_found_by_its_own_code_or_by_its_area(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO places_area (code, name, names, level, level_name, parent_id, path)"
            " VALUES ('1', 'City', '{}', 1, 'province', NULL, '1') RETURNING id"
        )
        [city] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO places_area (code, name, names, level, level_name, parent_id, path)"
            " VALUES ('1209', 'Kimironko', '{}', 2, 'sector', %s, '1/1209') RETURNING id",
            [city],
        )
        [sector] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO places_office (code, names, area_id, level)"
            " VALUES ('sector-1209', '{}', %s, 'sector') RETURNING id",
            [sector],
        )
        [office] = cursor.fetchone()
    assert operations.cite(kind="birth", entry=BIRTH, at=NOON).office_id == office


def test_an_act_of_an_office_that_we_do_not_list_is_cited_all_the_same() -> None:
    cited = operations.cite(kind="birth", entry=BIRTH, at=NOON)
    assert (cited.office_id, cited.office_code) == (None, "1209")
