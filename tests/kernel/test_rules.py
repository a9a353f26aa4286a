"""What the kernel keeps in code is kept again by PostgreSQL."""

import psycopg
import pytest
from django.db import DatabaseError, transaction

from kernel import audit, crypto, files
from kernel.models import AuditEntry, LifecycleEdge, StoredFile
from tests.world import NOON

pytestmark = pytest.mark.django_db


def record():
    audit.record(act="case.read", actor_id=1, subject="case", subject_id=2, at=NOON)
    return AuditEntry.objects.get()


def test_the_trace_can_be_added_to():
    assert record().act == "case.read"


@pytest.mark.parametrize("change", ["UPDATE kernel_audit_entry SET act = 'x'",
                                    "DELETE FROM kernel_audit_entry",
                                    "TRUNCATE kernel_audit_entry"])  # fmt: skip
def test_the_application_can_neither_change_nor_delete_the_trace(as_application, change):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute(change)


@pytest.mark.django_db(transaction=True)
def test_not_even_the_owner_changes_the_trace(as_owner):
    record()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_owner.execute("UPDATE kernel_audit_entry SET act = 'x'")


def test_the_application_cannot_add_an_edge_to_a_lifecycle():
    with pytest.raises(DatabaseError), transaction.atomic():
        LifecycleEdge.objects.create(lifecycle="applications.case", source="DRAFT", target="ISSUED")


def test_a_sealed_text_comes_back_and_a_changed_one_does_not():
    sealed = crypto.encrypt("+250788000101")

    assert crypto.decrypt(sealed) == "+250788000101"
    assert b"250788" not in sealed
    assert crypto.encrypt("+250788000101") != sealed
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(crypto.CannotDecrypt):
            crypto.decrypt(bytes(changed))


def test_a_new_key_encrypts_and_the_old_one_still_reads(settings):
    settings.FIELD_KEYS = ["11" * 32]
    old = crypto.encrypt("x")
    index = crypto.blind_index("phone", "x")

    settings.FIELD_KEYS = ["11" * 32, "22" * 32]

    assert crypto.decrypt(old) == crypto.decrypt(crypto.encrypt("x")) == "x"
    assert crypto.blind_index("phone", "x") == index
    assert crypto.blind_index("national_id", "x") != index


def test_a_file_is_kept_once_and_a_changed_one_is_noticed(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    stored = files.store(b"paper", "application/pdf", at=NOON)
    assert files.store(b"paper", "application/pdf", at=NOON) == stored
    assert StoredFile.objects.count() == 1
    assert files.read(stored.sha256) == b"paper"

    next(path for path in tmp_path.rglob("*") if path.is_file()).write_bytes(b"forged")
    with pytest.raises(files.FileChanged):
        files.read(stored.sha256)
    with pytest.raises(files.FileMissing):
        files.read("0" * 64)


@pytest.mark.parametrize("change", ["UPDATE kernel_event SET name = 'x'",
                                    "UPDATE kernel_event SET payload = '{}'",
                                    "DELETE FROM kernel_event",
                                    "DELETE FROM kernel_status_history"])  # fmt: skip
def test_what_was_told_stays_told(as_application, change):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute(change)
