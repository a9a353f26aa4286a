"""KCB's signature stands for these bytes under one of the keys that are set, and for no others."""

import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.gateways import kcb
from payments.gateways.base import BadSignature, Question
from payments.gateways.kcb.signing import DEVELOPMENT_KEY, public_keys, verify
from tests.payments.bankers import changed_by_one_byte, heard
from tests.payments.test_kcb_gateway import ASKED, CONTRACT, PRIVATE_KEY

BODY = b'{"transactionReference":"FT1","transactionAmount":"1.00"}'


def pem(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def sign(body, key=PRIVATE_KEY, digest=None):
    signed = key.sign(body, PKCS1v15(), digest or hashes.SHA256())
    return base64.b64encode(signed).decode()


@pytest.fixture(scope="module")
def next_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_the_sandboxs_key_is_the_other_half_of_the_development_key():
    assert pem(PRIVATE_KEY).strip() == DEVELOPMENT_KEY
    assert kcb.VENDOR.settings[0].usual == DEVELOPMENT_KEY


def test_two_keys_hold_while_one_is_being_replaced(next_key):
    both = f"{DEVELOPMENT_KEY}\n{pem(next_key)}"
    for key in (PRIVATE_KEY, next_key):
        verify(keys=both, signature=sign(BODY, key), body=BODY)
        # As a variable of the environment carries it.
        verify(keys=both.replace("\n", "\\n"), signature=sign(BODY, key), body=BODY)
    verify(keys=pem(next_key), signature=sign(BODY, next_key), body=BODY)
    with pytest.raises(BadSignature):
        verify(keys=pem(next_key), signature=sign(BODY), body=BODY)


def test_the_exact_bytes_count_and_not_what_they_mean():
    signature = sign(BODY)
    for body in (BODY + b"\n", BODY.replace(b":", b": "), BODY.replace(b"1.00", b"1.0")):
        with pytest.raises(BadSignature):
            verify(keys=DEVELOPMENT_KEY, signature=signature, body=body)


def test_one_bit_changed_anywhere_is_refused():
    signature = sign(BODY)
    verify(keys=DEVELOPMENT_KEY, signature=signature, body=BODY)
    for body in changed_by_one_byte(BODY):
        with pytest.raises(BadSignature):
            verify(keys=DEVELOPMENT_KEY, signature=signature, body=body)
    for changed in changed_by_one_byte(signature.encode()):
        with pytest.raises(BadSignature):
            verify(keys=DEVELOPMENT_KEY, signature=changed.decode("latin-1"), body=BODY)


@settings(max_examples=50)
@given(body=st.binary(max_size=200), place=st.integers(min_value=0), new=st.integers(0, 255))
def test_whatever_the_body_another_byte_in_it_is_refused(body, place, new):
    signature = sign(body)
    verify(keys=DEVELOPMENT_KEY, signature=signature, body=body)
    place %= len(body) + 1
    other = body[:place] + bytes([new]) + body[place + 1 :]
    if other != body:
        with pytest.raises(BadSignature):
            verify(keys=DEVELOPMENT_KEY, signature=signature, body=other)


@given(st.text(max_size=400))
def test_no_header_signs_by_chance_or_breaks_the_door(signature):
    with pytest.raises(BadSignature):
        verify(keys=DEVELOPMENT_KEY, signature=signature, body=BODY)


def test_another_digest_is_no_signature_of_kcbs():
    for digest in (hashes.SHA1(), hashes.SHA512()):
        with pytest.raises(BadSignature):
            verify(keys=DEVELOPMENT_KEY, signature=sign(BODY, digest=digest), body=BODY)


def test_keys_that_cannot_be_used_admit_nobody_and_say_why(next_key):
    small = pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))
    curve = pem(ec.generate_private_key(ec.SECP256R1()))
    third = f"{DEVELOPMENT_KEY}\n{pem(next_key)}\n{DEVELOPMENT_KEY}"
    broken = DEVELOPMENT_KEY.replace("MIIB", "MIIX")
    for keys in ("", "no key", small, curve, third, broken):
        with pytest.raises(ValueError):  # noqa: PT011
            public_keys(keys)
        with pytest.raises(BadSignature, match="forged"):
            verify(keys=keys, signature=sign(BODY), body=BODY)


@pytest.mark.parametrize("path", ["validation", "notification"])
def test_the_doors_hear_nobody_unsigned(path):
    for headers in ({}, {"signature": ""}, {"signature": " "}):
        with pytest.raises(BadSignature, match="unsigned"):
            kcb.hear(heard(path, ASKED, **headers), CONTRACT)
    with pytest.raises(BadSignature, match="forged"):
        kcb.hear(heard(path, ASKED, signature=sign(b"other")), CONTRACT)


def test_only_a_question_may_come_unsigned_and_only_where_the_contract_says_so():
    contract = CONTRACT | {"validation_signed": "no"}
    assert isinstance(kcb.hear(heard("validation", ASKED), contract), Question)
    with pytest.raises(BadSignature, match="unsigned"):
        kcb.hear(heard("notification", ASKED), contract)
