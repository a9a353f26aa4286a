"""
The CMS of a PAdES signature (RFC 5652, ETSI EN 319 142-1): one signer's differ in two values.

pyHanko builds the whole once for each signer, with a signature of zeros: the key is not used
for it. From then on the digest and the signature are put where they belong, and the lengths
around them are counted anew.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from weakref import WeakKeyDictionary

from asn1crypto import cms
from pyhanko.sign.ades.api import CAdESSignedAttrSpec
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer

DIGEST = "sha256"
# The SHA-256 of a signature's value -> the DER of an RFC 3161 token over it.
Stamp = Callable[[bytes], bytes]

_SET, _SEQUENCE, _OCTETS, _TAGGED_0, _TAGGED_1 = 0x31, 0x30, 0x04, 0xA0, 0xA1
# Stands for the digest while the skeleton is built.
_MARK = hashlib.sha256(b"where the digest belongs").digest()


class _Blank(Signer):
    """Signs with zeros, and else as the signer whose place it takes."""

    def __init__(self, of: Signer) -> None:
        super().__init__(
            embed_roots=of.embed_roots,
            signature_mechanism=of.get_signature_mechanism_for_digest(DIGEST),
            signing_cert=of.signing_cert,
            cert_registry=of.cert_registry,
            attribute_certs=of.attribute_certs,
        )

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        return bytes(8)


@dataclass(frozen=True)
class Skeleton:
    """The DER of everything that stays, in the order of SignedData and SignerInfo."""

    content_type: bytes
    upper: bytes  # SignedData up to the certificates.
    signer_head: bytes
    attributes_before: bytes
    attributes_after: bytes
    signature_algorithm: bytes

    @classmethod
    def of(cls, signer: Signer) -> Self:
        """:raises ValueError: if pyHanko builds a CMS that is not the one expected here"""
        settings = PdfCMSSignedAttributes(cades_signed_attrs=CAdESSignedAttrSpec())
        built = _Blank(signer).async_sign(
            _MARK, DIGEST, use_pades=True, signed_attr_settings=settings
        )
        whole = asyncio.run(built)
        signed: Any = whole["content"]
        (one,) = signed["signer_infos"]
        attributes = one["signed_attrs"].untag().contents
        before, mark, after = attributes.partition(_MARK)
        if not mark or _MARK in after or len(one["unsigned_attrs"]):
            raise ValueError("pyHanko builds another CMS than it did")
        head = ("version", "digest_algorithms", "encap_content_info", "certificates")
        return cls(
            content_type=whole["content_type"].dump(),
            upper=b"".join(signed[name].dump() for name in head),
            signer_head=b"".join(one[n].dump() for n in ("version", "sid", "digest_algorithm")),
            attributes_before=before,
            attributes_after=after,
            signature_algorithm=one["signature_algorithm"].dump(),
        )

    def attributes(self, digest: bytes) -> bytes:
        """Return what the key signs for a file of this digest (RFC 5652, 5.4: as a SET)."""
        return _der(_SET, self._attributes(digest))

    def filled(self, digest: bytes, signature: bytes, token: bytes) -> bytes:
        """Return the DER of the CMS for a file of this digest; without a token it is B-B."""
        signer = _der(
            _SEQUENCE,
            self.signer_head
            # Stored with the tag [0].
            + _der(_TAGGED_0, self._attributes(digest))
            + self.signature_algorithm
            + _der(_OCTETS, signature)
            + (_stamped(token) if token else b""),
        )
        signed = _der(_SEQUENCE, self.upper + _der(_SET, signer))
        return _der(_SEQUENCE, self.content_type + _der(_TAGGED_0, signed))

    def _attributes(self, digest: bytes) -> bytes:
        return self.attributes_before + digest + self.attributes_after


# A signer is opened once a process by its custody; when that lets it go, so does this.
_SKELETONS: WeakKeyDictionary[Signer, Skeleton] = WeakKeyDictionary()


def skeleton(signer: Signer) -> Skeleton:
    """:raises ValueError: if pyHanko builds a CMS that is not the one expected here"""
    found = _SKELETONS.get(signer)
    if found is None:
        found = _SKELETONS[signer] = Skeleton.of(signer)
    return found


def raw(signer: Signer, all_data: Sequence[bytes]) -> list[bytes]:
    """Return the key's signature of each, asked for together where its keeper can do that."""
    if together := getattr(signer, "sign_all", None):
        return [bytes(made) for made in together(all_data, DIGEST)]
    if at_once := getattr(signer, "sign_raw", None):
        return [bytes(at_once(data, DIGEST)) for data in all_data]
    return [bytes(asyncio.run(signer.async_sign_raw(data, DIGEST))) for data in all_data]


def _stamped(token: bytes) -> bytes:
    """Return the unsigned attributes: a time stamp of the signature (RFC 3161, appendix A)."""
    kind = cms.CMSAttributeType("signature_time_stamp_token").dump()
    return _der(_TAGGED_1, _der(_SEQUENCE, kind + _der(_SET, token)))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 128 | len(octets))) + octets + content
