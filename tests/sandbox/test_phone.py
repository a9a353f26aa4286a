import re
from uuid import uuid4

import httpx
import pytest

from tests.sandbox import test_mtn
from tests.sandbox.conftest import ListeningGuichet
from tests.sandbox_process import SandboxProcess

PHONE = "250788000122"
SMS = {"Authorization": "Bearer development-only-sms"}


def text(sandbox: SandboxProcess, words: str, key: str = "", to: str = PHONE) -> httpx.Response:
    body = {"to": f"+{to}", "text": words, "id": key or str(uuid4())}
    return sandbox.post("/sms/messages", body, headers=SMS)


def test_a_message_is_taken_once_shown_and_receipted(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    key = str(uuid4())
    first, again = text(sandbox, "first", key), text(sandbox, "first", key)
    assert (first.status_code, again.status_code) == (202, 409)
    assert first.json() == again.json()
    inbox = sandbox.get(f"/phone/{PHONE}/inbox.json").json()["messages"]
    assert [message["text"] for message in inbox if message["id"] == key] == ["first"]
    [receipt] = guichet.wait_for(1, "/callbacks/sms/receipts", about=key)
    assert receipt.body == {"id": key, "status": "DELIVERED"}
    assert receipt.headers["authorization"] == "Bearer development-only-receipt"
    known = sandbox.get(f"/sms/messages/{key}", headers=SMS).json()
    assert known == {"id": first.json()["id"], "status": "delivered"}


def test_a_text_from_a_phone_reaches_guichet_once_with_the_receipts_token(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    assert f'action="/phone/{PHONE}/texts"' in sandbox.get(f"/phone/{PHONE}").text
    sent = httpx.post(f"{sandbox.url}/phone/{PHONE}/texts", data={"text": " STOP "})
    assert sent.headers["location"] == f"/phone/{PHONE}?said=texted"
    [told] = guichet.wait_for(1, "/callbacks/sms/texts", about="STOP")
    assert {**told.body, "id": ""} == {"id": "", "from": f"+{PHONE}", "text": "STOP"}
    assert re.fullmatch(r"st-[0-9a-f]{16}", told.body["id"])
    assert told.headers["authorization"] == "Bearer development-only-receipt"
    empty = httpx.post(f"{sandbox.url}/phone/{PHONE}/texts", data={"text": "  "})
    assert empty.headers["location"] == f"/phone/{PHONE}?said=empty"


def test_the_newest_message_is_first(sandbox: SandboxProcess) -> None:
    text(sandbox, "older")
    text(sandbox, "newer")
    inbox = sandbox.get(f"/phone/+{PHONE}/inbox.json").json()["messages"]
    assert [message["text"] for message in inbox[:2]] == ["newer", "older"]


def test_the_gateway_refuses_strangers_and_nonsense(sandbox: SandboxProcess) -> None:
    assert sandbox.post("/sms/messages", {}).status_code == 401
    assert sandbox.post("/sms/messages", {"to": "1"}, headers=SMS).status_code == 400
    assert text(sandbox, "hello", to="33612345678").status_code == 400
    assert sandbox.get(f"/sms/messages/{uuid4()}", headers=SMS).status_code == 404


def test_the_front_page_says_what_this_is_and_lists_everybody(sandbox: SandboxProcess) -> None:
    page = sandbox.get("/").text
    assert "SANDBOX" in page
    for person in sandbox.get("/people.json").json()["people"]:
        assert f'href="/phone/{person["phone"].lstrip("+")}"' in page


def test_any_number_of_the_country_can_be_opened(sandbox: SandboxProcess) -> None:
    answer = sandbox.get("/?number=%2B250+788+999+999")
    assert (answer.status_code, answer.headers["location"]) == (303, "/phone/250788999999")
    assert sandbox.get("/phone/250788999999").status_code == 200
    assert sandbox.get("/phone/12").status_code == 404


def test_a_message_cannot_smuggle_markup_into_the_page(sandbox: SandboxProcess) -> None:
    text(sandbox, "<script>alert(1)</script>")
    page = sandbox.get(f"/phone/{PHONE}")
    assert "<script>alert" not in page.text
    assert "'unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", f"/phone/{PHONE}", f"/phone/{PHONE}/keypad"])
def test_no_page_has_inline_script_or_style(sandbox: SandboxProcess, path: str) -> None:
    page = sandbox.get(path).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_a_prompt_is_answered_by_the_buttons_of_the_page(sandbox: SandboxProcess) -> None:
    reference, _ = test_mtn.ask(sandbox, payer=PHONE)
    page = sandbox.get(f"/phone/{PHONE}").text
    assert f"/phone/{PHONE}/prompts/{reference}/press" in page
    form = {"pin": "1234", "press": "accept"}
    answer = httpx.post(f"{sandbox.url}/phone/{PHONE}/prompts/{reference}/press", data=form)
    assert answer.status_code == 303
    assert "Paid" in sandbox.get(answer.headers["location"]).text
    assert test_mtn.status(sandbox, reference)["status"] == "SUCCESSFUL"


def test_the_keypad_shows_what_is_paid_before_the_pin(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    shown = httpx.post(
        f"{sandbox.url}/phone/{PHONE}/keypad", data={"reference": "8589 6132 6965"}
    ).text
    assert "Birth certificate" in shown
    assert "500 RWF" in shown
    assert guichet.quiet("notification", 0.2) == []
    form = {"reference": "858961326965", "pin": "1234"}
    paid = httpx.post(f"{sandbox.url}/phone/{PHONE}/keypad/pay", data=form)
    assert paid.headers["location"].endswith("said=NOTIFIED")
    assert guichet.wait_for(1, "notification")


def test_the_keypad_says_what_cannot_be_paid(
    sandbox: SandboxProcess, guichet: ListeningGuichet
) -> None:
    guichet.bill = {"reference": "1", "payable": False, "reason": "paid already"}
    shown = httpx.post(f"{sandbox.url}/phone/{PHONE}/keypad", data={"reference": "1"}).text
    assert "paid already" in shown
    assert 'name="pin"' not in shown


def test_a_restart_keeps_messages_money_and_prompts(own_sandbox) -> None:  # type: ignore[no-untyped-def]
    first = own_sandbox()
    text(first, "kept")
    reference, _ = test_mtn.ask(first, payer=PHONE)
    test_mtn.press(first, PHONE, reference, pin="1234")
    first.kill()
    second = own_sandbox()
    assert second.get(f"/phone/{PHONE}/inbox.json").json()["messages"][0]["text"] == "kept"
    assert second.get(f"/phone/{PHONE}/balance.json").json() == {"balance": "49500"}
    assert test_mtn.status(second, reference)["status"] == "SUCCESSFUL"


def test_money_can_be_added_and_not_taken_away(sandbox: SandboxProcess) -> None:
    before = int(sandbox.get(f"/phone/{PHONE}/balance.json").json()["balance"])
    assert sandbox.post(f"/phone/{PHONE}/top-up", {"amount": "1000"}).json() == {
        "balance": str(before + 1000)
    }
    assert sandbox.post(f"/phone/{PHONE}/top-up", {"amount": "-1"}).status_code == 400
    assert sandbox.post(f"/phone/{PHONE}/top-up", {"amount": "NaN"}).status_code == 400


def test_unknown_faults_are_refused_and_known_ones_are_shown(sandbox: SandboxProcess) -> None:
    assert sandbox.post("/faults", {"mtn": "on fire"}).status_code == 400
    assert sandbox.post("/faults", {"weather": "down"}).status_code == 400
    sandbox.faults(sms="down", civil="slow")
    assert sandbox.get("/faults").json() == {"sms": "down", "civil": "slow"}
    assert "Faults are on" in sandbox.get(f"/phone/{PHONE}").text
    assert text(sandbox, "lost").status_code == 503
    assert sandbox.delete("/faults").json() == {}
