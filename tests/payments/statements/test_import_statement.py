"""`manage.py import_statement`: what it says and how it ends."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account
from payments.models import Movement, StatementFile
from tests.payments.statements.books import Booking, written
from tests.payments.world import issue, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(tmp_path):
    make_world()

    def run(data, *options):
        path = tmp_path / "statement.xml"
        path.write_bytes(data)
        out, err = StringIO(), StringIO()
        try:
            call_command("import_statement", str(path), *options, stdout=out, stderr=err)
        except CommandError as refused:
            return out.getvalue(), refused.returncode, str(refused)
        return out.getvalue(), 0, err.getvalue()

    return run


def test_it_posts_and_says_what_it_was(run):
    bill = issue(500)
    data = written(
        Booking(amount=500, id="A", text=bill.reference),
        Booking(amount=70, id="B"),
        Booking(amount=-5, id="A", code="ACMT/MCOP/CHRG"),
        closing=565,
    )

    said, code, progress = run(data, "--rail", "bank-rw")

    assert code == 0
    assert said.splitlines() == [
        "lines: 3",
        "new: 3",
        "known before: 0",
        "matched: 0",
        "suspense: 1",
        "refused: 0",
        "waiting: 0",
        "not booked: 0",
        "charges: 1",
    ]
    assert progress.splitlines() == ["kept", "read 3", "placed 3", "posted 3"]
    assert "known before: 3" in run(data, "--rail", "bank-rw")[0]


def test_what_is_kept_and_not_posted_ends_with_3(run):
    said, code, why = run(written(Booking(amount=500), closing=700), "--rail", "bank-rw")

    assert (code, "refused: 1" in said) == (3, True)
    assert "kept and not posted: it does not add up (balance), by 200" in why
    assert Movement.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "options", "why"),
    [
        (b"", ["--rail", "bank-rw"], "empty"),
        (b"\x00\xff nonsense", ["--rail", "bank-rw"], "No declared layout"),
        (written(), ["--rail", "nobody"], "There is no rail nobody."),
        (written(), ["--rail", "bank-rw", "--layout", "none"], "No layout is called none"),
        (written(), ["--by", "nobody@example.org"], "No officer has this login."),
    ],
)
def test_what_cannot_be_read_ends_with_2(run, data, options, why):
    _, code, said = run(data, *options)

    assert (code, why in said) == (2, True)


def clerk(name: str) -> int:
    login = f"{name}@example.org"
    return Account.objects.create(kind="staff", login=login, email=login).pk


def test_who_imported_it_is_kept(run):
    officer_id = clerk("first")

    assert run(written(), "--rail", "bank-rw", "--by", "first@example.org")[1] == 0
    assert StatementFile.objects.get().by_id == officer_id


def test_what_an_officer_brings_and_makes_money_names_another(run):
    clerk("first")
    second_id = clerk("second")
    data = written(Booking(amount=500, id="A"), closing=500)
    hers = ("--rail", "bank-rw", "--by", "first@example.org")

    _, code, why = run(data, *hers)
    assert (code, "--confirmed-by" in why) == (3, True)
    assert run(data, *hers, "--confirmed-by", "first@example.org")[1] == 3
    assert Movement.objects.count() == 0

    assert run(data, *hers, "--confirmed-by", "second@example.org")[1] == 0
    assert StatementFile.objects.get().confirmed_by_id == second_id
