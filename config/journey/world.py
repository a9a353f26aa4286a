"""The people of the story: a citizen with her phone in the sandbox, and officers at their desks."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from config.journey.browser import Browser, Lost, Page

T = TypeVar("T")
CODE = re.compile(r"\b(\d{6})\b")
POLL_SECONDS = 0.1


class TooLate(TimeoutError):
    """What the story waits for did not come in its time."""


def wait_for(what: str, look: Callable[[], T | None], *, seconds: float) -> T:
    """
    Look until there is something.

    :raises TooLate: after that many seconds; the message says what was waited for
    """
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise TooLate(f"no {what} within {seconds:.0f} s")
        time.sleep(POLL_SECONDS)


@dataclass(frozen=True)
class Sandbox:
    """The outside world of development, through its own faces."""

    url: str

    def people(self, journey: str) -> list[dict[str, Any]]:
        everybody = self._get("/people.json")["people"]
        return [person for person in everybody if journey in person["journeys"]]

    def inbox(self, phone: str) -> list[dict[str, Any]]:
        told: dict[str, list[dict[str, Any]]] = self._get(f"/phone/{_digits(phone)}/inbox.json")
        return told["messages"]

    def pending_prompt(self, phone: str) -> dict[str, Any] | None:
        prompts = self._get(f"/phone/{_digits(phone)}/prompts.json")["prompts"]
        return next((prompt for prompt in prompts if prompt["state"] == "PENDING"), None)

    def accept(self, phone: str, prompt_id: str, pin: str) -> None:
        self._post(f"/phone/{_digits(phone)}/prompts/{prompt_id}/answer", {"pin": pin})

    def pay(self, phone: str, reference: str, pin: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._post(
            f"/phone/{_digits(phone)}/pay", {"reference": reference, "pin": pin}
        )
        return answer

    def faults(self, faults: dict[str, str]) -> None:
        self._post("/faults", faults)

    def mend(self) -> None:
        """Switch every fault off."""
        httpx.delete(f"{self.url}/faults", timeout=10).raise_for_status()

    def _get(self, path: str) -> Any:
        return httpx.get(self.url + path, timeout=10).raise_for_status().json()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return httpx.post(self.url + path, json=body, timeout=20).raise_for_status().json()


def _digits(phone: str) -> str:
    return phone.lstrip("+")


class Citizen:
    """Somebody of the sandbox at her own browser; one thing at a time, as people do."""

    def __init__(self, site: str, sandbox: Sandbox, person: dict[str, Any]) -> None:
        self.person = person
        self.phone: str = person["phone"]
        self.pin: str = person.get("pin", "1234")
        self.sandbox = sandbox
        self.lock = threading.Lock()
        self.browser = Browser(site)
        self._signed_in = False

    def sign_in(self) -> None:
        """By a code to her phone, then by what stands on her card."""
        if self._signed_in:
            return
        heard = {message["id"] for message in self.sandbox.inbox(self.phone)}
        page = self.browser.open("/sign-in/")
        page = self.browser.send(page, page.form(having="phone"), phone=self.phone)

        def code() -> str | None:
            for message in self.sandbox.inbox(self.phone):
                if message["id"] not in heard and (found := CODE.search(message["text"])):
                    return found[1]
            return None

        page = self.browser.send(
            page, page.form(having="code"), code=wait_for("code by SMS", code, seconds=30)
        )
        if "national_id" not in {name for form in page.forms for name in form.names}:
            page = self.browser.open("/sign-in/who/")
        page = self.browser.send(
            page,
            page.form(having="national_id"),
            national_id=self.person["national_id"],
            born_on=self.person["born_on"],
        )
        self._signed_in = True

    def state(self, number: str) -> str:
        answer = self.browser.ask(f"/api/cases/{number}/")
        return str(answer["state"])


class Desk:
    """The officers of the demonstration, each at a browser of her own."""

    def __init__(self, site: str, logins: list[dict[str, str]]) -> None:
        self._site = site
        self._logins = logins
        self._officers: list[tuple[dict[str, str], Browser, threading.Lock]] = []

    def open(self) -> None:
        for login in self._logins:
            browser = Browser(self._site)
            page = browser.open("/staff/")
            browser.send(
                page, page.form(having="password"), email=login["login"], password=login["password"]
            )
            self._officers.append((login, browser, threading.Lock()))

    def close(self) -> None:
        for _, browser, _ in self._officers:
            browser.close()

    def approve(self, number: str) -> bool:
        """Whoever has the case takes it and approves it; False where nobody has it yet."""
        for _, browser, lock in self._officers:
            with lock:
                page = _open_if_hers(browser, number)
                if page is None:
                    continue
                if any("/take/" in form.action for form in page.forms):
                    page = browser.send(page, page.form(action="/take/"))
                if any("/approve/" in form.action for form in page.forms):
                    browser.send(page, page.form(action="/approve/"))
                    return True
        return False

    def sign_waiting(self) -> int:
        """Every officer signs what waits for her key, with one password each; return how many."""
        signed = 0
        for login, browser, lock in self._officers:
            with lock:
                page = browser.open("/desk/to-sign/")
                waiting = [form for form in page.forms if "paper" in form.names]
                if waiting and (papers := waiting[0].choices["paper"]):
                    browser.send(page, waiting[0], paper=papers, password=login["password"])
                    signed += len(papers)
        return signed


def _open_if_hers(browser: Browser, number: str) -> Page | None:
    try:
        return browser.open(f"/desk/{number}/")
    except Lost:
        return None  # Not hers: for her it does not exist.
