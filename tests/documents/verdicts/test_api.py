"""Machines get the page's answer: by code, by code and hash, by file."""

from contextlib import ExitStack
from dataclasses import replace

import pytest
from django.test import Client

from documents import queries
from documents.api import views
from documents.examining.asking import EXAMINER, WAITING_MAX
from documents.models import Paper
from tests.documents import world as worlds
from tests.documents.forgeries import forging
from tests.documents.life import people
from tests.documents.world import World

pytestmark = pytest.mark.django_db

ADDRESS = "/api/papers/file/"
PDF = {"content_type": "application/pdf"}


def test_a_file_is_judged(client: Client, world: World) -> None:
    data = queries.final_file(worlds.issue(world))

    told = client.post(ADDRESS, data, **PDF).json()
    assert (told["outcome"], told["integrity"], told["finding"]) == ("current", "intact", "")
    forged = client.post(ADDRESS, forging.drawn_over(data), **PDF).json()
    assert (forged["outcome"], forged["finding"]) == ("altered", "added")
    code = Paper.objects.get().verification_id
    for answer in (client.get(f"/api/papers/{code}/"), client.post(ADDRESS, data, **PDF)):
        # The paper may be revoked in a minute, and what stands on it is for who asked.
        assert answer["Cache-Control"] == "no-store"
    foreign = client.post(ADDRESS, forging.somebody_elses(), **PDF).json()
    assert (foreign["outcome"], foreign["paper"]) == ("not_ours", None)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-" + b"x" * (5 * 1024 * 1024)])
def test_what_is_no_pdf_is_refused(client: Client, world: World, data: bytes) -> None:
    assert client.post(ADDRESS, data, **PDF).status_code == 400
    assert client.post(ADDRESS, b"x", content_type="text/plain").status_code == 415


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"sha256": 1}', b"[" * 100_000])
def test_a_hash_that_is_none_is_refused(client: Client, world: World, body: bytes) -> None:
    code = Paper.objects.get(pk=worlds.issue(world)).verification_id

    answer = client.post(f"/api/papers/{code}/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_hundred_megabytes_are_refused_before_they_are_read(client: Client) -> None:
    answer = client.post(ADDRESS, b"%PDF-", CONTENT_LENGTH=str(100 * 1024 * 1024), **PDF)

    assert answer.status_code == 413
    page = client.post("/verify/", {"by_file": "1"}, CONTENT_LENGTH=str(100 * 1024 * 1024))
    assert page.status_code == 413
    assert "far smaller than 5 MB" in page.text


def test_files_of_machines_and_of_people_are_counted_together(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "FILES", replace(views.FILES, times=1))
    data = queries.final_file(worlds.issue(world))

    assert client.post(ADDRESS, data, **PDF).status_code == 200
    refused = client.post(ADDRESS, data, **PDF)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_when_too_many_wait_there_is_no_answer_and_it_says_when_to_come_again(
    client: Client, world: World
) -> None:
    with ExitStack() as waiting:
        for _ in range(WAITING_MAX):
            waiting.enter_context(EXAMINER._place())
        answer = client.post(ADDRESS, forging.somebody_elses(), **PDF)

    assert (answer.status_code, answer.json()["finding"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0
    assert client.post(ADDRESS, forging.somebody_elses(), **PDF).json()["outcome"] == "not_ours"
    # A file of ours is known by its hash and needs no examination.
    data = queries.final_file(worlds.issue(world))
    assert client.post(ADDRESS, data, **PDF).json()["outcome"] == "current"


def test_why_and_since_when_is_told_in_the_askers_language(client: Client, world: World) -> None:
    office = people.open_office(world)
    paper_id = worlds.issue(world)
    people.do(office, paper_id, "revoke", reason="court_order")
    code = Paper.objects.get(pk=paper_id).verification_id

    told = client.get(f"/api/papers/{code}/").json()
    assert (told["outcome"], told["since"], told["reason"]) == (
        "revoked", "2026-11-23", "court_order"
    )  # fmt: skip
    assert "23 November 2026" in told["sentence"]
    assert "court" in told["sentence"]
