"""The desk of statements: brought, looked at, posted in the background, line by line."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account as Login
from kernel.models import AuditEntry
from payments.models import Import, Movement, Statement, StatementFile, StatementLine
from payments.operations import importing
from payments.operations.importing import booking, queueing, running
from tests.accounts import people
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.world import issue, make_world, post, telling
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/desk/money/statements/"
UPLOAD = f"{LIST}upload/"
SOON = NOON + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def world():
    world = make_world()
    # What needs a second person has tests of its own.
    world.bank.__class__.objects.update(by_hand_max_minor=1_000_000)
    return world


def officer(*acts: str) -> Client:
    browser = Client()
    browser.force_login(Login.objects.get(pk=people.officer(*acts)))
    return browser


@pytest.fixture
def desk(world) -> Client:
    return officer("money.view", "statement.import")


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def send(browser: Client, data: bytes, *, name: str = "november.xml", rail: str = ""):
    return browser.post(UPLOAD, {"file": SimpleUploadedFile(name, data), "rail": rail})


def upload(browser: Client, data: bytes):
    """Send a file and let it be read."""
    answer = send(browser, data)
    if answer.status_code == 302:
        assert work(NOON) == 1
    return answer


def press_post(browser: Client, file_id: int, *, stamp: str | None = None):
    seen = queueing.stamp(file_id) if stamp is None else stamp
    return browser.post(f"{LIST}files/{file_id}/post/", {"stamp": seen})


def work(at=SOON) -> int:
    return running.work_off(lambda: at)


def test_a_statement_is_read_looked_at_posted_and_told_line_by_line(desk):
    bill = issue(500)
    data = Account(balance=1000).statement(
        Booking(amount=500, id="FT1", text=bill.reference),
        Booking(amount=70, id="FT2", text="school fees"),
        Booking(amount=-40, id="FT3", text="cash"),
    )

    answer = upload(desk, data)

    file = StatementFile.objects.get()
    assert answer.url == f"{LIST}files/{file.pk}/"
    page = text(desk.get(answer.url))
    assert "It is in order." in page
    assert "<b>3</b> lines are new, <b>0</b> were told before." in page
    assert "1,000" in page
    assert "1,530" in page
    assert "✓ yes" in page
    assert bill.reference in page
    assert "school fees" not in page  # What a payer typed is for the file alone.
    assert Movement.objects.count() == 0

    job_url = press_post(desk, file.pk).url
    assert "It waits its turn." in text(desk.get(job_url))
    assert Movement.objects.count() == 0
    assert work() == 1

    result = text(desk.get(job_url))
    for said in ("FT1", "FT2", "FT3", "new", "in suspense", "unexplained", "money out"):
        assert said in result
    job = Import.objects.get(step="POST")
    assert (job.state, job.new_lines, job.suspense_lines, job.lines_total) == ("DONE", 3, 1, 3)
    assert "FT1" not in text(desk.get(f"{job_url}?fate=SUSPENSE"))
    assert "FT2" in text(desk.get(f"{job_url}?fate=SUSPENSE"))
    assert {e.subject for e in AuditEntry.objects.filter(act="statement.import")} == {
        "payments.statement_file"
    }


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
    onlooker = officer("money.view")
    data = Account().statement(Booking(amount=500, id="FT1"))
    assert send(onlooker, data).status_code == 403
    assert not StatementFile.objects.exists()
    done = importing.read_in(data=data, name="x", rail_code="bank-rw", at=NOON)
    assert "Post it" not in text(onlooker.get(f"{LIST}files/{done.file_id}/"))
    assert press_post(onlooker, done.file_id).status_code == 403
    assert onlooker.post(f"{LIST}files/{done.file_id}/again/").status_code == 403
    assert "Bring a statement" not in text(onlooker.get(LIST))
    stranger = officer("case.decide")
    for url in (LIST, f"{LIST}files/{done.file_id}/"):
        assert stranger.get(url).status_code == 403
        assert Client().get(url).status_code == 302
    assert not Import.objects.exists()


def test_whoever_may_for_one_rail_posts_for_no_other(world):
    of_mtn = Client()
    holder = people.officer("statement.import", rail_code="mtn-rw")
    of_mtn.force_login(Login.objects.get(pk=holder))
    done = importing.read_in(
        data=Account().statement(Booking(amount=500, id="FT1")),
        name="x",
        rail_code="bank-rw",
        at=NOON,
    )
    assert press_post(of_mtn, done.file_id).status_code == 403


def test_two_tabs_and_a_double_click_post_once(desk):
    upload(desk, Account().statement(Booking(amount=500, id="FT1")))
    file_id = StatementFile.objects.get().pk
    stamp = queueing.stamp(file_id)
    first, second = (press_post(desk, file_id, stamp=stamp) for _ in range(2))
    assert first.url == second.url
    work()
    late = press_post(desk, file_id, stamp=stamp)
    assert "posted already" in text(desk.get(late.url))
    assert (Import.objects.filter(step="POST").count(), Movement.objects.count()) == (1, 1)


def test_a_page_from_before_another_look_is_refused_with_what_changed(desk):
    upload(desk, Account().statement(Booking(amount=500, id="FT1")))
    file_id = StatementFile.objects.get().pk
    stale = queueing.stamp(file_id)
    importing.look_again(file_id=file_id, at=SOON)
    answer = press_post(desk, file_id, stamp=stale)
    assert "Somebody has looked at this file again" in text(desk.get(answer.url))
    assert not Import.objects.filter(step="POST").exists()


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_does_it_once(desk, monkeypatch):
    bill = issue(500)
    upload(desk, Account().statement(Booking(amount=500, id="FT1", text=bill.reference)))
    press_post(desk, StatementFile.objects.get().pk)

    class Killed(BaseException):
        pass

    copied = booking._copy

    def dies(*given):
        copied(*given)
        raise Killed

    monkeypatch.setattr(booking, "_copy", dies)
    with pytest.raises(Killed):
        work()
    assert (Movement.objects.count(), StatementLine.objects.count()) == (0, 0)
    job = Import.objects.get(step="POST")
    assert (job.state, job.lines_done, job.tries) == ("RUNNING", 1, 1)
    monkeypatch.undo()
    assert work() == 0  # Its lease has not run out.

    with time_machine.travel(SOON + running.LEASE * 2, tick=False):
        assert work(SOON + running.LEASE * 2) == 1
    job.refresh_from_db()
    assert (job.state, job.new_lines, job.tries) == ("DONE", 1, 2)
    assert Movement.objects.count() == 1


def test_how_far_it_is_can_be_read_while_the_posting_is_not_committed(desk, monkeypatch):
    upload(desk, Account().statement(*(Booking(amount=5, id=f"FT{n}") for n in range(6))))
    url = press_post(desk, StatementFile.objects.get().pk).url
    monkeypatch.setattr(booking, "BATCH_MAX", 2)
    seen = []
    said_aside = running._said_aside

    def watching(job, clock):
        inner = said_aside(job, clock)

        class Watching:
            def __enter__(self):
                say = inner.__enter__()

                def both(step, count):
                    say(step, count)
                    seen.append(elsewhere(job.pk))

                return both

            def __exit__(self, *how):
                return inner.__exit__(*how)

        return Watching()

    def elsewhere(job_id):
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT lines_done FROM payments_import WHERE id = %s", [job_id])
                done = cursor.fetchone()[0]
                cursor.execute("SELECT count(*) FROM payments_movement")
                return done, cursor.fetchone()[0]
        finally:
            other.close()

    monkeypatch.setattr(running, "_said_aside", watching)
    work()
    assert [done for done, _ in seen if done] == [2, 4, 6, 6]
    assert {movements for _, movements in seen} == {0}
    told = desk.get(f"{url}progress/").json()
    assert told["over"]


def test_after_three_broken_tries_it_fails_and_says_so(desk, monkeypatch):
    upload(desk, Account().statement(Booking(amount=500, id="FT1")))
    url = press_post(desk, StatementFile.objects.get().pk).url

    def breaks(**_):
        raise RuntimeError("a name of somebody")

    monkeypatch.setattr(importing, "post", breaks)
    for number in range(4):
        work(SOON + running.LEASE * 2 * number)
    job = Import.objects.get(step="POST")
    assert (job.state, job.problem, job.tries) == ("FAILED", "broken", 3)
    page = text(desk.get(url))
    assert "Nothing of it is posted." in page
    assert "broke off three times" in page
    monkeypatch.undo()
    assert press_post(desk, job.file_id).url != url  # It may be tried again.


def test_known_and_refused_lines_have_their_fate_too(desk):
    account = Account()
    first = Booking(amount=500, id="FT1")
    bring(account.statement(first))
    overlapping = written(first, Booking(amount=30, id="FT2"), opening=0, closing=530, number=2)
    upload(desk, overlapping)
    file_id = StatementFile.objects.order_by("pk").last().pk
    page = text(desk.get(f"{LIST}files/{file_id}/"))
    assert "<b>1</b> line is new, <b>1</b> was told before." in page
    url = press_post(desk, file_id).url
    work()
    known = text(desk.get(f"{url}?fate=KNOWN"))
    assert "An earlier statement told it already." in known
    assert "FT1" in known
    assert "FT2" not in known


def test_a_file_with_one_good_and_one_bad_statement_posts_the_good_one(desk):
    account = Account()
    good = account.statement(Booking(amount=500, id="FT1"))
    bad = written(Booking(amount=7, id="FT9"), opening=500, closing=900, number=2, day=1)
    both = good.replace(b"</M></Document>", bad.split(b"<M>")[1])
    upload(desk, both)
    file_id = StatementFile.objects.get().pk
    assert "Part of it can be posted." in text(desk.get(f"{LIST}files/{file_id}/"))
    url = press_post(desk, file_id).url
    work()
    job = Import.objects.get(step="POST")
    assert (job.new_lines, job.refused_lines, job.lines_total) == (1, 1, 2)
    page = text(desk.get(url))
    assert "It does not add up." in page
    assert "Its statement is held back." in page


def test_the_exceptions_are_downloaded_and_no_cell_is_a_formula(desk):
    account = Account()
    upload(
        desk,
        account.statement(
            Booking(amount=500, id="=1+1", text="x"), Booking(amount=30, id="FT2", text="y")
        ),
    )
    file_id = StatementFile.objects.get().pk
    press_post(desk, file_id)
    work()
    answer = desk.get(f"{LIST}files/{file_id}/exceptions.csv")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert ",500,500,RWF,'=1+1,SUSPENSE," in rows[1]
    book = desk.get(f"{LIST}files/{file_id}/exceptions.xlsx")
    assert io.BytesIO(b"".join(book.streaming_content)).read(2) == b"PK"
    assert desk.get(f"{LIST}files/{file_id}/exceptions.exe").status_code == 404
    assert desk.get(f"{LIST}files/999/exceptions.csv").status_code == 404
    assert officer("case.decide").get(f"{LIST}files/{file_id}/exceptions.csv").status_code == 403


def test_lines_come_page_by_page_and_each_once(desk):
    upload(desk, Account().statement(*(Booking(amount=5, id=f"FT{n:03}") for n in range(120))))
    url = press_post(desk, StatementFile.objects.get().pk).url
    work()
    seen, here = [], url
    while here:
        page = desk.get(here)
        seen += [one.line.external_id for one in page.context["lines"]]
        here = page.context["next_url"]
    assert seen == [f"FT{n:03}" for n in range(120)]
    for made_up in ("x", "1-", "-1-2", "9" * 30, "1-²"):
        assert desk.get(f"{url}?after={made_up}").status_code == 200
    assert desk.get(f"{url}?fate=nonsense").status_code == 200


def test_the_list_shows_each_account_day_by_day_with_what_is_missing(world):
    account = Account()
    with time_machine.travel(NOON + timedelta(days=6), tick=False):
        desk = officer("money.view")
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


def test_what_a_callback_told_before_is_matched(desk, world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="FT1"))
    upload(desk, Account().statement(Booking(amount=500, id="FT1", text=bill.reference)))
    press_post(desk, StatementFile.objects.get().pk)
    work()
    assert Import.objects.get(step="POST").matched_lines == 1
