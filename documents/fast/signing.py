"""
Certification and seal, appended to our own files byte by byte.

What stands in the file is what pyHanko's PdfSigner puts there (ISO 32000-1, 12.8; ETSI EN
319 142-1), with two differences: the field of the seal is made with the officer's signature, so
that the second signature only fills it (which DocMDP P=2 allows beyond doubt), and neither Info
nor XMP are touched, whose dates stay those of the drawing.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from pyhanko.sign.signers.pdf_cms import Signer

from documents.fast import cms, revisions

OFFICER, SEAL = "Officer", "Seal"

# Digits of three offsets of at most 9,999,999,999 bytes each: written over once they are known.
_RANGE_DIGITS = 33
_CONTENTS = b"/Contents <"

# What the signatures need beyond PDF 1.7: EN 319 142-1 and ISO/TS 32002 (elliptic curves).
_EXTENSIONS = (
    b"/Extensions << /ESIC << /Type /DeveloperExtensions /BaseVersion /1.7 /ExtensionLevel 1 >>"
    b" /ISO_ [ << /Type /DeveloperExtensions /BaseVersion /2.0 /ExtensionLevel 32002"
    b" /URL (https://www.iso.org/standard/45875.html) /ExtensionRevision (:2022) >> ] >>"
)
# P 2: forms may be filled and signatures made, nothing else.
_CERTIFIES = (
    b"/Reference [ << /Type /SigRef /TransformMethod /DocMDP"
    b" /TransformParams << /Type /TransformParams /V /1.2 /P 2 >> >> ]\n"
)


@dataclass(frozen=True)
class Begun:
    """A file with a revision that waits for its signature: the key is to sign `to_sign`."""

    file: bytes
    gap: int  # Where the CMS goes.
    reserve: int
    digest: bytes
    skeleton: cms.Skeleton

    @property
    def to_sign(self) -> bytes:
        return self.skeleton.attributes(self.digest)

    def done(self, signature: bytes, token: bytes = b"") -> bytes:
        """
        Return the signed file, B-B, or B-T with a token over the signature.

        :raises ValueError: if the CMS is longer than what was kept for it
        """
        made = self.skeleton.filled(self.digest, signature, token).hex().encode()
        if len(made) > self.reserve:
            raise ValueError(f"a CMS of {len(made)} digits where {self.reserve} were kept")
        begins = self.gap + 1
        return self.file[:begins] + made + self.file[begins + len(made) :]


def sign(
    data: bytes, signer: Signer, field: str, *,
    reason: str, certifies: bool, at: datetime, reserve: int, stamp: cms.Stamp | None = None,
) -> bytes:  # fmt: skip
    """
    Return the file with a signature in this field, B-B or, with a token of `stamp`, B-T.

    :raises NotOurMaking: if the file is not exactly as we draw or certify it
    :raises ValueError: if the CMS is longer than what was kept for it
    """
    begun = begin(data, signer, field, reason=reason, certifies=certifies, at=at, reserve=reserve)
    (signature,) = cms.raw(signer, [begun.to_sign])
    token = stamp(hashlib.sha256(signature).digest()) if stamp else b""
    return begun.done(signature, token)


def begin(
    data: bytes, signer: Signer, field: str, *,
    reason: str, certifies: bool, at: datetime, reserve: int,
) -> Begun:  # fmt: skip
    """
    Return the file with a revision for a signature in this field.

    `reserve` is the number of hexadecimal digits to keep for the CMS; `certifies` for the first
    signature. Certified by the officer, the file waits for the seal.

    :raises NotOurMaking: if the file is not exactly as we draw or certify it
    """
    made_at = at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode()
    signature = _signature(reason, made_at, certifies=certifies, reserve=reserve)
    if certifies:
        revision = _first(data, field, signature, made_at)
    else:
        revision = _second(data, field, signature, made_at)
    return _begun(bytearray(data + revision), len(data), signer, reserve)


def _first(data: bytes, field: str, signature: bytes, made_at: bytes) -> bytes:
    file = revisions.drawn(data)
    own = file.trailer.size
    value, waiting = own + 1, own + 2
    fields = [own, waiting] if field == OFFICER else [own]
    references = b" ".join(b"%d 0 R" % number for number in fields)
    catalog = (
        b"<<%s/AcroForm << /Fields [ %s ] /SigFlags 3 >>\n%s\n/Perms << /DocMDP %d 0 R >>\n>>"
        % (file.catalog, references, _EXTENSIONS, value)
    )
    objects = {
        file.trailer.root: catalog,
        file.page: b"<<%s/Annots [ %s ]\n>>" % (file.page_entries, references),
        own: b"<<%s/V %d 0 R\n>>" % (_widget(field, file.page), value),
        value: signature,
    }
    if waiting in fields:
        objects[waiting] = b"<<%s>>" % _widget(SEAL, file.page)
    new_id = _identifier(file.trailer, made_at)
    return revisions.appended(file.trailer, len(data), objects, new_id)


def _second(data: bytes, field: str, signature: bytes, made_at: bytes) -> bytes:
    if field != SEAL:
        raise revisions.NotOurMaking("order")
    file = revisions.certified(data)
    value = file.trailer.size
    objects = {file.seal: b"<<%s/V %d 0 R\n>>" % (file.seal_entries, value), value: signature}
    return revisions.appended(file.trailer, len(data), objects, _identifier(file.trailer, made_at))


def _widget(field: str, page: int) -> bytes:
    """
    Return the entries of a field and its place at once.

    PDF/A wants it printable, PDF/UA hidden, tagged or off the page: off the page.
    """
    name = field.encode("ascii")
    return (
        b"\n/FT /Sig\n/T (%s)\n/TU (%s)\n/Type /Annot\n/Subtype /Widget\n/F 132\n"
        b"/Rect [ -9999 -9999 -9999 -9999 ]\n/P %d 0 R\n" % (name, name, page)
    )


def _signature(reason: str, made_at: bytes, *, certifies: bool, reserve: int) -> bytes:
    return (
        b"<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n"
        b"/M (%s)\n/Reason <feff%s>\n%s/ByteRange [0 %s]\n%s%s>\n>>"
        % (
            made_at,
            reason.encode("utf-16-be").hex().encode(),
            _CERTIFIES if certifies else b"",
            b" " * _RANGE_DIGITS,
            _CONTENTS,
            b"0" * reserve,
        )
    )


def _identifier(before: revisions.Trailer, made_at: bytes) -> bytes:
    """Return the revision's identifier: another one, and the same for the same deed."""
    return hashlib.sha256(before.last_id + made_at).hexdigest()[:32].encode()


def _begun(file: bytearray, revision_at: int, signer: Signer, reserve: int) -> Begun:
    """Write the byte range, and take the digest of all that it names."""
    gap = file.index(_CONTENTS, revision_at) + len(_CONTENTS) - 1
    behind = gap + reserve + 2
    ranges = b"%d %d %d]" % (gap, behind, len(file) - behind)
    at = file.index(b"/ByteRange [0 ", revision_at) + len(b"/ByteRange [0 ")
    # Spaces follow the bracket, so that the length of the file does not change.
    file[at : at + _RANGE_DIGITS + 1] = ranges.ljust(_RANGE_DIGITS + 1)
    digest = hashlib.sha256(memoryview(file)[:gap])
    digest.update(memoryview(file)[behind:])
    return Begun(bytes(file), gap, reserve, digest.digest(), cms.skeleton(signer))
