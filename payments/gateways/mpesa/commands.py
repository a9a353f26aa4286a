"""
Commands under the initiator's name: they are taken at once and answered later, at our door.

The initiator is an operator of the short code with API rights. Its password travels encrypted
under Safaricom's certificate, as the portal made it: we have neither password nor certificate.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from payments.gateways import http, reading, tokens
from payments.gateways.base import Contract
from payments.gateways.mpesa import addresses, results
from payments.gateways.mpesa.line import Line, answer, error, was_not_taken
from payments.gateways.prompt import Failure, NotSent, Refused, Unclear

log = structlog.get_logger()

SHORT_CODE_IDENTIFIER = "4"


def send(contract: Contract, path: str, words: Mapping[str, Any], *, what: str, key: UUID) -> str:
    """
    Order something and return Daraja's handle of the order; the outcome comes to our door.

    :raises Refused: if it will not, for good
    :raises NotSent: if nothing has been ordered
    :raises Unclear: if it may have been
    """
    if not contract["security_credential"]:
        log.error("mpesa.no_credential", rail=contract["rail_code"])
        raise NotSent
    order = {
        "Initiator": contract["initiator"],
        "SecurityCredential": contract["security_credential"],
        **words,
        **addresses.of_result(contract, what, key),
    }
    try:
        said = Line(contract).post(path, order)
    except (*http.NEVER_LEFT, tokens.NoToken):
        raise NotSent from None
    except http.NO_ANSWER:
        raise Unclear from None
    told = answer(said)
    if said.status == 200 and reading.text(told.get("ResponseCode")) == "0":
        handle = results.handle(told)
        if not handle:
            raise Unclear  # It was taken, and we could not tell its answer from a forger's.
        return handle
    code = error(said)[0] or reading.text(told.get("ResponseCode"))
    log.warning("mpesa.not_ordered", what=what, status=said.status, code=code[:40])
    if was_not_taken(said):
        raise NotSent
    if said.status < 500 and code:
        raise Refused(Failure.NETWORK_TROUBLE)
    raise Unclear
