"""Anybody checks a paper, by form, by camera, by file or by machine."""

import hashlib
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from documents import queries, verdicts
from documents.pages import verify
from tests import weighing
from tests.documents import world as worlds
from tests.documents.world import World

pytestmark = pytest.mark.django_db


def upload(client: Client, data: bytes, name: str = "paper.pdf"):
    file = SimpleUploadedFile(name, data, content_type="application/pdf")
    return client.post("/verify/", {"by_file": "1", "file": file})


def test_a_paper_is_checked_by_number_and_code(client: Client, world: World) -> None:
    paper = queries.paper(worlds.issue(world))
    printed = {"number": paper.number.lower(), "code": paper.verification_id.lower()}

    page = client.post("/verify/", printed)
    assert page.status_code == 200
    assert "Genuine and current" in page.text
    assert paper.number in page.text
    # The same as stands on the paper, so that a name drawn over it is seen.
    assert "Aline Chantal MUKAMANA" in page.text
    assert "27 March 1990" in page.text
    assert "0413" in page.text
    assert "Habimana" not in page.text
    assert page["Referrer-Policy"] == "no-referrer"

    wrong = client.post("/verify/", {**printed, "code": "0" * 16})
    assert "Not ours" in wrong.text
    assert paper.number not in wrong.text
    assert "MUKAMANA" not in wrong.text


@pytest.mark.parametrize(
    "value", ["", "<script>alert(1)</script>", "' OR 1=1 --", "x" * 10_000, "\u202eabc", "😀", "\0"]
)
def test_hostile_and_wrong_values_are_answered_with_words(client: Client, value: str) -> None:
    page = client.post("/verify/", {"number": value, "code": value})

    assert page.status_code == 422
    assert "error-summary" in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("number", "said", "leads"),
    [
        ("bc 26 48201936", "This is the number of a case.", True),
        ("8589 6132 6965", "This is a reference to pay by.", False),
    ],
)
def test_the_number_of_something_else_is_told_from_a_papers(
    client: Client, number: str, said: str, leads: bool
) -> None:
    page = client.post("/verify/", {"number": number, "code": "0" * 16})

    assert page.status_code == 422
    assert said in page.text
    assert ('href="/track/"' in page.text.split("<main")[1]) is leads


def test_the_pages_of_verification_are_light(client: Client, world: World) -> None:
    weighing.squeezing(client)
    paper = queries.paper(worlds.issue(world))
    printed = {"number": paper.number, "code": paper.verification_id}
    weighing.refuse_heavy(client.get("/verify/"), "form")
    weighing.refuse_heavy(client.post("/verify/", printed), "verdict")
    weighing.refuse_heavy(client.get(f"/V/{paper.verification_id}"), "verdict by camera")


def test_the_form_keeps_what_was_typed(client: Client) -> None:
    page = client.post("/verify/", {"number": "BC-1-2", "code": "7QK3 M0ZB 94TV X2HD"})

    assert "BC-1-2" in page.text
    assert "7QK3 M0ZB 94TV X2HD" in page.text


def test_a_camera_opens_the_verdict_in_any_case(client: Client, world: World) -> None:
    code = queries.paper(worlds.issue(world)).verification_id

    for address in (f"/V/{code}", f"/v/{code.lower()}"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Genuine and current" in page.text
        assert page["X-Robots-Tag"] == "noindex"
        assert "no-store" in page["Cache-Control"]
    assert "Not ours" in client.get("/V/0000000000000000").text
    assert "Not ours" in client.get("/V/nonsense").text
    assert client.post(f"/V/{code}").status_code == 405


def test_the_file_is_compared(client: Client, world: World) -> None:
    data = queries.final_file(worlds.issue(world))
    changed = bytearray(data)
    changed[20_000] ^= 1

    assert "exactly the one that was issued" in upload(client, data).text
    altered = upload(client, bytes(changed))
    assert "Altered" in altered.text
    assert "MUKAMANA" not in altered.text


def test_one_address_hands_over_only_so_many_files(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "FILES", replace(verify.FILES, times=2))
    data = queries.final_file(worlds.issue(world))

    assert [upload(client, data).status_code for _ in range(3)] == [200, 200, 429]
    refused = upload(client, data)
    assert "Too many papers were checked from here" in refused.text
    assert "error-summary" in refused.text
    assert 0 < int(refused["Retry-After"]) <= 3600
    # Who asks from elsewhere, or by number and code, is not held up.
    file = SimpleUploadedFile("paper.pdf", data, content_type="application/pdf")
    elsewhere = {"by_file": "1", "file": file}
    assert client.post("/verify/", elsewhere, REMOTE_ADDR="192.0.2.7").status_code == 200
    printed = {"number": "BC-SECTOR1209-2026-000123-7", "code": "0" * 16}
    assert client.post("/verify/", printed).status_code != 429


def test_one_address_tries_only_so_many_codes(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "CODES", replace(verify.CODES, times=2))
    paper = queries.paper(worlds.issue(world))
    guess = {"number": paper.number, "code": "0" * 16}

    assert [client.post("/verify/", guess).status_code for _ in range(3)] == [200, 200, 429]
    right = client.post("/verify/", {**guess, "code": paper.verification_id})
    assert right.status_code == 429
    assert "Too many papers were checked from here" in right.text
    # What is misspelt was never looked up and costs nothing; a camera reads on.
    assert client.post("/verify/", {"number": "", "code": ""}).status_code == 422
    assert client.get(f"/V/{paper.verification_id}").status_code == 200


def test_the_page_is_read_or_posted_to(client: Client) -> None:
    assert client.put("/verify/").status_code == 405
    assert client.head("/verify/").status_code == 200


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GIF89a", "not a PDF"),
        (b"", "empty"),
        (b"%PDF-" + b"x" * (5 * 1024 * 1024), "larger than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_one_is_said_so(client: Client, data: bytes, said: str) -> None:
    page = upload(client, data)

    assert page.status_code == 422
    assert said in page.text


def test_no_answer_is_said_to_be_none(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(verdicts, "by_code", gone)
    page = client.get("/V/7QK3M0ZB94TVX2HD")

    assert page.status_code == 503
    assert "Could not check" in page.text


def test_a_machine_is_told_too_that_there_is_no_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(verdicts, "by_code", gone)
    monkeypatch.setattr(verdicts, "by_code_and_hash", gone)
    address = "/api/papers/7QK3M0ZB94TVX2HD/"
    body = {"sha256": "0" * 64}
    asked = (client.get(address), client.post(address, body, content_type="application/json"))

    for told in asked:
        assert told.status_code == 503
        assert told.json()["outcome"] == "could_not_check"
        assert told.json()["paper"] is None


def test_the_page_speaks_french(client: Client, world: World) -> None:
    code = queries.paper(worlds.issue(world)).verification_id

    page = client.get(f"/V/{code}", headers={"accept-language": "fr"})
    assert "Certificat de naissance" in page.text
    assert "Bureau du secteur de Kimironko" in page.text


def test_pages_ask_a_constant_number_of_questions(
    client: Client, world: World, django_assert_max_num_queries
) -> None:
    code = queries.paper(worlds.issue(world)).verification_id
    worlds.issue(world)

    with django_assert_max_num_queries(10):
        client.get(f"/V/{code}")
    with django_assert_max_num_queries(1):
        client.get("/verify/")


def test_a_machine_asks_by_code_and_by_hash(client: Client, world: World) -> None:
    paper_id = worlds.issue(world)
    paper = queries.paper(paper_id)
    address = f"/api/papers/{paper.verification_id}/"

    told = client.get(address).json()
    assert told["outcome"] == "current"
    assert told["integrity"] == "not_compared"
    assert told["paper"]["number"] == paper.number
    assert told["paper"]["holders"] == [{"name": "Aline Chantal MUKAMANA", "born_on": "1990-03-27"}]
    assert told["paper"]["entry"]["act_number"] == "0413"
    assert told["status"] == "current"
    assert told["sentence"] == "A paper with this code was issued, and it is valid today."

    right = hashlib.sha256(queries.final_file(paper_id)).hexdigest()
    assert client.post(address, {"sha256": right}).status_code == 415
    asked = {"content_type": "application/json"}
    assert client.post(address, {"sha256": right}, **asked).json()["integrity"] == "intact"
    assert client.post(address, {"sha256": "0" * 64}, **asked).json()["outcome"] == "altered"
    assert client.post(address, {"sha256": "no"}, **asked).status_code == 400
    unknown = client.get("/api/papers/0000000000000000/").json()
    assert (unknown["outcome"], unknown["paper"]) == ("not_ours", None)


def test_certificates_are_published_and_keys_are_not(client: Client, world: World) -> None:
    assert b"BEGIN CERTIFICATE" in client.get("/pki/root.cer").content
    assert client.get("/pki/issuing.crl").content
    for name in ("root.key", "issuing.key", "keys", "..%2Fpki%2Froot.key"):
        assert client.get(f"/pki/{name}").status_code == 404
