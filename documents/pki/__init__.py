"""
Certificates and authorities: which we trust, what they say, and one of development's own.

Development's authority makes real certificates from keys that protect nothing.
"""

from documents.pki.authority import Authority, Credentials, open_authority
from documents.pki.lists import Revoked
from documents.pki.roots import roots

__all__ = ["Authority", "Credentials", "Revoked", "open_authority", "roots"]
