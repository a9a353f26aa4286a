"""What PostgreSQL refuses to the application's own login, at the latest at the end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """PostgreSQL refuses by this constraint, trigger or right."""
    with pytest.raises(DatabaseError) as said, _to_its_end():
        yield
    named = getattr(said.value.__cause__, "diag", None) or said.value.diag
    assert re.search(rule, f"{named.constraint_name} {said.value}")


@contextmanager
def _to_its_end() -> Iterator[None]:
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
