"""Blind indexes move to a new key while people are searched for, and plain files are sealed."""

import hashlib
import io
import os
from datetime import timedelta

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.utils import timezone

from accounts import queries as accounts
from accounts.models import ContactPoint, Person
from accounts.operations import codes, persons
from kernel import crypto, files, reindexing, rotation
from kernel.crypto import blind_index
from kernel.files.base import path_of
from kernel.models import StoredFile
from registers import operations as registers
from registers.models import CitedEntry, EntryPerson, Family
from tests.kernel.privacy.test_sealed import SCAN, contact, rotate
from tests.world import NOON

OLD, NEW = "11" * 32, "22" * 32
NUMBER = "1199078000000104"
PHONES = [f"+25078800020{number}" for number in range(5)]


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.FIELD_KEYS, settings.INDEX_KEY, settings.NEXT_INDEX_KEY = [OLD], OLD, ""
    settings.FILES_DIR = tmp_path / "files"
    return settings


def person() -> Person:
    return Person.objects.create(
        family_name="Uwase",
        national_id=NUMBER,
        national_id_index=blind_index("national_id", NUMBER),
    )


def cited() -> EntryPerson:
    """An entry that names her, and of whose number no plain index stands beside it."""
    entry = CitedEntry.objects.create(
        kind="population",
        source="population",
        facts={},
        facts_sha256="0" * 64,
        national_ids=f'["{NUMBER}"]',
        cited_at=NOON,
    )
    return EntryPerson.objects.create(entry=entry, person_index=blind_index("national_id", NUMBER))


def owner() -> psycopg.Connection:
    return psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True)


@pytest.mark.django_db(transaction=True)
def test_indexes_move_to_the_new_key_and_the_old_one_is_needed_no_more(keys):
    for phone in PHONES:
        contact(phone)
    uwase, entry = person(), cited()
    keys.NEXT_INDEX_KEY = NEW

    said = rotate()
    assert "accounts.ContactPoint.value: indexes of 5 rows worked out" in said
    assert "7 indexes are made by NEXT_INDEX_KEY" in said
    assert "would move" not in rotate("--dry-run")

    keys.INDEX_KEY, keys.NEXT_INDEX_KEY = NEW, ""
    assert all(accounts.phone_contact_id(phone) for phone in PHONES)
    uwase.refresh_from_db()
    assert bytes(uwase.national_id_index) == blind_index("national_id", NUMBER)
    entry.refresh_from_db()
    assert bytes(entry.person_index) == bytes(uwase.national_id_index)
    call_command("check", "--database", "default", "--tag", "privacy")


@pytest.mark.django_db(transaction=True)
def test_relatives_whom_nobody_else_knows_are_asked_for_anew(keys):
    uwase, stranger = person(), "1199078000000205"
    registers.look_after(person_ids=[7], at=NOON)
    family = Family.objects.get()
    registers.keep_family(family_id=family.pk, national_ids=[NUMBER, stranger], at=NOON)
    far = timezone.now() + timedelta(hours=20)
    Family.objects.update(due_at=far)
    keys.NEXT_INDEX_KEY = NEW
    rotate()

    uwase.refresh_from_db()
    kept = {bytes(one) for one in family.relatives.values_list("person_index", flat=True)}
    assert bytes(uwase.national_id_index) in kept
    assert blind_index("national_id", stranger) not in kept
    # What cannot be worked out is asked for now, not when its day comes.
    now = timezone.now()
    (asked,) = registers.claim_families(limit=5, now=now, until=now)
    registers.keep_family(family_id=asked.family_id, national_ids=[NUMBER, stranger], at=now)
    kept = {bytes(one) for one in family.relatives.values_list("person_index", flat=True)}
    assert kept == {blind_index("national_id", one) for one in (NUMBER, stranger)}


@pytest.mark.django_db(transaction=True)
def test_people_are_found_and_stay_one_while_their_indexes_move(keys):
    first = contact(PHONES[0])
    known = person()
    keys.NEXT_INDEX_KEY = NEW

    def found() -> tuple[int | None, int, int]:
        return (
            accounts.phone_contact_id(PHONES[0]),
            codes.know_phone(phone=PHONES[0], language="en"),
            persons.name_person(national_id=NUMBER, family_name="Uwase", given_names=""),
        )

    hers = (first.pk, first.pk, known.pk)
    assert found() == hers
    with owner() as connected:
        steps = reindexing.work_out(connected)
        next(steps)
        assert found() == hers
        for _ in steps:
            pass
        # Whoever comes between the reading and the change is read then.
        late = contact(PHONES[1])
        assert found() == hers
        reindexing.swap(connected)
    assert found() == hers
    assert accounts.phone_contact_id(PHONES[1]) == late.pk
    assert ContactPoint.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_was_broken_off_goes_on_where_it_was(keys, monkeypatch):
    monkeypatch.setattr(reindexing, "BATCH", 2)
    for phone in PHONES:
        contact(phone)
    keys.NEXT_INDEX_KEY = NEW
    with owner() as connected:
        assert next(reindexing.work_out(connected))[1] == 2

    assert "accounts.ContactPoint.value: indexes of 3 rows worked out" in rotate()


@pytest.mark.django_db(transaction=True)
def test_nothing_leads_from_the_old_index_to_the_new_one_afterwards(keys, as_owner):
    contact()
    keys.NEXT_INDEX_KEY = NEW
    rotate()
    assert as_owner.execute("SELECT count(*) FROM kernel_new_index").fetchone() == (0,)


def test_every_column_of_blind_indexes_says_how_it_moves():
    """A hash that somebody shows again (a code, a token) is no index: it ends with its key."""
    named = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField) and field.name.endswith("_index")
    }
    assert named == {f"{one.model}.{one.field}" for one in reindexing.indexed()}


# --- rotation ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_rotation_reads_each_row_once_however_many_there_are(keys, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    asked = []
    for phone in PHONES:
        contact(phone)
    keys.FIELD_KEYS = [OLD, NEW]
    (column,) = [one for one in rotation.columns() if one.place == "accounts.contactpoint.value"]
    real = rotation._next

    def counted(connected, which, after):
        asked.append(after)
        return real(connected, which, after)

    monkeypatch.setattr(rotation, "_next", counted)
    with owner() as connected:
        assert list(rotation.rotate(connected, column)) == [2, 2, 1]
    # Each time from the last row on; then once more for what came meanwhile.
    assert asked[0] is None
    assert sorted(asked[1:4]) == asked[1:4]
    assert asked[4:] == [None]


# --- files -------------------------------------------------------------------------------------


def plain() -> str:
    name = hashlib.sha256(SCAN).hexdigest()
    files.named("local").put(name, SCAN, "application/pdf")
    StoredFile.objects.create(
        sha256=name, size_bytes=len(SCAN), media_type="application/pdf", stored_at=NOON
    )
    return name


def seal() -> str:
    out = io.StringIO()
    call_command("seal_files", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_files_from_before_are_sealed_and_nothing_of_them_lies_in_clear(keys):
    name = plain()
    assert "1 files are sealed; in clear still: 0." in seal()

    assert files.read(name) == SCAN
    assert not (keys.FILES_DIR / path_of(name)).exists()
    lying = [path.read_bytes() for path in keys.FILES_DIR.rglob("*") if path.is_file()]
    assert all(b"Uwase" not in data for data in lying)
    row = StoredFile.objects.get()
    assert row.sealed_as
    assert crypto.is_readable(crypto.newest_header())
    assert "0 files are sealed" in seal()


@pytest.mark.django_db
def test_a_plain_file_that_is_lost_is_told_and_left(keys):
    name = plain()
    (keys.FILES_DIR / path_of(name)).unlink()
    with pytest.raises(Exception, match="1 files are lost or changed"):
        seal()
    assert StoredFile.objects.get().sealed_as == ""
