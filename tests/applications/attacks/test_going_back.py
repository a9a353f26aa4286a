"""The migration goes back to what stood before it, and forward again."""

from pathlib import Path

import psycopg
import pytest

import applications

SQL = Path(applications.__file__).parent / "sql"
FUNCTIONS = (
    # By name: what later migrations made of them is theirs.
    "SELECT proname FROM pg_proc WHERE proname LIKE 'applications_%' ORDER BY 1"
)
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sql_goes_back_and_forward_again(as_owner: psycopg.Connection) -> None:
    body = "SELECT prosrc FROM pg_proc WHERE proname = 'applications_keeps_its_word'"
    forward, back, acts = (
        (SQL / name).read_text(encoding="utf-8")
        for name in ("attacked.sql", "attacked_reverse.sql", "acts.sql")
    )
    stood = [as_owner.execute(each).fetchall() for each in (FUNCTIONS, TRIGGERS)]
    with as_owner.transaction(force_rollback=True):
        as_owner.execute(back)
        [(landed,)] = as_owner.execute(body).fetchall()
        assert landed in acts
        assert len(as_owner.execute(TRIGGERS).fetchall()) < len(stood[1])
        as_owner.execute(forward)
        assert [as_owner.execute(each).fetchall() for each in (FUNCTIONS, TRIGGERS)] == stood
