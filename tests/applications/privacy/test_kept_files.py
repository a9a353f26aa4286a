"""A file is kept once: forgetting a draft destroys nothing that anything else names."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts import operations as accounts
from accounts.models import Guardianship
from applications.models import DataExport
from applications.operations import forgetting, taking_out
from kernel import files, retention
from kernel.models import AuditEntry, StoredFile
from tests.accounts.citizens.world import child_entry
from tests.applications import world
from tests.applications.attachments.giving import complete_draft, give
from tests.world import NOON

pytestmark = pytest.mark.django_db
LATE = NOON + timedelta(days=31)


def proof_of_guardianship(citizen, sha256: str) -> int:
    return accounts.ask_guardianship(
        account_id=citizen.account_id,
        guardian_id=citizen.person_id,
        ward=child_entry(),
        kind="guardian",
        until_on=None,
        proof_sha256=sha256,
        at=NOON,
    )


def forget_all(at=LATE) -> None:
    while retention.forget_now(now=at):
        pass


def test_the_proof_of_a_guardianship_outlives_a_draft_with_the_same_file(citizen):
    complete_draft(citizen)
    sha256 = StoredFile.objects.get().sha256
    proof_of_guardianship(citizen, sha256)

    forget_all()

    assert files.read(sha256)
    assert not forgetting.left_files(LATE).exists()


def test_postgresql_erases_nothing_that_is_named_whoever_asks(citizen):
    complete_draft(citizen)
    kept = StoredFile.objects.get()
    with pytest.raises(files.FileNeeded):
        files.erase(kept.sha256, at=LATE)  # The draft stands still.
    with pytest.raises(DatabaseError, match="is needed"), transaction.atomic():
        StoredFile.objects.update(erased_at=LATE, data_key=None)
    assert files.read(kept.sha256)


def test_what_was_erased_is_named_by_nothing_new_before_it_is_given_anew(citizen):
    complete_draft(citizen)
    sha256 = StoredFile.objects.get().sha256
    forget_all()

    with pytest.raises(DatabaseError, match="given anew"), transaction.atomic():
        proof_of_guardianship(citizen, sha256)
    assert not Guardianship.objects.exists()

    give(citizen, world.draft(citizen, world.IDENTITY))
    assert files.read(sha256)
    proof_of_guardianship(citizen, sha256)


def test_a_file_erased_while_its_bytes_are_given_again_is_kept(citizen, monkeypatch):
    complete_draft(citizen)
    sha256 = StoredFile.objects.get().sha256
    data = files.read(sha256)
    forgetting.forget_drafts(LATE, 9, at=LATE)
    put, began = type(files.named("local")).put, []

    def erased_meanwhile(store, name, data, media_type):
        put(store, name, data, media_type)
        if not began:
            began.append(name)
            files.erase(sha256, at=LATE)

    monkeypatch.setattr(type(files.named("local")), "put", erased_meanwhile)
    files.store(data, "image/jpeg", at=LATE)
    assert files.read(sha256) == data


def test_a_store_that_refuses_stops_no_other_forgetting_and_the_trace_says_what_went(
    citizen, monkeypatch
):
    complete_draft(citizen)
    forget_drafts = retention.forget_now(now=LATE)
    assert forget_drafts == 1
    give(citizen, world.draft(citizen, world.IDENTITY))
    forgetting.forget_drafts(LATE + timedelta(days=1), 9, at=LATE)

    def refuse(_store, _name):
        raise files.StorageUnavailable

    later: list[object] = []
    probe = retention.DataClass(
        code="zzz", name="", purpose="", rule="", source="", keep_for=timedelta(days=1),
        forget=lambda *_about: later.append(1) or 3,
    )  # fmt: skip
    classes = [*retention.classes(), probe]
    monkeypatch.setattr(retention, "classes", lambda: classes)
    monkeypatch.setattr(type(files.named("local")), "drop", refuse)
    with pytest.raises(files.StorageUnavailable):
        retention.forget_now(now=LATE)

    assert later
    assert StoredFile.objects.get().erased_at is None
    assert AuditEntry.objects.latest("pk").detail == {"zzz": 3}
    assert files.read(StoredFile.objects.get().sha256)


def test_of_two_who_make_one_export_the_later_leaves_nothing_behind(citizen, monkeypatch):
    export_id = taking_out.ask_export(
        person_id=citizen.person_id, by_id=citizen.account_id, language="en", at=NOON
    )
    packs = iter([b"PK of the later", b"PK of the earlier"])

    def pack(*_about, at):
        data = next(packs)
        if data.endswith(b"later"):
            taking_out.make_export(export_id, at=at)
        return data

    monkeypatch.setattr(taking_out, "pack_person", pack)
    taking_out.make_export(export_id, at=NOON)
    assert files.read(DataExport.objects.get().file_id) == b"PK of the earlier"
    assert StoredFile.objects.filter(erased_at=None).count() == 1


def test_a_copy_that_no_export_names_is_destroyed_after_a_day(citizen):
    left = files.store(b"PK", "application/zip", at=NOON)
    assert retention.forget_now(now=NOON + timedelta(hours=23)) == 0
    assert retention.forget_now(now=NOON + timedelta(hours=25)) == 1
    with pytest.raises(files.FileMissing):
        files.read(left.sha256)
