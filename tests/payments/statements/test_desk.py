"""The desk of statements: brought, read in the background, listed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from payments.models import Import, Movement, Statement, StatementFile
from payments.operations import importing
from payments.operations.importing import queueing, running
from tests.accounts import people
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.statements.desks import (
    LIST,
    UPLOAD,
    at_desk,
    press_post,
    send,
    text,
    upload,
    work,
)
from tests.world import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_noon", "alone")]


def test_what_does_not_add_up_is_kept_and_shown_and_cannot_be_posted(desk):
    upload(desk, written(Booking(amount=500, id="FT1"), opening=0, closing=900))

    file = StatementFile.objects.get()
    page = text(desk.get(f"{LIST}files/{file.pk}/"))
    assert "Nothing of it can be posted." in page
    assert "It does not add up." in page
    assert "no, by" in page
    assert "400" in page
    assert "Post it" not in page
    listed = text(desk.get(LIST))
    assert "Held back" in listed
    assert "Ask the bank for a whole one." in listed
    assert press_post(desk, file.pk).url == f"{LIST}files/{file.pk}/"
    assert not Import.objects.filter(step="POST").exists()
    assert work() == 0


def test_a_gap_says_what_is_missing_and_closes_when_the_day_between_has_come(desk):
    account = Account()
    bring(account.statement(Booking(amount=500, id="FT1")))
    missing = account.statement(Booking(amount=70, id="FT2", day=1), day=1)
    upload(desk, account.statement(Booking(amount=30, id="FT3", day=2), day=2))
    file = StatementFile.objects.order_by("pk").last()

    page = text(desk.get(f"{LIST}files/{file.pk}/"))
    assert "It does not follow on the statement before it." in page
    assert "Missing in between:" in page
    assert "70" in page

    bring(missing)
    desk.post(f"{LIST}files/{file.pk}/again/")
    work(NOON)
    assert "It follows on the statement before it" in text(desk.get(f"{LIST}files/{file.pk}/"))
    press_post(desk, file.pk)
    work()
    assert Import.objects.get(step="POST").new_lines == 1


def test_a_statement_of_somebody_elses_account_is_said_in_words_and_shows_no_number(desk):
    upload(desk, written(Booking(amount=500, id="FT1"), closing=500, account="99887766"))

    page = text(desk.get(f"{LIST}files/{StatementFile.objects.get().pk}/"))
    assert "It is of an account that is not ours." in page
    assert "99887766" not in page
    assert "… 7766" in page
    assert "99887766" not in text(desk.get(LIST))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04" + b"0" * 100, "archive or a spreadsheet"),
        (b"\x1f\x8b\x08" + b"0" * 100, "archive or a spreadsheet"),
        (b"0" * 257 + b"ustar" + b"0" * 300, "archive or a spreadsheet"),
        (b"", "The file is empty."),
    ],
)
def test_what_is_packed_or_empty_is_not_kept_at_all(desk, data, said):
    answer = send(desk, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not StatementFile.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7 nothing of ours", "No reader knows this file."),
        (b"<Document", "broken XML"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><Document/>", "document type"),
    ],
)
def test_what_is_no_statement_is_kept_and_said_in_words(desk, data, said):
    page = text(desk.get(upload(desk, data).url))
    assert "This file cannot be read." in page
    assert said in page
    assert said in text(desk.get(LIST))
    assert "Post it" not in page
    assert not Statement.objects.exists()
    assert Import.objects.get().problem == "unreadable"


def test_the_request_keeps_the_bytes_and_a_worker_reads_them(desk, monkeypatch):
    read = importing.statements.read
    monkeypatch.setattr(importing.statements, "read", None)
    url = send(desk, Account().statement(Booking(amount=500, id="FT1"))).url
    assert StatementFile.objects.get().bytes > 0
    page = text(desk.get(url))
    assert "It waits its turn." in page
    assert "the reading goes on" in page
    assert "Post it" not in page
    assert "Being read" in text(desk.get(LIST))
    assert press_post(desk, StatementFile.objects.get().pk).url == url
    assert "being read again just now" in text(desk.get(url))
    job = Import.objects.get()
    asked = f"{LIST}imports/{job.pk}/progress/"
    assert not desk.get(asked).json()["over"]

    monkeypatch.setattr(importing.statements, "read", read)
    assert work() == 1
    assert desk.get(asked).json()["over"]
    assert desk.get(f"{LIST}imports/{job.pk}/").url == url
    assert "It is in order." in text(desk.get(url))
    assert Movement.objects.count() == 0


def test_a_reader_killed_in_the_middle_leaves_nothing_and_another_reads_it(desk, monkeypatch):
    url = send(desk, Account().statement(Booking(amount=500, id="FT1"))).url

    class Killed(BaseException):
        pass

    def dies(*_):
        raise Killed

    monkeypatch.setattr(importing.entering.keeping, "rail_of", dies)
    with pytest.raises(Killed):
        work(NOON)
    monkeypatch.undo()
    job = Import.objects.get()
    assert (job.step, job.state, job.lines_total, job.tries) == ("READ", "RUNNING", 1, 1)
    assert "1 line is read, and compared with what is known." in text(desk.get(url))
    assert work(NOON) == 0  # Its lease has not run out.
    assert work(NOON + running.LEASE * 2) == 1
    assert "It is in order." in text(desk.get(url))


def test_a_file_that_kills_every_reader_is_given_up_and_says_so(desk, monkeypatch):
    url = send(desk, Account().statement(Booking(amount=500, id="FT1"))).url

    def breaks(*_, **__):
        raise MemoryError

    monkeypatch.setattr(importing.statements, "read", breaks)
    for number in range(4):
        work(NOON + running.LEASE * 2 * number)
    page = text(desk.get(url))
    assert "Reading it broke off three times." in page
    assert "Reading it broke off three times." in text(desk.get(LIST))
    assert "Look again" in page
    monkeypatch.undo()
    desk.post(f"{url}again/")
    work(NOON)
    assert "It is in order." in text(desk.get(url))


def test_the_same_file_sent_twice_is_read_once(desk):
    data = Account().statement(Booking(amount=500, id="FT1"))
    assert send(desk, data).url == send(desk, data).url
    assert Import.objects.count() == 1
    work(NOON)
    press_post(desk, StatementFile.objects.get().pk)
    assert send(desk, data).status_code == 302  # It is being posted: nothing is read meanwhile.
    work()
    assert "All of it is posted." in text(desk.get(send(desk, data).url))
    assert Import.objects.count() == 2


def test_a_file_that_is_too_large_is_refused_with_its_limit(desk, monkeypatch):
    monkeypatch.setattr(importing.uploading, "UPLOAD_BYTES_MAX", 100)
    answer = send(desk, written(Booking(amount=500, id="FT1"), closing=500))
    assert answer.status_code == 422
    assert "larger than 32 MB" in answer.content.decode()
    assert not StatementFile.objects.exists()


def test_three_hundred_megabytes_are_refused_before_a_byte_is_read(desk):
    answer = desk.generic(
        "POST",
        UPLOAD,
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(300 * 1024 * 1024),
    )
    assert answer.status_code == 413
    assert not StatementFile.objects.exists()


def test_nobody_brings_or_posts_without_the_right(world):
    onlooker = at_desk(people.officer("money.view"))
    data = Account().statement(Booking(amount=500, id="FT1"))
    assert send(onlooker, data).status_code == 403
    assert not StatementFile.objects.exists()
    done = importing.read_in(data=data, name="x", rail_code="bank-rw", at=NOON)
    assert "Post it" not in text(onlooker.get(f"{LIST}files/{done.file_id}/"))
    assert press_post(onlooker, done.file_id).status_code == 403
    assert onlooker.post(f"{LIST}files/{done.file_id}/again/").status_code == 403
    assert "Bring a statement" not in text(onlooker.get(LIST))
    stranger = at_desk(people.officer("case.decide"))
    for url in (LIST, f"{LIST}files/{done.file_id}/"):
        assert stranger.get(url).status_code == 403
        assert Client().get(url).status_code == 302
    assert not Import.objects.exists()


def test_the_list_shows_each_account_day_by_day_with_what_is_missing(world):
    account = Account()
    with time_machine.travel(NOON + timedelta(days=6), tick=False):
        desk = at_desk(people.officer("money.view"))
        bring(account.statement(Booking(amount=500, id="FT1")))
        bring(account.statement(Booking(amount=20, id="FT2", day=3), day=3))
        page = text(desk.get(LIST))
    assert "2 days without a statement: the balances agree, nothing moved." in page
    assert "2 days have no statement yet." in page
    assert "520" in page
    assert "No statement of the last month is posted." in page  # Of the other rail.


def test_many_statements_take_as_many_queries_as_one(desk):
    account = Account()

    def fill(start: int, stop: int) -> None:
        for number in range(start, stop):
            bring(account.statement(Booking(amount=5, id=f"FT{number}", day=number), day=number))
            upload(desk, written(Booking(amount=1), closing=number + 50, number=900 + number))
            one = importing.read_in(
                data=written(Booking(amount=3), closing=3, number=number, account="5001"),
                name="x",
                rail_code="mtn-rw",
                at=NOON,
            )
            queueing.queue_unattended(file_id=one.file_id, at=NOON)

    fill(0, 1)
    file_id = StatementFile.objects.first().pk
    job = Import.objects.create(file_id=file_id, by_id=None, asked_at=NOON)
    pages = (LIST, f"{LIST}files/{file_id}/", f"{LIST}imports/{job.pk}/")

    def weigh(url):
        text(desk.get(url))
        with CaptureQueriesContext(connection) as queries:
            text(desk.get(url))
        return len(queries)

    before = [weigh(url) for url in pages]
    fill(1, 6)
    assert [weigh(url) for url in pages] == before


def test_pages_of_what_is_not_there_are_not_found(desk):
    for url in (f"{LIST}files/999/", f"{LIST}imports/999/", f"{LIST}imports/999/progress/"):
        assert desk.get(url).status_code == 404
    assert press_post(desk, 999, stamp="").status_code == 404
    assert desk.post(f"{LIST}files/999/again/").status_code == 404
    assert desk.get(UPLOAD).url == LIST
