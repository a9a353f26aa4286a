"""
MTN MoMo (momodeveloper.mtn.com): collections, and refunds where there is a contract for them.

docs/providers/mtn.md says what is documented, what is not, and which setting stands for it.
"""

from payments.gateways.base import Contract, Setting, Vendor, tells_balance
from payments.gateways.mtn.balance import MtnBalance, read_balance
from payments.gateways.mtn.prompts import MtnCollections, hear, parse_status, payer, read_answer
from payments.gateways.mtn.refunds import MtnRefunds, parse_refund

__all__ = (
    "VENDOR",
    "MtnBalance",
    "MtnCollections",
    "MtnRefunds",
    "hear",
    "parse_refund",
    "parse_status",
    "payer",
    "read_answer",
    "read_balance",
)


def _refunds(rail_code: str, contract: Contract) -> MtnRefunds | None:
    """Return None where this country has not subscribed to disbursements."""
    if not contract.get("disbursement_subscription_key"):
        return None
    return MtnRefunds(rail_code=rail_code, contract=contract)


VENDOR = Vendor(
    kind="mtn",
    settings=(
        Setting("URL", "address", "{sandbox}/mtn"),
        Setting("API_USER", "text", "guichet-sandbox"),
        Setting("API_KEY", "secret", "mtn"),
        Setting("SUBSCRIPTION_KEY", "secret", "mtn-sub"),
        Setting("ENVIRONMENT", "text", "sandbox"),
        # Without this key the rail pays nothing back by itself.
        Setting("DISBURSEMENT_SUBSCRIPTION_KEY", "secret", "mtn-disbursement", optional=True),
        # Those of collections, where they are left out.
        Setting("DISBURSEMENT_API_USER", "text", optional=True),
        Setting("DISBURSEMENT_API_KEY", "secret", optional=True),
    ),
    parsers={
        "mtn.status": parse_status,
        "mtn.refund": parse_refund,
        "mtn.balance": tells_balance(read_balance),
    },
    hear=hear,
    prompts=lambda rail_code, contract: MtnCollections(rail_code=rail_code, contract=contract),
    refunds=_refunds,
    balances=lambda rail_code, contract: MtnBalance(rail_code=rail_code, contract=contract),
    read_balance=read_balance,
    payer=payer,
    refunds_in_part=True,
    refunds_from_float=True,
)
