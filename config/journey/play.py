"""The story itself: one case from the first page to the paper that a stranger checks."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.journey.browser import Form, Lost, Page
from config.journey.world import Citizen, Desk, Sandbox, wait_for

REFERENCE = re.compile(r"\b(\d{4}) (\d{4}) (\d{4})\b")
PAPER_NUMBER_IN_ADDRESS = re.compile(r"/(?:apply|cases)/([A-Z]{2,4}-\d{2}-\d{8})/")
GENUINE = "Genuine and current"

Tell = Callable[[str], None]


@dataclass
class Record:
    """What came of one case: its number, its PDF, and the seconds that each step took."""

    number: str = ""
    reference: str = ""  # Empty where the service is free.
    pdf: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    issued_at: float = 0.0  # Monotonic.


@dataclass(frozen=True)
class Play:
    """One case; `patience` is how many seconds the story waits for each turn of the house."""

    service: str
    area_field: str  # What the form asks of her that decides which office it is.
    citizen: Citizen
    desk: Desk
    sandbox: Sandbox
    folder: Path
    by_prompt: bool
    patience: float
    tell: Tell
    note_paid: Callable[[], None] = lambda: None

    def run(self) -> Record:
        """:raises Lost, TooLate: where the story stops"""
        record = Record()
        step = _Stopwatch(record, self.tell)
        with self.citizen.lock:
            self.citizen.sign_in()
            step("signed in by SMS code and matched to the register")
            page = self._apply(record)
            step("applied")
            if record.reference:
                self._pay(page, record)
                step("paid")
        self.note_paid()
        if self._needs_officer(record):
            self._be_decided(record, step)
        self._arrive(record, "issued paper", {"ISSUED"})
        record.issued_at = time.monotonic()
        step("signed and sealed")
        self._collect(record)
        step("downloaded, and found genuine by a stranger")
        return record

    def _needs_officer(self, record: Record) -> bool:
        """Say whether an officer has the case, or the register has answered by itself."""
        queue = {"IN_QUEUE", "UNDER_REVIEW"}
        self._arrive(record, "officer or register", {*queue, "APPROVED", "ISSUED"})
        return self.citizen.state(record.number) in queue

    def _be_decided(self, record: Record, step: "_Stopwatch") -> None:
        step("in the officer's queue")
        wait_for(
            "officer with the case",
            lambda: self.desk.approve(record.number),
            seconds=self.patience,
        )
        step("approved")
        self._arrive(record, "drawn paper", {"AWAITING_SIGNATURE", "ISSUED"})
        step("drawn")
        self.desk.sign_waiting()
        step("step-up given")

    def _apply(self, record: Record) -> Page:
        browser = self.citizen.browser
        page = browser.open(f"/services/{self.service}/")
        page = browser.open(page.link(f"/apply/{self.service}/"))
        page = browser.send(page, next(f for f in page.forms if f.action == page.url))
        for _ in range(20):
            found = PAPER_NUMBER_IN_ADDRESS.search(page.url)
            if found is None:
                raise Lost(f"{page.url}: no case was started")
            record.number = found[1]
            here = [form for form in page.forms if form.action == page.url]
            # She gives no file: the form that goes on stands behind those that take one.
            form = next((one for one in here if "go_on" in one.names), here[0])
            if page.url.endswith("/review/"):
                page = browser.send(page, form)
                if self.citizen.state(record.number) == "AWAITING_PAYMENT":
                    record.reference = _reference_on(page)
                return page
            before, page = page.url, browser.send(page, form, **self._answers(form))
            if page.url == before:
                raise Lost(f"{page.url}: the answers were not taken")
        raise Lost("the questions do not end")

    def _answers(self, form: Form) -> dict[str, str]:
        """What she types: her own facts where the form asks for them, else the first choice."""
        person = self.citizen.person
        typed: dict[str, str] = {}
        for name in form.names - {"csrfmiddlewaretoken"}:
            choices = [choice for choice in form.choices.get(name, []) if choice]
            wanted = str(person.get(name) or person.get(self.area_field, ""))
            if choices:
                fitting = [choice for choice in choices if wanted.startswith(choice)]
                typed[name] = max(fitting, key=len) if fitting else choices[0]
            elif person.get(name):
                typed[name] = str(person[name])
        return typed

    def _pay(self, page: Page, record: Record) -> None:
        if not self.by_prompt:
            told = self.sandbox.pay(self.citizen.phone, record.reference, self.citizen.pin)
            if told["state"] == "REFUSED":
                raise Lost(f"the network refused the payment: {told['reason']}")
            return
        form = next(f for f in page.forms if "/prompt/" in f.action and "mine" in f.names)
        self.citizen.browser.send(page, form, mine="1")
        prompt = wait_for(
            "prompt on the phone",
            lambda: self.sandbox.pending_prompt(self.citizen.phone),
            seconds=self.patience,
        )
        self.sandbox.accept(self.citizen.phone, prompt["id"], self.citizen.pin)

    def _arrive(self, record: Record, what: str, states: set[str]) -> None:
        wait_for(what, lambda: self.citizen.state(record.number) in states, seconds=self.patience)

    def _collect(self, record: Record) -> None:
        browser = self.citizen.browser
        with self.citizen.lock:
            pdf = browser.open(f"/cases/{record.number}/paper.pdf").content
            self.folder.mkdir(parents=True, exist_ok=True)
            record.pdf = self.folder / f"{record.number}.pdf"
            record.pdf.write_bytes(pdf)
            page = browser.open("/verify/")
            form = page.form(having="file")
            verdict = browser.upload(page, form, "file", record.pdf.name, pdf)
        if GENUINE not in verdict.heading:
            raise Lost(f"the paper was found {verdict.heading!r}")


def _reference_on(page: Page) -> str:
    found = REFERENCE.search(page.text)
    if found is None:
        raise Lost(f"{page.url}: no reference on the page")
    return "".join(found.groups())


class _Stopwatch:
    def __init__(self, record: Record, tell: Tell) -> None:
        self._record, self._tell = record, tell
        self._last = time.monotonic()

    def __call__(self, done: str) -> None:
        now = time.monotonic()
        self._record.seconds[done] = now - self._last
        self._tell(f"{now - self._last:6.2f} s  {done}")
        self._last = now
