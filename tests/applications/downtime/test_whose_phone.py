"""What is told of a captured case reaches its holder, and nobody who had the sheet in hand."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import PersonContact
from applications import operations
from applications.models import Application
from applications.operations import downtime
from tests.accounts import people
from tests.accounts.conftest import refused_by as refused_by
from tests.applications.collection.world import counter
from tests.applications.downtime.test_books import DAY, book, capture, codes
from tests.world import NOON

pytestmark = pytest.mark.django_db


def test_no_officer_captures_a_sheet_to_her_own_phone(uwase, staffed) -> None:
    chantal, taker = people.citizen(), people.citizen()
    typist = counter(person_id=chantal.person_id, at=NOON - 60 * DAY)
    taken_by = counter(person_id=taker.person_id)
    code = codes(book(typist))[0]
    for phone in (chantal.phone, taker.phone):
        with pytest.raises(operations.NotHerPhone):
            capture(code, uwase, typist, taken_by_id=taken_by, phone=phone)
    assert not Application.objects.exists()
    assert capture(code, uwase, typist, taken_by_id=taken_by, phone=uwase.phone).bill_id


def test_postgresql_too_lets_no_officer_capture_a_sheet_to_her_own_phone(
    uwase, staffed, monkeypatch, refused_by
) -> None:
    chantal, taker = people.citizen(), people.citizen()
    typist = counter(person_id=chantal.person_id, at=NOON - 60 * DAY)
    taken_by = counter(person_id=taker.person_id)
    code = codes(book(typist))[0]
    PersonContact.objects.filter(person_id=uwase.person_id).delete()
    monkeypatch.setattr(downtime, "_require_another", lambda *told, **more: None)
    for phone in (chantal.phone, taker.phone):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            capture(code, uwase, typist, taken_by_id=taken_by, phone=phone)
        assert refused_by(refused.value) == "sheet_phone_of_another"
    assert capture(code, uwase, typist, taken_by_id=taken_by).bill_id


def test_the_phone_that_she_has_proved_wins_over_the_one_on_the_sheet(uwase, staffed) -> None:
    typist, stranger = counter(at=NOON - 60 * DAY), people.citizen()
    first, second = codes(book(typist))[:2]
    case = capture(first, uwase, typist, phone=stranger.phone)
    assert (case.contact_id, case.account_id) == (uwase.contact_id, uwase.account_id)
    PersonContact.objects.filter(person_id=uwase.person_id).delete()
    other = capture(second, uwase, typist, phone=stranger.phone)
    assert (other.contact_id, other.account_id) == (stranger.contact_id, stranger.account_id)
