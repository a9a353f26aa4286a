"""
The auditor's pack of a closed day: a ZIP file that `payments.verifying` checks by itself.

The same day gives the same bytes. Written to a file, row by row: a million rows take the memory of
a page.
"""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction

from accounts import policies as grants
from kernel import audit, exports
from kernel.money import Money
from payments import sealing, verifying, wrapping
from payments.models import Close
from payments.operations.closing import rows
from payments.policies import VIEW_MONEY
from payments.queries import closing as queries


class NotClosed(Exception):
    """Only a closed day has a pack."""


def pack(*, day: date, by_id: int, at: datetime) -> IO[bytes]:
    """
    Return the pack of a closed day as an open temporary file, at its beginning.

    :raises accounts.policies.NotGranted: if she may not see money
    :raises NotClosed: if the day is not closed
    """
    grants.require(account_id=by_id, act=VIEW_MONEY.code, area_code=None, at=at)
    signed = queries.signatures(day)
    if signed is None or signed.signed_at is None:
        raise NotClosed(day.isoformat())
    audit.record(
        act="close.pack_read",
        actor_id=by_id,
        subject="payments.close",
        subject_id=None,
        detail={"day": day.isoformat()},
        at=at,
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it.
    with transaction.atomic():
        write(file, day)
    file.seek(0)
    return file


def write(file: IO[bytes], day: date) -> None:
    """Write the pack of a closed day; inside a transaction."""
    record = Close.objects.get(pk=day)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.comment = wrapping.MARK + b"0" * wrapping.DIGEST_CHARACTERS
        files = {
            name: _put(zipped, name, pieces)
            for name, pieces in (
                (verifying.RECORD, iter([(record.record or "").encode()])),
                (verifying.JOURNALS, _table("journal", rows.journals(day))),
                (verifying.POSTINGS, _table("line", rows.lines(day))),
                (verifying.MOVEMENTS, _table("movement", rows.movements(day))),
                (verifying.MESSAGES, _table("message", rows.messages(day))),
                (verifying.STATEMENTS, _table("statement", rows.statements(day))),
                (verifying.DIFFERENCES, _table("difference", rows.differences(record))),
                (verifying.TOTALS, _table("total", rows.totals(record))),
                (verifying.SUMMARY, iter([bytes(record.summary or b"")])),
            )
        }
        _put(zipped, verifying.MANIFEST, iter([_manifest(record, files)]))
    wrapping.end_with_its_hash(file)


def _put(zipped: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with zipped.open(wrapping.entry(name), "w", force_zip64=True) as entry:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            entry.write(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _manifest(record: Close, files: dict[str, dict[str, Any]]) -> bytes:
    told = sealing.read(record.record or "")
    return verifying.manifest_of(told, seal=bytes(record.sha256 or b"").hex(), files=files)


def _table(mark: str, found: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Give the rows of one kind as CSV, each amount once more in major units."""
    fields = sealing.FIELDS[mark]
    amounts = [fields.index(name) for name in fields if name.endswith("_minor")]
    currency = fields.index("currency") if amounts else 0
    return exports.csv_rows(
        verifying.columns(mark),
        ([*row, *(_major(row[place], row[currency]) for place in amounts)] for row in found),
    )


def _major(amount_minor: int, currency: str) -> Money | None:
    # An alarm may name no currency, as what it is about has none.
    return Money(amount_minor, currency) if currency else None
