"""`make holes` asks OSV of every locked package, and never takes silence for good news."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from config.stack import holes
from config.stack.home import ROOT
from config.stack.servers import free_port

REQUIREMENTS = """\
django==5.2.8 \\
    --hash=sha256:00
pyjwt[crypto]==2.0.0 ; python_version >= "3.11" \\
    --hash=sha256:00
    # via django
"""
KNOWN = {("pyjwt", "2.0.0"): "GHSA-ffqj-6fqr-9h24"}


class Osv(BaseHTTPRequestHandler):
    """Answers as OSV does: one result for each query, `{}` where nothing is known."""

    heard: list[tuple[str, str]] = []
    answers_all = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        packages = [(one["package"]["name"], one["version"]) for one in asked]
        self.heard.extend(packages)
        results = [{"vulns": [{"id": KNOWN[p]}]} if p in KNOWN else {} for p in packages]
        told = json.dumps({"results": results if self.answers_all else results[:-1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_more: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def osv(monkeypatch) -> Iterator[type[Osv]]:
    monkeypatch.setattr(Osv, "heard", [])
    with HTTPServer(("127.0.0.1", 0), Osv) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("OSV_URL", f"http://127.0.0.1:{server.server_port}")
        yield Osv
        server.shutdown()
        thread.join()


@pytest.fixture
def requirements(tmp_path):
    file = tmp_path / "run.txt"
    file.write_text(REQUIREMENTS)
    return file


def test_a_known_hole_is_named_and_fails(osv, requirements, capsys):
    assert holes.main([str(requirements)]) == 1
    assert osv.heard == [("django", "5.2.8"), ("pyjwt", "2.0.0")]
    told = capsys.readouterr().out
    assert "pyjwt 2.0.0: GHSA-ffqj-6fqr-9h24" in told
    assert "2 packages, 1 with a known hole" in told


def test_without_a_hole_it_is_content(osv, requirements):
    requirements.write_text("django==5.2.8\n")
    assert holes.main([str(requirements)]) == 0


def test_silence_and_half_an_answer_are_no_good_news(osv, requirements, monkeypatch):
    monkeypatch.setattr(osv, "answers_all", False)
    assert holes.main([str(requirements)]) == 2
    monkeypatch.setenv("OSV_URL", f"http://127.0.0.1:{free_port()}")
    assert holes.main([str(requirements)]) == 2


def test_every_locked_package_of_ours_is_asked_about():
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    assert len(holes.locked(text)) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
    assert "django" in dict(holes.locked(text))
