"""The payers at their phones, and what the sandbox says of them."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx
from django.db import OperationalError, connections

from config.storm.plan import FAULTS, Payer, Road, Weather
from kernel.country import country
from payments.operations import billing, prompting

T = TypeVar("T")

AT_ONCE = 16
CONNECTION_TRIES = 6
PIN = "1234"
# How long a payer waits for the prompt on her phone before she gives up on it.
PROMPT_SECONDS = 25.0
POLL_SECONDS = 0.2
TERM = timedelta(days=7)


@dataclass
class Bill:
    id: int
    reference: str
    total_minor: int


@dataclass
class Tally:
    """What happened to one payer."""

    payer: Payer
    bill: Bill
    states: list[str] = field(default_factory=list)  # As the sandbox answered.


class Outside:
    """The sandbox through its own doors."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=40, trust_env=False)

    def get(self, path: str, **asked: Any) -> httpx.Response:
        return self._client.get(path, params=asked).raise_for_status()

    def post(self, path: str, said: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.post(path, json=said).raise_for_status().json()
        return answer

    def switch(self, faults: dict[str, str]) -> None:
        self.post("/faults", faults)

    def mend(self) -> None:
        self._client.delete("/faults").raise_for_status()

    def truth(self, since: float) -> dict[str, Any]:
        told: dict[str, Any] = self.get("/truth.json", since=since).json()
        return told

    def pay(
        self, phone: str, road: Road, reference: str, amount: int, faults: dict[str, str]
    ) -> dict[str, Any]:
        said = {"reference": reference, "amount": str(amount), "network": road.twin, "pin": PIN}
        return self.post(f"/phone/{phone[1:]}/pay", {**said, "blind": True, "faults": faults})

    def prompt(self, phone: str, reference: str) -> dict[str, Any] | None:
        found = self.get(f"/phone/{phone[1:]}/prompts.json").json()["prompts"]
        mine = (one for one in found if one["state"] == "PENDING" and reference in one["note"])
        return next(mine, None)

    def close(self) -> None:
        self._client.close()


class Street:
    """Everybody who pays; `walk` lets the day begin and returns when all have done their part."""

    def __init__(
        self,
        outside: Outside,
        *,
        phones: dict[str, list[str]],
        beneficiaries: Sequence[str],
        run: str,
        clock: Callable[[], datetime],
        tell: Callable[[str], None],
    ) -> None:
        """
        :param phones: by twin, E.164
        :param run: names this day among all, for the charges' keys
        """
        self._outside, self._phones, self._run = outside, phones, run
        self._beneficiaries, self._clock, self._tell = beneficiaries, clock, tell
        self._done = 0
        self._lock = threading.Lock()

    def walk(self, payers: Sequence[Payer], weather: Sequence[Weather]) -> list[Tally]:
        begun = time.monotonic()
        sky = threading.Thread(target=self._change_weather, args=(weather, begun), daemon=True)
        sky.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tallies = list(pool.map(lambda one: self._live(one, begun, len(payers)), payers))
        sky.join()
        self._outside.mend()
        return tallies

    def _change_weather(self, weather: Sequence[Weather], begun: float) -> None:
        turns = [(one.from_seconds, one.twin, one.what) for one in weather]
        turns += [(one.from_seconds + one.for_seconds, one.twin, "") for one in weather]
        for at, twin, what in sorted(turns):
            _wait_until(begun + at)
            self._outside.switch({twin: what})
            self._tell(f"{twin} is {what or 'well again'}")

    def _live(self, payer: Payer, begun: float, many: int) -> Tally:
        _wait_until(begun + payer.at_seconds)
        tally = Tally(payer, _in_the_house(lambda: self._issue(payer)))
        self._pay(tally)
        with self._lock:
            self._done += 1
            if self._done % max(1, many // 10) == 0:
                self._tell(f"{self._done} of {many} have paid")
        return tally

    def _issue(self, payer: Payer) -> Bill:
        now = self._clock()
        exponent = country().currency_exponent
        amount_minor = payer.amount * 10**exponent
        part = amount_minor // 4
        lines = [
            billing.NewLine(
                charge_key=f"storm:{self._run}:{payer.number}:{place}",
                names={"en": "Bad day", "fr": "Mauvais jour"},
                amount_minor=asked,
                beneficiary_code=self._beneficiaries[place % len(self._beneficiaries)],
                revenue_code="storm",
                legal_source="",
                legal_checked=False,
            )
            for place, asked in enumerate((amount_minor - part, part))
        ]
        bill = billing.issue_bill(
            lines=lines,
            currency=country().currency,
            description={"en": "Bad day", "fr": "Mauvais jour"},
            payer_contact_id=None,
            at=now,
            expires_at=now + TERM,
        )
        return Bill(bill.id, bill.reference, amount_minor)

    def _pay(self, tally: Tally) -> None:
        payer, road = tally.payer, tally.payer.road
        first = self._by(road, tally, payer.trouble)
        match payer.trouble:
            case "paid twice":
                self._by(road if not road.by_prompt else payer.other, tally, "none")
            case "paid on two channels":
                self._by(payer.other, tally, "none")
            case "taken back" | "taken back before it was told" if first:
                undone = self._outside.post(f"/acts/{road.twin}/reverse", {"id": first})
                tally.states.append("TAKEN_BACK" if undone.get("id") else "NOT_TAKEN_BACK")

    def _by(self, road: Road, tally: Tally, trouble: str) -> str:
        phones = self._phones[road.twin]
        phone = phones[tally.payer.payer % len(phones)]
        if road.by_prompt:
            return self._by_prompt(phone, road, tally, trouble)
        amount, reference = tally.payer.amount, tally.bill.reference
        match trouble:
            case "too little":
                amount = amount // 2
            case "too much":
                amount += 100
            case "slip in the reference":
                reference = f"{reference[:5]}{(int(reference[5]) + 1) % 10}{reference[6:]}"
            case "transaction code as reference":
                reference = f"TX{tally.payer.number:06d}"
        done = self._outside.pay(phone, road, reference, amount, _faults(road, trouble))
        tally.states.append(str(done["state"]))
        return str(done["id"])

    def _by_prompt(self, phone: str, road: Road, tally: Tally, trouble: str) -> str:
        try:
            prompting.ask(bill_id=tally.bill.id, rail_code=road.rail, phone=phone, at=self._clock())
        except prompting.CannotPrompt as cannot:
            tally.states.append(type(cannot).__name__)
            return ""
        prompt = self._wait_for_prompt(phone, tally.bill.reference)
        if prompt is None:
            tally.states.append("NO_PROMPT")
            return ""
        said: dict[str, Any] = {"faults": _faults(road, trouble)}
        said |= {"refuse": True} if trouble == "says no" else {"pin": PIN}
        done = self._outside.post(f"/phone/{phone[1:]}/prompts/{prompt['id']}/answer", said)
        tally.states.append(str(done["state"]))
        return self._id_of(road, tally.bill.reference) if done["state"] == "SUCCESSFUL" else ""

    def _wait_for_prompt(self, phone: str, reference: str) -> dict[str, Any] | None:
        end = time.monotonic() + PROMPT_SECONDS
        while time.monotonic() < end:
            if found := self._outside.prompt(phone, reference):
                return found
            time.sleep(POLL_SECONDS)
        return None

    def _id_of(self, road: Road, reference: str) -> str:
        since = time.time() - 3600
        paid = [
            one
            for one in self._outside.truth(since)["booked"]
            if (one["rail"], one["what"], one["reference"]) == (road.rail, "payment", reference)
        ]
        return str(paid[-1]["id"]) if paid else ""


def _faults(road: Road, trouble: str) -> dict[str, str]:
    name = "bank" if road.twin == "bank" else f"{road.twin}.callback"
    if trouble == "forged":
        return {name: "lies" if road.twin in {"mtn", "mpesa"} else "forged"}
    return {name: FAULTS[trouble]} if trouble in FAULTS else {}


# The pool of a process has few connections, and others of it want one too.
_few = threading.Semaphore(2)


def _in_the_house(act: Callable[[], T]) -> T:
    """
    Do something in the database, and give the thread's connection back at once: she waits for her
    phone much longer. A machine that is too busy to give one is asked again.
    """
    for tries_left in reversed(range(CONNECTION_TRIES)):
        with _few:
            try:
                connections["default"].ensure_connection()
                return act()
            except OperationalError:
                if not tries_left:
                    raise
            finally:
                connections.close_all()
    raise AssertionError


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
