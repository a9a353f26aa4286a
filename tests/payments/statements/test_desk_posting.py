"""The desk of statements: posted in the background, and told line by line."""

import io

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import Account as Login
from kernel.models import AuditEntry
from payments.models import Import, Movement, StatementFile, StatementLine
from payments.operations import importing
from payments.operations.importing import booking, queueing, running
from tests.accounts import people
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.statements.desks import (
    LIST,
    SOON,
    at_desk,
    press_post,
    text,
    upload,
    work,
)
from tests.payments.world import issue, post, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_noon", "alone")]


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
    assert (
        at_desk(people.officer("case.decide"))
        .get(f"{LIST}files/{file_id}/exceptions.csv")
        .status_code
        == 403
    )


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


def test_what_a_callback_told_before_is_matched(desk, world):
    bill = issue(500)
    post(telling(world.bank, bill.reference, 500, external_id="FT1"))
    upload(desk, Account().statement(Booking(amount=500, id="FT1", text=bill.reference)))
    press_post(desk, StatementFile.objects.get().pk)
    work()
    assert Import.objects.get(step="POST").matched_lines == 1
