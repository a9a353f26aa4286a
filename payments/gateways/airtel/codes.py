"""
What Airtel's codes mean, of its pages "common error codes" and "product specific error codes".

Copies of these pages that are public differ in a few words; where they do, the reading that keeps
asking wins over the one that ends.
"""

from collections.abc import Mapping

from payments.gateways.prompt import Failure

# The transaction id is ours alone: Airtel has this question already.
KNOWN_ALREADY = "ESB000041"
BAD_SIGNATURE = "DP00800001026"
NOT_FOUND = frozenset({"ESB000045", "DP00800001025"})

# "Perform a transaction enquiry": whatever else an answer says beside one of these.
AMBIGUOUS = frozenset(
    {
        "DP00800001000",
        "DP00800001006",  # In process.
        "DP00800001024",  # Timed out; may have been carried out.
        "ROUTER117",
        "ESB000001",
        "ESB000004",
        "ESB000008",
        "ESB000014",
        "0000900",
    }
)

# Said at once to a request: nobody's phone has rung.
CERTAIN_REFUSALS: Mapping[str, Failure] = {
    "DP00800001003": Failure.LIMIT_REACHED,
    "DP00800001004": Failure.LIMIT_REACHED,  # The amount is less or more than the rail takes.
    # Of a prompt that ran this says "no PIN was entered"; said at once it is "no such number".
    "DP00800001005": Failure.NOT_A_CUSTOMER,
    "DP00800001007": Failure.NOT_ENOUGH_MONEY,
    "DP00800001008": Failure.DECLINED,
    "DP00800001009": Failure.NOT_COMPLETED,
    "DP00800001010": Failure.NETWORK_TROUBLE,  # Our own wallet may not receive.
    "ESB000011": Failure.NOT_COMPLETED,
    "ESB000033": Failure.NOT_A_CUSTOMER,
    "ESB000034": Failure.NETWORK_TROUBLE,
    "ESB000035": Failure.NETWORK_TROUBLE,
    "ESB000036": Failure.NOT_A_CUSTOMER,
    "ESB000039": Failure.NETWORK_TROUBLE,
    "ESB000045": Failure.NOT_COMPLETED,  # Of a refund: Airtel knows no such collection.
    "ROUTER001": Failure.NETWORK_TROUBLE,
    "ROUTER003": Failure.NETWORK_TROUBLE,
    "ROUTER005": Failure.NETWORK_TROUBLE,
    "ROUTER006": Failure.NETWORK_TROUBLE,
    "ROUTER007": Failure.NETWORK_TROUBLE,
    "ROUTER112": Failure.NETWORK_TROUBLE,
    "ROUTER119": Failure.NETWORK_TROUBLE,
}

# Why a prompt that reached the phone failed (status TF); any other code is NOT_COMPLETED.
FAILURES: Mapping[str, Failure] = {
    "DP00800001002": Failure.DECLINED,  # A wrong PIN.
    "DP00800001003": Failure.LIMIT_REACHED,
    "DP00800001004": Failure.LIMIT_REACHED,
    "DP00800001005": Failure.NOT_ANSWERED,
    "DP00800001007": Failure.NOT_ENOUGH_MONEY,
    "DP00800001008": Failure.DECLINED,
    "DP00800001010": Failure.NETWORK_TROUBLE,
    "DP00800001024": Failure.NOT_ANSWERED,
    "DP00800001029": Failure.NOT_ANSWERED,
}


def first(codes: frozenset[str], meanings: Mapping[str, Failure]) -> Failure | None:
    """Return what the most telling of the codes means: a product's own before the general."""
    return next((meanings[code] for code in sorted(codes) if code in meanings), None)
