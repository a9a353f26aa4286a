"""The ledger's balances, and all invariants at once, for the tests of money."""

from django.db import connection
from django.db.models import Sum

from payments.invariants import INVARIANTS
from payments.models import Posting

# What is no money of ours to compare here: these tests store no messages and no lines.
SKIPPED = {"evidence_has_its_message", "statement_line_is_evidence"}


def balance(role: str, owner: str = "", currency: str = "RWF") -> int:
    """Return an account's balance in minor units: debit positive."""
    code = ":".join(filter(None, (role, owner, currency)))
    return Posting.objects.filter(account__code=code).aggregate(
        total=Sum("amount_minor", default=0)
    )["total"]


def check_all(*, with_messages: bool = False) -> None:
    """Let deferred triggers speak, then every invariant; of evidence's words only if asked."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert broken(skipped=set() if with_messages else SKIPPED) == {}


def broken(*, skipped: set[str] = SKIPPED) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows that break an invariant, by its code."""
    found = {}
    with connection.cursor() as cursor:
        for each in INVARIANTS:
            if each.code not in skipped:
                cursor.execute(each.sql)
                if rows := cursor.fetchall():
                    found[each.code] = rows
    return found
