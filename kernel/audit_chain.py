"""
The chain over the trace, as pure rules: what is hashed, what is signed, and what breaks it.

A seal names its entries and holds the SHA-256 of each one's canonical bytes; its own hash covers
those, its number, its time and the hash of the seal before, and is signed by Ed25519 (RFC 8032).
The canonical bytes of an entry are its JSON with sorted keys and no spaces, in UTF-8. Nothing here
asks a database: the same rules hold for a file that another agency keeps.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Entry = Mapping[str, Any]
"""One entry of the trace: id, at, act, actor_id, subject, subject_id, reason, detail ..."""

BEGINNING = "00" * 32
"""What stands for the hash of the seal before the first."""


@dataclass(frozen=True)
class Seal:
    """One seal; hashes, key and signature in hexadecimal, `sealed_at` in ISO 8601."""

    number: int
    sealed_at: str
    previous: str
    entry_ids: tuple[int, ...]
    leaves: tuple[str, ...]
    hash: str = ""
    key_id: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Root:
    """What is published of a day: a later chain that lacks it, or says otherwise, is not ours."""

    number: int
    hash: str


@dataclass(frozen=True)
class Fault:
    """Where the chain breaks: at a seal, or at one entry of it; `what` says how."""

    seal_number: int | None
    entry_id: int | None
    what: str


def leaf(entry: Entry) -> str:
    """Return the SHA-256 of an entry's canonical bytes."""
    return hashlib.sha256(_canonical(dict(entry))).hexdigest()


def hash_of(seal: Seal) -> str:
    said = [1, seal.number, seal.sealed_at, seal.previous, seal.entry_ids, seal.leaves]
    return hashlib.sha256(_canonical(said)).hexdigest()


def signed(seal: Seal, key: Ed25519PrivateKey) -> Seal:
    """Return the seal with its hash, and the signature of that under the key."""
    value = hash_of(seal)
    return replace(
        seal,
        hash=value,
        key_id=key_id(key.public_key()),
        signature=key.sign(bytes.fromhex(value)).hex(),
    )


def private_key(seed: str) -> Ed25519PrivateKey:
    """:param seed: 64 hexadecimal digits"""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))


def key_id(key: Ed25519PublicKey) -> str:
    """Return the public key itself, 64 hexadecimal digits: it is its own name."""
    return key.public_bytes_raw().hex()


def faults(
    chain: Iterable[tuple[Seal, Sequence[Entry]]],
    *,
    keys: frozenset[str],
    after: Root | None = None,
    root: Root | None = None,
) -> Iterator[Fault]:
    """
    Yield what breaks, in the order of the chain; nothing if all is whole.

    :param chain: each seal with those of its entries that are there, in any order
    :param keys: the public keys that are trusted
    :param after: the last seal before the chain's first; None: the chain begins with the first
    :param root: a root published before: the chain must reach it and agree, or continue it
    """
    number, previous = (after.number, after.hash) if after else (0, BEGINNING)
    met = root is None
    if root is not None and after is not None and after.number == root.number:
        met = True
        if after.hash != root.hash:
            yield Fault(root.number, None, "it is not the one whose root was published")
    for seal, entries in chain:
        if seal.number != number + 1:
            yield Fault(number + 1, None, f"seals {number + 1} to {seal.number - 1} are missing")
        elif seal.previous != previous:
            yield Fault(seal.number, None, "it does not continue the seal before it")
        yield from _faults_of(seal, entries, keys)
        if root is not None and seal.number == root.number:
            met = True
            if seal.hash != root.hash:
                yield Fault(seal.number, None, "it is not the one whose root was published")
        number, previous = seal.number, seal.hash
    if root is not None and not met:
        yield Fault(number + 1, None, f"the seals up to {root.number}, once published, are missing")


def _faults_of(seal: Seal, entries: Sequence[Entry], keys: frozenset[str]) -> Iterator[Fault]:
    there = {entry["id"]: entry for entry in entries}
    if len(seal.entry_ids) != len(seal.leaves) or hash_of(seal) != seal.hash:
        yield Fault(seal.number, None, "its hash is not that of what it holds")
    if not is_signed(seal, keys):
        yield Fault(seal.number, None, "it is not signed by a key that is trusted")
    for entry_id, expected in zip(seal.entry_ids, seal.leaves, strict=False):
        entry = there.pop(entry_id, None)
        if entry is None:
            yield Fault(seal.number, entry_id, "the entry is gone")
        elif leaf(entry) != expected:
            yield Fault(seal.number, entry_id, "the entry was changed after it was sealed")
    for entry_id in there:
        yield Fault(
            seal.number, entry_id, "the entry was not there when its neighbours were sealed"
        )


def is_signed(seal: Seal, keys: frozenset[str]) -> bool:
    if seal.key_id not in keys:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.key_id))
        key.verify(bytes.fromhex(seal.signature), bytes.fromhex(seal.hash))
    except (InvalidSignature, ValueError):
        return False
    return True


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
