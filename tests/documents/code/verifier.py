"""
A verifier that reads codes and judges them, as the one for browsers does (offline/claims.js).

No page asks it: what a device reads off a paper it judges itself.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec

from documents import numbering, trust
from documents.claims import Claims, Person, base32
from documents.claims.codes import COSE_BYTES_MAX
from documents.models import CredentialState, Purpose
from tests.documents.code import reading

_EXPIRES = 4
_KIND, _COPY, _MORE = 6, 7, 8
TEXT_MAX = 1600  # Characters; a symbol of level M holds 2,331 bytes at most.
# A clock a day off must not turn a genuine paper away; the judgement says that it is off.
CLOCK_SKEW = timedelta(hours=24)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ADDRESS = re.compile(r"https?://[^/#\s]+/v/[0-9a-z]{16}", re.IGNORECASE)
_TEXT = re.compile(r"(https?://[^/#\s]+)/v/([0-9a-z]{16})#([a-z2-7]+)", re.IGNORECASE)


class Flaw(StrEnum):
    """Why the code on a paper cannot be believed."""

    NOT_A_CODE = "not_a_code"  # Some other symbol.
    NO_FACTS = "no_facts"  # The address of a paper alone: only the site can tell.
    BROKEN = "broken"  # Ours by its look, but cut short or changed.
    UNKNOWN_ALGORITHM = "unknown_algorithm"
    UNKNOWN_KEY = "unknown_key"  # A forger's, or newer than the list of keys.
    WRONG_SIGNATURE = "wrong_signature"
    SWAPPED = "swapped"  # The facts of one paper behind the address of another.
    FOREIGN = "foreign"  # Another site's address, or facts of another issuer.
    FUTURE = "future"  # Signed more than a day after now.
    KEY_OUT_OF_TIME = "key_out_of_time"
    KEY_REVOKED = "key_revoked"  # Whoever stole it may have written any date.


class Unreadable(Exception):
    """The text holds no facts that could be judged."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


@dataclass(frozen=True)
class Scanned:
    """A text as read; its signature is still to be judged."""

    site: str  # The address before "/V/", in capitals.
    verification_id: str
    claims: Claims
    message: reading.Signed


@dataclass(frozen=True)
class Key:
    """A key that signs codes, and when it did."""

    public: ec.EllipticCurvePublicKey
    since: datetime
    until: datetime
    revoked: bool = False


@dataclass(frozen=True)
class Judgement:
    """`flaw` None: the facts are those that were signed."""

    flaw: Flaw | None
    expired: bool = False
    clock_behind: bool = False


def keys() -> dict[bytes, Key]:
    """Return the state's keys for codes, by their ids, as they are published."""
    return {
        each.key_id: Key(
            each.public, each.since, each.until, revoked=each.state == CredentialState.REVOKED
        )
        for each in trust.state_keys()
        if each.purpose == Purpose.QR
    }


def read(text_scanned: str) -> Scanned:
    """
    Return what a symbol says, its signature not yet judged.

    :raises Unreadable: if it is no code of a paper, cut short, or packed otherwise than by us
    """
    found = _TEXT.fullmatch(text_scanned) if len(text_scanned) <= TEXT_MAX else None
    verification_id = numbering.normalise_verification_id(found[2]) if found else None
    if found is None or verification_id is None:
        bare = _ADDRESS.fullmatch(text_scanned[:TEXT_MAX])
        raise Unreadable(Flaw.NO_FACTS if bare else Flaw.NOT_A_CODE)
    try:
        message = reading.read(_unbase32(found[3].upper()), bytes_max=COSE_BYTES_MAX)
        claims = unpacked(reading.loads(message.payload))
    except reading.UnknownAlgorithm:
        raise Unreadable(Flaw.UNKNOWN_ALGORITHM) from None
    except (reading.Broken, ValueError, OverflowError):
        raise Unreadable(Flaw.BROKEN) from None
    return Scanned(found[1].upper(), verification_id, claims, message)


def judge(scanned: Scanned, keys: Mapping[bytes, Key], *, now: datetime) -> Judgement:
    """
    Judge the facts by the keys that one trusts, by their ids, and by the clock at hand.

    Whether the paper was revoked since only its status list says.
    """
    claims = scanned.claims
    ahead = claims.signed_at - now
    flaw = _flaw(scanned, keys.get(scanned.message.key_id))
    if flaw is None and ahead > CLOCK_SKEW:
        flaw = Flaw.FUTURE
    return Judgement(
        flaw=flaw,
        expired=claims.expires_at is not None and claims.expires_at <= now,
        clock_behind=timedelta(0) < ahead <= CLOCK_SKEW,
    )


def _flaw(scanned: Scanned, key: Key | None) -> Flaw | None:
    claims = scanned.claims
    if key is None:
        return Flaw.UNKNOWN_KEY
    if not scanned.message.proves(key.public):
        return Flaw.WRONG_SIGNATURE
    if scanned.site != claims.issuer.upper():
        return Flaw.FOREIGN
    if scanned.verification_id != claims.verification_id:
        return Flaw.SWAPPED
    if key.revoked:
        return Flaw.KEY_REVOKED
    if not key.since - CLOCK_SKEW <= claims.signed_at <= key.until + CLOCK_SKEW:
        return Flaw.KEY_OUT_OF_TIME
    return None


def _unbase32(letters: str) -> bytes:
    data = base64.b32decode(letters + "=" * (-len(letters) % 8))
    if base32(data) != letters:
        # Bits behind the last byte would say nothing, and be another text of the same facts.
        raise ValueError
    return data


def unpacked(value: object) -> Claims:
    """:raises ValueError: if a claim is missing, is of another shape or is unknown"""
    match value:
        case {
            1: str(issuer),
            6: int(signed_at),
            7: bytes(code),
            65535: {"status_list": {"idx": int(place), "uri": str(status_list)}},
            -70001: {
                1: str(paper_type),
                2: str(number),
                3: str(entry),
                4: list(people),
                5: str(office),
                **further,
            },
            **rest,
        }:
            pass
        case _:
            raise ValueError
    if set(rest) - {_EXPIRES} or set(further) - {_KIND, _COPY, _MORE} or place < 0:
        raise ValueError
    copy, copy_no = _copy(further.get(_COPY, [Claims.copy, Claims.copy_no]))
    return Claims(
        issuer=issuer,
        verification_id=_verification_id(code),
        signed_at=datetime.fromtimestamp(signed_at, UTC),
        expires_at=_time(rest[_EXPIRES]) if _EXPIRES in rest else None,
        status_list=status_list,
        place=place,
        paper_type=paper_type,
        number=number,
        entry=entry,
        people=tuple(_person(each) for each in people),
        office=office,
        kind=_word(further.get(_KIND, Claims.kind)),
        copy=copy,
        copy_no=copy_no,
        more=_words(further.get(_MORE, {})),
    )


def _verification_id(data: bytes) -> str:
    """Return the sixteen characters that Crockford's alphabet makes of ten bytes."""
    if len(data) != 10:
        raise ValueError
    value = int.from_bytes(data)
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(75, -1, -5))


def _person(value: object) -> Person:
    match value:
        case [str(name)]:
            return Person(name)
        case [str(name), str(born_on)]:
            return Person(name, born_on)
    raise ValueError


def _copy(value: object) -> tuple[str, int]:
    match value:
        case [str(copy), int(copy_no)]:
            return copy, copy_no
    raise ValueError


def _time(value: object) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - one error for whatever is not ours
    return datetime.fromtimestamp(value, UTC)


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - one error for whatever is not ours
    return value


def _words(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004 - one error for whatever is not ours
    return {_word(fact): _word(said) for fact, said in value.items()}
