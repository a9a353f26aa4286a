"""What is sealed stays where it was sealed, whatever the key; and a file is sealed like a field."""

import hashlib
import io
import os

import psycopg
import pytest
from django.conf import settings as wired
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import ContactPoint, Person
from config import environment
from kernel import crypto, files, rotation
from kernel.crypto import blind_index
from kernel.files.base import path_of
from kernel.models import StoredFile
from tests.world import NOON

PHONE = "+250788000101"
OLD, NEW = "11" * 32, "22" * 32
SCAN = b"%PDF-1.7 the scan of Uwase's card"


def contact(phone: str = PHONE) -> ContactPoint:
    return ContactPoint.objects.create(
        kind="phone", value=phone, value_index=blind_index("phone", phone), language="en"
    )


def raw(contact_id: int) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM accounts_contactpoint WHERE id = %s", [contact_id])
        (sealed,) = cursor.fetchone()
    return bytes(sealed)


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.FIELD_KEYS, settings.INDEX_KEY = [OLD], OLD
    settings.FILES_DIR = tmp_path / "files"
    return settings


def rotate(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


# --- fields ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_ciphertext_moved_to_another_column_is_not_read():
    mine = contact()
    person = Person.objects.create(family_name="Uwase")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_person SET national_id = %s, national_id_index = 'a' WHERE id = %s",
            [raw(mine.pk), person.pk],
        )

    with pytest.raises(crypto.CannotDecrypt):
        Person.objects.get(pk=person.pk)
    assert ContactPoint.objects.get(pk=mine.pk).value == PHONE


@pytest.mark.django_db
def test_a_ciphertext_from_before_fields_were_named_is_still_read(keys):
    cipher = crypto._cipher(OLD)
    nonce = os.urandom(12)
    mine = contact()
    ContactPoint.objects.filter(pk=mine.pk).update(
        value=b"\x00" + nonce + cipher.encrypt(nonce, PHONE.encode(), None)
    )

    assert ContactPoint.objects.get(pk=mine.pk).value == PHONE


@pytest.mark.django_db(transaction=True)
def test_keys_change_by_command_and_the_old_one_can_be_taken_away(keys, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    numbers = [f"+25078800010{number}" for number in range(5)]
    mine = [contact(number) for number in numbers]
    scan = files.store(SCAN, "application/pdf", at=NOON)
    keys.FIELD_KEYS = [OLD, NEW]

    assert "6 rows would be sealed anew" in rotate("--dry-run")
    said = rotate()
    assert "accounts.contactpoint.value: 2 of 5" in said
    assert "6 rows are sealed anew; under an older key: 0." in said

    keys.FIELD_KEYS = [NEW]
    assert [ContactPoint.objects.get(pk=each.pk).value for each in mine] == numbers
    assert ContactPoint.objects.filter(value_index=blind_index("phone", PHONE)).exists()
    assert files.read(scan.sha256) == SCAN
    assert "0 rows are sealed anew" in rotate()


@pytest.mark.django_db(transaction=True)
def test_rules_that_were_off_for_a_batch_hold_after_it(keys):
    scan = files.store(SCAN, "application/pdf", at=NOON)
    keys.FIELD_KEYS = [OLD, NEW]
    rotate()

    with pytest.raises(DatabaseError, match="is what it is"), transaction.atomic():
        StoredFile.objects.filter(pk=scan.sha256).update(sealed_as="0" * 64)


@pytest.mark.django_db(transaction=True)
def test_a_row_that_no_key_reads_is_told_and_left(keys):
    mine = contact()
    before = raw(mine.pk)
    keys.FIELD_KEYS = [NEW]

    with pytest.raises(CommandError, match="no key of FIELD_KEY reads"):
        rotate()
    assert raw(mine.pk) == before


@pytest.mark.django_db(transaction=True)
def test_only_the_owner_changes_keys(keys, monkeypatch):
    monkeypatch.delenv("OWNER_DATABASE_URL")
    with pytest.raises(CommandError, match="only the owner"):
        rotate()

    contact()
    keys.FIELD_KEYS = [OLD, NEW]
    monkeypatch.setenv("OWNER_DATABASE_URL", os.environ["DATABASE_URL"])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rotate()


@pytest.mark.django_db
def test_a_start_without_a_key_in_use_is_refused(keys):
    contact()
    call_command("check", "--database", "default", "--tag", "privacy")

    keys.FIELD_KEYS = [NEW]
    with pytest.raises(Exception, match=r"kernel\.E010.*accounts\.contactpoint\.value"):
        call_command("check", "--database", "default", "--tag", "privacy")

    keys.FIELD_KEYS, keys.INDEX_KEY = [OLD], NEW
    with pytest.raises(Exception, match=r"accounts\.E010"):
        call_command("check", "--database", "default", "--tag", "privacy")


# --- files -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_lies_sealed_under_a_name_that_tells_nothing(keys):
    kept = files.store(SCAN, "application/pdf", at=NOON)

    (lies,) = [path for path in keys.FILES_DIR.rglob("*") if path.is_file()]
    assert b"Uwase" not in lies.read_bytes()
    assert lies.name == hashlib.sha256(lies.read_bytes()).hexdigest()
    assert kept.sha256 not in str(lies)
    assert files.read(kept.sha256) == SCAN


@pytest.mark.django_db
def test_a_file_from_before_files_were_sealed_is_still_read(keys):
    name = hashlib.sha256(SCAN).hexdigest()
    files.named("local").put(name, SCAN, "application/pdf")
    StoredFile.objects.create(
        sha256=name, size_bytes=len(SCAN), media_type="application/pdf", stored_at=NOON
    )

    assert files.read(name) == SCAN
    files.store(SCAN, "application/pdf", at=NOON)
    assert (keys.FILES_DIR / path_of(name)).read_bytes() == SCAN


@pytest.mark.django_db
def test_a_lost_file_that_is_given_again_lies_under_its_old_name(keys):
    kept = files.store(SCAN, "application/pdf", at=NOON)
    name = StoredFile.objects.get().sealed_as
    (keys.FILES_DIR / path_of(name)).unlink()
    with pytest.raises(files.FileMissing):
        files.read(kept.sha256)

    files.store(SCAN, "application/pdf", at=NOON)
    assert files.read(kept.sha256) == SCAN
    assert (keys.FILES_DIR / path_of(name)).exists()


@pytest.mark.django_db
def test_an_erased_file_is_gone_and_a_backup_of_it_is_noise(keys):
    kept = files.store(SCAN, "application/pdf", at=NOON)
    name = StoredFile.objects.get().sealed_as
    backup = (keys.FILES_DIR / path_of(name)).read_bytes()

    files.erase(kept.sha256, at=NOON)
    files.erase(kept.sha256, at=NOON)

    files.named("local").put(name, backup, "application/octet-stream")
    with pytest.raises(files.FileMissing):
        files.read(kept.sha256)
    row = StoredFile.objects.get()
    assert (row.data_key, row.erased_at) == (None, NOON)
    assert "Files: none." in _said("check_files")


@pytest.mark.django_db
def test_what_was_erased_may_be_given_again_under_another_key(keys):
    kept = files.store(SCAN, "application/pdf", at=NOON)
    before = StoredFile.objects.get().sealed_as
    files.erase(kept.sha256, at=NOON)

    files.store(SCAN, "application/pdf", at=NOON)
    assert files.read(kept.sha256) == SCAN
    assert StoredFile.objects.get().sealed_as != before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["sealed_as = repeat('0', 64)", "data_key = NULL", "size_bytes = 1"]
)
def test_what_a_kept_file_is_cannot_be_changed(keys, change):
    files.store(SCAN, "application/pdf", at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE kernel_stored_file SET {change}")


def _said(command: str) -> str:
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_the_index_key_is_the_first_field_key_unless_it_is_named():
    assert wired.INDEX_KEY
    told = {"FIELD_KEY": f"{OLD},{NEW}"}
    assert environment.read(told, rails=[]).index_key == OLD
    assert environment.read(told | {"INDEX_KEY": NEW}, rails=[]).index_key == NEW
