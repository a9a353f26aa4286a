"""
How the parts of one installation prove themselves to each other: its own small authority.

    python -m config.stack.wire FOLDER          issues, and goes on issuing what ends soon
    python -m config.stack.wire FOLDER now      issues all afresh at once
    python -m config.stack.wire FOLDER check    fails where one is missing or ends within a day

FOLDER holds a folder for each part, and `authority`, whose key signs them and is seen by nobody
else. A part finds there `own.pem`, its key and certificate in one file so that no reader meets a
new key beside an old certificate, and `ca.pem`, whom to believe. Nothing but such a certificate
opens the database or the broker (docker/postgres/pg_hba.conf, docker/broker/users.acl).
OWASP ASVS 5.0, 12.3.3, 12.3.4 and 13.2.1.
"""

import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.stack import authority

# A stolen key is good for a fortnight at most; a week of looking in vain passes before one ends.
LIFE = timedelta(days=14)
RENEWED_BEFORE_END = timedelta(days=7)
AUTHORITY_LIFE = timedelta(days=730)
AUTHORITY_RENEWED_BEFORE_END = timedelta(days=60)
LOOKS_EVERY_SECONDS = 60.0
ENDS_TOO_SOON = timedelta(days=1)

PRODUCT_UID = 10001  # Of our image.
SERVER_UID = 999  # Of PostgreSQL's image and of Valkey's.


@dataclass(frozen=True, kw_only=True)
class Part:
    """One that proves itself: `name` is the common name, and its folder; `uid` owns its key."""

    name: str
    uid: int = PRODUCT_UID
    # Whether others call it: then its name is also one that they find it by, as is this machine's.
    serves: bool = False


PARTS = (
    Part(name="postgres", uid=SERVER_UID, serves=True),
    Part(name="broker", uid=SERVER_UID, serves=True),
    # This very program, which has PostgreSQL read its certificate anew, and may do nothing else.
    Part(name="wire", uid=0),
    Part(name="owner"),
    Part(name="country"),
    Part(name="web", serves=True),
    Part(name="callbacks", serves=True),
    Part(name="worker"),
    Part(name="worker-outside"),
    Part(name="worker-slow"),
    Part(name="beat"),
    Part(name="poster"),
    Part(name="sandbox", serves=True),
)


def issue(
    folder: Path, *, now: datetime, parts: Iterable[Part] = PARTS, afresh: bool = False
) -> list[str]:
    """
    Issue what is missing, ends soon, or does not descend from the authority; return whose it was.

    :param afresh: issue every certificate anew, whenever it ends; the authority stays
    """
    kept = folder / "authority"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, issuer, believed = _authority(kept, now)
    renewed = []
    for part in parts:
        if not afresh and _holds(folder, part, issuer, now):
            continue
        theirs, private = folder / part.name, authority.draw()
        theirs.mkdir(exist_ok=True)
        certificate = authority.sign(
            part.name,
            private.public_key(),
            by=(key, issuer),
            serves=part.serves,
            now=now,
            life=LIFE,
        )
        shown = authority.pem(certificate)
        _write(theirs / "ca.pem", believed, mode=0o644)
        _write(theirs / "own.pem", authority.key_pem(private) + shown, uid=part.uid)
        # Last, and beside our own: what another owns we may not read; this says that it is done.
        _write(kept / f"{part.name}.pem", shown, mode=0o644)
        renewed.append(part.name)
    return renewed


def lacking(folder: Path, *, now: datetime, parts: Iterable[Part] = PARTS) -> list[str]:
    """Return the parts that have nothing to show, or nothing that lasts for another day."""
    found = ((part, _issued(folder, part)) for part in parts)
    return [
        part.name
        for part, held in found
        if held is None or held.not_valid_after_utc < now + ENDS_TOO_SOON
    ]


def _authority(
    kept: Path, now: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate, bytes]:
    """Return the key that signs, its certificate, and all who are believed: the one before too."""
    secret, public = kept / "ca.key", kept / "ca.pem"
    known = x509.load_pem_x509_certificates(public.read_bytes()) if public.exists() else []
    lasting = [one for one in known if one.not_valid_after_utc > now]
    if lasting and lasting[0].not_valid_after_utc > now + AUTHORITY_RENEWED_BEFORE_END:
        loaded = serialization.load_pem_private_key(secret.read_bytes(), password=None)
        if isinstance(loaded, ec.EllipticCurvePrivateKey):
            return loaded, lasting[0], public.read_bytes()
    key, certificate = authority.begin(now=now, life=AUTHORITY_LIFE)
    believed = b"".join(authority.pem(one) for one in [certificate, *lasting])
    _write(secret, authority.key_pem(key))
    _write(public, believed, mode=0o644)
    return key, certificate, believed


def _holds(folder: Path, part: Part, issuer: x509.Certificate, now: datetime) -> bool:
    held = _issued(folder, part)
    return (
        held is not None
        and held.not_valid_after_utc >= now + RENEWED_BEFORE_END
        and authority.descends(held, issuer)
    )


def _issued(folder: Path, part: Part) -> x509.Certificate | None:
    told = folder / "authority" / f"{part.name}.pem"
    if not told.exists() or not (folder / part.name / "own.pem").exists():
        return None
    return x509.load_pem_x509_certificate(told.read_bytes())


def _write(file: Path, content: bytes, *, mode: int = 0o600, uid: int | None = None) -> None:
    """Replace a file whole: whoever reads meanwhile reads the old one or the new one."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as written:
        written.write(content)
    fresh.chmod(mode)
    if uid is not None and uid != os.geteuid():
        os.chown(fresh, uid, uid)
    fresh.replace(file)


def _has_reread(database_url: str) -> bool:
    """Have PostgreSQL read its certificate again; the other servers look by themselves."""
    with suppress(psycopg.Error):
        with psycopg.connect(database_url, connect_timeout=5, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
        return True
    return False


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - This is the edge.


def keep(folder: Path, database_url: str) -> None:
    """Look every minute, for ever. `database_url` is of a login that may call pg_reload_conf."""
    has_reread = False
    while True:
        if renewed := issue(folder, now=_now()):
            print(f"issued: {', '.join(renewed)}", flush=True)
            has_reread = has_reread and "postgres" not in renewed
        has_reread = has_reread or _has_reread(database_url)
        time.sleep(LOOKS_EVERY_SECONDS)


def main(folder: Path, word: str) -> int:
    """Return the exit code of one of the three ways to be called."""
    if word == "check":
        if missing := lacking(folder, now=_now()):
            print(f"without a certificate that lasts: {', '.join(missing)}")
        return 1 if missing else 0
    if word == "now":
        issue(folder, now=_now(), afresh=True)
        return 0 if _has_reread(os.environ["DATABASE_URL"]) else 1
    keep(folder, os.environ["DATABASE_URL"])
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "".join(sys.argv[2:3])))
