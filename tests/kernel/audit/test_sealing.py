"""The trace is sealed by a job, and whoever changes it afterwards is found, the owner too."""

import json
from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from kernel import audit, audit_chain, audit_seals
from kernel.audit_files import NotOurs, read_root
from kernel.country import country
from kernel.invariants import INVARIANTS
from kernel.models import AuditEntry
from tests.breaking import found
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)
DAY = NOON.astimezone(country().zone).date()


def write(*subjects: int) -> list[int]:
    for subject_id in subjects:
        audit.record(
            act="fee.changed",
            actor_id=1,
            subject="catalogue.fee",
            subject_id=subject_id,
            at=NOON,
            detail={"before": 500, "after": 700, "currency": "RWF"},
        )
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def write_and_seal() -> list[int]:
    """Two seals: three entries, then two."""
    write(1, 2, 3)
    assert audit_seals.seal(at=NOON) == 3
    ids = write(4, 5)
    assert audit_seals.seal(at=NOON + timedelta(minutes=1)) == 2
    return ids


def faults(**given):
    return list(
        audit_chain.faults(audit_seals.chain(), keys=audit_seals.public_keys(), **given)
    ) + list(audit_seals.unsealed_faults(now=timezone.now()))


def verify(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def spoil(as_owner, *statements: str) -> None:
    """What no trigger stops: somebody who owns the cluster."""
    as_owner.execute("SET session_replication_role = replica")
    for statement in statements:
        assert as_owner.execute(statement).rowcount, statement
    as_owner.execute("SET session_replication_role = DEFAULT")


def test_what_is_written_is_sealed_and_the_chain_is_whole():
    write_and_seal()

    assert audit_seals.seal(at=NOON) == 0
    assert faults() == []
    assert verify() == (0, "The trace is whole.\n")


def test_an_entry_that_commits_late_is_sealed_late_and_none_is_passed_over():
    late = connections.create_connection("default")
    try:
        late.set_autocommit(False)
        with late.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_audit_entry (at, act, subject, reason, detail)"
                " VALUES (now(), 'slow.act', 'x', '', '{}')"
            )
        write(1)  # Later by its id and its transaction, and committed before.
        assert audit_seals.seal(at=NOON) == 0
        late.commit()
    finally:
        late.close()

    assert audit_seals.seal(at=NOON) == 2
    assert faults() == []


def test_a_changed_entry_is_named(as_owner):
    ids = write_and_seal()
    spoil(as_owner, f"UPDATE kernel_audit_entry SET actor_id = 9 WHERE id = {ids[1]}")

    code, said = verify()

    assert code == 1
    assert f"first at: seal 1, entry {ids[1]}: the entry was changed" in said


def test_a_deleted_entry_is_named(as_owner):
    ids = write_and_seal()
    spoil(as_owner, f"DELETE FROM kernel_audit_entry WHERE id = {ids[4]}")

    code, said = verify()

    assert code == 1
    assert f"first at: seal 2, entry {ids[4]}: the entry is gone" in said


def test_an_entry_put_in_afterwards_is_named(as_owner):
    write_and_seal()
    spoil(
        as_owner,
        "INSERT INTO kernel_audit_entry"
        " (at, act, subject, reason, detail, written_at, txid)"
        " SELECT at, 'never.done', subject, '', '{}', now(), txid FROM kernel_audit_entry"
        " ORDER BY id LIMIT 1",
    )
    forged = AuditEntry.objects.get(act="never.done").pk

    code, said = verify()

    assert code == 1
    assert f"first at: entry {forged}: the entry was not there when its neighbours" in said


def test_a_tail_that_was_cut_off_is_missed_by_whoever_kept_the_root(as_owner):
    ids = write_and_seal()
    out = StringIO()
    call_command("audit_root", "--day", DAY.isoformat(), stdout=out)
    root = out.getvalue().strip()
    assert verify("--root", root)[0] == 0

    spoil(
        as_owner,
        "DELETE FROM kernel_audit_seal WHERE number = 2",
        f"DELETE FROM kernel_audit_entry WHERE id IN ({ids[3]}, {ids[4]})",
    )

    assert verify()[0] == 0  # The rest is whole in itself.
    code, said = verify("--root", root)
    assert code == 1
    assert "first at: seal 2: the seals up to 2, once published, are missing" in said


def test_a_seal_made_anew_is_not_signed_or_not_the_one_published(as_owner, settings):
    write_and_seal()
    _, last = audit_seals.root_of(DAY)
    root = audit_chain.Root(last.number, last.hash)
    spoil(as_owner, "UPDATE kernel_audit_seal SET hash = previous WHERE number = 2")
    assert [fault.seal_number for fault in faults()] == [2, 2]

    # Even who has the key cannot make again what another agency keeps.
    spoil(as_owner, "DELETE FROM kernel_audit_seal WHERE number = 2")
    assert audit_seals.seal(at=NOON + timedelta(minutes=9)) == 2
    assert faults() == []
    assert [fault.what for fault in faults(root=root)] == [
        "it is not the one whose root was published"
    ]


def test_a_hole_in_the_seals_is_named_and_rings_as_an_invariant(as_owner):
    ids = write_and_seal()
    broken = found(as_owner, INVARIANTS, f"DELETE FROM kernel_audit_entry WHERE id = {ids[0]}")
    assert broken == {"audit_chain_unbroken": 1}

    spoil(as_owner, "DELETE FROM kernel_audit_seal WHERE number = 1")

    assert faults()[0].what == "seals 1 to 1 are missing"


def test_what_nobody_sealed_for_five_minutes_is_named():
    (entry_id,) = write(1)
    assert list(audit_seals.unsealed_faults(now=timezone.now())) == []

    (fault,) = audit_seals.unsealed_faults(now=timezone.now() + timedelta(minutes=6))

    assert (fault.entry_id, fault.what) == (
        entry_id,
        "the entry has not been sealed for more than five minutes",
    )


def test_operators_see_what_waits_for_its_seal_and_since_when():
    write_and_seal()
    later = timezone.now() + timedelta(minutes=6)
    assert audit_seals.waiting(now=later, most=10) == (0, None)

    write(6, 7, 8)

    assert audit_seals.waiting(now=timezone.now(), most=10) == (0, None)
    rows, since = audit_seals.waiting(now=later, most=2)
    assert rows == 2
    assert since is not None


def test_an_exported_day_is_verified_without_the_database(tmp_path):
    ids = write_and_seal()
    file = tmp_path / "day.jsonl"
    call_command("export_audit", DAY.isoformat(), str(file), stdout=StringIO())
    assert verify("--from", str(file)) == (0, "The trace is whole.\n")

    file.write_text(file.read_text().replace('"after":700', '"after":900', 1))
    code, said = verify("--from", str(file))
    assert code == 1
    assert f"first at: seal 1, entry {ids[0]}: the entry was changed" in said

    assert verify("--from", str(file), "--key", "00" * 32)[0] == 1
    file.write_text("nothing of ours")
    assert verify("--from", str(file))[0] == 2
    assert verify("--from", str(tmp_path / "nowhere"))[0] == 2


def test_no_forged_entry_stands_beside_a_true_one_in_a_file_that_is_whole(tmp_path):
    write_and_seal()
    file = tmp_path / "day.jsonl"
    call_command("export_audit", DAY.isoformat(), str(file), stdout=StringIO())
    first, *lines = file.read_text().splitlines()
    seal = json.loads(lines[0])
    true_one = seal["entries"][0]
    for forged in (true_one | {"act": "nothing"}, true_one | {"id": 999_999}, {"act": "nothing"}):
        beside = seal | {"entries": [forged, *seal["entries"]]}
        file.write_text("\n".join([first, json.dumps(beside), *lines[1:], ""]))
        assert verify("--from", str(file))[0] == 2
    gone = seal | {"entries": seal["entries"][1:]}
    file.write_text("\n".join([first, json.dumps(gone), *lines[1:], ""]))
    assert verify("--from", str(file))[0] == 1


def test_no_transaction_is_left_open_for_long_as_it_holds_the_sealing_up():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("2min",)


def test_a_file_is_whole_only_if_it_continues_the_root_that_was_kept(tmp_path):
    write_and_seal()
    call_command("audit_root", "--day", DAY.isoformat(), stdout=(root := StringIO()))
    _, last = audit_seals.root_of(DAY)
    write(6)
    audit_seals.seal(at=NOON + timedelta(days=1))
    file = tmp_path / "day.jsonl"
    day = (DAY + timedelta(days=1)).isoformat()
    call_command("export_audit", day, str(file), stdout=StringIO())
    given = ("--from", str(file), "--root", root.getvalue().strip())
    assert verify(*given) == (0, "The trace is whole.\n")

    whole = file.read_text()
    file.write_text(whole.replace(last.hash, "cd" * 32, 1))
    assert (verify(*given)[0], "root was published" in verify(*given)[1]) == (1, True)
    file.write_text(whole.replace('"number":2', '"number":7', 1))
    assert verify(*given)[0] == 2
    file.write_text('{"after":null}\n')
    assert verify("--from", str(file))[0] == 2


def test_a_forged_root_is_not_taken_for_ours():
    write_and_seal()
    _, last = audit_seals.root_of(DAY)
    forged = f"guichet-audit {DAY} 2 {'ab' * 32} {last.key_id} {last.signature}"

    with pytest.raises(NotOurs):
        read_root(forged, keys=audit_seals.public_keys())


def test_a_new_key_signs_and_the_old_one_still_verifies(settings):
    write(1)
    audit_seals.seal(at=NOON)
    old = settings.AUDIT_KEYS
    settings.AUDIT_KEYS = [*old, "5a" * 32]
    write(2)
    audit_seals.seal(at=NOON)

    assert faults() == []
    assert len({seal.key_id for seal, _ in audit_seals.chain()}) == 2


def test_after_a_restore_the_old_rest_and_the_new_entries_are_sealed(as_owner):
    write_and_seal()
    # The other server had counted far beyond this one's transactions.
    far = "(pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000)::text::xid8"
    spoil(as_owner, f"UPDATE kernel_audit_seal SET upto_txid = {far} WHERE number = 2")
    rest = write(6)[-1]
    spoil(as_owner, "UPDATE kernel_audit_entry SET txid ="
                    " (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 2000000)::text::xid8"
                    f" WHERE id = {rest}")  # fmt: skip
    write(7)

    assert audit_seals.seal(at=NOON) == 1  # What the other server left.
    assert audit_seals.seal(at=NOON) == 1  # What this one wrote.
    write(8)
    assert audit_seals.seal(at=NOON) == 1
    assert faults() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE kernel_audit_seal SET hash = previous",
        "DELETE FROM kernel_audit_seal",
        "TRUNCATE kernel_audit_seal",
    ],
)
def test_neither_the_application_nor_the_owner_changes_a_seal(as_owner, as_application, change):
    write_and_seal()
    for login in (as_application, as_owner):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            login.execute(change)


@pytest.mark.parametrize(("number", "previous"), [("4", "hash"), ("3", "previous")])
def test_a_seal_that_does_not_follow_the_last_is_refused(as_application, number, previous):
    write_and_seal()
    copied = "sealed_at, entry_ids, leaves, hash, key_id, signature, upto_txid, upto_id, known_id"
    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        as_application.execute(
            f"INSERT INTO kernel_audit_seal (number, previous, {copied}, greatest_id)"
            f" SELECT {number}, {previous}, {copied}, greatest_id FROM kernel_audit_seal"
            " WHERE number = 2"
        )
    assert refusal.value.diag.constraint_name == "audit_seal_follows"


def test_nobody_says_herself_when_or_in_which_transaction_she_wrote():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_audit_entry (at, act, subject, reason, detail, written_at, txid)"
            " VALUES (now(), 'x', 'x', '', '{}', now() - interval '1 year', '1')"
            " RETURNING txid = pg_current_xact_id(), written_at = now()"
        )
        assert cursor.fetchone() == (True, True)
