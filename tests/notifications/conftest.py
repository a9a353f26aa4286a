from collections.abc import Callable

import pytest

from accounts.models import ContactPoint
from kernel.crypto import blind_index
from notifications import operations
from tests.world import NOON

PHONE = "+250788000119"


@pytest.fixture
def phone(db: None) -> int:
    """A contact point that reads French."""
    return ContactPoint.objects.create(
        kind="phone", value=PHONE, value_index=blind_index("phone", PHONE), language="fr"
    ).pk


@pytest.fixture
def queued(phone: int) -> Callable[..., int]:
    """Queue one message; `queued(template="code", code="123456", minutes="10")`."""

    def queue(template: str = "approved", key: str = "one", at=NOON, **context: str) -> int:  # type: ignore[no-untyped-def]
        return operations.send(
            contact_id=phone,
            template=template,
            language="en",
            context=context or {"number": "BC-26-48201937"},
            dedupe_key=key,
            at=at,
        )

    return queue
