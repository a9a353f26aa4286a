"""An auditor's pack is checked by itself, and a byte that was changed anywhere is found."""

import io
import json
import random
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import verifying
from payments.operations import closing
from payments.operations.closing import packing, signing
from payments.queries import closing as queries
from payments.states import Leg
from tests.accounts import people
from tests.payments.closing.days import close_through
from tests.payments.world import debit, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()
LATER = NOON + timedelta(days=3)


def written(day):
    with transaction.atomic():
        file = io.BytesIO()
        packing.write(file, day, queries.signatures(day))
    return file.getvalue()


@pytest.fixture
def packs(tmp_path):
    """The packs of two days, one after the other."""
    world = make_world()
    bill = issue(500, 250)
    post(
        telling(world.mtn, bill.reference, 800, external_id="=HYPERLINK(1)"),
        debit(world.mtn, Leg.CHARGE, 9),
        debit(world.mtn, Leg.WITHDRAWAL, 7),
        telling(world.bank, "", 70, occurred_at=NOON - timedelta(days=1)),
    )
    close_through(DAY)
    paths = []
    for day in (DAY - timedelta(days=1), DAY):
        paths.append(tmp_path / f"{day}.zip")
        paths[-1].write_bytes(written(day))
    return paths


def check(path: Path, *more: str) -> str:
    out = StringIO()
    call_command("verify_close", str(path), *more, stdout=out)
    return out.getvalue()


def refused(path: Path, *more: str) -> str:
    with pytest.raises(CommandError) as error:
        check(path, *more)
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_pack_is_sound_and_follows_on_the_one_before(packs):
    said = check(packs[1], "--previous", str(packs[0]))
    assert said.startswith(f"Sound: day {DAY}, 3 journals, seal ")
    assert queries.signatures(DAY).seal in said
    assert check(packs[1], "--seal", queries.signatures(DAY).seal)


def test_the_same_day_gives_the_same_bytes(packs):
    assert written(DAY) == packs[1].read_bytes()


def test_what_a_pack_holds(packs):
    with zipfile.ZipFile(packs[1]) as zipped:
        assert sorted(zipped.namelist()) == sorted((*verifying.FILES, verifying.MANIFEST))
        movements = zipped.read("movements.csv").decode("utf-8-sig")
        assert "'=HYPERLINK(1)" in movements
        assert zipped.read("summary.pdf").startswith(b"%PDF")
        assert "debit_unexplained" in zipped.read("differences.csv").decode()
        assert json.loads(zipped.read("manifest.json"))["seal"] == queries.signatures(DAY).seal


def test_a_byte_changed_anywhere_is_found(packs, tmp_path):
    sound = packs[1].read_bytes()
    changed = tmp_path / "changed.zip"

    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(sound) - 1), st.integers(1, 255))
    def found(offset, flip):
        other = bytearray(sound)
        other[offset] ^= flip
        changed.write_bytes(other)
        with pytest.raises(verifying.NotSound):
            verifying.verify(changed)

    found()


@pytest.mark.parametrize("cut", [1, 64, 71, 500, 10_000_000])
def test_a_pack_that_was_cut_is_found(packs, tmp_path, cut):
    changed = tmp_path / "cut.zip"
    changed.write_bytes(packs[1].read_bytes()[:-cut])
    assert "not sound" in refused(changed)


def test_noise_and_a_missing_file_are_no_packs(tmp_path):
    noise = tmp_path / "noise.zip"
    noise.write_bytes(random.Random(8).randbytes(5_000))
    assert "not sound" in refused(noise)
    assert "cannot be read" in refused(tmp_path / "none.zip")


def rewritten(path: Path, to: Path, **changes) -> Path:
    """Forge a pack with care: its hashes are made anew, and the manifest says so."""
    with zipfile.ZipFile(path) as zipped:
        contents = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(contents.pop("manifest.json"))
    for name, (old, new) in changes.pop("files", {}).items():
        assert old.encode() in contents[name]
        contents[name] = contents[name].replace(old.encode(), new.encode())
    manifest.update(changes)
    with to.open("w+b") as file:
        with zipfile.ZipFile(file, "w") as zipped:
            zipped.comment = verifying.MARK + b"0" * verifying.DIGEST_CHARACTERS
            for name, content in contents.items():
                manifest["files"][name] = packing._put(zipped, name, iter([content]))
            packing._put(zipped, "manifest.json", iter([json.dumps(manifest).encode()]))
        packing._end_with_its_hash(file)
    return to


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"files": {"postings.csv": ("clearing:mtn-rw", "clearing:bank-rw")}}, "seal"),
        ({"files": {"postings.csv": (",800,", ",801,")}}, "sum to zero"),
        ({"files": {"journals.csv": ("collection", "sweep")}}, "seal"),
        ({"files": {"totals.csv": (",800,", ",900,")}}, "totals"),
        ({"day": "2026-11-24"}, "seal"),
        ({"journals": 4}, "added or taken away"),
        ({"previous": "0" * 64}, "seal"),
        ({"format": "guichet-close-pack 2"}, "version"),
    ],
)
def test_a_pack_that_was_forged_with_care_is_found(packs, tmp_path, changes, said):
    forged = rewritten(packs[1], tmp_path / "forged.zip", **changes)
    assert said in refused(forged)


def test_a_pack_that_is_whole_but_forged_breaks_the_chain(packs, tmp_path):
    """A seal made anew is neither that of the record nor that which the next pack names."""
    seal = verifying.sealing.Seal(day=str(DAY - timedelta(days=1)), previous="")
    forged = rewritten(
        packs[0],
        tmp_path / "forged.zip",
        seal=seal.hexdigest(),
        previous="",
        journals=0,
        files={},
    )
    with zipfile.ZipFile(packs[0]) as zipped:
        empty = {
            name: zipped.read(name).decode("utf-8-sig").partition("\r\n")[2]
            for name in ("journals.csv", "postings.csv", "totals.csv")
        }
    forged = rewritten(
        forged, tmp_path / "empty.zip", files={name: (rows, "") for name, rows in empty.items()}
    )
    assert check(forged)  # By itself nobody can tell.
    assert "not the one given" in refused(
        forged, "--seal", queries.signatures(DAY - timedelta(days=1)).seal
    )
    assert "does not follow" in refused(packs[1], "--previous", str(forged))
    assert "does not follow" in refused(packs[0], "--previous", str(packs[1]))


def test_postgresql_and_we_make_one_seal(packs):
    record = queries.signatures(DAY)
    with transaction.atomic():
        assert signing.seal_of(DAY, previous=record.previous) == record.seal


def test_only_a_closed_day_has_a_pack_and_only_for_whoever_may_see_money(packs):
    auditor = people.officer("money.view")
    with closing.pack(day=DAY, by_id=auditor, at=LATER) as file:
        assert file.read() == packs[1].read_bytes()
    with pytest.raises(closing.NotClosed):
        closing.pack(day=DAY + timedelta(days=1), by_id=auditor, at=LATER)
    with pytest.raises(closing.packing.grants.NotGranted):
        closing.pack(day=DAY, by_id=people.officer("case.decide"), at=LATER)
