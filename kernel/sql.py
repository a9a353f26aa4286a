"""
Rules that PostgreSQL keeps, as SQL for migrations.

Each function returns forward SQL; its `_reverse` twin undoes it. The functions and trigger
functions that they use are made by the kernel's own migrations.
"""

from collections.abc import Sequence

from django.db import migrations

APPLICATION_ROLE = "guichet_application"


def append_only(table: str) -> str:
    """Refuse UPDATE, DELETE and TRUNCATE: to the application by right, to everyone by trigger."""
    return f"""
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APPLICATION_ROLE};
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only();
    """


def append_only_reverse(table: str) -> str:
    return f"""
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP TRIGGER {table}_append_only ON {table};
        GRANT UPDATE, DELETE ON {table} TO {APPLICATION_ROLE};
    """


def guard_status(table: str, column: str, lifecycle: str) -> str:
    """Refuse any change of status that is no edge of the lifecycle's table."""
    return f"""
        CREATE TRIGGER {table}_{column}_edge BEFORE UPDATE OF {column} ON {table}
            FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})
            EXECUTE FUNCTION kernel_guard_status('{lifecycle}', '{column}');
    """


def guard_status_reverse(table: str, column: str, lifecycle: str) -> str:
    return f"DROP TRIGGER {table}_{column}_edge ON {table};"


def keep_history(table: str, column: str, lifecycle: str) -> str:
    """Write each status that a row begins with or moves to into `kernel_status_history`."""
    arguments = f"EXECUTE FUNCTION kernel_keep_history('{lifecycle}', '{column}')"
    return f"""
        CREATE TRIGGER {table}_{column}_begun AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT {arguments};
        CREATE TRIGGER {table}_{column}_moved AFTER UPDATE ON {table}
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT {arguments};
    """


def keep_history_reverse(table: str, column: str, lifecycle: str) -> str:
    return f"""
        DROP TRIGGER {table}_{column}_moved ON {table};
        DROP TRIGGER {table}_{column}_begun ON {table};
    """


def edges(lifecycle: str, pairs: Sequence[tuple[str, str]]) -> str:
    values = ", ".join(f"('{lifecycle}', '{a}', '{b}')" for a, b in pairs)
    return f"INSERT INTO kernel_lifecycle_edge (lifecycle, source, target) VALUES {values};"  # noqa: S608


def edges_reverse(lifecycle: str, pairs: Sequence[tuple[str, str]]) -> str:
    values = ", ".join(f"('{a}', '{b}')" for a, b in pairs)
    return (  # The names are the code's own, never a person's.
        f"DELETE FROM kernel_lifecycle_edge WHERE lifecycle = '{lifecycle}' "  # noqa: S608
        f"AND (source, target) IN ({values});"
    )


def run(forward: str, reverse: str) -> migrations.RunSQL:
    return migrations.RunSQL(forward, reverse)


def never_deleted(*tables: str) -> migrations.RunSQL:
    """Take the right to delete rows from the application: what ends is written down as ended."""
    named = ", ".join(tables)
    return run(
        f"REVOKE DELETE ON {named} FROM {APPLICATION_ROLE};",
        f"GRANT DELETE ON {named} TO {APPLICATION_ROLE};",
    )
