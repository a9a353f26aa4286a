"""What is told of a captured case reaches its holder, and nobody who had the sheet in hand."""

import pytest

from applications import operations
from applications.models import Application
from tests.accounts import people
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
