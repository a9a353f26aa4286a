"""Where keys lie: one file a kind of custody. `signer` is all that the rest may ask."""

from pyhanko.sign.signers.pdf_cms import Signer

from documents.custody.base import Custody, Holder, SignerUnavailable
from documents.custody.pem import PemCustody

__all__ = ["PEM", "Holder", "SignerUnavailable", "signer"]

PEM = "pem"

# One of each a process: a custody keeps its keys open.
_CUSTODIES: dict[str, Custody] = {PEM: PemCustody()}


def signer(custody: str, holder: Holder) -> Signer:
    """
    Return the signer of a credential.

    :raises SignerUnavailable: if the key cannot be had now, or no such custody exists
    """
    if custody not in _CUSTODIES:
        raise SignerUnavailable(f"credential {holder.credential_id}: no custody of its kind")
    return _CUSTODIES[custody].signer(holder)
