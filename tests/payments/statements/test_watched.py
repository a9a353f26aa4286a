"""The watched folder: read when whole, once, and nothing from elsewhere."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from payments.models import Import, Statement, StatementFile, WatchedFile
from payments.operations.importing import running, watched
from payments.queries.statement_days import Posted, Uncovered, by_day
from tests.payments.statements.books import Account, Booking, written
from tests.payments.world import make_world
from tests.world import NOON

WHOLE = NOON - timedelta(minutes=10)


@pytest.fixture
def folder(tmp_path) -> Path:
    make_world()
    (tmp_path / "bank-rw").mkdir()
    return tmp_path


def lay(path: Path, data: bytes, *, at=WHOLE) -> Path:
    path.write_bytes(data)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def in_order() -> bytes:
    return Account().statement(Booking(amount=500, id="FT1"))


@pytest.mark.django_db(transaction=True)
def test_what_is_in_order_is_posted_without_a_person_and_the_file_stays(folder):
    path = lay(folder / "bank-rw" / "monday.xml", in_order())

    assert watched.take_in(NOON, folder) == 1

    assert path.exists()
    job = Import.objects.get()
    assert (job.by_id, job.state) == (None, "QUEUED")
    assert running.work_off(lambda: NOON) == 1
    assert Statement.objects.get().state == "POSTED"
    assert watched.take_in(NOON, folder) == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_not_in_order_waits_for_a_person(folder):
    lay(folder / "bank-rw" / "bad.xml", written(Booking(amount=500), closing=900))

    watched.take_in(NOON, folder)

    assert not Import.objects.exists()
    assert Statement.objects.get().held_back == "unbalanced"


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_under_another_name_are_the_same_file(folder):
    data = in_order()
    lay(folder / "bank-rw" / "a.xml", data)
    lay(folder / "bank-rw" / "b.xml", data)

    assert watched.take_in(NOON, folder) == 2

    assert (StatementFile.objects.count(), Import.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_grows_is_read_when_it_is_whole(folder):
    path, data = folder / "bank-rw" / "a.xml", in_order()
    lay(path, data[:200], at=NOON - timedelta(seconds=30))
    assert watched.take_in(NOON, folder) == 0
    lay(path, data, at=NOON)
    later = NOON + watched.SETTLED_AFTER + timedelta(seconds=2)
    assert watched.take_in(later, folder) == 1
    assert Statement.objects.get().held_back == ""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_read_through_a_link(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    lay(elsewhere / "secret.xml", in_order())
    link = folder / "bank-rw" / "link.xml"
    link.symlink_to(elsewhere / "secret.xml")
    os.utime(link, (WHOLE.timestamp(), WHOLE.timestamp()), follow_symlinks=False)
    (folder / "mtn-rw").symlink_to(elsewhere, target_is_directory=True)

    watched.take_in(NOON, folder)

    assert not StatementFile.objects.exists()
    assert [one.problem for one in WatchedFile.objects.all()] == ["link"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"PK\x03\x04 bomb", "packed"), (b"", "empty"), (b"%PDF-1.7", "unreadable")],
)
def test_what_cannot_be_read_is_told_once(folder, data, problem):
    lay(folder / "bank-rw" / "file", data)
    watched.take_in(NOON, folder)
    watched.take_in(NOON, folder)
    assert [one.problem for one in WatchedFile.objects.all()] == [problem]
    assert not Statement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_folders_hidden_files_and_a_pipe_are_left_alone(folder):
    (folder / "bank-rw" / "folder").mkdir()
    lay(folder / "bank-rw" / ".part", in_order())
    pipe = folder / "bank-rw" / "pipe"
    os.mkfifo(pipe)
    os.utime(pipe, (WHOLE.timestamp(), WHOLE.timestamp()))
    watched.take_in(NOON, folder)
    assert [one.problem for one in WatchedFile.objects.all()] == ["kind"]
    assert watched.take_in(NOON, folder / "nowhere") == 0


def posted(first: int, last: int) -> Posted:
    day = date(2026, 11, 1)
    return Posted(
        id=first,
        file_id=1,
        number="",
        from_day=day + timedelta(days=first - 1),
        to_day=day + timedelta(days=last - 1),
        opening_minor=0,
        closing_minor=0,
        entries=0,
    )


def gap(first: int, last: int, *, is_open: bool = False) -> Uncovered:
    return Uncovered(date(2026, 11, first), date(2026, 11, last), is_open=is_open)


@pytest.mark.parametrize(
    ("have", "until", "shown"),
    [
        ([], 5, []),
        ([posted(5, 5)], 5, [posted(5, 5)]),
        ([posted(4, 4), posted(5, 5)], 5, [posted(5, 5), posted(4, 4)]),
        ([posted(3, 3)], 5, [gap(4, 5, is_open=True), posted(3, 3)]),
        ([posted(2, 2), posted(5, 5)], 5, [posted(5, 5), gap(3, 4), posted(2, 2)]),
        # A longer statement covers the days of a shorter one.
        ([posted(1, 5), posted(2, 2)], 5, [posted(1, 5), posted(2, 2)]),
        # A statement of today is no gap.
        ([posted(6, 6)], 5, [posted(6, 6)]),
        ([posted(1, 1), posted(4, 4)], 6,
         [gap(5, 6, is_open=True), posted(4, 4), gap(2, 3), posted(1, 1)]),
    ],
)  # fmt: skip
def test_days_without_a_statement_are_seen(have, until, shown):
    assert by_day(have, until=date(2026, 11, until)) == shown
