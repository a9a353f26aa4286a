"""
The signatures in a file of unknown make, found without reading its structure.

The objects of a PDF may point at each other in circles and unpack to gigabytes, so here, in the
process of the web, a stranger's file is never parsed (`documents.examining` does, elsewhere): one
pass over its raw bytes finds what has the shape of a signature. Nothing is followed, nothing is
unpacked, and each piece has its largest size.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import structlog
from asn1crypto import cms, x509
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

log = structlog.get_logger()

# A paper of ours has two signatures, and later a few time stamps.
_SIGNATURES_MAX = 12
_CERTIFICATES_MAX = 8
_HASHES = {"sha256", "sha384", "sha512"}
_NUMBERS_MAX = 200
_REVISIONS_MAX = 64

# Possessive and bounded: what does not end as it should is passed over once, never tried again.
_CONTENTS = re.compile(rb"/Contents\s{0,16}+(<[0-9A-Fa-f\s]{400,32768}+>)")
# PDF 32000-1, 12.8.1: from the start to the signature, and from behind it so many bytes more.
_RANGE = re.compile(
    rb"/ByteRange\s{0,16}+\[\s{0,16}+0\s{1,16}+(\d{1,9})\s{1,16}+(\d{1,9})"
    rb"\s{1,16}+(\d{1,9})\s{0,16}+\]"
)


_NUMBER = re.compile(rb"[A-Z]{2}-[A-Z0-9]{1,60}+-\d{4}-\d{6,9}+-[0-9A-Z]")
_END = re.compile(rb"%%EOF(\r?\n)?")
_END_BYTES = 1024


@dataclass(frozen=True)
class Signature:
    """What the file says of itself; only `proves` makes anything of it true."""

    # As DER, each with its serial number in hexadecimal: read whole, so that nothing is left that
    # could still turn out to be unreadable.
    certificates: dict[bytes, str]
    signer: cms.SignerInfo
    signed: tuple[memoryview, memoryview] | None
    to_the_end: bool
    # It says that it covers more than there is: the file was cut off.
    beyond_the_end: bool = False

    def by(self, certificate: x509.Certificate) -> bool:
        """Say whether it names this certificate as its signer's, truly or not."""
        try:
            named = self.signer["sid"].chosen
            return bool(
                named["serial_number"].native == certificate.serial_number
                and named["issuer"].dump() == certificate.issuer.dump()
            )
        # As in `proves`.
        except Exception as error:
            log.info("verify.signer_unreadable", error=type(error).__name__)
            return False

    def proves(self, certificate: x509.Certificate) -> bool:
        """Say whether this certificate's key signed the bytes that the signature points at."""
        try:
            algorithm = self.signer["digest_algorithm"]["algorithm"].native
            if self.signed is None or algorithm not in _HASHES:
                return False
            digest = hashlib.new(algorithm)
            for part in self.signed:
                digest.update(part)
            return all(validate_sig_integrity(self.signer, certificate, "data", digest.digest()))
        # Bytes made to break parsers raise whatever they like; they prove nothing.
        except Exception as error:
            log.warning("verify.signature_unreadable", error=type(error).__name__)
            return False


def signatures(data: bytes) -> Iterator[Signature]:
    """Yield at most twelve signatures; what has the shape and cannot be read is passed over."""
    lengths = {
        (int(found[1]), int(found[2])): int(found[3])
        for found in islice(_RANGE.finditer(data), _SIGNATURES_MAX)
    }
    for found in islice(_CONTENTS.finditer(data), _SIGNATURES_MAX):
        start, end = found.span(1)
        try:
            content = _signed_data(found[1][1:-1])
            certificates = _certificates(content)
            (signer,) = content["signer_infos"]
        # As above: nothing that a stranger sends is worth more than passing it over.
        except Exception as error:
            log.info("verify.contents_unreadable", error=type(error).__name__)
            continue
        length = lengths.get((start, end))
        whole = memoryview(data)
        yield Signature(
            certificates=certificates,
            signer=signer,
            signed=None if length is None else (whole[:start], whole[end : end + length]),
            to_the_end=length is not None and end + length == len(data),
            beyond_the_end=length is not None and end + length > len(data),
        )


def numbers(data: bytes) -> set[str]:
    """Return what has the shape of a paper's number, in clear: at most two hundred."""
    return {match[0].decode() for match in islice(_NUMBER.finditer(data), _NUMBERS_MAX)}


def revisions(data: bytes) -> list[str]:
    """
    Return the SHA-256 (hex) of every beginning of the file that may have been a file by itself.

    A PDF is changed by adding to it (ISO 32000-1, 7.5.6): what was signed stays in front, to the
    byte. Many programs add a line's end first, so each end is tried with and without its own.
    """
    digest, begun = hashlib.sha256(), 0
    found = []
    for end in islice(_END.finditer(data), _REVISIONS_MAX):
        for place in sorted({end.start() + len(b"%%EOF"), end.end()}):
            digest.update(data[begun:place])
            begun = place
            found.append(digest.hexdigest())
    return found


def ends(data: bytes) -> bool:
    """Say whether the file has its end; what was cut off on its way has none."""
    return _END.search(data, max(0, len(data) - _END_BYTES)) is not None


def _signed_data(digits: bytes) -> cms.SignedData:
    content = cms.ContentInfo.load(bytes.fromhex(digits.decode("ascii")))
    if content["content_type"].native != "signed_data":
        raise ValueError("no signature")
    return content["content"]


def _certificates(content: cms.SignedData) -> dict[bytes, str]:
    return {
        choice.chosen.dump(): f"{choice.chosen.serial_number:x}"
        for choice in islice(content["certificates"], _CERTIFICATES_MAX)
        if choice.name == "certificate"
    }
