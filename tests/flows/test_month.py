"""A generated month: the finance desk repairs what goes wrong, and everything agrees."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.stack import month
from payments.models import Journal
from tests.payments.rebuilding import empty_database

HAPPENS = (
    "taken back",
    "paid twice",
    "wrong amount",
    "paid into the retired pay bill",
    "matched, exact",
    "refunds paid by the network",
    "refunds that failed",
    "refunds of which nobody knew",
    "refunds paid by hand",
    "refunds that nobody came for",
    "refunds that were only said to be paid",
    "payers who found their money",
    "claims answered",
    "statements held back, and sent again",
    "batches taken back",
    "batches refused",
    "batches paid after all",
    "answers of the bank that are none",
    "answered: sweep_unregistered",
    "explained as sweep",
    "explained as refund",
    "explained as remittance",
    "differences whose cause was gone",
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_month_is_repaired_and_closed_and_follows_from_its_messages(tmp_path):
    call_command("load_country", "rw", stdout=StringIO())

    said = StringIO()
    monday = date(2026, 1, 5)
    call_command("play_month", payments=240, days=4, trouble=8, first_day=monday, stdout=said)

    assert [one for one in HAPPENS if one not in said.getvalue()] == []
    assert "2026-01-08" in said.getvalue().partition("the closing sheet")[2]
    with pytest.raises(CommandError, match="hold something"):
        call_command("play_month", payments=1, days=1)
    kept, compared = Journal.objects.count(), StringIO()
    wallets = [str(month.layout(tmp_path))]
    with empty_database() as owner_url:
        call_command("replay_ledger", into=owner_url, compare=True, layout=wallets, stdout=compared)
    assert f"{kept} journals are the same, 0 differ, 0 are only" in compared.getvalue()
