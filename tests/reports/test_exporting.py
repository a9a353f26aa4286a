"""Reports in the background: made under a lease, for one pair of eyes, for a week."""

import json
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from accounts.models import Grant
from places.queries import area
from reports import operations, writing
from reports.models import Export
from reports.operations import exporting
from reports.queries import building
from reports.states import ExportState
from tests.payments.world import issue, make_world, post, telling
from tests.reports.people import agency, browser, end_rights, watcher
from tests.reports.test_reports_page import rows_of
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "files")]

PAGE = "/desk/reports/"
ASKED = {
    "report": "revenue", "by": "agency", "unit": "month", "on": "2026-11-23", "format": "csv",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _money(noon):
    world = make_world()
    for amount in (700, 300, 50):
        post(telling(world.mtn, issue(amount).reference, amount))


@pytest.fixture
def alice() -> int:
    return watcher()


def want(client, **changed: object) -> str:
    """Ask for a report by the page; return its address."""
    answer = client.post(f"{PAGE}make/", ASKED | {"stamp": uuid4()} | changed)
    assert answer.status_code == 302
    return answer.url


def made() -> Export:
    return Export.objects.latest("pk")


def test_a_report_is_asked_for_made_and_fetched(alice):
    client = browser(alice)
    address = want(client)
    page = client.get(address).content.decode()
    assert "waits" in page
    assert f'data-live-url="{address}state/"' in page
    assert client.get(f"{address}file/").status_code == 404

    assert operations.work(NOON) == 1
    assert operations.work(NOON) == 0

    told = client.get(f"{address}state/").json()
    assert told["over"] is True
    assert told["version"] == "DONE:3"
    assert "Download CSV" in client.get(address).content.decode()
    rows = rows_of(client.get(f"{address}file/"))
    assert [row[:3] for row in rows[1:]] == [["district-11", "1050", "1050"]]
    assert "Made for you" in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("changed", "begins"),
    [
        ({"format": "xlsx"}, b"PK"),
        ({"format": "pdf"}, b"%PDF"),
        ({"report": "lines", "by": "line"}, b"\xef\xbb\xbfBusiness day,Channel"),
        ({"report": "suspense", "by": "age"}, b"\xef\xbb\xbfAge,"),
    ],
)
def test_every_form_is_made(alice, changed, begins):
    client = browser(alice)
    address = want(client, **changed)
    operations.work(NOON)

    assert b"".join(client.get(f"{address}file/").streaming_content).startswith(begins)


def test_a_page_is_made_too(alice):
    client = browser(alice)
    address = want(client, format="page", by="period")
    operations.work(NOON)

    page = client.get(address).content.decode()
    assert "1,050" in page
    assert '<figure class="chart course"' in page
    kept = exporting.folder() / made().file_name
    table = writing.read_page(kept.read_bytes())
    assert json.loads(json.dumps(table.as_dict())) == json.loads(kept.read_text())


def test_progress_is_told_while_it_is_made(alice, monkeypatch):
    monkeypatch.setattr(exporting, "STEP", 1)
    monkeypatch.setattr("reports.queries.revenue.CHUNK", 1)
    told = []
    monkeypatch.setattr(
        exporting,
        "_still_mine",
        lambda export, real=exporting._still_mine, **changed: (
            told.append(changed.get("rows_done", changed.get("rows_total"))),
            real(export, **changed),
        ),
    )
    want(browser(alice), report="lines", by="line")
    operations.work(NOON)

    assert told == [3, 1, 2, 3, 3]


def test_the_same_press_twice_is_one_report(alice):
    client, stamp = browser(alice), uuid4()

    assert want(client, stamp=stamp) == want(client, stamp=stamp)
    assert Export.objects.count() == 1


def test_only_so_many_wait_at_once(alice):
    client = browser(alice)
    for _ in range(6):
        want(client)

    assert Export.objects.count() == exporting.WAITING_MAX
    assert "Five of your reports are not ready yet" in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "doc"},
        {"stamp": "x"},
        {"by": "state"},
        {"report": "lines", "by": "line", "format": "pdf"},
    ],
)
def test_what_cannot_be_made_is_not_noted(alice, changed):
    assert want(browser(alice), **changed) == PAGE
    assert not Export.objects.exists()


def test_anothers_report_does_not_exist(alice):
    address = want(browser(alice))
    operations.work(NOON)

    other = browser(watcher())
    for path in (address, f"{address}state/", f"{address}file/"):
        assert browser(alice).get(path).status_code == 200
        assert other.get(path).status_code == 404
    assert "Made for you" not in other.get(PAGE).content.decode()


def test_whoever_lost_the_right_gets_nothing_more(alice):
    address = want(browser(alice))
    operations.work(NOON)
    end_rights(alice)

    for path in (address, f"{address}state/", f"{address}file/"):
        assert browser(alice).get(path).status_code == 403


def test_a_right_that_is_narrower_now_does_not_open_what_a_wider_one_made(house):
    alice = watcher()
    address = want(browser(alice))
    operations.work(NOON)
    end_rights(alice)
    given = Grant.objects.filter(account_id=alice).get()
    given.pk, given.ended_at, given.ended_by, given.area_id = None, None, None, area_id()
    given.save()

    assert browser(alice).get(PAGE).status_code == 200
    assert browser(alice).get(f"{address}file/").status_code == 403


def area_id() -> int:
    return area("12").pk


def test_a_right_that_ended_before_it_was_made_makes_it_fail(alice):
    want(browser(alice))
    end_rights(alice)
    operations.work(NOON)

    assert (made().state, made().problem) == (ExportState.FAILED, "not_granted")
    assert list(exporting.folder().glob("*")) == []


def test_an_agency_gets_its_own_alone():
    district, treasury = agency("district-11"), agency("treasury")
    addresses = [want(browser(who)) for who in (district, treasury)]
    while operations.work(NOON):
        pass

    own, others = (
        rows_of(browser(who).get(f"{address}file/"))[1:]
        for who, address in zip((district, treasury), addresses, strict=True)
    )
    assert [row[1] for row in own] == ["1050"]
    assert others == []
    refused = browser(treasury).post(
        f"{PAGE}make/", ASKED | {"stamp": uuid4(), "report": "suspense", "by": "age"}
    )
    assert refused.status_code == 403


def test_a_worker_that_died_leaves_it_to_the_next(alice):
    client = browser(alice)
    address = want(client)
    assert exporting._claim(NOON) is not None  # And then the machine lost its power.
    assert operations.work(NOON + timedelta(minutes=1)) == 0
    assert operations.work(NOON + timedelta(minutes=2)) == 1

    assert made().tries == 2
    assert client.get(f"{address}file/").status_code == 200


def test_a_worker_that_was_overtaken_changes_nothing(alice):
    want(browser(alice))
    slow = exporting._claim(NOON)
    operations.work(NOON + timedelta(minutes=3))
    before = Export.objects.values().get()

    with pytest.raises(exporting._LeaseLost):
        exporting._make(slow, lambda: NOON + timedelta(minutes=4))
    assert Export.objects.values().get() == before
    assert [file.name for file in exporting.folder().iterdir()] == [made().file_name]


def test_what_breaks_is_tried_three_times_and_then_said(alice, monkeypatch):
    client = browser(alice)
    address = want(client)
    monkeypatch.setattr(writing, "write", broken)
    for minutes in (0, 3, 6, 9):
        operations.work(NOON + timedelta(minutes=minutes))

    assert (made().state, made().problem, made().tries) == ("FAILED", "broke", 3)
    assert "It could not be made" in client.get(address).content.decode()
    assert list(exporting.folder().glob("*")) == []


def broken(*_: object, **__: object) -> None:
    raise OSError("the disk is full")


def test_a_file_that_the_disk_lost_is_not_there(alice):
    client = browser(alice)
    address = want(client)
    operations.work(NOON)
    (exporting.folder() / made().file_name).unlink()

    assert client.get(f"{address}file/").status_code == 404


def test_after_a_week_it_is_gone_file_and_row(alice):
    client = browser(alice)
    address = want(client)
    operations.work(NOON)
    late = NOON + operations.KEPT
    assert operations.forget(late - timedelta(seconds=1)) == 0

    with time_machine.travel(late, tick=False):
        assert browser(alice).get(f"{address}file/").status_code == 404  # Before it is removed.
    assert operations.forget(late) == 1
    assert not Export.objects.exists()
    assert list(exporting.folder().iterdir()) == []


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("state = 'DONE', done_at = now(), lease_until = NULL", "export_done_has_its_file"),
        ("state = 'FAILED', done_at = now()", "export_failed_for_a_reason"),
        ("state = 'RUNNING'", "export_runs_under_a_lease"),
        ("state = 'SOON'", "export_"),
        ("asked_by_id = asked_by_id + 1", "export_keeps_what_was_asked"),
        ("parameters = '{}'", "export_keeps_what_was_asked"),
        ("rows_done = -1", "export_counts_upwards"),
    ],
)
def test_postgresql_says_the_rules_again(alice, said, rule):
    want(browser(alice))
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cur:
        cur.execute(f"UPDATE reports_export SET {said}")
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert (cause.diag.constraint_name or "").startswith(rule)


def test_what_has_ended_stays_ended(alice):
    want(browser(alice))
    operations.work(NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        Export.objects.update(state=ExportState.QUEUED)


def test_a_list_of_many_entries_is_too_big_to_show_and_can_be_made(alice, monkeypatch):
    monkeypatch.setattr(building, "JOINED_MAX", 2)
    client = browser(alice)
    page = client.get(PAGE, {"report": "lines", "by": "line"}).content.decode()
    assert "made in the background" in page
    address = want(client, report="lines", by="line")
    operations.work(NOON)

    assert len(rows_of(client.get(f"{address}file/"))) == 4
