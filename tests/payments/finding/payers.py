"""People who paid, for the tests of finding their money."""

from datetime import datetime, timedelta

from payments.models import Bill
from payments.operations import billing
from tests.accounts.people import citizen
from tests.payments.world import World, fee, post, telling
from tests.world import NOON

PHONE = "+250788123456"
STRANGER = "+250788654321"


def billed_to(phone: str, *, at: datetime = NOON) -> Bill:
    """A bill of 500 of whoever is reached at this phone."""
    view = billing.issue_bill(
        lines=[fee(500)],
        currency="RWF",
        description={"en": "Birth certificate"},
        payer_contact_id=citizen(phone=phone).contact_id,
        at=at,
        expires_at=at + timedelta(days=7),
    )
    return Bill.objects.get(pk=view.id)


def paid(
    world: World,
    external_id: str = "CI250801AB",
    *,
    phone: str = PHONE,
    times: int = 1,
    at: datetime = NOON,
) -> Bill:
    """Her bill, paid at the bank by this code; again by the code with X1, X2 behind it."""
    bill = billed_to(phone, at=at)
    for number in range(times):
        code = external_id if number == 0 else f"{external_id}X{number}"
        post(telling(world.bank, bill.reference, 500, external_id=code, occurred_at=at), at=at)
    return bill
