"""Which rule of PostgreSQL's an error names."""

import psycopg
from django.db import IntegrityError


def broken(error: IntegrityError) -> str:
    """Return the name of the constraint, "" if the error names none."""
    cause = error.__cause__
    return (cause.diag.constraint_name or "") if isinstance(cause, psycopg.Error) else ""
