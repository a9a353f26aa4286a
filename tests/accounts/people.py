"""People for tests of any room: officers with grants, citizens with a phone and a proved person."""

import functools
import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import F, Q

from accounts import operations
from accounts.models import Account, ContactPoint, Grant, Person, PersonContact
from accounts.operations.rights import FOUNDING
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
        giver, confirmer = givers(at)
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


def givers(at: datetime) -> tuple[Account, Account]:
    """
    Return who gives rights over the country at a moment, and who confirms them.

    Made at the first time for a second, by which nobody at any other moment holds more than a test
    says; where others hold both rights then, these.
    """
    a_second = at + timedelta(seconds=1)
    held = Grant.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at),
        Q(ended_at=None) | Q(ended_at__gt=at),
        area=None,
        service_code="*",
        rail_code="*",
        beneficiary_code="*",
        from_at__lte=at,
        confirmed_at__lte=at,
        account__is_active=True,
    ).select_related("account")
    # The founders of that second before anybody else.
    found = {
        one.act: one.account
        for one in held.filter(act__in=FOUNDING).order_by(F("until_at").desc(nulls_first=True))
    }
    if len(found) == len(FOUNDING):
        return found["rights.give"], found["rights.confirm"]
    giver, confirmer, witness = staff(), staff(), staff()
    for account, act, given_by in (
        (giver, "rights.give", confirmer),
        (confirmer, "rights.confirm", giver),
    ):
        Grant.objects.create(
            account=account,
            act=act,
            from_at=at,
            until_at=a_second,
            given_by=given_by,
            given_at=at,
            confirmed_by=witness,
            confirmed_at=at,
        )
    return giver, confirmer


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


def stepped_up(by_id: int, purpose: str, at: datetime = NOON) -> int:
    """Return the id of a step-up that this member of staff has just made by her password."""
    made = operations.step_up(
        account_id=by_id, password=PASSWORD, purpose=purpose, session_key="here", at=at
    )
    return int(made.pk)


def close_account(*, account_id: int, by_id: int, at: datetime) -> None:
    """Close an account as the page does: with a fresh proof."""
    step_up_id = stepped_up(by_id, operations.CLOSE_ACCOUNT, at)
    operations.close_account(account_id=account_id, by_id=by_id, step_up_id=step_up_id, at=at)
