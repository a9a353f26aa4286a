"""Replaying what leaves: refunds by their provider or by hand, remittances by their bank."""

from datetime import datetime

from payments import posting, sql
from payments.operations.remitting import walking
from payments.operations.replaying import rows
from payments.operations.replaying.facts import Row

# How far a refund comes by the event of this name; "done" follows from the money.
_REFUND_STATES = {
    "requested": "REQUESTED",
    "awaits_funds": "AWAITING_FUNDS",
    "approved": "APPROVED",
    "sending": "SENDING",
    "sent": "PENDING",
    "unclear": "UNKNOWN",
    "failed": "FAILED",
    "declined": "DECLINED",
}
# What a batch learns when it comes to this state.
_SAID_OF_BATCH = {
    "PROPOSED": ("maker_id", "proposed_at"),
    "APPROVED": ("checker_id", "approved_at"),
    "SENT": ("bank_receipt", "sent_at"),
    "ACKNOWLEDGED": ("acknowledged_at",),
    "CANCELLED": ("ended_at", "ended_because"),
}


def open_refund(row: Row, at: datetime) -> None:
    refund = row["refund"]
    is_proposed = refund["proposed_at"] is not None
    begun = {
        "movement_id": rows.movement(row["rail_code"], row["external_id"], "credit"),
        "state": "PROPOSED" if is_proposed else "REQUESTED",
        "maker_id": None if is_proposed else refund["maker_id"],
        "declined_for": "",
        "requested_at": None if is_proposed else refund["requested_at"],
    }
    later = (
        "checker_id",
        "decided_at",
        "sent_at",
        "ended_at",
        "ended_by_id",
        "next_query_at",
        "lease_until",
    )
    unsaid = dict.fromkeys(("handle", "external_id", "failure_reason"), "")
    rows.insert("payments_refund", {**refund, **begun, **dict.fromkeys(later), **unsaid})


def prove_payee(row: Row, at: datetime) -> None:
    payee = row["payee"]
    undecided = dict.fromkeys(("checker_id", "confirmed_at", "paid_by_id", "paid_at"))
    rows.insert("payments_payee", {**payee, **undecided})
    confirmed = {name: payee[name] for name in ("checker_id", "confirmed_at")}
    rows.update("payments_payee", payee["id"], confirmed)


def move_refund(row: Row, at: datetime) -> None:
    state = _REFUND_STATES[row["name"].rpartition(".")[2]]
    refund = row["refund"]
    before = rows.one("SELECT state FROM payments_refund WHERE id = %s", [row["refund_id"]])
    if before == state:
        return
    said: Row = {"state": state, "maker_id": refund["maker_id"]}
    if state not in {"REQUESTED"}:
        said |= {"checker_id": refund["checker_id"], "decided_at": refund["decided_at"]}
    if state in {"SENDING", "PENDING", "UNKNOWN"}:
        said |= {"handle": refund["handle"], "external_id": refund["external_id"]}
        said |= {"sent_at": at, "lease_until": at}
    if state in {"FAILED", "DECLINED"}:
        said |= {"ended_at": at, "declined_for": refund["declined_for"]}
        said |= {"ended_by_id": refund["ended_by_id"]}
    if state == "SENDING" and refund["by_hand"]:
        rows.run(
            "UPDATE payments_payee SET paid_by_id = %s, paid_at = %s WHERE refund_id = %s",
            [row["paid_by_id"], row["paid_at"], row["refund_id"]],
        )
    rows.update("payments_refund", row["refund_id"], said)
    if state == "APPROVED" and before != "SENDING":
        posting.hold_refund(row["refund_id"], at=at)
    if state == "FAILED":
        posting.put_back_refund(row["refund_id"], at=at)


def build_remittance(row: Row, at: datetime) -> None:
    """Build it as it was built: of all that had been posted up to its cut-off, and waited."""
    batch = row["batch"]
    rows.run("SELECT setval('payments_remittance_id_seq', %s, false)", [batch["id"]])
    named = ("beneficiary_id", "currency", "account_id", "rail_id", "maker_id", "cut_off")
    sql.run(
        "build_remittance",
        **{name: batch[name] for name in (*named, "key")},
        payable_id=row["payable_id"],
        year=batch["number"].split("-")[1],
        at=at,
    )


def move_remittance(row: Row, at: datetime) -> None:
    state, batch = row["name"].rpartition(".")[2].upper(), row["batch"]
    said = {"state": state, **{name: batch[name] for name in _SAID_OF_BATCH[state]}}
    rows.update("payments_remittance", batch["id"], said)
    if state == "APPROVED":
        posting.remit(batch["id"], at=at)
    if state == "CANCELLED":
        walking.give_back(walking.lock(batch["id"]))
