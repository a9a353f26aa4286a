"""A helper, whom she helps, and how far they have come."""

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts import operations as people_operations
from accounts.models import OneTimeCode, Person
from applications import operations
from applications.models import Application, Assistance, HelpConsent
from kernel import files
from registers.entries import PersonEntry
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.packing import HOME
from tests.world import NOON

MINUTE = timedelta(minutes=1)
BROWSER = "a browser of the helper"
NAMES = ("national_id", "family_name", "given_names", "born_on", "sex")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Client:
    entry: PersonEntry
    phone: str


def client(phone: str | None = None, **changed: object) -> Client:
    number = next(_numbers)
    values: dict[str, object] = {
        "national_id": f"119858{number:07d}042",
        "family_name": "Mukamana",
        "given_names": "Rose",
        "born_on": date(1985, 3, 4),
        "sex": "F",
        "birth_place_code": HOME,
        "residence_code": HOME,
        "father_name": "",
        "mother_name": "",
        "marital_status": "single",
        "nationality": "RW",
    }
    entry = PersonEntry(**(values | changed))  # type: ignore[arg-type]
    return Client(entry, phone or f"+25079{number:07d}")


def client_of(citizen: Citizen) -> Client:
    row = Person.objects.get(pk=citizen.person_id)
    known = {name: getattr(row, name) for name in NAMES}
    return client(citizen.phone, **known)


def helper(area_code: str = HOME, *acts: str, **more: object) -> int:
    return people.officer(
        *(acts or ("case.assist",)),
        area_code=area_code,
        office_id=world.office_id(area_code),
        **more,
    )


def begin(
    helper_id: int,
    whom: Client,
    *,
    service: str = world.BIRTH,
    kind: str = "code",
    fee_minor: int = 500,
    at: datetime = NOON,
) -> HelpConsent:
    consent_id = operations.begin_assistance(
        helper_id=helper_id,
        service_code=service,
        entry=whom.entry,
        phone=whom.phone,
        language="en",
        fee_minor=fee_minor,
        kind=kind,
        at=at,
    )
    return HelpConsent.objects.get(pk=consent_id)


def ask(consent: HelpConsent, helper_id: int, *, at: datetime = NOON) -> str:
    """Send the code, and return its digits as her phone has them."""
    operations.ask_consent_code(
        consent_id=consent.pk, helper_id=helper_id, binding=BROWSER, address="::1", at=at
    )
    code = OneTimeCode.objects.get(purpose=f"{operations.CONSENT}{consent.pk}", minted_at=None)
    return people_operations.mint_code(code_id=code.pk, at=at)


def prove(consent: HelpConsent, helper_id: int, typed: str, *, at: datetime = NOON + MINUTE) -> str:
    return operations.prove_consent(
        consent_id=consent.pk, helper_id=helper_id, typed=typed, binding=BROWSER, at=at
    )


def agreed(helper_id: int, whom: Client, **more: object) -> Application:
    """Return the draft of somebody who said the code to her helper."""
    consent = begin(helper_id, whom, **more)
    return world.case(prove(consent, helper_id, ask(consent, helper_id)))


def scan(consent: HelpConsent, helper_id: int, data: bytes = b"%PDF-1.4 a slip") -> str:
    sha256 = files.store(data, "application/pdf", at=NOON).sha256
    operations.put_consent_scan(
        consent_id=consent.pk, helper_id=helper_id, scan_sha256=sha256, at=NOON
    )
    return sha256


def witness(consent: HelpConsent, by_id: int, sha256: str, *, at: datetime = NOON) -> str:
    return operations.witness_consent(consent_id=consent.pk, scan_sha256=sha256, by_id=by_id, at=at)


def agreed_on_paper(
    helper_id: int, whom: Client, witness_id: int, *, at: datetime = NOON
) -> Application:
    consent = begin(helper_id, whom, kind="slip", at=at)
    return world.case(witness(consent, witness_id, scan(consent, helper_id), at=at))


def fill_in(case: Application, helper_id: int) -> None:
    operations.save_answers_for(
        application_id=case.pk,
        helper_id=helper_id,
        given=world.ANSWERS[case.service_code],
        at=NOON,
    )


def send_in(case: Application, helper_id: int, *, at: datetime = NOON) -> operations.Submitted:
    fill_in(case, helper_id)
    return operations.submit_for(application_id=case.pk, helper_id=helper_id, at=at)


def assistance(case: Application) -> Assistance:
    return Assistance.objects.get(application=case)


def revoke(case: Application, *, at: datetime = NOON) -> None:
    operations.revoke_consent(application_id=case.pk, holder_id=case.holder_id, at=at)


def at_office(case: Application, helper_id: int) -> Application:
    """Send it in, pay it, and lay it before the office."""
    sent = send_in(case, helper_id)
    assert sent.bill_id is not None
    world.pay(sent.bill_id)
    operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    operations.route(application_id=case.pk, at=NOON)
    return world.fresh(case)
