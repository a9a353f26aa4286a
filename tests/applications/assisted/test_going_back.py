"""The migration goes back to what stood before it, and forward again."""

from pathlib import Path

import psycopg
import pytest

import applications

SQL = Path(applications.__file__).parent / "sql"
STANDS = (
    "SELECT proname, md5(prosrc) FROM pg_proc WHERE proname LIKE 'applications_%' ORDER BY 1",
    "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sql_goes_back_and_forward_again(as_owner: psycopg.Connection) -> None:
    later = ("mended_reverse.sql", "attacked_reverse.sql")
    forward, back, *undo = (
        (SQL / name).read_text(encoding="utf-8")
        for name in ("assisted.sql", "assisted_reverse.sql", *later)
    )
    with as_owner.transaction(force_rollback=True):
        for each in undo:
            as_owner.execute(each)
        stood = [as_owner.execute(each).fetchall() for each in STANDS]
        as_owner.execute(back)
        assert len(as_owner.execute(STANDS[1]).fetchall()) < len(stood[1])
        as_owner.execute(forward)
        assert [as_owner.execute(each).fetchall() for each in STANDS] == stood
