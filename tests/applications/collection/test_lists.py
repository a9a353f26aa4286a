"""What a counter's list reads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import queries as accounts
from applications import queries
from tests.applications.collection.world import counter, issued, make_physical
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("held_in_a_hand", [True, False])
def test_issued_cases_are_read_only_where_a_service_ends_with_something_in_a_hand(
    uwase, staffed, held_in_a_hand
):
    if held_in_a_hand:
        make_physical()
    case = issued(uwase, staffed.aline)
    chantal = accounts.account(counter())
    with CaptureQueriesContext(connection) as asked:
        found = queries.waiting_papers(
            account_id=chantal.id, person_id=chantal.person_id, at=NOON
        ).to_lay_out
    assert [one.pk for one in found] == ([case.pk] if held_in_a_hand else [])
    assert any("'ISSUED'" in one["sql"] for one in asked) == held_in_a_hand
