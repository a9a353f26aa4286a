"""
Commands under the initiator's name: they are taken at once and answered later, at our door.

The initiator is an operator of the short code with API rights. Its password travels encrypted
under Safaricom's certificate (RSA, PKCS #1 v1.5, base64): as it was made on the portal, or made
here from password and certificate.
"""

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payments.gateways import http, reading, tokens
from payments.gateways.base import Contract
from payments.gateways.mpesa import addresses, results
from payments.gateways.mpesa.line import Line, answer, error, was_not_taken
from payments.gateways.prompt import Failure, NotSent, Refused, Unclear

log = structlog.get_logger()

SHORT_CODE_IDENTIFIER = "4"


class NoCredential(Exception):
    """The contract has no initiator's credential, or a certificate that cannot be used."""


def send(contract: Contract, path: str, words: Mapping[str, Any], *, what: str, key: UUID) -> str:
    """
    Order something and return Daraja's handle of the order; the outcome comes to our door.

    :raises Refused: if it will not, for good
    :raises NotSent: if nothing has been ordered
    :raises Unclear: if it may have been
    """
    try:
        order = {
            "Initiator": contract["initiator"],
            "SecurityCredential": credential(contract),
            **words,
            **addresses.of_result(contract, what, key),
        }
        said = Line(contract).post(path, order)
    except NoCredential:
        log.error("mpesa.no_credential", rail=contract["rail_code"])  # noqa: TRY400
        raise NotSent from None
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


def credential(contract: Contract) -> str:
    """:raises NoCredential: if the contract has neither the credential nor what makes it"""
    password, certificate = contract["initiator_password"], contract["certificate"]
    if password and certificate:
        sealed = _public_key(certificate).encrypt(password.encode(), padding.PKCS1v15())
        return base64.b64encode(sealed).decode()
    if contract["security_credential"]:
        return str(contract["security_credential"])
    raise NoCredential


@cache
def _public_key(certificate: str) -> rsa.RSAPublicKey:
    try:
        raw = Path(certificate).read_bytes()
        is_text = raw.lstrip().startswith(b"-----")
        read = x509.load_pem_x509_certificate if is_text else x509.load_der_x509_certificate
        key = read(raw).public_key()
    except (OSError, ValueError):
        raise NoCredential from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise NoCredential
    return key
