"""From a bill line up to its case: finance's pages know the charge alone."""

import pytest
from django.test import Client

from applications import queries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "key", ["", "month:123", "applications.case::fee", "applications.case:x:fee",
            "applications.case:999999999:fee", "other.case:1:fee"],
)  # fmt: skip
def test_what_is_no_charge_of_a_case_leads_nowhere(key):
    assert queries.number_of_charge(key) is None


def test_a_stranger_is_asked_to_sign_in(client: Client):
    answer = client.get("/desk/charges/applications.case:1:fee/")
    assert answer.status_code == 302
    assert "/staff/" in answer["Location"]
