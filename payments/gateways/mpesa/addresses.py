"""
The addresses that Daraja gets from us, and the only thing that proves who calls them.

Daraja signs nothing. Each address therefore holds a secret segment, and those of one question hold
its random key besides. The page on registering URLs asks for HTTPS and refuses addresses with
certain words; a rail's code may be such a word, so that MPESA_DOOR can stand in its place.
"""

import hmac
import re
from uuid import UUID

from payments.gateways.base import Contract

# "Avoid keywords such as M-PESA, Safaricom, exe, exec, cmd, SQL, query or any of their variants".
FORBIDDEN = re.compile(r"m-?pesa|safaricom|exec?|cmd|sql|query|ngrok", re.IGNORECASE)
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)


class BadAddress(Exception):
    """Daraja would not take this address; `word` says what is wrong with it."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def is_ours(contract: Contract, segment: str) -> bool:
    """Say whether this is one of the secret segments in force."""
    given = segment.encode(errors="replace")
    # An empty secret would open the door to everybody.
    return any(
        hmac.compare_digest(secret.encode(), given) for secret in contract["callback_key"] if secret
    )


def of(contract: Contract, *path: str) -> str:
    door = contract.get("door") or contract["rail_code"]
    newest = contract["callback_key"][0]
    return "/".join([f"{contract['callback_base']}/callbacks/{door}/{newest}", *path])


def of_prompt(contract: Contract, key: UUID) -> str:
    return of(contract, "stk", str(key))


def of_result(contract: Contract, what: str, key: UUID) -> dict[str, str]:
    """
    Return where the outcome of a command is to be told.

    :param what: "inquiry", "refund", "refund-status", "balance"
    """
    return {
        "ResultURL": of(contract, "result", what, str(key)),
        "QueueTimeOutURL": of(contract, "timeout", what, str(key)),
    }


def trouble_with(segments: str, production: bool) -> str:
    """Return what is wrong with segments of an address, separated by commas, or ""."""
    parts = [part.strip() for part in segments.split(",")]
    if not all(_SEGMENT.fullmatch(part) for part in parts):
        return "must be of letters, digits, dots, dashes, tildes and underscores alone"
    if production and any(FORBIDDEN.search(part) for part in parts):
        return "must not hold a word that Daraja refuses (docs/providers/mpesa.md)"
    return ""


def require_registrable(address: str) -> None:
    """
    Do nothing if Daraja takes such an address; on this machine alone anything goes.

    :raises BadAddress: otherwise, with the word that it would stumble over
    """
    scheme, _, rest = address.partition("://")
    host = rest.partition("/")[0].rpartition(":")[0] or rest.partition("/")[0]
    if host in {"127.0.0.1", "localhost"}:
        return
    if scheme != "https":
        raise BadAddress(scheme)
    if found := FORBIDDEN.search(rest):
        raise BadAddress(found[0])
