"""One who asks for refunds, one who decides, and a provider for both."""

import pytest

from payments import gateways
from payments.gateways.base import Vendor
from tests.accounts.people import officer
from tests.payments.refunding.world import Provider


@pytest.fixture
def maker() -> int:
    return officer("refund.ask")


@pytest.fixture
def checker() -> int:
    return officer("refund.decide")


@pytest.fixture
def provider(monkeypatch) -> Provider:
    stand_in = Provider()
    monkeypatch.setattr(gateways, "refunds", lambda **_rail: stand_in)
    return stand_in


@pytest.fixture
def from_float(monkeypatch) -> None:
    """The bank pays refunds out of a float."""
    poor = Vendor(kind="bycontract", refunds_from_float=True, refunds_in_part=True)
    monkeypatch.setitem(gateways.VENDORS, "bycontract", poor)
