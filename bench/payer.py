"""
Cases that wait for their payment, paid at a steady rate: what a paper of the office alone begins
with.

It posts as the poster does. From there on all is the product's own: the outbox, the relay, the
question to the register over HTTP, the drawing and the seal.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Account, ContactPoint, Person, PersonContact
from accounts.operations import budgets
from accounts.states import AccountKind, Assurance
from applications import operations
from applications.models import Application
from applications.operations import drafting
from config.stack.home import ROOT
from kernel.crypto import blind_index
from payments import posting
from payments import queries as bills
from payments.gateways.base import Collection
from payments.models import Rail
from payments.states import Source

SERVICE = "full-identity"
ANSWERS = {"district": "12", "residence_code": "1209", "reason": "work", "declaration": True}
PHONE = "+250788000999"


@dataclass(frozen=True)
class Citizen:
    person_id: int
    account_id: int
    contact_id: int


@dataclass(frozen=True)
class Waiting:
    """A submitted case, and what is due for it."""

    application_id: int
    reference: str
    due_minor: int


def someone() -> Citizen:
    """Make a citizen whom the sandbox's population register knows."""
    known = json.loads((ROOT / "sandbox" / "people.json").read_text())["rw"]["people"]
    told = next(one for one in known if one["residence_code"] == ANSWERS["residence_code"])
    now = timezone.now()
    contact = ContactPoint.objects.create(
        kind="phone", value=PHONE, value_index=blind_index("phone", PHONE), language="en",
        verified_at=now,
    )  # fmt: skip
    account = Account.objects.create(
        kind=AccountKind.CITIZEN, contact=contact, login=f"c:{contact.pk}", language="en",
        password="!",
    )  # fmt: skip
    person = Person.objects.create(
        family_name=told["family_name"],
        given_names=told["given_names"],
        born_on=date.fromisoformat(told["born_on"]),
        sex=told["sex"],
        national_id=told["national_id"],
        national_id_index=blind_index("national_id", told["national_id"]),
        assurance=Assurance.MATCHED,
        matched_at=now,
    )
    PersonContact.objects.create(person=person, contact=contact, from_at=now)
    return Citizen(person.pk, account.pk, contact.pk)


def waiting(count: int, citizen: Citizen) -> list[Waiting]:
    """Submit so many cases of hers."""
    return [_submitted(citizen) for _ in range(count)]


def pay(case: Waiting, rail_id: int, number: int) -> None:
    """Post what is due for the case, as the poster posts what a callback told."""
    now = timezone.now()
    told = Collection(
        external_id=f"P{number}",
        reference=case.reference,
        amount_minor=case.due_minor,
        currency="RWF",
        occurred_at=now,
    )
    with transaction.atomic():
        posting.post(
            [
                posting.Telling(
                    rail_id=rail_id, told=told, source=Source.MESSAGE, source_id=number,
                    source_at=now,
                )
            ],
            at=now,
        )  # fmt: skip


def rail_id() -> int:
    return Rail.objects.get(code="bank-rw").pk


def wait(cases: list[Waiting], seconds: float) -> None:
    """Wait until all have a paper that is issued."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(list(_issued(cases))) < len(cases):
        time.sleep(0.2)


def times_ms(cases: list[Waiting]) -> list[float]:
    """Return milliseconds from the posting to the sealed file, of those that are issued."""
    return list(_issued(cases))


def _issued(cases: list[Waiting]) -> Iterator[float]:
    rows = Application.objects.filter(pk__in=[case.application_id for case in cases])
    for paid_at, issued_at in rows.values_list("bill__paid_at", "paper__issued_at"):
        if paid_at is not None and issued_at is not None:
            yield 1000 * (issued_at - paid_at).total_seconds()


def _submitted(citizen: Citizen) -> Waiting:
    now = timezone.now()
    number = operations.start_draft(
        service_code=SERVICE, holder_id=citizen.person_id, account_id=citizen.account_id,
        contact_id=citizen.contact_id, language="en", at=now,
    )  # fmt: skip
    # What one person may begin in an hour is no part of this.
    budgets.give_back(drafting.BY_PERSON, str(citizen.person_id))
    case = Application.objects.get(number=number)
    operations.save_answers(application_id=case.pk, holder_id=citizen.person_id, given=ANSWERS)
    sent = operations.submit(
        application_ids=[case.pk],
        holder_id=citizen.person_id,
        by_id=citizen.account_id,
        at=now,
    )
    bill = bills.bill(sent.bill_id or 0)
    return Waiting(case.pk, bill.reference, bill.due_minor)
