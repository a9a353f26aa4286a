"""A small bad day in one process: everything goes wrong outside, and the money adds up."""

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_twenty_payments_on_a_bad_day_are_what_the_providers_booked(house, world, settings, capsys):
    settings.SANDBOX_URL = world.url

    call_command(
        "bad_day", seed=1, payments=20, hour_seconds=1, rails=["mtn-rw", "bank-rw"], patience=150
    )

    assert "Every payment is one movement, and every invariant holds." in capsys.readouterr().out
