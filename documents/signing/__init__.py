"""Signatures on papers: what certifies, what seals, and the fields that they fill."""

from documents.signing.pades import Field, certify, seal, sign_all
from documents.signing.writer import Writer, out_of_sight

__all__ = ["Field", "Writer", "certify", "out_of_sight", "seal", "sign_all"]
