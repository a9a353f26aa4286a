"""Breaking the data on purpose, as no application can, to see that an invariant finds it."""

from collections.abc import Iterable

import psycopg

from kernel.invariants import Invariant


def found(
    superuser: psycopg.Connection, invariants: Iterable[Invariant], *breakage: str
) -> dict[str, int]:
    """
    Return how many rows break each invariant after these statements; those that hold are left out.

    Triggers and foreign keys are off meanwhile, and all is undone in the end.
    """
    with superuser.transaction(force_rollback=True):
        superuser.execute("SET LOCAL session_replication_role = replica")
        for statement in breakage:
            changed = superuser.execute(statement)
            assert changed.rowcount != 0, statement
        counts = {each.code: len(superuser.execute(each.sql).fetchall()) for each in invariants}
    return {code: count for code, count in counts.items() if count}
