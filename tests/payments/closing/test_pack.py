"""An auditor's pack is checked by itself, and a byte that was changed anywhere is found."""

import hashlib
import io
import json
import random
import zipfile
import zlib
from datetime import UTC, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import operations as accounts
from accounts.models import Account
from payments import sealing, verifying, wrapping
from payments.models import Close
from payments.operations import closing
from payments.operations.closing import packing, summary
from payments.queries import closing as queries
from payments.states import Leg
from tests.accounts import people
from tests.payments.closing.days import close_through
from tests.payments.world import debit, issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db

DAY = NOON.date()
LATER = NOON + timedelta(days=3)
NOTE = "=SUM(1;2) asked the bank:\n\tit's coming\\"


def written(day):
    with transaction.atomic():
        file = io.BytesIO()
        packing.write(file, day)
    return file.getvalue()


def heard(body: bytes, *, at) -> None:
    """A provider's message, kept word for word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_inbound_message"
            " (received_at, rail_code, kind, body, body_sha256, auth)"
            " VALUES (%s, 'mtn-rw', 'callback', %s, sha256(%s), 'valid')",
            [at, body, body],
        )


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
    heard(b"paid", at=NOON)
    heard(b"of another day", at=NOON + timedelta(days=1))
    close_through(DAY - timedelta(days=1))
    maker, checker = (
        people.officer(act, display_name=name)
        for act, name in (("close.prepare", "Aline O'Brien\t=1"), ("close.sign", "Jean Bosco"))
    )
    keys = [one.key for one in queries.unlisted(queries.found(DAY))]
    closing.take(day=DAY, keys=keys, note=NOTE, by_id=maker, at=LATER)
    closing.prepare(day=DAY, by_id=maker, at=LATER)
    step = accounts.step_up(
        account_id=checker,
        password=people.PASSWORD,
        purpose=closing.PURPOSE,
        session_key="s",
        at=LATER,
    )
    closing.sign(day=DAY, by_id=checker, step_up_id=step.pk, at=LATER)
    paths = []
    for day in (DAY - timedelta(days=1), DAY):
        paths.append(tmp_path / f"{day}.zip")
        paths[-1].write_bytes(written(day))
    return paths


def check(path: Path, *more: str) -> str:
    out = StringIO()
    call_command("verify_close", str(path), *more, stdout=out)
    return out.getvalue()


def refused(path: Path, *more: str, code: int = 2) -> str:
    with pytest.raises(CommandError) as error:
        check(path, *more)
    assert error.value.returncode == code
    assert "\n" not in str(error.value)
    return str(error.value)


def seal_of(day) -> str:
    return queries.signatures(day).seal


def test_a_pack_is_sound_and_follows_on_the_one_before(packs):
    said = check(packs[1], "--seal", seal_of(DAY).upper(), "--previous", str(packs[0]))
    assert said.startswith(f"Sound: day {DAY}, 3 journals, seal {seal_of(DAY)}")


@pytest.mark.parametrize("more", [[], ["--seal", " "]])
def test_a_seal_that_nobody_compared_proves_nothing(packs, more):
    for paths in ([], ["--previous", str(packs[0])]):
        said = refused(packs[1], *paths, *more, code=3)
        assert said.startswith(f"seal not compared: day {DAY}")
        assert "Sound" not in said


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
    spelt = changes.pop("spelt", str)
    for name, (old, new) in changes.pop("files", {}).items():
        assert old.encode() in contents[name]
        contents[name] = contents[name].replace(old.encode(), new.encode())
    manifest.update(changes)
    with to.open("w+b") as file:
        with zipfile.ZipFile(file, "w") as zipped:
            zipped.comment = wrapping.MARK + b"0" * wrapping.DIGEST_CHARACTERS
            for name, content in contents.items():
                told = packing._put(zipped, name, iter([content]))
                manifest["files"].setdefault(name, {}).update(told)
            text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
            packing._put(zipped, "manifest.json", iter([spelt(text).encode()]))
        wrapping.end_with_its_hash(file)
    return to


LONG_AGO = "2026-11-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("postings.csv", "clearing:mtn-rw", "clearing:bank-rw", "journals.csv and postings.csv"),
        ("postings.csv", ",800,800", ",801,801", "sum to zero"),
        ("postings.csv", ",800,800", ",800,8000", "the amount"),
        ("journals.csv", "collection", "sweep", "journals.csv and postings.csv"),
        ("journals.csv", "posted_at", "posted", "columns"),
        ("journals.csv", f"{DAY}T10:00:00", f"{DAY}T10:00:01", "journals.csv and postings.csv"),
        ("movements.csv", "HYPERLINK(1)", "HYPERLINK(2)", "movements.csv"),
        ("movements.csv", ",RWF,800,", ",RWF,900,", "movements.csv"),
        ("messages.csv", "callback", "poll", "messages.csv"),
        ("totals.csv", ",800,", ",900,", "totals"),
        ("differences.csv", "s coming", "s never coming", "differences.csv"),
        ("differences.csv", "debit_unexplained", "never_told", "differences.csv"),
        ("differences.csv", "Aline", "Alice", "differences.csv"),
        ("record.txt", "Jean Bosco", "Jean Paul", "the seal"),
        ("record.txt", "Africa/Kigali", "Africa/Nairobi", "the seal"),
        ("record.txt", "guichet-close 2", "guichet-close 3", "record"),
        ("summary.pdf", "%PDF-1.", "%PDF-2.", "the seal"),
    ],
)
def test_a_pack_that_was_forged_with_a_manifest_that_fits_is_found(
    packs, tmp_path, name, old, new, said
):
    forged = rewritten(packs[1], tmp_path / "forged.zip", files={name: (old, new)})
    assert said in refused(forged)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day": "2026-11-24"}, "manifest"),
        ({"journals": 4}, "manifest"),
        ({"previous": "0" * 64}, "manifest"),
        ({"signed_by": "Jean Paul"}, "manifest"),
        ({"prepared_at": LONG_AGO}, "manifest"),
        ({"remark": "nothing was missing"}, "manifest"),
        ({"seal": "0" * 64}, "seal"),
        ({"format": "guichet-close-pack 3"}, "version"),
    ],
)
def test_a_manifest_that_was_forged_is_found(packs, tmp_path, changes, said):
    assert said in refused(rewritten(packs[1], tmp_path / "forged.zip", **changes))


@pytest.mark.parametrize(
    "spelt",
    [
        lambda text: text.replace("{", '{"signed_by": "Nobody", ', 1),
        lambda text: text.replace('"files": {', '"files": {"note.txt": {}, ', 1),
        lambda text: text.replace('"sha256"', '"paid": 0, "sha256"', 1),
        lambda text: text.replace("  ", " ", 1),
    ],
)
def test_a_manifest_says_each_thing_once_and_nothing_besides(packs, tmp_path, spelt):
    as_it_was = rewritten(packs[1], tmp_path / "same.zip")
    assert check(as_it_was, "--seal", seal_of(DAY))
    assert "manifest" in refused(rewritten(packs[1], tmp_path / "forged.zip", spelt=spelt))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("movements.csv", ",RWF,800,,,", ",RWF,'800,,,"),
        ("movements.csv", ",800\r\n", ",'800\r\n"),
        ("differences.csv", ",7,", ",7'000,"),
        ("messages.csv", "callback", "call'back"),
        ("totals.csv", ",800,", ",8'00,"),
        ("postings.csv", ",800,800", ",'800,'800"),
    ],
)
def test_an_apostrophe_stands_only_in_what_people_wrote(packs, tmp_path, name, old, new):
    forged = rewritten(packs[1], tmp_path / "forged.zip", files={name: (old, new)})
    said = refused(forged, "--seal", seal_of(DAY))
    assert "apostrophe" in said or "the amount" in said


def hidden(path: Path, to: Path, change) -> Path:
    """Change a pack's bytes, mend where its list of entries stands, and hash it anew."""
    whole = path.read_bytes()
    start = whole.rindex(b"PK\x05\x06")
    listed = int.from_bytes(whole[start + 16 : start + 20], "little")
    before, entries, end = change(whole[:listed], whole[listed:start], bytearray(whole[start:]))
    end[16:20] = len(before).to_bytes(4, "little")
    with to.open("w+b") as file:
        file.write(before + entries + end)
        wrapping.end_with_its_hash(file)
    return to


def another_zip() -> bytes:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as zipped:
        zipped.writestr("summary.pdf", b"%PDF forged")
    return other.getvalue()


def in_the_comment(before, entries, end):
    more = another_zip()
    end[20:22] = (len(more) + len(end) - 22).to_bytes(2, "little")
    return before, entries, end[:22] + more + end[22:]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda before, *rest: (another_zip() + before, *rest), "hides in the header"),
        (lambda before, *rest: (before + another_zip(), *rest), "hides behind"),
        (in_the_comment, "hides in its comment"),
    ],
)
def test_nothing_hides_in_a_pack(packs, tmp_path, change, said):
    same = hidden(packs[1], tmp_path / "same.zip", lambda *parts: parts)
    assert check(same, "--seal", seal_of(DAY))
    assert said in refused(hidden(packs[1], tmp_path / "forged.zip", change))


def test_nothing_hides_before_or_inside_the_files_of_a_pack(packs, tmp_path):
    with zipfile.ZipFile(packs[1]) as zipped:
        contents = {name: zipped.read(name) for name in zipped.namelist()}

    def forged(extra: bytes = b"", before: bytes = b"", comment: bytes = b"") -> Path:
        to = tmp_path / "forged.zip"
        with to.open("w+b") as file:
            file.write(before)
            with zipfile.ZipFile(file, "a" if before else "w") as zipped:
                zipped.comment = wrapping.MARK + b"0" * wrapping.DIGEST_CHARACTERS
                for name, content in contents.items():
                    info = wrapping.entry(name)
                    info.extra, info.comment = extra, comment
                    with zipped.open(info, "w", force_zip64=True) as entry:
                        entry.write(content)
            wrapping.end_with_its_hash(file)
        return to

    assert check(forged(), "--seal", seal_of(DAY))
    assert "between" in refused(forged(before=another_zip()[:40]))
    tagged = b"\x99\x99" + len(another_zip()).to_bytes(2, "little") + another_zip()
    assert "header" in refused(forged(extra=tagged))
    assert "header" in refused(forged(comment=another_zip()))


def test_nothing_hides_after_the_end_of_a_file_of_a_pack():
    whole = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = whole.compress(b"paid") + whole.flush()
    assert wrapping._inflated(iter([body[:3], body[3:]])) == (
        4,
        hashlib.sha256(b"paid").hexdigest(),
    )
    for pieces in ([body + b"x"], [body, b"x"], [body[:-1]]):
        with pytest.raises(verifying.NotSound, match="hides after"):
            wrapping._inflated(iter(pieces))


def test_a_forger_who_changes_people_and_record_alike_is_found(packs, tmp_path):
    """Old attack: everything that names a person was changed, and every hash made anew."""
    forged = rewritten(
        packs[1],
        tmp_path / "forged.zip",
        files={"record.txt": ("Jean Bosco", "Jean Paul")},
        signed_by="Jean Paul",
    )
    assert "the seal" in refused(forged)


def test_a_pack_that_is_whole_but_forged_breaks_the_chain(packs, tmp_path):
    """A seal made anew is neither that of the record nor that which the next pack names."""
    with zipfile.ZipFile(packs[0]) as zipped:
        record, paper = zipped.read("record.txt"), zipped.read("summary.pdf")
    changed = record.replace(b"\tstaff", b"\tother")
    assert changed != record
    told = sealing.read(changed.decode())
    forged = rewritten(
        packs[0],
        tmp_path / "forged.zip",
        files={"record.txt": (record.decode(), changed.decode())},
        seal=sealing.seal(changed, size=len(paper), sha256=hashlib.sha256(paper).hexdigest()),
        prepared_by=told.prepared.name,
        signed_by=told.signed.name,
    )
    assert "seal not compared" in refused(forged, code=3)  # By itself nobody can tell.
    assert "not the one given" in refused(
        forged, "--seal", queries.signatures(DAY - timedelta(days=1)).seal
    )
    assert "does not follow" in refused(packs[1], "--previous", str(forged))
    assert "does not follow" in refused(packs[0], "--previous", str(packs[1]))


def test_a_record_says_what_was_signed(packs):
    with zipfile.ZipFile(packs[1]) as zipped:
        record = sealing.read(zipped.read("record.txt").decode())
        manifest = json.loads(zipped.read("manifest.json"))
    assert record.prepared.name == manifest["prepared_by"] == "Aline O'Brien\t=1"
    assert record.signed.at == LATER.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    counted = {name: entries for name, (entries, _) in record.parts.items()}
    assert (counted["journals"], counted["movements"], counted["messages"]) == (3, 3, 1)
    assert counted["differences"] > 2


def test_a_summary_of_books_to_learn_on_says_so(packs, settings):
    kept = Close.objects.get(pk=DAY)
    told = sealing.read(kept.record)
    real = summary.draw(told, kept)
    assert real == bytes(kept.summary)
    settings.PRACTICE = True
    assert summary.draw(told, kept) != real


def test_whoever_changes_her_name_changes_no_pack(packs):
    Account.objects.filter(display_name="Jean Bosco").update(display_name="Jean Paul")
    assert written(DAY) == packs[1].read_bytes()


def test_only_a_closed_day_has_a_pack_and_only_for_whoever_may_see_money(packs):
    auditor = people.officer("money.view")
    with closing.pack(day=DAY, by_id=auditor, at=LATER) as file:
        assert file.read() == packs[1].read_bytes()
    with pytest.raises(closing.NotClosed):
        closing.pack(day=DAY + timedelta(days=1), by_id=auditor, at=LATER)
    with pytest.raises(closing.packing.grants.NotGranted):
        closing.pack(day=DAY, by_id=people.officer("case.decide"), at=LATER)
