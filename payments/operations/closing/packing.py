"""
The auditor's pack of a closed day: a ZIP file that `payments.verifying` checks by itself.

The same day gives the same bytes, as long as nobody of those who signed it changes her name.
Written to a file, row by row: a million rows take the memory of a page.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction

from accounts import policies as grants
from kernel import audit, exports
from kernel.money import Money
from payments import sealing, verifying
from payments.models import Close
from payments.operations.closing import rows, summary
from payments.policies import VIEW_MONEY
from payments.queries import closing as queries
from payments.queries.closing import Signatures

Row = Iterable[object]
# A ZIP file has no zone; the moment of the signature stands in the manifest.
_STAMP = (1980, 1, 1, 0, 0, 0)


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
        write(file, day, signed)
    file.seek(0)
    return file


def write(file: IO[bytes], day: date, signed: Signatures) -> None:
    """Write the pack of a closed day; inside a transaction."""
    record = Close.objects.get(pk=day)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.comment = verifying.MARK + b"0" * verifying.DIGEST_CHARACTERS
        files = {
            name: _put(zipped, name, pieces)
            for name, pieces in (
                (verifying.JOURNALS, _journals(day)),
                (verifying.POSTINGS, _postings(day)),
                (verifying.MOVEMENTS, _movements(day)),
                (verifying.DIFFERENCES, _differences(record)),
                (verifying.TOTALS, _totals(record)),
                (verifying.SUMMARY, iter([summary.draw(day, record, signed)])),
            )
        }
        _put(zipped, verifying.MANIFEST, iter([_manifest(day, record, signed, files)]))
    _end_with_its_hash(file)


def _put(zipped: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> dict[str, Any]:
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with zipped.open(info, "w", force_zip64=True) as entry:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            entry.write(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _end_with_its_hash(file: IO[bytes]) -> None:
    """Put the hash of all bytes before it into the comment, which is what the file ends with."""
    body = file.seek(0, 2) - verifying.DIGEST_CHARACTERS
    file.seek(0)
    digest = verifying.hashed(file, body)
    file.seek(body)
    file.write(digest.encode())


def _manifest(
    day: date, record: Close, signed: Signatures, files: dict[str, dict[str, Any]]
) -> bytes:
    stated = {
        "format": verifying.FORMAT,
        "day": day.isoformat(),
        "zone": record.zone,
        "seal": signed.seal,
        "previous": signed.previous,
        "journals": signed.journals,
        "prepared_by": signed.prepared_by,
        "prepared_at": sealing.instant(signed.prepared_at),
        "signed_by": signed.signed_by,
        "signed_at": sealing.instant(signed.signed_at) if signed.signed_at else "",
        "files": files,
    }
    return (json.dumps(stated, ensure_ascii=False, indent=2) + "\n").encode()


def _journals(day: date) -> Iterator[bytes]:
    header = ("journal", "kind", "subject", "occurred_at", "posted_at", "reverses")
    found = rows.of_day("closing_journals", day)
    return exports.csv_rows(
        header,
        (
            (number, kind, subject, sealing.instant(occurred), sealing.instant(posted), reverses)
            for number, kind, subject, occurred, posted, reverses in found
        ),
    )


def _postings(day: date) -> Iterator[bytes]:
    header = (*verifying.LINE_FIELDS, "amount")
    found = rows.of_day("closing_lines", day)
    return exports.csv_rows(
        header,
        (
            (number, line, account, currency, amount_minor, Money(amount_minor, currency))
            for number, _, _, _, _, line, account, currency, amount_minor in found
        ),
    )


def _movements(day: date) -> Iterator[bytes]:
    header = (
        "movement",
        "journal",
        "rail",
        "leg",
        "external_id",
        "currency",
        "amount_minor",
        "amount",
        "original",
        "refund",
        "occurred_at",
        "first_heard_at",
    )
    found = rows.of_day("closing_movements", day)
    return exports.csv_rows(
        header,
        (
            (
                *before,
                currency,
                minor,
                Money(minor, currency),
                original,
                refund,
                sealing.instant(occurred),
                sealing.instant(heard),
            )
            for *before, currency, minor, original, refund, occurred, heard in found
        ),
    )


def _differences(record: Close) -> Iterator[bytes]:
    header = (
        "difference",
        "day_found",
        "rail",
        "kind",
        "subject",
        "currency",
        "amount_minor",
        "owner",
        "opened_at",
        "note",
        "settled_at",
        "settled_by",
        "settled_note",
    )
    names = ("id", *header[1:])
    listed: list[dict[str, Any]] = record.differences or []
    return exports.csv_rows(header, ([_told(one[name]) for name in names] for one in listed))


def _told(value: object) -> object:
    return "" if value is None else value


def _totals(record: Close) -> Iterator[bytes]:
    header = ("account", "currency", "debit_minor", "credit_minor", "debit", "credit")
    totals: list[dict[str, Any]] = record.totals or []
    return exports.csv_rows(
        header,
        (
            (
                one["account"],
                one["currency"],
                one["debit_minor"],
                one["credit_minor"],
                Money(one["debit_minor"], one["currency"]),
                Money(one["credit_minor"], one["currency"]),
            )
            for one in totals
        ),
    )
