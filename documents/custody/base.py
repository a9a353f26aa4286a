"""Who keeps keys, and what is asked of him: a signer for a credential, never the key."""

from dataclasses import dataclass
from typing import Protocol

from pyhanko.sign.signers.pdf_cms import Signer


class SignerUnavailable(Exception):
    """The key cannot be had now. The paper waits; the message names the credential only."""


@dataclass(frozen=True)
class Holder:
    """What a custody needs to know of a credential."""

    credential_id: int
    certificate: str  # PEM
    chain: str  # PEM: the issuing authorities, without the root
    key_ref: str


class Custody(Protocol):
    def signer(self, holder: Holder) -> Signer:
        """
        Return a signer, opened once a process.

        :raises SignerUnavailable: if the key cannot be reached, or is not the certificate's
        """
        ...
