"""What every answer carries, however it comes about; what a browser is told to keep and to send."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as product
from django.test import Client

from config import problems
from config.stack.checks import production
from config.stack.home import ROOT
from tests.accounts import people
from tests.world import NOON

pytestmark = pytest.mark.django_db

PUBLIC = ["/", "/search/?q=x", "/services/", "/sign-in/", "/staff/", "/track/", "/verify/"]
REFUSED = ["/nothing/", "/desk/", "/operators/", "/cases/", "/staff/rights/"]
MACHINES = ["/api/health/", "/api/nothing/", "/api/schema/", "/robots.txt"]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def officer() -> Client:
    browser = Client()
    browser.force_login(people.staff())
    return browser


@pytest.mark.parametrize("path", [*PUBLIC, *REFUSED, *MACHINES])
def test_every_answer_is_defended(client, path):
    answer = client.get(path)
    policy = answer["Content-Security-Policy"]
    for said in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert said in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in answer
    assert (
        "charset" in answer["Content-Type"]
        or "json" in answer["Content-Type"]
        or not (answer.content)
    )


@pytest.mark.parametrize("path", ["/desk/", "/desk/leave/", "/account/visits/", "/", "/services/"])
def test_what_somebody_sees_who_is_signed_in_is_kept_nowhere(officer, path):
    assert "no-store" in officer.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", ["/sign-in/", "/track/", "/cases/", "/nothing/"])
def test_what_may_show_a_person_is_kept_nowhere_even_before_she_signs_in(client, path):
    answer = client.get(path)
    # Of an address that is nobody's there is nothing to keep from anybody.
    assert path == "/nothing/" or "no-store" in answer["Cache-Control"]


def test_what_anybody_reads_may_be_kept(client):
    assert "no-store" not in client.get("/services/").get("Cache-Control", "")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG"])
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/api/health/", "/callbacks/mtn-rw/x"])
def test_a_method_that_nobody_needs_is_refused(client, method, path):
    answer = client.generic(method, path)
    assert answer.status_code == 405
    assert answer["Allow"]


def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_an_error_has_a_reference_that_the_log_knows_and_no_more(client, monkeypatch):
    def fail(*_more: object) -> None:
        raise RuntimeError("0788000101 SELECT secret")

    monkeypatch.setattr("catalogue.queries.needs", fail)
    page = client.get("/")
    assert page.status_code == 500
    assert page["X-Request-ID"] in page.content.decode()
    monkeypatch.setattr("config.health.connection", None)
    told = client.get("/api/health/")
    assert told.json()["instance"].endswith(told["X-Request-ID"])
    for answer in (page, told):
        assert not any(word in answer.content for word in (b"0788000101", b"SELECT", b"Traceback"))


def test_a_request_without_an_id_has_no_reference(rf):
    assert problems.reference(rf.get("/")) == ""


def test_a_hole_has_somebody_to_tell(client, settings):
    with time_machine.travel(NOON, tick=False):
        lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    assert told["Contact"] == "mailto:security@guichet.example"
    assert NOON.isoformat() < told["Expires"] < (NOON + timedelta(days=365)).isoformat()
    assert told["Canonical"] == f"{product.SITE_URL}/.well-known/security.txt"
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404


def test_robots_leave_persons_out_and_hear_of_no_room_of_staff(client):
    said = client.get("/robots.txt").content.decode()
    assert "Disallow: /cases/" in said
    assert "desk" not in said
    assert "operators" not in said


def test_a_password_manager_finds_where_passwords_change(client, officer):
    assert client.get("/.well-known/change-password")["Location"] == "/staff/password/"
    assert officer.get("/staff/password/").status_code == 200


ASKS = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper() and
    name.startswith(("SESSION_C", "CSRF_C", "LANGUAGE_COOKIE", "SECURE_H", "DEBUG", "ALLOWED",
    "X_FRAME", "SECURE_SSL"))}, default=str))
"""


def test_production_gives_its_cookies_to_this_host_alone_and_by_tls_alone():
    said = subprocess.run(
        [sys.executable, "-c", ASKS], cwd=ROOT, check=True, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"}
        | production(),
    )  # fmt: skip
    held = json.loads(said.stdout)
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert held[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert held[f"{cookie}_COOKIE_SECURE"] is True
        assert held[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
        assert held[f"{cookie}_COOKIE_DOMAIN"] is None
        assert held[f"{cookie}_COOKIE_PATH"] == "/"
    assert held["SESSION_COOKIE_HTTPONLY"] is held["CSRF_COOKIE_HTTPONLY"] is True
    assert held["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert held["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is held["SECURE_SSL_REDIRECT"] is True
    assert held["DEBUG"] is False
    assert held["ALLOWED_HOSTS"] == ["guichet.example"]


def test_a_machine_that_asks_without_tls_is_refused_and_a_person_led_to_it(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/services/").status_code == 301
    assert client.get("/api/bills/858961326965/").status_code == 403
    assert client.get("/api/health/").status_code == 200  # Asked from inside.
    assert (
        client.get("/services/", secure=True)["Strict-Transport-Security"]
        if (product.SECURE_HSTS_SECONDS)
        else True
    )


def test_who_signs_in_by_sms_is_told_what_that_risks_and_offered_better(client):
    page = " ".join(client.get("/sign-in/").content.decode().split())
    assert "How safe is a code by message?" in page
    assert "Tell a code to nobody" in page
    assert 'href="/sign-in/passkey/"' in page


def test_what_is_refused_before_any_page_is_a_problem_to_machines(client):
    for answer, status in (
        (client.get("/api/papers/%00/"), 404),
        (client.get("/api/bills/1/?x=%00"), 400),
        (client.generic("TRACE", "/api/health/"), 405),
        (client.generic("POST", "/api/papers/file/", HTTP_TRANSFER_ENCODING="chunked"), 411),
        (client.generic("POST", "/api/papers/file/", CONTENT_LENGTH=str(10**8)), 413),
    ):
        assert answer.status_code == status
        assert answer["Content-Type"] == problems.MEDIA_TYPE
        assert answer.json()["status"] == status
