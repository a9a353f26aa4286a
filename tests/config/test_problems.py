"""What breaks is told to machines as problem details (RFC 9457), and to people as a page."""

from uuid import UUID

import pytest
import yaml
from django.db import OperationalError, connection
from django.http import Http404
from django.test import Client

from catalogue import queries as catalogue
from config import health
from payments import queries as payments
from tests.accounts import people

PROBLEM = "application/problem+json"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def fails(error: Exception):
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    return fail


def assert_problem(answer, status: int) -> None:
    assert answer.status_code == status
    assert answer["Content-Type"] == PROBLEM
    told = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]


def test_what_postgresql_cannot_keep_is_no_address_and_no_question(client):
    assert client.get("/cases/%00/").status_code == 404
    assert client.get("/?area=%00").status_code == 400


@pytest.mark.parametrize("address", ["/api/nothing/", "/api/", "/api/bills/", "/api/é/x"])
def test_an_unknown_address_of_the_api_is_a_problem(client, address):
    assert_problem(client.get(address), 404)


def test_an_unknown_page_is_a_page(client):
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_host_that_is_not_ours_is_a_problem_to_machines(client):
    assert_problem(client.get("/api/schema/", headers={"host": "elsewhere.example"}), 400)
    assert "html" in client.get("/", headers={"host": "elsewhere.example"})["Content-Type"]


@pytest.mark.django_db
def test_a_mistake_of_ours_is_a_problem_to_machines_without_its_words(client, monkeypatch):
    monkeypatch.setattr(payments, "payable", fails(RuntimeError("0788000101")))
    answer = client.get("/api/bills/858961326965/")
    assert_problem(answer, 500)
    assert b"0788000101" not in answer.content


def test_a_mistake_of_ours_is_a_page_to_people(client, monkeypatch):
    monkeypatch.setattr(catalogue, "needs", fails(RuntimeError()))
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "Retry-After" not in answer


@pytest.mark.django_db
def test_what_the_framework_refuses_is_a_problem_too(client, monkeypatch):
    monkeypatch.setattr(payments, "payable", fails(Http404()))
    assert_problem(client.get("/api/bills/1/"), 404)
    assert_problem(client.delete("/api/bills/1/"), 405)


@pytest.fixture
def no_database(monkeypatch) -> None:
    monkeypatch.setattr(connection, "cursor", fails(OperationalError("the server closed")))


@pytest.mark.django_db
def test_health_says_whether_there_is_a_database(client, monkeypatch):
    assert client.get("/api/health/").json() == {"status": "ok"}
    monkeypatch.setattr(health.connection, "cursor", fails(OperationalError()))
    answer = client.get("/api/health/")
    assert_problem(answer, 503)
    assert answer["Retry-After"] == "5"


@pytest.mark.django_db
def test_without_a_database_machines_are_told_when_to_come_back(client, no_database):
    answer = client.get("/api/bills/858961326965/")
    assert_problem(answer, 503)
    assert answer["Retry-After"] == "5"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/services/birth-certificate/", f"/pay/{UUID(int=1)}/"])
def test_without_a_database_people_are_told_so_in_their_language(client, no_database, address):
    answer = client.get(address, headers={"accept-language": "fr"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer["Content-Language"] == "fr"
    assert "<h1>" in answer.content.decode()
    assert "Content-Security-Policy" in answer


@pytest.mark.django_db
def test_without_a_database_somebody_who_is_signed_in_is_told_so_too(client, monkeypatch):
    # Her session is read by a middleware, before any page.
    client.force_login(people.staff())
    monkeypatch.setattr(connection, "cursor", fails(OperationalError()))
    assert client.get("/").status_code == 503


@pytest.mark.django_db
def test_the_schema_says_what_a_problem_is(client):
    schema = yaml.safe_load(client.get("/api/schema/").content)
    assert {"type", "title", "status"} <= set(
        schema["components"]["schemas"]["Problem"]["required"]
    )
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            bad = {s: r for s, r in operation["responses"].items() if s[0] not in "123"}
            # Each is named, or a scanner that compares our answers with our words sees nothing.
            assert "default" not in bad, path
            assert {"400", "406", "503"} <= set(bad), path
            # A paper that nobody can judge now is a verdict too, and no failure alone.
            judged = {"503"} if path.startswith("/api/papers/") and "shared" not in path else set()
            # And of answers that do not fit their form the page says which.
            judged |= {"422"} if path.endswith("/answers/") else set()
            for status, response in bad.items():
                also = {"application/json"} if status in judged else set()
                assert set(response["content"]) == {PROBLEM, *also}
