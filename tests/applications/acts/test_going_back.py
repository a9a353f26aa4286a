"""The migration goes back to what stood before it, and forward again."""

from pathlib import Path

import psycopg
import pytest

import applications
import registers

ACTS = Path(applications.__file__).parent / "sql" / "acts"
PAPER_ENTRIES = Path(registers.__file__).parent / "sql" / "0005_paper_entries"
FUNCTIONS = """
    SELECT proname, md5(prosrc) FROM pg_proc
    WHERE proname = 'applications_keeps_its_word'
"""
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("file", [ACTS, PAPER_ENTRIES])
def test_the_sql_goes_back_and_forward_again(as_owner: psycopg.Connection, file: Path) -> None:
    forward = file.with_suffix(".sql").read_text(encoding="utf-8")
    back = file.with_name(f"{file.name}_reverse.sql").read_text(encoding="utf-8")
    later = ACTS.with_name("attacked_reverse.sql").read_text(encoding="utf-8")
    with as_owner.transaction(force_rollback=True):
        as_owner.execute(later)
        stood = [as_owner.execute(each).fetchall() for each in (FUNCTIONS, TRIGGERS)]
        as_owner.execute(back)
        gone = [as_owner.execute(each).fetchall() for each in (FUNCTIONS, TRIGGERS)]
        assert len(gone[1]) < len(stood[1])
        as_owner.execute(forward)
        again = [as_owner.execute(each).fetchall() for each in (FUNCTIONS, TRIGGERS)]
    assert again == stood


def test_who_seconds_an_appeal_goes_back_to_what_had_landed(as_owner: psycopg.Connection) -> None:
    body = "SELECT prosrc FROM pg_proc WHERE proname = 'applications_second_is_another'"
    forward = ACTS.with_name("heard_anew.sql").read_text(encoding="utf-8")
    back = ACTS.with_name("heard_anew_reverse.sql").read_text(encoding="utf-8")
    stood = as_owner.execute(body).fetchall()
    with as_owner.transaction(force_rollback=True):
        as_owner.execute(back)
        [(landed,)] = as_owner.execute(body).fetchall()
        as_owner.execute(forward)
        again = as_owner.execute(body).fetchall()
    assert landed in ACTS.with_suffix(".sql").read_text(encoding="utf-8")
    assert again == stood != [(landed,)]
