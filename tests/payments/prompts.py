"""A bill, a rail with a small MTN behind it, and a payer's number, for tests of prompts."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings

from payments.models import PaymentAttempt, Rail
from payments.operations import billing
from payments.operations.billing import NewLine
from payments.queries import BillView
from places.models import Beneficiary
from tests.world import NOON

RAIL = "mtn-test"
PHONE = "0788 000 101"
PHONE_E164 = "+250788000101"


def mtn_rail(**other: object) -> Rail:
    return Rail.objects.create(
        **{
            "code": RAIL,
            "kind": "mtn",
            "provider": "MTN",
            "names": {"en": "MTN Mobile Money"},
            "currency": "RWF",
            "prefixes": ["+25078", "+25079"],
            "steps": {"en": ["Dial the code of your network.", "Enter {reference}."]},
            "by_contract": False,
            "active": True,
            "position": 1,
            **other,
        }
    )


def contract_with(base_url: str, rail_code: str = RAIL) -> dict[str, object]:
    """Return `settings.GATEWAYS` with a contract for the rail; its token is nobody else's."""
    contract = {
        "kind": "mtn",
        "rail_code": rail_code,
        "url": base_url,
        "api_user": str(uuid4()),
        "api_key": "key",
        "subscription_key": "subscription",
        "environment": "sandbox",
        "callback_base": "https://guichet.example",
    }
    return {**settings.GATEWAYS, "rails": {rail_code: contract}}


def bill(
    *, amount_minor: int = 500, at: datetime = NOON, lines: int = 1, checked: bool = True
) -> BillView:
    district, _ = Beneficiary.objects.get_or_create(
        code="gasabo",
        defaults={"names": {"en": "Gasabo District"}, "kind": Beneficiary.Kind.TREASURY},
    )
    return billing.issue_bill(
        lines=[
            NewLine(
                charge_key=f"test:{uuid4()}",
                names={"en": f"Birth certificate {number}", "fr": f"Acte de naissance {number}"},
                amount_minor=amount_minor,
                beneficiary_code=district.code,
                revenue_code="1422",
                legal_source="Ministerial Order of 2025, article 4" if checked else "",
                legal_checked=checked,
            )
            for number in range(1, lines + 1)
        ],
        currency="RWF",
        description={"en": "Birth certificate", "fr": "Acte de naissance"},
        payer_contact_id=None,
        at=at,
        expires_at=at + timedelta(days=5),
    )


def attempt(attempt_id: int) -> PaymentAttempt:
    return PaymentAttempt.objects.get(pk=attempt_id)
