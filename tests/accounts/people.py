"""People for tests of any room: officers with grants, citizens with a phone and a proved person."""

import functools
import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import Account, ContactPoint, Grant, Person, PersonContact
from accounts.states import AccountKind, Assurance
from kernel.crypto import blind_index
from places import queries as places
from tests.world import NOON

PASSWORD = "a lake at half past six"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Citizen:
    account_id: int
    contact_id: int
    person_id: int
    phone: str


def staff(**more: object) -> Account:
    """
    Return a staff account that may do nothing; its password is `PASSWORD`.

    It names a person of its own, unless `person` or `person_id` says otherwise.
    """
    if not {"person", "person_id"} & more.keys():
        more["person"] = person(family_name="Mugisha", given_names="Ange")
    email = f"staff{next(_numbers)}@guichet.example"
    return Account.objects.create(
        kind=AccountKind.STAFF, login=email, email=email, password=_hashed(), **more
    )


@functools.cache
def _hashed() -> str:
    return make_password(PASSWORD)


def officer(
    *acts: str,
    area_code: str | None = None,
    service_code: str = "*",
    rail_code: str = "*",
    at: datetime = NOON - timedelta(days=30),
    **more: object,
) -> int:
    """Return the id of a staff account that holds these acts, given and confirmed by two others."""
    holder = staff(**more)
    if acts:
        giver, confirmer = staff(), staff()
    for act in acts:
        Grant.objects.create(
            account=holder,
            act=act,
            service_code=service_code,
            rail_code=rail_code,
            area_id=places.area(area_code).pk if area_code else None,
            from_at=at,
            given_by=giver,
            given_at=at,
            confirmed_by=confirmer,
            confirmed_at=at,
        )
    return holder.pk


def person(
    *,
    national_id: str | None = None,
    family_name: str = "Umutesi",
    given_names: str = "Claudine",
    born_on: date = date(1990, 4, 12),
    sex: str = "F",
    at: datetime = NOON,
) -> Person:
    national_id = national_id or f"119907{next(_numbers):07d}042"
    return Person.objects.create(
        family_name=family_name,
        given_names=given_names,
        born_on=born_on,
        sex=sex,
        national_id=national_id,
        national_id_index=blind_index("national_id", national_id),
        assurance=Assurance.MATCHED,
        matched_at=at,
    )


def citizen(
    *, phone: str | None = None, language: str = "en", at: datetime = NOON, **of_person: object
) -> Citizen:
    """Return a citizen who signed in with a phone and proved who she is."""
    phone = phone or f"+25078{next(_numbers):07d}"
    contact, _ = ContactPoint.objects.get_or_create(
        kind="phone",
        value_index=blind_index("phone", phone),
        defaults={"value": phone, "language": language, "verified_at": at},
    )
    account, _ = Account.objects.get_or_create(
        contact=contact,
        defaults={
            "kind": AccountKind.CITIZEN,
            "login": f"c:{contact.pk}",
            "language": language,
            "password": "!",
        },
    )
    proved = person(at=at, **of_person)
    PersonContact.objects.create(person=proved, contact=contact, from_at=at)
    return Citizen(account_id=account.pk, contact_id=contact.pk, person_id=proved.pk, phone=phone)
