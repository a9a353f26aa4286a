"""What can be asked of people, contacts and rights, as plain values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts import policies
from accounts.models import (
    Account,
    ContactPoint,
    Grant,
    IncomingText,
    OneTimeCode,
    Person,
    PersonContact,
)
from accounts.states import AccountKind, ContactKind
from kernel.crypto import blind_index

_LETTERS_MIN = 3


class NoCode(Exception):
    """There is no such one-time code, or no longer."""


class NoText(Exception):
    """There is no such text, or it came from a phone that nobody here has."""


@dataclass(frozen=True)
class ContactView:
    id: int
    kind: str
    value: str = field(repr=False)  # E.164 for a phone.
    language: str


@dataclass(frozen=True)
class CodeView:
    """A one-time code's row, without the digits: nobody can read those again."""

    id: int
    contact_id: int
    purpose: str
    language: str
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class TextView:
    """What a phone sent us, and in which language its holder reads."""

    id: int
    contact_id: int
    text: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class PersonView:
    id: int
    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    born_on: date | None = field(repr=False)
    sex: str
    national_id: str | None = field(repr=False)
    assurance: str

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()


@dataclass(frozen=True)
class AccountView:
    id: int
    kind: str
    email: str | None = field(repr=False)
    display_name: str
    contact_id: int | None
    person_id: int | None  # The staff member's own person; a citizen's are proved in a session.
    office_id: int | None
    language: str
    is_active: bool


@dataclass(frozen=True)
class GrantView:
    id: int
    account_id: int
    act: str
    service_code: str
    area_code: str | None
    rail_code: str
    beneficiary_code: str
    from_at: datetime
    until_at: datetime | None
    given_by_id: int
    confirmed_by_id: int | None
    confirmed_at: datetime | None


def contact(contact_id: int) -> ContactView:
    """:raises accounts.models.ContactPoint.DoesNotExist: for an unknown id"""
    row = ContactPoint.objects.get(pk=contact_id)
    return ContactView(id=row.pk, kind=row.kind, value=row.value, language=row.language)


def contacts(contact_ids: Collection[int]) -> dict[int, ContactView]:
    """Return these contact points by id; unknown ids are left out."""
    rows = ContactPoint.objects.filter(pk__in=contact_ids)
    return {
        row.pk: ContactView(id=row.pk, kind=row.kind, value=row.value, language=row.language)
        for row in rows
    }


def code(code_id: int) -> CodeView:
    """:raises NoCode: for an unknown id, or one so old that it is forgotten"""
    row = OneTimeCode.objects.filter(pk=code_id).first()
    if row is None:
        raise NoCode(code_id)
    return CodeView(
        id=row.pk,
        contact_id=row.contact_id,
        purpose=row.purpose,
        language=row.language,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )


def incoming_text(text_id: int) -> TextView:
    """:raises NoText: for an unknown id, or a text of an unknown phone"""
    row = IncomingText.objects.select_related("contact").filter(pk=text_id).first()
    if row is None or row.contact is None:
        raise NoText(text_id)
    return TextView(row.pk, row.contact.pk, row.text, row.contact.language)


def person(person_id: int) -> PersonView:
    """:raises accounts.models.Person.DoesNotExist: for an unknown id"""
    return _person(Person.objects.get(pk=person_id))


def contacts_of(person_id: int) -> list[dict[str, object]]:
    """Return every phone and address by which a person was ever reached, with from and until."""
    found = PersonContact.objects.filter(person_id=person_id).select_related("contact")
    return [
        {
            "kind": one.contact.kind,
            "value": one.contact.value,
            "from": one.from_at,
            "until": one.until_at,
        }
        for one in found.order_by("pk")
    ]


def persons(person_ids: list[int]) -> list[PersonView]:
    """Return the persons in the order of their ids; unknown ids are left out."""
    return [_person(row) for row in Person.objects.filter(pk__in=person_ids).order_by("pk")]


def account(account_id: int) -> AccountView:
    """:raises accounts.models.Account.DoesNotExist: for an unknown id"""
    return _account(Account.objects.get(pk=account_id))


def accounts(account_ids: list[int]) -> list[AccountView]:
    """Return the accounts in the order of their ids; unknown ids are left out."""
    return [_account(row) for row in Account.objects.filter(pk__in=account_ids).order_by("pk")]


def people_of_staff() -> list[int]:
    """Return the persons of the active accounts of staff, of those that have a national number."""
    rows = Account.objects.filter(
        kind=AccountKind.STAFF, is_active=True, person__national_id_index__isnull=False
    )
    return list(rows.order_by("person").values_list("person", flat=True).distinct())


def accounts_of(person_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the accounts of staff of these persons, by person."""
    found: dict[int, set[int]] = {}
    rows = Account.objects.filter(person_id__in=person_ids)
    for person_id, pk in rows.values_list("person_id", "pk"):
        if person_id is not None:
            found.setdefault(person_id, set()).add(pk)
    return found


def staff_of(office_id: int) -> list[AccountView]:
    """Return the active accounts of an office's staff, in the order of their ids."""
    rows = Account.objects.filter(office_id=office_id, kind=AccountKind.STAFF, is_active=True)
    return [_account(row) for row in rows.order_by("pk")]


@dataclass(frozen=True)
class Reached:
    """Where a member of staff is reached, and in which language she reads."""

    account_id: int
    contact_id: int
    language: str


def reached(account_ids: Collection[int], *, at: datetime) -> list[Reached]:
    """Return where these accounts' persons are reached, the newest place of each, by account."""
    places_now = (
        PersonContact.objects.filter(
            Q(until_at=None) | Q(until_at__gt=at),
            person__staff_accounts__in=account_ids,
            from_at__lte=at,
            contact__kind=ContactKind.PHONE,
        )
        .order_by("person__staff_accounts", "-from_at", "-pk")
        .distinct("person__staff_accounts")
    )
    rows = places_now.values_list(
        "person__staff_accounts", "contact_id", "person__staff_accounts__language"
    )
    return [Reached(*row) for row in rows]


def holder(account_id: int, *, at: datetime) -> Reached | None:
    """Return where the holder of an account is reached by message, or None."""
    row = Account.objects.select_related("contact").get(pk=account_id)
    if row.contact is None:
        return next(iter(reached([account_id], at=at)), None)
    return Reached(account_id, row.contact.pk, row.language or row.contact.language)


def staff_by_email(email: str) -> AccountView | None:
    row = Account.objects.filter(login=email.strip().lower(), kind=AccountKind.STAFF).first()
    return _account(row) if row else None


def is_reached_at(*, account_id: int, contact_id: int, at: datetime) -> bool:
    """Say whether a login is of somebody who is, or before was, reached at this contact point."""
    row = Account.objects.get(pk=account_id)
    persons_there = PersonContact.objects.filter(contact_id=contact_id, from_at__lte=at)
    return row.contact_id == contact_id or (
        row.person_id is not None and persons_there.filter(person_id=row.person_id).exists()
    )


def phone_contact_id(phone: str) -> int | None:
    """Return the id of the contact point of a phone (E.164), or None."""
    found = ContactPoint.objects.filter(kind="phone", value_index=blind_index("phone", phone))
    return found.values_list("pk", flat=True).first()


def called(name: str, *, limit: int) -> list[int]:
    """
    Return the ids of persons called so, at most `limit`: each word typed begins a word of theirs.

    Accents and capitals do not count. A word of three letters is the least; less finds nobody.
    """
    words = [word for word in name.split() if any(c.isalnum() for c in word)]
    if not any(sum(c.isalnum() for c in word) >= _LETTERS_MIN for word in words):
        return []
    # As the index `person_called` has it (applications/sql/queues.sql).
    called = "accounts_folded(family_name || ' ' || given_names)"
    begins = f"{called} LIKE '%%' || accounts_folded(%s) || '%%'"
    found = Person.objects.extra(where=[begins] * len(words), params=words)  # noqa: S610
    return list(found.values_list("pk", flat=True)[:limit])


def own_contact_id(person_id: int) -> int | None:
    """Return the contact point from which a person has proved herself last, or None."""
    live = PersonContact.objects.filter(
        person_id=person_id, until_at=None, contact__kind=ContactKind.PHONE
    )
    return live.order_by("-from_at", "-pk").values_list("contact_id", flat=True).first()


def is_own_phone(*, account_id: int, phone: str, at: datetime) -> bool:
    """Say whether a phone (E.164) is one at which somebody is, or before was, reached."""
    contact_id = phone_contact_id(phone)
    return contact_id is not None and is_reached_at(
        account_id=account_id, contact_id=contact_id, at=at
    )


@dataclass(frozen=True)
class RegisterLine:
    """One right as the register shows it: whose, over what, from when to when, by whom."""

    id: int
    account_id: int
    holder: str = field(repr=False)
    act: str
    area_code: str | None
    rail_code: str
    beneficiary_code: str
    from_at: datetime
    until_at: datetime | None
    given_by: str = field(repr=False)
    confirmed_by: str = field(repr=False)  # "": nobody yet.
    ended_at: datetime | None


def register(*, acts: Collection[str]) -> Iterator[RegisterLine]:
    """Yield every right for these acts that was ever given, the newest first."""
    rows = Grant.objects.filter(act__in=acts).order_by("-pk")
    related = rows.select_related("area", "account", "given_by", "confirmed_by")
    for row in related.iterator(chunk_size=500):
        yield RegisterLine(
            id=row.pk,
            account_id=row.account_id,
            holder=_called(row.account),
            act=row.act,
            area_code=row.area.code if row.area else None,
            rail_code=row.rail_code,
            beneficiary_code=row.beneficiary_code,
            from_at=row.from_at,
            until_at=row.until_at,
            given_by=_called(row.given_by),
            confirmed_by=_called(row.confirmed_by) if row.confirmed_by else "",
            ended_at=row.ended_at,
        )


def grants(*, account_id: int, at: datetime, act: str | None = None) -> list[GrantView]:
    """Return the account's grants that have not ended, confirmed or not, oldest first."""
    rows = _open(at).filter(account_id=account_id)
    if act is not None:
        rows = rows.filter(act=act)
    return [_grant(row) for row in rows.select_related("area").order_by("pk")]


def is_founded() -> bool:
    """Say whether the right to give rights was ever given."""
    return Grant.objects.filter(act=policies.GIVE_RIGHTS.code).exists()


def _open(at: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        Q(until_at__isnull=True) | Q(until_at__gt=at),
    )


def _person(row: Person) -> PersonView:
    return PersonView(
        id=row.pk,
        family_name=row.family_name,
        given_names=row.given_names,
        born_on=row.born_on,
        sex=row.sex,
        national_id=row.national_id,
        assurance=row.assurance,
    )


def _account(row: Account) -> AccountView:
    return AccountView(
        id=row.pk,
        kind=row.kind,
        email=row.email,
        display_name=row.display_name,
        contact_id=row.contact_id,
        person_id=row.person_id,
        office_id=row.office_id,
        language=row.language,
        is_active=row.is_active,
    )


def _grant(row: Grant) -> GrantView:
    return GrantView(
        id=row.pk,
        account_id=row.account_id,
        act=row.act,
        service_code=row.service_code,
        area_code=row.area.code if row.area else None,
        rail_code=row.rail_code,
        beneficiary_code=row.beneficiary_code,
        from_at=row.from_at,
        until_at=row.until_at,
        given_by_id=row.given_by_id,
        confirmed_by_id=row.confirmed_by_id,
        confirmed_at=row.confirmed_at,
    )


def _called(row: Account) -> str:
    """Return how a member of staff is called at the desk."""
    return row.display_name or row.email or str(row.pk)


class SamePerson(Exception):
    """What takes two people was tried by one, under one of her accounts."""


def same_hands(one_id: int | None, other_id: int | None) -> bool:
    """
    Tell whether two accounts are one pair of hands: the same account, the same person's, or two
    that share a phone, whose holder reads the codes of both.
    """
    return one_id is not None and other_id is not None and hands_meet(one_id, other_id)


def hands_meet(*account_ids: int) -> bool:
    """
    Tell whether any two of these accounts are one pair of hands.

    The function `accounts_same_hands` of PostgreSQL says the same (accounts/sql/hands.sql).
    """
    if len(set(account_ids)) < len(account_ids):
        return True
    rows = Account.objects.filter(pk__in=account_ids).values_list("person_id", "contact_id")
    people = [person_id for person_id, _ in rows if person_id is not None]
    if len(set(people)) < len(people):
        return True
    bound = PersonContact.objects.filter(
        person_id__in=people, until_at=None, contact__kind=ContactKind.PHONE
    )
    # Of one person a phone counts once; of a login that is a phone, that phone.
    phones = [contact_id for _, contact_id in set(bound.values_list("person_id", "contact_id"))]
    phones += [contact_id for _, contact_id in rows if contact_id is not None]
    return len(set(phones)) < len(phones)


def is_close_to(account_id: int, *person_ids: int) -> bool:
    """
    Tell whether an account is of one of these persons, or shares a phone with one of them.

    The function `accounts_is_close_to` of PostgreSQL says the same (accounts/sql/trust.sql).
    """
    if Account.objects.filter(pk=account_id, person_id__in=person_ids).exists():
        return True
    live = PersonContact.objects.filter(until_at=None, contact__kind=ContactKind.PHONE)
    hers = live.filter(person__staff_accounts=account_id).values("contact_id")
    theirs = live.filter(person_id__in=person_ids)
    return theirs.filter(Q(contact_id__in=hers) | Q(contact__account=account_id)).exists()


def sharing(contact_id: int, *, but_not: Collection[int]) -> int:
    """Return how many persons are reached at this phone beside those; nobody is named."""
    here = PersonContact.objects.filter(contact_id=contact_id, until_at=None)
    return here.exclude(person_id__in=but_not).values("person_id").distinct().count()


def mail_of(person_id: int) -> int | None:
    """Return the contact point of the email address that a person has proved, or None."""
    live = PersonContact.objects.filter(
        person_id=person_id, until_at=None, contact__kind=ContactKind.EMAIL
    )
    return live.order_by("-from_at", "-pk").values_list("contact_id", flat=True).first()
