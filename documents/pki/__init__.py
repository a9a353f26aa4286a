"""A certification authority for development: real certificates from keys that protect nothing."""

from documents.pki.authority import Authority, Credentials, open_authority

__all__ = ["Authority", "Credentials", "open_authority"]
