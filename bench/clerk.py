"""
An office that asks for papers by an open loop, and says when each could be had: JSON in, JSON out.

It acts as pages and processes do, in its own process: the workers are the product's own.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from accounts.models import Account, Person, StepUp  # noqa: E402
from bench import payer  # noqa: E402
from bench.clerk_words import Order, Told  # noqa: E402
from documents import operations, queries  # noqa: E402
from documents.models import Paper  # noqa: E402
from documents.operations import STEP_UP_PURPOSE  # noqa: E402
from documents.states import State  # noqa: E402
from places.models import Area, Office  # noqa: E402
from registers import operations as registers  # noqa: E402
from registers.entries import ActEntry  # noqa: E402

WAIT_SECONDS_MAX = 180.0


def main() -> int:
    office_id, officer_id = _prepare()
    citizen = payer.someone()
    print("ready", flush=True)
    numbers = itertools.count(1)
    for line in sys.stdin:
        order = Order(**json.loads(line))
        if order.paid:
            told = _paid(order, citizen, numbers)
        else:
            told = _carry_out(order, office_id, officer_id, numbers)
        print(json.dumps(asdict(told)), flush=True)
    return 0


def _prepare() -> tuple[int, int]:
    area, _ = Area.objects.get_or_create(
        code="1209", defaults={"name": "Kimironko", "level": 1, "level_name": "sector",
                               "path": "1209"},
    )  # fmt: skip
    office, _ = Office.objects.get_or_create(
        code="sector-1209",
        defaults={"names": {"en": "Kimironko Sector Office"}, "area": area, "level": "sector"},
    )
    person = Person.objects.create(family_name="Uwase", given_names="Marie-Claire")
    officer = Account.objects.create(
        kind="staff", login="clerk@bench.example", email="clerk@bench.example", person=person,
        display_name="Marie-Claire Uwase", office=office,
    )  # fmt: skip
    operations.issue_development_credentials(at=timezone.now())
    return office.pk, officer.pk


def _paid(order: Order, citizen: payer.Citizen, numbers: Iterator[int]) -> Told:
    cases, rail_id, late_ms = payer.waiting(order.papers, citizen), payer.rail_id(), 0.0
    for case, turn in zip(cases, _at_the_rate(order, numbers), strict=True):
        late_ms = max(late_ms, turn.late_ms)
        payer.pay(case, rail_id, turn.number)
    payer.wait(cases, WAIT_SECONDS_MAX)
    times = sorted(payer.times_ms(cases))
    return Told(times, len(cases) - len(times), late_ms)


def _carry_out(order: Order, office_id: int, officer_id: int, numbers: Iterator[int]) -> Told:
    asked: list[int] = []
    late_ms = 0.0
    for number in _at_the_rate(order, numbers):
        late_ms = max(late_ms, number.late_ms)
        asked.append(_request(number.number, order, office_id, officer_id))
    if order.with_officer:
        _wait(asked, State.RENDERED)
        hashes = queries.unsigned_sha256s(asked)
        waiting = iter(asked)
        for _ in _at_the_rate(order, numbers):
            paper_id = next(waiting)
            _order(paper_id, hashes[paper_id], officer_id)
    _wait(asked, State.ISSUED)
    return _told(order, asked, late_ms)


@dataclass(frozen=True)
class _Turn:
    number: int
    late_ms: float


def _at_the_rate(order: Order, numbers: Iterator[int]) -> Iterator[_Turn]:
    began = time.monotonic()
    for turn in range(order.papers):
        behind = time.monotonic() - began - turn / order.a_second
        if behind < 0:
            time.sleep(-behind)
        yield _Turn(next(numbers), 1000 * max(behind, 0.0))


def _request(number: int, order: Order, office_id: int, officer_id: int) -> int:
    now = timezone.now()
    entry = ActEntry(
        kind="birth",
        office_code="1209",
        year=1990,
        volume="II",
        act_number=f"{number:06d}",
        registered_on=date(1990, 4, 2),
        facts={
            "family_name": "MUKAMANA", "given_names": "Aline Chantal", "sex": "F",
            "born_on": "1990-03-27", "birth_place_code": "1209", "birth_place": "Kimironko",
            "father_name": "Habimana Jean", "mother_name": "Uwera Rose", "nationality": "RW",
        },
        national_ids=(f"11990780{number:08d}",),
    )  # fmt: skip
    return operations.request_paper(
        paper_type="birth_certificate",
        language="en",
        cited_entry_id=registers.cite(kind="birth", entry=entry, at=now).id,
        office_id=office_id,
        officer_id=officer_id if order.with_officer else None,
        sealed_only=not order.with_officer,
        at=now,
    )


def _order(paper_id: int, sha256: str, officer_id: int) -> None:
    now = timezone.now()
    # The row that a password would have made: hashing it is the accounts' cost, not the papers'.
    step = StepUp.objects.create(
        account_id=officer_id, purpose=STEP_UP_PURPOSE, at=now,
        expires_at=now + timedelta(minutes=1), session_hash=bytes(32),
    )  # fmt: skip
    operations.mandate(
        paper_hashes={paper_id: sha256}, officer_id=officer_id, step_up_id=step.pk,
        until=now + timedelta(hours=1), at=now,
    )  # fmt: skip


def _wait(asked: list[int], state: State) -> None:
    end = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < end:
        if not Paper.objects.filter(pk__in=asked).exclude(state=state).exists():
            return
        time.sleep(0.1)


def _told(order: Order, asked: list[int], late_ms: float) -> Told:
    begins = "mandate_items__mandate__created_at" if order.with_officer else "requested_at"
    rows = Paper.objects.filter(pk__in=asked, issued_at__isnull=False)
    times = [1000 * (end - begin).total_seconds() for begin, end in rows.values_list(
        begins, "issued_at")]  # fmt: skip
    return Told(sorted(times), len(asked) - len(times), late_ms)


if __name__ == "__main__":
    sys.exit(main())
