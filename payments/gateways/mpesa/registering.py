"""
Telling Daraja our addresses: once for a short code, and again only after they were deleted there.

Both registrations are asked for by `manage.py mpesa_urls`, never by a running site.
"""

from collections.abc import Iterator

from payments.gateways import http, reading, tokens
from payments.gateways.base import Contract
from payments.gateways.mpesa import addresses
from payments.gateways.mpesa.line import Line, answer, error
from payments.gateways.prompt import Unreachable

# "1001" of the list: this short code is registered already.
PULL_TAKEN = frozenset({"1000", "1001"})


class NotRegistered(Exception):
    """Daraja would not have our addresses; its code is the message."""


def addresses_of(contract: Contract) -> dict[str, str]:
    """
    Return the addresses to register by what they are for.

    :raises payments.gateways.mpesa.addresses.BadAddress: if Daraja would not take them
    """
    wanted = {what: addresses.of(contract, what) for what in ("validation", "confirmation", "list")}
    for address in wanted.values():
        addresses.require_registrable(address)
    return wanted


def register(contract: Contract) -> Iterator[str]:
    """
    Register validation and confirmation, then the list; yield a sentence after each.

    :raises payments.gateways.mpesa.addresses.BadAddress: if Daraja would not take our addresses
    :raises NotRegistered: if it refuses
    :raises payments.gateways.prompt.Unreachable: if it does not answer
    """
    ours = addresses_of(contract)
    line = Line(contract)
    short_code = contract["short_code"]
    told = _say(
        line,
        "/mpesa/c2b/v2/registerurl",
        {
            "ShortCode": short_code,
            # What M-Pesa does with a payment while our validation does not answer.
            "ResponseType": contract["response_type"] or "Completed",
            "ConfirmationURL": ours["confirmation"],
            "ValidationURL": ours["validation"],
        },
    )
    if reading.text(told.get("ResponseCode")) not in {"0", "00000000"}:
        raise NotRegistered(reading.text(told.get("ResponseCode"))[:40])
    yield "Validation and confirmation are registered."
    if not contract["pull_number"]:
        yield "The list of payments is not: MPESA_PULL_NUMBER is not set."
        return
    told = _say(
        line,
        "/pulltransactions/v1/register",
        {
            "ShortCode": short_code,
            "RequestType": "Pull",
            "NominatedNumber": contract["pull_number"],
            "CallBackURL": ours["list"],
        },
    )
    code = reading.text(told.get("ResponseStatus")) or reading.text(told.get("ResponseCode"))
    if code not in PULL_TAKEN:
        raise NotRegistered(code[:40])
    yield "The list of payments is registered."


def _say(line: Line, path: str, words: dict[str, str]) -> dict[str, object]:
    try:
        said = line.post(path, words)
    except (*http.NO_ANSWER, tokens.NoToken):
        raise Unreachable from None
    if said.status != 200:
        raise NotRegistered(error(said)[0][:40] or str(said.status))
    return answer(said)
