"""
Sealing the trace, and reading it back to be verified.

An entry is sealed by a job, not by whoever writes it, so that writers never wait for each other.
Only what no open transaction can still add to is sealed: the entries of transactions older than
every one that is under way (`pg_snapshot_xmin`). One that commits late is sealed late, and none is
passed over, because the order is that of the transactions and not of the ids.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from kernel import audit_chain
from kernel.audit_chain import Fault, Root, Seal
from kernel.country import country

ENTRIES_MAX = 5000
SEALS_MAX = 100
UNSEALED_AFTER = timedelta(minutes=5)
"""A job that seals each minute has long been there."""

_DAY = timedelta(days=1)
_LOCK = 0x6775_6963  # Any number that nobody else uses.
_COLUMNS = "id, at, act, actor_id, subject, subject_id, reason, detail, written_at, txid::text"
_SEAL = "number, sealed_at, previous, entry_ids, leaves, hash, key_id, signature"


def public_keys() -> frozenset[str]:
    """Return this installation's public keys, those of earlier seals too."""
    return frozenset(
        audit_chain.key_id(audit_chain.private_key(seed).public_key())
        for seed in settings.AUDIT_KEYS
    )


def seal(*, at: datetime) -> int:
    """Seal what can be sealed, each piece in a transaction of its own; return how many entries."""
    sealed = 0
    for _ in range(SEALS_MAX):
        with transaction.atomic():
            count = _seal_some(at)
        sealed += count
        if count < ENTRIES_MAX:
            break
    return sealed


def _seal_some(at: datetime) -> int:
    with connection.cursor() as cursor:
        # Two jobs at once would write the same number; the second waits and finds the rest.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT number, hash, upto_txid::text, upto_id, known_id, greatest_id,"
            " upto_txid >= pg_snapshot_xmax(pg_current_snapshot())"
            " FROM kernel_audit_seal ORDER BY number DESC LIMIT 1"
        )
        last = cursor.fetchone() or (0, bytes(32), "0", 0, 0, 0, False)
        number, previous, upto_txid, upto_id, known_id, greatest_id, is_of_another = last
        rows = _unsealed(cursor, upto_txid, upto_id, known_id, settled=not is_of_another)
        if not rows and is_of_another:
            # Restored from a dump: this server counts its transactions from the beginning again,
            # and whatever it writes has an id above all that the other one sealed.
            known_id = greatest_id
            rows = _unsealed(cursor, "0", 0, known_id, settled=True)
        if not rows:
            return 0
        entries = [_entry(row) for row in rows]
        made = audit_chain.signed(
            Seal(
                number=number + 1,
                sealed_at=_iso(at),
                previous=bytes(previous).hex(),
                entry_ids=tuple(entry["id"] for entry in entries),
                leaves=tuple(audit_chain.leaf(entry) for entry in entries),
            ),
            audit_chain.private_key(settings.AUDIT_KEYS[-1]),
        )
        cursor.execute(
            f"INSERT INTO kernel_audit_seal ({_SEAL}, upto_txid, upto_id, known_id, greatest_id)"  # noqa: S608
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::xid8, %s, %s, %s)",
            [
                made.number,
                at,
                bytes.fromhex(made.previous),
                list(made.entry_ids),
                bytes.fromhex("".join(made.leaves)),
                bytes.fromhex(made.hash),
                made.key_id,
                bytes.fromhex(made.signature),
                entries[-1]["txid"],
                entries[-1]["id"],
                known_id,
                max(greatest_id, *made.entry_ids),
            ],
        )
    return len(entries)


def _unsealed(
    cursor: Any, upto_txid: str, upto_id: int, known_id: int, *, settled: bool
) -> list[tuple[Any, ...]]:
    """Return what comes after a place; `settled` leaves out what may still be added to."""
    bound = "AND txid < pg_snapshot_xmin(pg_current_snapshot())" if settled else ""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM kernel_audit_entry"  # noqa: S608
        f" WHERE (txid, id) > (%s::xid8, %s) AND id > %s {bound}"
        " ORDER BY kernel_audit_entry.txid, id LIMIT %s",
        [upto_txid, upto_id, known_id, ENTRIES_MAX],
    )
    return list(cursor.fetchall())


def chain(
    *, since: date | None = None, until: date | None = None
) -> Iterator[tuple[Seal, list[dict[str, Any]]]]:
    """Yield each seal with its entries, in order; of the days between, in the country's time."""
    begins = datetime.min.replace(tzinfo=UTC) if since is None else _begins(since)
    ends = datetime.max.replace(tzinfo=UTC) if until is None else _begins(until + _DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM kernel_audit_seal WHERE sealed_at >= %s AND sealed_at < %s"
            " ORDER BY number",
            [begins, ends],
        )
        numbers = [number for (number,) in cursor.fetchall()]
        for number in numbers:
            cursor.execute(f"SELECT {_SEAL} FROM kernel_audit_seal WHERE number = %s", [number])  # noqa: S608
            made = _seal(cursor.fetchone())
            cursor.execute(
                f"SELECT {_COLUMNS} FROM kernel_audit_entry WHERE id = ANY(%s)",  # noqa: S608
                [list(made.entry_ids)],
            )
            yield made, [_entry(row) for row in cursor.fetchall()]


def unsealed_faults(*, now: datetime) -> Iterator[Fault]:
    """Yield the entries that stand in no seal and should: put in afterwards, or left lying."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, last.number IS NOT NULL AND (e.id <= last.known_id"
            " OR (e.txid, e.id) <= (last.upto_txid, last.upto_id))"
            " FROM kernel_audit_entry e"
            " LEFT JOIN (SELECT unnest(entry_ids) AS id FROM kernel_audit_seal) sealed USING (id)"
            " LEFT JOIN (SELECT number, known_id, upto_txid, upto_id FROM kernel_audit_seal"
            " ORDER BY number DESC LIMIT 1) last ON true"
            " WHERE sealed.id IS NULL AND (e.written_at < %s OR e.id <= last.known_id"
            " OR (e.txid, e.id) <= (last.upto_txid, last.upto_id))"
            " ORDER BY e.id LIMIT 1000",
            [now - UNSEALED_AFTER],
        )
        for entry_id, is_late in cursor.fetchall():
            what = (
                "the entry was not there when its neighbours were sealed"
                if is_late
                else "the entry has not been sealed for more than five minutes"
            )
            yield Fault(None, entry_id, what)


def waiting(*, now: datetime, most: int) -> tuple[int, datetime | None]:
    """
    Return how many entries the job should have sealed by now, and since when the oldest waits.

    Counted to `most`, by what lies behind the last seal alone: a board asks for it all day long.
    What was put in before it, `unsealed_faults` finds.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT known_id, greatest_id, upto_txid::text, upto_id FROM kernel_audit_seal"
            " ORDER BY number DESC LIMIT 1"
        )
        known_id, greatest_id, upto_txid, upto_id = cursor.fetchone() or (0, 0, "0", 0)
        cursor.execute(
            "SELECT count(*), min(written_at) FROM (SELECT written_at FROM kernel_audit_entry"
            " WHERE written_at < %s AND (id > %s"
            " OR (id > %s AND (txid, id) > (%s::xid8, %s))) LIMIT %s) late",
            [now - UNSEALED_AFTER, greatest_id, known_id, upto_txid, upto_id, most],
        )
        rows, oldest_at = cursor.fetchone()
    return rows, oldest_at


def last_before(number: int) -> Root | None:
    """Return the seal before the one of that number, None before the first."""
    return _root("number < %s", number)


def root_of(day: date) -> tuple[Root, Seal] | None:
    """Return the newest seal up to the end of a day, which vouches for all before it; or None."""
    found = _root("sealed_at < %s", _begins(day + _DAY))
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SEAL} FROM kernel_audit_seal WHERE number = %s", [found.number])  # noqa: S608
        return found, _seal(cursor.fetchone())


def _root(condition: str, value: int | datetime) -> Root | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT number, hash FROM kernel_audit_seal WHERE {condition}"  # noqa: S608
            " ORDER BY number DESC LIMIT 1",
            [value],
        )
        row = cursor.fetchone()
    return Root(row[0], bytes(row[1]).hex()) if row else None


def _seal(row: Sequence[Any]) -> Seal:
    number, sealed_at, previous, entry_ids, leaves, value, key_id, signature = row
    together = bytes(leaves).hex()
    return Seal(
        number=number,
        sealed_at=_iso(sealed_at),
        previous=bytes(previous).hex(),
        entry_ids=tuple(entry_ids),
        leaves=tuple(together[at : at + 64] for at in range(0, len(together), 64)),
        hash=bytes(value).hex(),
        key_id=key_id,
        signature=bytes(signature).hex(),
    )


def _entry(row: Sequence[Any]) -> dict[str, Any]:
    names = ("id", "at", "act", "actor_id", "subject", "subject_id", "reason", "detail")
    entry = dict(zip((*names, "written_at", "txid"), row, strict=True))
    if isinstance(entry["detail"], str):  # A bare cursor leaves JSON as it came.
        entry["detail"] = json.loads(entry["detail"])
    return entry | {"at": _iso(entry["at"]), "written_at": _iso(entry["written_at"])}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=country().zone)
