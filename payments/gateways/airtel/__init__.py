"""
Airtel Money by Airtel Africa's Open API (developers.airtel.africa): USSD push, enquiry, refund.

docs/providers/airtel.md says what is documented, what is not, and which setting stands for it.
"""

from payments.gateways.airtel.balance import AirtelBalance, read_balance
from payments.gateways.airtel.callback import hear
from payments.gateways.airtel.prompts import AirtelCollections, parse_status, read_answer
from payments.gateways.airtel.refunds import AirtelRefunds, parse_refund
from payments.gateways.airtel.wire import PLAIN, SEALED
from payments.gateways.base import Setting, Vendor, tells_balance

__all__ = (
    "VENDOR",
    "AirtelBalance",
    "AirtelCollections",
    "AirtelRefunds",
    "hear",
    "parse_refund",
    "parse_status",
    "read_answer",
    "read_balance",
)

VENDOR = Vendor(
    kind="airtel",
    settings=(
        Setting("URL", "address", "{sandbox}/airtel"),
        Setting("CLIENT_ID", "text", "guichet-sandbox"),
        Setting("CLIENT_SECRET", "secret", "airtel"),
        # Of the API: "v1", or "v2" with the padding under which it wants its seals (x-key). No
        # standard approves that one: whoever sets up a rail says so, by name, or does without.
        Setting("VERSION", "text", SEALED, choices=(PLAIN, SEALED)),
        # Airtel's public key, base64 of DER or PEM; without it the keys API is asked.
        Setting("ENCRYPTION_KEY", "text", optional=True),
        # The application's private key for callbacks, from the portal.
        Setting("CALLBACK_KEY", "secret", "airtel-callback"),
        # "required", or "logged": a wrong or missing hash is then no reason to refuse the hint.
        Setting("CALLBACK_HASH", "text", "required", optional=True, choices=("required", "logged")),
    ),
    parsers={
        "airtel.status": parse_status,
        "airtel.refund": parse_refund,
        "airtel.balance": tells_balance(read_balance),
    },
    hear=hear,
    prompts=lambda rail_code, contract: AirtelCollections(rail_code=rail_code, contract=contract),
    refunds=lambda rail_code, contract: AirtelRefunds(rail_code=rail_code, contract=contract),
    balances=lambda rail_code, contract: AirtelBalance(rail_code=rail_code, contract=contract),
    read_balance=read_balance,
)
