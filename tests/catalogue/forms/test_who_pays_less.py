"""The page of a service says who pays less, how much, and which document proves it."""

import pytest
from django.utils.translation import override

from catalogue.templatetags.charging import pays_less, proof_of
from tests.catalogue.forms.world import REST, full

pytestmark = pytest.mark.django_db


def test_a_waiver_is_told_with_its_fees_its_share_and_its_proof(tiny) -> None:
    service = full()
    poor, crown = service.waivers
    with override("en"):
        assert pays_less(poor, service) == "Licence: 50 % less"
        assert proof_of(poor, service) == "give this document: Letter of the state"
        assert pays_less(crown, service) == "nothing to pay"


def test_another_amount_is_told_as_money(tiny) -> None:
    crown = {**REST["waivers"][1], "amount_minor": 150, "fees": ["crew"]}
    service = full(waivers=[crown])
    with override("en"):
        assert pays_less(service.waivers[0], service) == "Crew: 1.50 USD instead"
