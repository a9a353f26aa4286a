"""What a code carries: read as it was written, and refused as soon as anything in it is changed."""

import dataclasses
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pycose.keys import EC2Key
from pycose.messages import Sign1Message

from documents import claims, cose
from documents.claims import Claims, Person
from tests.documents.code import verifier
from tests.documents.code.verifier import Flaw, Key, Unreadable

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SITE = "https://guichet.example"
ID = "7QK3M0ZB94TVX2HD"
PRIVATE = ec.derive_private_key(20261123, ec.SECP256R1())
KEY_ID = bytes(range(8))
KEYS = {KEY_ID: Key(PRIVATE.public_key(), NOW - timedelta(days=1), NOW + timedelta(days=700))}
FACTS = Claims(
    issuer=SITE,
    verification_id=ID,
    signed_at=NOW,
    expires_at=None,
    status_list=f"{SITE}/status/0.cwt",
    place=41,
    paper_type="birth_certificate",
    number="BC-1209-2026-000123-K",
    entry="1990/II/0413",
    people=(Person("Aline Chantal MUKAMANA", "1990-03-27"),),
    office="Kimironko Sector Office",
)


def sign(data: bytes) -> bytes:
    return PRIVATE.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def signed(**more: object) -> bytes:
    return claims.sign(dataclasses.replace(FACTS, **more), key_id=KEY_ID, by=sign)


def code(**more: object) -> str:
    return claims.text(SITE, ID, signed(**more))


def packed(message: object) -> str:
    return claims.text(SITE, ID, cose.dumps(message))


def flaw(text: str, now: datetime = NOW, keys: dict[bytes, Key] = KEYS) -> Flaw | None:
    """Return why a text cannot be believed, whether it is found at reading or at judging."""
    try:
        return verifier.judge(verifier.read(text), keys, now=now).flaw
    except Unreadable as error:
        return error.flaw


words = st.text(min_size=1, max_size=40)


@given(
    people=st.lists(st.builds(Person, words, st.just("1990-03-27") | st.just("")), max_size=3),
    entry=words,
    place=st.integers(0, 131_071),
    kind=st.sampled_from(["certificate", "extract", "record"]),
    copy=st.sampled_from([("original", 0), ("duplicate", 2), ("certified_copy", 1)]),
    expires_at=st.none() | st.just(NOW + timedelta(days=90)),
    more=st.dictionaries(words, words, max_size=2),
)
def test_whatever_is_signed_is_read_again(people, copy, **more):
    facts = dataclasses.replace(FACTS, people=tuple(people), copy=copy[0], copy_no=copy[1], **more)
    read = verifier.read(claims.text(SITE, ID, claims.sign(facts, key_id=KEY_ID, by=sign)))

    assert read.claims == facts
    assert verifier.judge(read, KEYS, now=NOW).flaw is None


@given(st.data())
def test_no_bit_of_the_signed_facts_can_be_flipped(data):
    whole = bytearray(signed())
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8

    assert flaw(claims.text(SITE, ID, bytes(whole))) is not None


@given(st.data())
def test_no_letter_of_the_code_can_be_changed(data):
    whole = code()
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567/:#.-"))
    changed = whole[:at] + other + whole[at + 1 :]

    # O, I and L stand for 0 and 1 in a verification code, as people read it out.
    assert changed == whole or flaw(changed) is not None or changed[at] in "OIL"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (code(), None),
        (code().lower(), None),
        ("", Flaw.NOT_A_CODE),
        ("https://guichet.example/V/7QK3M0ZB94TVX2HD", Flaw.NO_FACTS),
        ("https://guichet.example/V/7QK3M0ZB94TVX2HD#", Flaw.NOT_A_CODE),
        (code() + " ", Flaw.NOT_A_CODE),
        (code() + "\n", Flaw.NOT_A_CODE),
        (code() + "=", Flaw.NOT_A_CODE),
        (code() + "A", Flaw.BROKEN),
        (code() + "AAAAAAAA", Flaw.BROKEN),
        (code()[:-1], Flaw.BROKEN),
        (code()[:-8], Flaw.BROKEN),
        (code()[: len(code()) // 2], Flaw.BROKEN),
        (code() + "A" * 2000, Flaw.NOT_A_CODE),
        (claims.text(SITE, ID, b"\x81" * 600 + b"\x00"), Flaw.BROKEN),
        (claims.text(SITE, ID, b"\x5a\xff\xff\xff\xff"), Flaw.BROKEN),
        (code().replace("GUICHET", "GUlCHET"), Flaw.FOREIGN),
        (code().replace("HTTPS:", "HTTP:"), Flaw.FOREIGN),
        (code().replace(ID, "7QK3M0ZB94TVX2HE"), Flaw.SWAPPED),
    ],
)  # fmt: skip
def test_only_the_whole_code_and_nothing_else_is_read(text, expected):
    assert flaw(text) == expected


def parts(**more: object) -> list[object]:
    protected, _, payload, signature = cbor2.loads(signed(**more)).value
    return [protected, {}, payload, signature]


def with_headers(headers: dict[object, object], **more: object) -> str:
    """Return a code with other headers, signed by our own key."""
    _, unprotected, payload, _ = parts(**more)
    protected = cose.dumps(headers)
    r_s = _raw(sign(cose.dumps(["Signature1", protected, b"", payload])))
    return packed(cbor2.CBORTag(18, [protected, unprotected, payload, r_s]))


def _raw(der: bytes) -> bytes:
    from_der = cose.utils.decode_dss_signature(der)
    return b"".join(each.to_bytes(32) for each in from_der)


def test_a_code_packed_otherwise_is_refused_though_our_key_signed_it():
    protected, _, payload, signature = parts()
    assert flaw(with_headers({1: -7, 4: KEY_ID})) is None

    assert flaw(packed(cbor2.CBORTag(98, [protected, {}, payload, signature]))) == Flaw.BROKEN
    assert flaw(packed([protected, {}, payload, signature])) == Flaw.BROKEN
    assert flaw(packed(cbor2.CBORTag(18, [protected, {4: KEY_ID}, payload, signature]))) == (
        Flaw.BROKEN
    )
    assert flaw(with_headers({1: -8, 4: KEY_ID})) == Flaw.UNKNOWN_ALGORITHM
    assert flaw(with_headers({1: -7})) == Flaw.BROKEN
    assert flaw(with_headers({1: -7, 2: [99], 4: KEY_ID, 99: 1})) == Flaw.BROKEN


def test_a_fact_said_twice_is_refused_though_our_key_signed_it():
    entries = [(1, SITE), (6, 1), (6, 2), (7, bytes(10))]
    twice = bytes([0xA0 + len(entries)]) + b"".join(
        cbor2.dumps(key) + cbor2.dumps(value) for key, value in entries
    )
    assert flaw(claims.text(SITE, ID, cose.sign1(twice, key_id=KEY_ID, sign=sign))) == Flaw.BROKEN


@pytest.mark.parametrize(
    ("ahead", "expected", "behind"),
    [
        (timedelta(0), None, False),
        (timedelta(hours=23), None, True),
        (timedelta(hours=24), None, True),
        (timedelta(hours=24, seconds=1), Flaw.FUTURE, False),
    ],
)
def test_a_clock_a_day_off_still_judges_and_says_so(ahead, expected, behind):
    judged = verifier.judge(verifier.read(code(signed_at=NOW + ahead)), KEYS, now=NOW)
    assert (judged.flaw, judged.clock_behind) == (expected, behind)


def test_a_paper_is_expired_from_the_moment_that_it_names():
    read = verifier.read(code(expires_at=NOW))
    assert verifier.judge(read, KEYS, now=NOW).expired
    assert not verifier.judge(read, KEYS, now=NOW - timedelta(seconds=1)).expired


def test_a_key_that_is_unknown_foreign_revoked_or_out_of_its_time_proves_nothing():
    ours = KEYS[KEY_ID]
    other = ec.derive_private_key(7, ec.SECP256R1()).public_key()
    a_week = timedelta(days=7)

    assert flaw(code(), keys={}) == Flaw.UNKNOWN_KEY
    assert flaw(code(), keys={KEY_ID: dataclasses.replace(ours, public=other)}) == (
        Flaw.WRONG_SIGNATURE
    )
    assert flaw(code(), keys={KEY_ID: dataclasses.replace(ours, revoked=True)}) == Flaw.KEY_REVOKED
    over = dataclasses.replace(ours, since=NOW - 2 * a_week, until=NOW - a_week)
    assert flaw(code(), keys={KEY_ID: over}) == Flaw.KEY_OUT_OF_TIME
    assert flaw(code(signed_at=NOW - a_week), keys={KEY_ID: over}) is None


def test_facts_that_do_not_fit_on_a_code_are_refused_before_they_are_drawn():
    with pytest.raises(ValueError, match="do not fit"):
        signed(more={"residence": "x" * 900})


def test_another_library_verifies_what_we_sign():
    point = PRIVATE.public_key().public_numbers()
    # Its own decoding stumbles over the tuples that cbor2 6 puts behind a tag.
    message = Sign1Message.from_cose_obj(parts(), allow_unknown_attributes=False)
    message.key = EC2Key(crv="P_256", x=point.x.to_bytes(32), y=point.y.to_bytes(32))

    assert message.verify_signature()
    assert cbor2.loads(message.payload)[65535] == {
        "status_list": {"idx": 41, "uri": f"{SITE}/status/0.cwt"}
    }


def test_the_code_of_a_usual_paper_stays_small():
    assert len(signed()) < 320
    assert len(code()) < 560  # Version 15: 77 modules.
