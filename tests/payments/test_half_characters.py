"""JSON can write half a character, which PostgreSQL keeps nowhere: no door of a provider breaks."""

import json
from dataclasses import replace

import pytest
from django.test import Client

from tests.payments.world import issue, make_world
from tests.security import forging
from tests.security.forging import CONTRACTS
from tests.security.test_forged_callbacks import now, say

pytestmark = pytest.mark.django_db

HALF = "\ud800"


@pytest.fixture(autouse=True)
def rails(settings) -> None:
    settings.GATEWAYS = {**settings.GATEWAYS, "rails": CONTRACTS}
    make_world()


@pytest.mark.parametrize("rail", sorted(CONTRACTS))
@pytest.mark.parametrize("half", [HALF, "\0", "\udfff7"])
def test_a_provider_whose_words_hold_half_a_character_is_answered(
    client: Client, rail: str, half: str
) -> None:
    assert say(client, forging.genuine(rail, half, 1, now=now())) < 500
    assert say(client, forging.genuine(rail, issue(500).reference, 2, now=now())) < 500


@pytest.mark.parametrize("half", [HALF, "\0", "a\udfff"])
def test_an_attempt_by_half_a_name_is_nobodys(client: Client, half: str) -> None:
    told = json.dumps({"id": half, "status_code": "TS"}).encode()
    proof = forging.digest("airtel-and-we", told)
    body = b'{"transaction": ' + told + b', "hash": "' + proof.encode() + b'"}'
    said = replace(forging.genuine("airtel-rw", "1", 1, now=now()), body=body, proof=proof)
    assert say(client, said) == 200
