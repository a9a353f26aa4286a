"""
Safaricom M-Pesa by Daraja, for one pay bill number in Kenya shillings.

`express` asks phones, `doors` hears what Daraja says, `inquiry` proves a receipt, `pull` lists,
`reversal` pays back, `balance` gives the day's control total, `registering` tells our addresses.
`docs/providers/mpesa.md` says what each message proves.
"""

from payments.gateways.base import Setting, Vendor, tells_balance
from payments.gateways.mpesa import addresses, doors, inquiry, pull, reversal
from payments.gateways.mpesa.balance import MpesaBalance, read_control
from payments.gateways.mpesa.express import MpesaExpress
from payments.gateways.mpesa.inquiry import MpesaInquiries
from payments.gateways.mpesa.pull import MpesaPull
from payments.gateways.mpesa.reversal import MpesaReversals


def _trouble_with_host(url: str, production: bool) -> str:
    # Token, passkey and credential travel there.
    is_plain = production and not url.startswith("https://")
    return "must begin with https:// in production" if is_plain else ""


VENDOR = Vendor(
    kind="mpesa",
    settings=(
        Setting("URL", "address", "{sandbox}/mpesa", check=_trouble_with_host),
        Setting("CONSUMER_KEY", "text", "guichet-sandbox"),
        Setting("CONSUMER_SECRET", "secret", "mpesa"),
        Setting("SHORT_CODE", "text", "600966", is_account=True),
        Setting("PASSKEY", "secret", "mpesa-passkey"),
        Setting("INITIATOR", "text", "guichet"),
        # Its password as the portal encrypts it: by a padding that we do not use ourselves.
        Setting("SECURITY_CREDENTIAL", "secret", "mpesa-initiator"),
        # The secret segment of every address that Daraja gets; newest first.
        Setting("CALLBACK_KEY", "secrets", "mpesa-callback", check=addresses.trouble_with),
        # Stands for the rail's code in those addresses, where Daraja would not take that.
        Setting("DOOR", "text", "", optional=True, check=addresses.trouble_with),
        Setting(
            "RESPONSE_TYPE", "text", "Completed", optional=True, choices=("Completed", "Cancelled")
        ),
        Setting("PULL_NUMBER", "text", "254700000000", optional=True),
    ),
    parsers={
        "mpesa.inquiry": inquiry.parse,
        "mpesa.pull": pull.parse,
        "mpesa.refund": reversal.parse,
        "mpesa.balance": tells_balance(read_control),
        # Money into another short code, of which a question of ours was told: none of ours.
        "mpesa.foreign": lambda body, context: (),
    },
    hear=doors.hear,
    prompts=lambda rail_code, contract: MpesaExpress(rail_code=rail_code, contract=contract),
    refunds=lambda rail_code, contract: MpesaReversals(rail_code=rail_code, contract=contract),
    inquiries=lambda rail_code, contract: MpesaInquiries(rail_code=rail_code, contract=contract),
    pulls=lambda rail_code, contract: MpesaPull(rail_code=rail_code, contract=contract),
    balances=lambda rail_code, contract: MpesaBalance(rail_code=rail_code, contract=contract),
    read_balance=read_control,
    read_refund=reversal.read_told,
    refunds_in_part=False,
    refunds_from_float=False,
)
