"""Cases at any point of their life, made by the operations themselves."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from accounts import queries as accounts
from accounts.models import Grant
from accounts.operations import budgets
from applications import operations, queries
from applications.models import Application
from applications.operations import drafting
from documents import operations as documents
from documents.operations import credentials
from payments import queries as bills
from payments.models import Rail
from places import queries as places
from registers.entries import ActEntry, CriminalEntry, Judgment, PersonEntry
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications.packing import FREE, HOME
from tests.payments import world as money
from tests.world import NOON

MINUTE = timedelta(minutes=1)
BIRTH = "birth-certificate"
MARRIAGE = "marriage-certificate"
SINGLE = "certificate-being-single"
IDENTITY = "full-identity"
LIFE = "life"
CRIMINAL = "criminal-record"

ANSWERS: dict[str, dict[str, object]] = {
    BIRTH: {
        "district": "12",
        "birth_place_code": HOME,
        "father_name": "Umutesi Jean-Bosco",
        "mother_name": "",
        "reason": "school",
        "declaration": True,
    },
    MARRIAGE: {
        "district": "12",
        "place_code": HOME,
        "married_on": "2015-08-22",
        "reason": "travel",
        "declaration": True,
    },
    SINGLE: {
        "district": "12",
        "residence_code": HOME,
        "reason": "marriage",
        "declaration": True,
    },
}
ANSWERS[FREE] = ANSWERS[BIRTH]
ANSWERS[IDENTITY] = ANSWERS[LIFE] = ANSWERS[SINGLE]
ANSWERS[CRIMINAL] = {"reason": "work", "declaration": True}


@dataclass(frozen=True)
class Staffed:
    """A sector with two officers, and one of another sector."""

    aline: int
    bosco: int
    far: int


def officer(area_code: str = HOME, *acts: str, **more: object) -> int:
    acts = acts or ("case.decide", "case.sign")
    return people.officer(*acts, area_code=area_code, office_id=office_id(area_code), **more)


def office_id(area_code: str = HOME) -> int:
    return places.office_by_code(f"sector-{area_code}").pk


def end_grants(account_id: int, *, at: datetime) -> None:
    Grant.objects.filter(account_id=account_id).update(ended_by=F("given_by"), ended_at=at)


def reach(account_id: int, *, at: datetime = NOON) -> queries.Reach:
    """Return how far the rights of an officer reach, as her pages ask it."""
    person_id = accounts.account(account_id).person_id
    return queries.reach(account_id=account_id, person_id=person_id, at=at)


def case(number: str) -> Application:
    return Application.objects.get(number=number)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def draft(
    citizen: Citizen, service: str = BIRTH, *, at: datetime = NOON, **changed: object
) -> Application:
    number = operations.start_draft(
        service_code=service,
        holder_id=citizen.person_id,
        account_id=citizen.account_id,
        contact_id=citizen.contact_id,
        language="en",
        at=at,
    )
    # A test's world is made in a moment: what a person may begin in an hour has tests of its own.
    budgets.give_back(drafting.BY_PERSON, str(citizen.person_id))
    made = case(number)
    operations.save_answers(
        application_id=made.pk,
        holder_id=citizen.person_id,
        given=ANSWERS[service] | changed,
    )
    return fresh(made)


def submit(citizen: Citizen, *drafts: Application, at: datetime = NOON) -> operations.Submitted:
    return operations.submit(
        application_ids=[one.pk for one in drafts],
        holder_id=citizen.person_id,
        by_id=citizen.account_id,
        at=at,
    )


def rail() -> Rail:
    return money.make_world().bank


def pay(bill_id: int, *, amount_minor: int | None = None, at: datetime = NOON) -> None:
    """Let money come in for the bill: all that is due, unless told otherwise."""
    bill = bills.bill(bill_id)
    amount = bill.due_minor if amount_minor is None else amount_minor
    money.post(money.telling(rail(), bill.reference, amount, occurred_at=at), at=at)


def paid(citizen: Citizen, service: str = BIRTH, **changed: object) -> Application:
    made = draft(citizen, service, **changed)
    sent = submit(citizen, made)
    if sent.bill_id is not None:
        pay(sent.bill_id)
        operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    return fresh(made)


def queued(citizen: Citizen, service: str = BIRTH, **changed: object) -> Application:
    made = paid(citizen, service, **changed)
    operations.route(application_id=made.pk, at=NOON)
    return fresh(made)


def taken(
    citizen: Citizen, by_id: int, service: str = BIRTH, at: datetime = NOON, **changed: object
) -> Application:
    made = queued(citizen, service, **changed)
    operations.take(application_id=made.pk, by_id=by_id, at=at)
    return fresh(made)


def approved(citizen: Citizen, by_id: int, service: str = BIRTH) -> Application:
    made = taken(citizen, by_id, service)
    operations.approve(
        application_id=made.pk,
        by_id=by_id,
        version=made.version,
        entry=entry_for(citizen, service),
        at=NOON,
    )
    return fresh(made)


def drawn(citizen: Citizen, by_id: int, service: str = BIRTH) -> Application:
    """Return a case whose paper is drawn and waits for the officer's key."""
    made = approved(citizen, by_id, service)
    draw(made)
    return fresh(made)


def draw(case: Application) -> None:
    """Do as the errand does: draw the case's paper, and let the case wait for its signature."""
    make_keys()
    documents.claim_for_rendering(limit=4, now=NOON, until=NOON + MINUTE)
    documents.sign_claims(case.paper_id, at=NOON)
    documents.record_rendering(case.paper_id, documents.render(case.paper_id), at=NOON)
    operations.mark_rendered(application_id=case.pk, at=NOON)


def make_keys() -> None:
    """Make the state's and the offices' keys, where nobody has needed them yet."""
    if credentials.in_force("qr", at=NOON) is None:
        documents.issue_development_credentials(at=NOON - 5 * MINUTE)


def entry_for(citizen: Citizen, service: str = BIRTH) -> ActEntry | PersonEntry:
    if service in (SINGLE, IDENTITY, LIFE):
        return person_entry(citizen)
    return marriage_act(citizen) if service == MARRIAGE else birth_act(citizen)


def birth_act(citizen: Citizen, *, number: str = "217", **changed: str) -> ActEntry:
    person = accounts.person(citizen.person_id)
    facts = {
        "family_name": person.family_name,
        "given_names": person.given_names,
        "sex": person.sex,
        "born_on": str(person.born_on),
        "birth_place_code": HOME,
        "birth_place": "Kimironko",
        "father_name": "Umutesi Jean-Bosco",
        "mother_name": "Mukamana Rose",
        "nationality": "RW",
    }
    return ActEntry(
        kind="birth",
        office_code=HOME,
        year=1990,
        volume="3",
        act_number=number,
        registered_on=date(1990, 5, 2),
        facts=facts | changed,
        national_ids=(person.national_id or "",),
    )


def marriage_act(citizen: Citizen, **changed: str) -> ActEntry:
    person = accounts.person(citizen.person_id)
    facts = {
        "married_on": "2015-08-22",
        "place_code": HOME,
        "place": "Kimironko",
        "spouse_1_family_name": "Habimana",
        "spouse_1_given_names": "Paul",
        "spouse_1_born_on": "1988-01-30",
        "spouse_1_birth_place_code": HOME,
        "spouse_1_birth_place": "Kimironko",
        "spouse_2_family_name": person.family_name,
        "spouse_2_given_names": person.given_names,
        "spouse_2_born_on": str(person.born_on),
        "spouse_2_birth_place_code": HOME,
        "spouse_2_birth_place": "Kimironko",
        "property_regime": "community",
    }
    return ActEntry(
        kind="marriage",
        office_code=HOME,
        year=2015,
        volume="1",
        act_number="44",
        registered_on=date(2015, 8, 22),
        facts=facts | changed,
        national_ids=("1198880000001010", person.national_id or ""),
    )


def person_entry(citizen: Citizen, **changed: object) -> PersonEntry:
    person = accounts.person(citizen.person_id)
    values: dict[str, object] = {
        "national_id": person.national_id,
        "family_name": person.family_name,
        "given_names": person.given_names,
        "sex": "F",
        "born_on": person.born_on,
        "birth_place_code": HOME,
        "residence_code": HOME,
        "father_name": "Umutesi Jean-Bosco",
        "mother_name": "Mukamana Rose",
        "marital_status": "single",
        "nationality": "RW",
    }
    return PersonEntry(**(values | changed))  # type: ignore[arg-type]


def record(citizen: Citizen, *judgments: Judgment) -> CriminalEntry:
    person = accounts.person(citizen.person_id)
    return CriminalEntry(
        national_id=person.national_id or "",
        family_name=person.family_name,
        given_names=person.given_names,
        sex="F",
        born_on=person.born_on or date.min,
        birth_place_code=HOME,
        nationality="RW",
        judgments=judgments,
    )


def as_json(entry: PersonEntry | CriminalEntry) -> dict[str, object]:
    """Return the entry as its register's HTTP face tells it."""
    return json.loads(json.dumps(asdict(entry), default=str))


def act_as_json(act: ActEntry) -> dict[str, object]:
    """Return the act as the civil register's HTTP face tells it."""
    return {
        "kind": act.kind,
        "office_code": act.office_code,
        "year": act.year,
        "volume": act.volume,
        "act_number": act.act_number,
        "registered_on": act.registered_on.isoformat(),
        "facts": act.facts,
        "national_ids": list(act.national_ids),
    }
