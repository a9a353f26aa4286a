"""Playing what happened, one fact after the other, through the product's own engine."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from payments import posting, statements
from payments.models import FloatTopUp
from payments.operations import importing
from payments.operations.remitting import refusing
from payments.operations.replaying import facts, leaving, rows
from payments.operations.replaying.facts import Fact, Row
from payments.posting import floating

_TOGETHER = frozenset({"hear", "issue_bill", "decide payments_match"})
_BILLS_MAX = 1000
_UNDECIDED = {
    "payments_match": {"checker_id": None, "approved": None, "decided_at": None},
    "payments_float_top_up": {"checker_id": None, "confirmed_at": None},
    "payments_release": {"checker_id": None, "approved": None, "decided_at": None},
    "payments_explanation": {"checker_id": None, "approved": None, "decided_at": None},
    "payments_remittance_refusal": {"checker_id": None, "approved": None, "decided_at": None},
}


def _fill_float(top_up_id: int, *, at: datetime) -> None:
    floating.fill_float(FloatTopUp.objects.get(pk=top_up_id), at=at)


_LEAVING: dict[str, Callable[[Row, datetime], None]] = {
    "open_refund": leaving.open_refund,
    "prove_payee": leaving.prove_payee,
    "move_refund": leaving.move_refund,
    "build_remittance": leaving.build_remittance,
    "move_remittance": leaving.move_remittance,
}

_POSTED: dict[str, Callable[..., object]] = {
    "payments_match": posting.match,
    "payments_float_top_up": _fill_float,
    "payments_release": posting.release,
    "payments_explanation": posting.explain,
    "payments_remittance_refusal": refusing.fail,
}


class Player:
    """
    Plays facts into the database that this process speaks to; `source` is where they are from.

    :param layouts: declared by whoever imported statements that no house layout reads
    """

    def __init__(
        self, source: psycopg.Connection[Any], layouts: Sequence[statements.Layout]
    ) -> None:
        self._source = source
        self._layouts = layouts
        self._batch: list[Fact] = []

    def play(self, fact: Fact) -> None:
        if self._batch and not self._goes_with(fact):
            self.finish()
        if fact.act in _TOGETHER:
            self._batch.append(fact)
            return
        verb, _, table = fact.act.partition(" ")
        if verb == "import_statement":  # Which keeps the file in a transaction of its own.
            self._import_statement(fact.row, fact.at)
            return
        act: Callable[..., None] = _LEAVING.get(verb) or getattr(self, f"_{verb}")
        with transaction.atomic():
            act(*([table] if table else []), fact.row, fact.at)

    def _goes_with(self, fact: Fact) -> bool:
        first = self._batch[0]
        if fact.act != first.act:
            return False
        # Messages that were posted in one batch are posted in one batch, and the parts of a split
        # are decided as one.
        is_bill = fact.act == "issue_bill"
        return len(self._batch) < _BILLS_MAX if is_bill else fact.at == first.at

    def finish(self) -> None:
        """Do what came last, and was kept to be done together."""
        batch, self._batch = self._batch, []
        if not batch:
            return
        if batch[0].act == "hear":
            self._hear(batch)
            return
        with transaction.atomic():
            if batch[0].act == "issue_bill":
                _issue_bills([fact.row for fact in batch])
            else:
                for fact in batch:
                    self._decide("payments_match", fact.row, fact.at)

    def _hear(self, batch: Sequence[Fact]) -> None:
        with transaction.atomic():
            for start in range(0, len(batch), posting.BATCH_MAX):
                self._put_in(batch[start : start + posting.BATCH_MAX])
        while posting.post_inbox(now=batch[0].at):
            pass
        # What is put off is read when its time comes.
        rows.run("DELETE FROM payments_inbox")

    def _put_in(self, heard: Sequence[Fact]) -> None:
        said = [(fact.number, fact.row["received_at"]) for fact in heard]
        kept = facts.messages(self._source, said)
        columns = list(kept[0])
        kept_rows: list[list[Any]] = [
            [Jsonb(row[name]) if name == "headers" else row[name] for name in columns]
            for row in kept
        ]
        waits = {fact.number: 0 if not fact.row["is_last"] else posting.WAITS_MAX for fact in heard}
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO payments_inbound_message ({', '.join(columns)})"  # noqa: S608
                f" VALUES ({', '.join(['%s'] * len(columns))}) ON CONFLICT DO NOTHING",
                kept_rows,
            )
            cursor.executemany(
                "INSERT INTO payments_inbox (message_id, received_at, refusals)"
                " VALUES (%s, %s, %s)",
                [(one, received_at, waits[one]) for one, received_at in said],
            )

    def _ask_payer(self, row: Row, at: datetime) -> None:
        rows.insert("payments_payment_attempt", row["attempt"])

    def _end_bill(self, row: Row, at: datetime) -> None:
        rows.run(
            "UPDATE payments_bill SET state = %s,"
            " successor_id = CASE WHEN %s = 'REPLACED' THEN %s::bigint END WHERE id = %s",
            [row["state"], row["state"], row["successor_id"], row["bill_id"]],
        )
        rows.run(
            "UPDATE payments_bill_line SET live = %s WHERE bill_id = %s",
            [row["state"] == "OWED", row["bill_id"]],
        )

    def _import_statement(self, row: Row, at: datetime) -> None:
        file = facts.file(self._source, row["id"])
        importing.import_file(
            data=bytes(file["body"]),
            name=file["name"],
            rail_code=file["rail_code"],
            layouts=self._layouts,
            at=at,
        )

    def _find_originals(self, row: Row, at: datetime) -> None:
        importing.post_waiting(now=at)

    def _open_set(self, row: Row, at: datetime) -> None:
        asked = row["set"]
        if row["external_id"]:
            asked["movement_id"] = rows.movement(row["rail_code"], row["external_id"], "credit")
        rows.insert("payments_match_set", asked)

    def _ask(self, table: str, row: Row, at: datetime) -> None:
        asked = {**row["asked"], **_UNDECIDED[table]}
        if row.get("report"):
            rows.insert("payments_remittance_report", row["report"])
        if "leg" in row:
            asked["movement_id"] = rows.movement(row["rail_code"], row["external_id"], row["leg"])
        if row.get("original"):
            asked["original_id"] = rows.movement(row["rail_code"], row["original"], "credit")
        if row.get("transfer"):
            asked["transfer_id"] = rows.movement(row["arrived_at"], row["transfer"], "transfer")
        if row.get("sweep"):
            asked["sweep_id"] = rows.movement(row["swept_from"], row["sweep"], row["sweep_leg"])
        rows.insert(table, asked)

    def _decide(self, table: str, row: Row, at: datetime) -> None:
        decided = {name: row["asked"][name] for name in _UNDECIDED[table]}
        rows.update(table, row["id"], decided)
        if row["is_yes"]:
            _POSTED[table](row["id"], at=at)

    def _close_day(self, row: Row, at: datetime) -> None:
        rows.run("UPDATE payments_ledger_day SET closed_at = %s WHERE day = %s", [at, row["day"]])


def _issue_bills(issued: Sequence[Row]) -> None:
    begun = {"state": "OPEN", "paid_minor": 0, "paid_at": None, "successor_id": None}
    bills = [
        # It may not have been revivable any more when it was read; while money came, it was.
        {**row["bill"], **begun, "revivable": row["bill"]["revivable"] or row["was_paid"]}
        for row in issued
    ]
    rows.insert("payments_bill", *bills)
    rows.insert(
        "payments_bill_line", *({**line, "live": True} for row in issued for line in row["lines"])
    )
