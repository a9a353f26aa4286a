"""Files are kept once, under their hash, in a folder as in a bucket of an object store."""

import hashlib
import threading

import pytest
from django.db import transaction

from kernel import files
from kernel.files import base, bucket
from kernel.models import StoredFile
from tests.kernel.stores import Place, troubled
from tests.world import NOON
from workers.errands.carrying import LEASE

pytestmark = pytest.mark.django_db

PDF = "application/pdf"
PAPER = b"%PDF-1.7 a paper"
NAME = hashlib.sha256(PAPER).hexdigest()


@pytest.fixture(params=files.KINDS)
def kind(request, settings, place: Place) -> str:
    settings.FILES_STORAGE = request.param
    return request.param


def keep(data: bytes = PAPER) -> files.StoredFile:
    return files.store(data, PDF, at=NOON)


def test_the_same_bytes_again_change_nothing(kind, place):
    stored = keep()
    assert stored == files.StoredFile(sha256=NAME, size=len(PAPER))
    assert keep() == stored

    assert files.read(NAME) == PAPER
    assert place.writings(kind) == 1
    (row,) = StoredFile.objects.all()
    assert (row.sha256, row.size_bytes, row.media_type) == (NAME, len(PAPER), PDF)


def test_a_missing_file_and_a_changed_one_are_told_apart(kind, place):
    keep()
    place.tamper(kind, NAME, b"%PDF-1.7 A paper")
    with pytest.raises(files.FileChanged):
        files.read(NAME)

    place.lose(kind, NAME)
    with pytest.raises(files.FileMissing):
        files.read(NAME)


def test_what_was_put_in_a_files_place_is_never_written_over(kind, place):
    keep()
    place.tamper(kind, NAME, b"forged")
    before = place.writings(kind)

    with pytest.raises(files.FileChanged):
        keep()
    assert place.writings(kind) == before
    with pytest.raises(files.FileChanged):
        files.read(NAME)


def test_many_who_store_the_same_at_once_write_it_once(kind, place):
    store, start, failed = files.named(kind), threading.Barrier(6), []

    def put() -> None:
        start.wait()
        try:
            store.put(NAME, PAPER, PDF)
        except Exception as error:
            failed.append(error)

    writers = [threading.Thread(target=put) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert failed == []
    assert store.get(NAME) == PAPER
    # In the folder it is linked once; whatever the others had written is gone.
    assert place.writings("local") == (kind == "local")


def test_no_file_is_larger_than_the_bound(kind, place, monkeypatch):
    keep()
    for module in ("kernel.files", f"kernel.files.{'folder' if kind == 'local' else 'bucket'}"):
        monkeypatch.setattr(f"{module}.FILE_BYTES_MAX", len(PAPER) - 1)
    with pytest.raises(ValueError, match="at most"):
        keep()
    with pytest.raises(files.FileChanged):
        files.read(NAME)
    assert base.FILE_BYTES_MAX == 64 * 1024 * 1024


@pytest.mark.django_db(transaction=True)
def test_the_store_is_never_asked_within_a_transaction(kind, place):
    keep()
    with transaction.atomic(), pytest.raises(RuntimeError):
        files.read(NAME)
    with transaction.atomic(), pytest.raises(RuntimeError):
        keep()
    assert files.read(NAME) == PAPER


@pytest.mark.parametrize("trouble", ["hangs", "breaks", "refuses", "drips", "cuts short"])
def test_a_store_in_trouble_is_no_missing_file(settings, place, impatient, trouble):
    settings.FILES_STORAGE = "s3"
    keep()
    with troubled(settings, place, trouble) as store:
        with pytest.raises(files.StorageUnavailable) as told:
            files.read(NAME)
        # Repeated once, where it may help: not for ever, and not where the answer is no.
        assert store.asked == (2 if trouble in {"hangs", "breaks"} else 1)
    assert settings.S3_SECRET_KEY not in str(told.value)
    assert "127.0.0.1" not in str(told.value)
    assert files.read(NAME) == PAPER


@pytest.mark.parametrize("trouble", ["hangs", "breaks", "refuses"])
def test_where_the_bytes_are_not_kept_no_row_says_so(settings, place, impatient, trouble):
    settings.FILES_STORAGE = "s3"
    with troubled(settings, place, trouble), pytest.raises(files.StorageUnavailable):
        keep()
    assert not StoredFile.objects.exists()

    keep()
    assert files.read(NAME) == PAPER


def test_what_a_store_takes_at_most_fits_into_the_lease_of_an_errand():
    a_call = (bucket.CONNECT_SECONDS + bucket.READ_SECONDS) * bucket.TRIES
    assert max(a_call, bucket.BODY_SECONDS) < LEASE.total_seconds()


def test_a_store_that_is_not_there_is_unavailable(settings, place):
    settings.FILES_STORAGE = "s3"
    settings.S3_ENDPOINT = "http://127.0.0.1:9"
    with pytest.raises(files.StorageUnavailable):
        keep()
    with pytest.raises(files.StorageUnavailable):
        files.read(NAME)


def test_a_bucket_that_is_not_there_has_lost_no_file(settings, place):
    settings.FILES_STORAGE = "s3"
    settings.S3_BUCKET = "another"
    for call in (keep, lambda: files.read(NAME)):
        with pytest.raises(files.StorageUnavailable, match="NoSuchBucket"):
            call()


def test_a_folder_that_is_not_mounted_has_lost_no_file(settings, place):
    keep()
    settings.FILES_DIR = place.folder / "not" / "mounted"
    with pytest.raises(files.StorageUnavailable):
        files.read(NAME)


def test_a_folder_that_cannot_be_written_is_unavailable(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "full"
    settings.FILES_DIR.write_bytes(b"a file where the folder should be")
    with pytest.raises(files.StorageUnavailable):
        keep()
    assert not StoredFile.objects.exists()


def test_a_store_that_knows_no_conditions_is_asked_first(settings, place):
    settings.FILES_STORAGE = "s3"
    with troubled(settings, place, "knows no conditions"):
        keep()
        keep()
        assert place.writings("s3") == 1
        assert files.read(NAME) == PAPER
        place.tamper("s3", NAME, b"forged")
        with pytest.raises(files.FileChanged):
            keep()
