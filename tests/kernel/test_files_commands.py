"""Moving what is kept into another store, and looking whether all of it is as it was."""

import hashlib
import io

import pytest
from django.core.management import CommandError, call_command

from kernel import files
from kernel.files import keeping
from tests.kernel.stores import Place, name_of, troubled
from tests.world import NOON

pytestmark = pytest.mark.django_db

PAPERS = [b"paper %d" % number for number in range(7)]
NAMES = sorted(hashlib.sha256(paper).hexdigest() for paper in PAPERS)


@pytest.fixture(autouse=True)
def kept(settings, place: Place, monkeypatch) -> None:
    monkeypatch.setattr(keeping, "BATCH", 3)
    settings.FILES_STORAGE = "local"
    for paper in PAPERS:
        files.store(paper, "application/pdf", at=NOON)


def run(*arguments: str) -> tuple[str, str, str]:
    """Return what was said, what was said of bad files, and why it failed."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except CommandError as failed:
        return out.getvalue(), err.getvalue(), str(failed)
    return out.getvalue(), err.getvalue(), ""


def test_all_files_move_and_are_read_from_the_new_store(settings, place):
    said, _, failed = run("move_files", "--to", "s3")
    assert said.splitlines() == [
        f"3 of 7, up to {NAMES[2]}",
        f"6 of 7, up to {NAMES[5]}",
        f"7 of 7, up to {NAMES[6]}",
        "Files: copied 7.",
    ]
    assert not failed
    told = place.client.list_objects_v2(Bucket=place.bucket)["Contents"]
    assert sorted(each["Key"].split("/")[-1] for each in told) == sorted(map(name_of, NAMES))

    settings.FILES_STORAGE = "s3"
    assert [files.read(hashlib.sha256(paper).hexdigest()) for paper in PAPERS] == PAPERS
    assert run("check_files") == (said.replace("copied", "good"), "", "")


def test_repeated_it_copies_what_came_meanwhile_and_nothing_twice(place):
    run("move_files", "--to", "s3")
    files.store(b"the eighth", "application/pdf", at=NOON)

    said, _, failed = run("move_files", "--to", "s3")
    assert said.endswith("Files: good 7, copied 1.\n")
    assert not failed
    assert place.writings("s3") == 8


def test_and_back_again(place):
    run("move_files", "--to", "s3")
    place.lose("local", NAMES[3])
    said, _, failed = run("move_files", "--to", "local")
    assert said.endswith("Files: good 6, copied 1.\n")
    assert not failed


def test_it_says_where_to_go_on_when_a_store_goes_away(settings, place, monkeypatch):
    real, fifth = files.named("s3"), name_of(NAMES[4])

    class Leaving:
        """A bucket that goes away when the fifth file is asked for."""

        put = real.put

        def get(self, sha256: str) -> bytes:
            if sha256 == fifth:
                raise files.StorageUnavailable("the object store: EndpointConnectionError")
            return real.get(sha256)

    local = files.named("local")
    with monkeypatch.context() as leaving:
        leaving.setattr(files, "named", lambda kind: Leaving() if kind == "s3" else local)
        _, _, failed = run("move_files", "--to", "s3")
    assert failed.endswith(f"Go on with --after {NAMES[2]}")

    said, _, failed = run("move_files", "--to", "s3", "--after", NAMES[2])
    assert said.splitlines()[0] == f"3 of 4, up to {NAMES[5]}"
    assert not failed
    assert place.writings("s3") == 7


def test_it_fails_at_once_where_the_store_answers_nothing(settings, place):
    with troubled(settings, place, "refuses"):
        said, _, failed = run("move_files", "--to", "s3")
    assert not said
    assert failed == "Broken off: the object store answers AccessDenied."


@pytest.mark.parametrize("kind", files.KINDS)
def test_missing_and_changed_files_are_named_and_nothing_else_is_held_up(settings, place, kind):
    run("move_files", "--to", "s3")
    place.lose(kind, NAMES[1])
    place.tamper(kind, NAMES[4], b"forged!")

    said, bad, failed = run("check_files", "--store", kind)
    assert said.endswith("Files: good 5, missing 1, changed 1.\n")
    assert bad.splitlines() == [f"missing: {NAMES[1]}", f"changed: {NAMES[4]}"]
    assert failed == "2 of 7 files are not what was stored."


def test_a_changed_file_is_neither_copied_nor_written_over(place):
    place.tamper("local", NAMES[0], b"forged!")
    place.lose("local", NAMES[1])
    place.tamper("s3", NAMES[2], b"forged!")

    said, bad, failed = run("move_files", "--to", "s3")
    assert said.endswith("Files: copied 4, missing 1, changed 2.\n")
    assert bad.splitlines() == [
        f"changed: {NAMES[0]}",
        f"missing: {NAMES[1]}",
        f"changed: {NAMES[2]}",
    ]
    assert failed
    assert place.writings("s3") == 5


def test_without_an_object_store_nothing_moves(settings):
    settings.S3_ENDPOINT = ""
    _, _, failed = run("move_files", "--to", "s3")
    assert "S3_ENDPOINT" in failed
