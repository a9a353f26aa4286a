"""What `make scan` makes of its scanners' reports: a finding is never overlooked, nor silence."""

import json
from pathlib import Path

import pytest
from django.db import connection

from config.stack import scan
from config.stack.scanners import (
    SCANNERS,
    Visitor,
    read_schemathesis,
    read_sqlmap,
    read_wapiti,
)

OFFICER = Visitor(
    name="officer", cookies={"sessionid": "s", "csrftoken": "t"}, begins_at=("/desk/",)
)
ANYBODY = Visitor(name="anybody")


@pytest.mark.parametrize("scanner", SCANNERS, ids=lambda one: one.name)
def test_a_scanner_comes_as_whom_it_is_told_and_to_us_alone(scanner, tmp_path):
    called = scanner.command(scanner.program, OFFICER, "http://127.0.0.1:1", 60, tmp_path)
    assert "sessionid=s; csrftoken=t" in " ".join(called)
    alone = scanner.command(scanner.program, ANYBODY, "http://127.0.0.1:1", 60, tmp_path)
    assert "sessionid" not in " ".join(alone)
    for word in called:
        assert "://" not in word or "://127.0.0.1:1" in word


def test_what_wapiti_finds_from_medium_on_counts_and_what_breaks_too(tmp_path: Path):
    def one(level: int) -> dict[str, object]:
        return {"level": level, "info": "told", "path": "/desk/"}

    (tmp_path / "report.json").write_text(
        json.dumps(
            {
                "vulnerabilities": {"SQL Injection": [one(1), one(2)], "CRLF": []},
                "anomalies": {"Internal Server Error": [one(1)]},
            }
        )
    )
    found = read_wapiti(tmp_path)
    assert [(each.what, each.where) for each in found] == [
        ("SQL Injection: told", "/desk/"),
        ("Internal Server Error: told", "/desk/"),
    ]


@pytest.mark.parametrize(("name", "count"), [("csrfmiddlewaretoken", 0), ("colour", 1)])
def test_wapiti_does_not_know_a_token_by_djangos_name(tmp_path: Path, name: str, count: int):
    lacks = {"level": 2, "info": "Lack of anti CSRF token", "path": "/verify/"}
    lacks["http_request"] = f"POST /verify/ HTTP/1.1\n\n{name}=KR1u9Dp0"
    told = {"vulnerabilities": {"Cross Site Request Forgery": [lacks]}, "anomalies": {}}
    (tmp_path / "report.json").write_text(json.dumps(told))
    assert len(read_wapiti(tmp_path)) == count


def test_each_row_of_sqlmap_counts(tmp_path: Path):
    assert read_sqlmap(tmp_path) == []
    head = "Target URL,Place,Parameter,Technique(s),Note(s)\n"
    (tmp_path / "results.csv").write_text(head)
    assert read_sqlmap(tmp_path) == []
    (tmp_path / "results.csv").write_text(head + "http://x/?q=1,GET,q,B,\n")
    (found,) = read_sqlmap(tmp_path)
    assert (found.what, found.where) == ("SQL in q (B)", "GET http://x/?q=1")


def test_each_failure_of_schemathesis_counts(tmp_path: Path):
    (tmp_path / "junit.xml").write_text(
        '<testsuite><testcase name="GET /api/a/" time="1"/>'
        '<testcase name="POST /api/b/" time="1"><failure type="failure" '
        'message="1. Test Case&#10;- Server error"></failure></testcase></testsuite>'
    )
    (found,) = read_schemathesis(tmp_path)
    assert found.where == "POST /api/b/"


def test_without_a_report_a_run_is_not_whole(monkeypatch, tmp_path):
    monkeypatch.setattr(scan, "REPORT", tmp_path)
    scanner = next(one for one in SCANNERS if one.name == "wapiti")
    silent = scan.Scanner(
        name=scanner.name, program="true", package="", read=scanner.read,
        command=lambda *_told: ["true"],
    )  # fmt: skip
    run = scan._scan(silent, ANYBODY, "http://127.0.0.1:1", 1)
    assert run.ended.startswith("no report")


@pytest.mark.django_db
@pytest.mark.parametrize("word", scan.NAMES)
def test_it_can_ask_which_things_there_are(word):
    with connection.cursor() as cursor:
        cursor.execute(scan.NAMES[word])
        assert cursor.fetchall() is not None
