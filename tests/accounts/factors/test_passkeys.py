"""Passkeys: only this site, this person, this moment and this very key."""

import json
import os
import tracemalloc
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from fido2.utils import websafe_decode
from hypothesis import given
from hypothesis import strategies as st

from accounts import operations
from accounts.models import Passkey, PasskeyChallenge
from accounts.operations import factors, passkeys
from accounts.operations.passkeys import ADD_PURPOSE, SECOND_PURPOSE, SIGN_IN_PURPOSE
from accounts.operations.stepping_up import passkey_purpose
from kernel.models import AuditEntry
from tests.accounts.browsing import staff_in
from tests.accounts.factors.authenticator import ORIGIN, Authenticator
from tests.accounts.factors.world import (
    ADDRESS,
    BINDING,
    SESSION,
    add_passkey,
    asked,
    stepped_up,
)
from tests.accounts.people import citizen, staff
from tests.accounts.test_at_once import at_once
from tests.world import NOON

pytestmark = pytest.mark.django_db


def accept(answer: str, account_id: int | None = None, **more: object) -> Passkey:
    wanted = {"purpose": SECOND_PURPOSE if account_id else SIGN_IN_PURPOSE, "at": NOON}
    return passkeys.accept(
        **{
            "account_id": account_id,
            "answer": answer,
            "binding": BINDING,
            "address": ADDRESS,
            **wanted,
            **more,
        }
    )


def test_a_passkey_is_a_second_factor_and_comes_with_recovery_codes():
    officer = staff()
    held = add_passkey(officer.pk)
    assert factors.enrolled(officer.pk) == factors.Enrolled(False, 1, 10)
    shown = accept(held.get(asked(officer.pk, SECOND_PURPOSE)), officer.pk)
    assert (shown.account_id, shown.used_at) == (officer.pk, None)
    assert Passkey.objects.get().used_at == NOON


def test_a_citizens_passkey_says_by_itself_whose_it_is():
    her = citizen()
    held = add_passkey(her.account_id, staff=False)
    assert accept(held.get(asked(None, SIGN_IN_PURPOSE))).account_id == her.account_id
    assert factors.enrolled(her.account_id).recovery_left == 0


def test_the_browser_is_asked_for_a_key_that_finds_itself_and_a_finger():
    officer = staff(display_name="Ange")
    add_passkey(officer.pk)
    told = asked(officer.pk, ADD_PURPOSE)
    chosen = told["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert (told["rp"]["id"], len(told["excludeCredentials"])) == ("guichet.example", 1)
    handle = websafe_decode(told["user"]["id"])
    assert len(handle) >= 16
    assert handle != str(officer.pk).encode()
    assert asked(officer.pk, SECOND_PURPOSE)["userVerification"] == "required"


WRONG = {
    "another site": {"origin": "https://guichet.example.evil"},
    "a subdomain": {"origin": "https://www.guichet.example"},
    "without protection": {"origin": "http://guichet.example"},
    "inside another site": {"cross_origin": True},
    "another challenge": {"challenge": b"x" * 32},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_an_answer_given_elsewhere_is_refused(wrong):
    officer = staff()
    held = add_passkey(officer.pk)
    with pytest.raises(factors.NotRight):
        accept(held.get(asked(officer.pk, SECOND_PURPOSE), **wrong), officer.pk)
    assert accept(held.get(asked(officer.pk, SECOND_PURPOSE), origin=ORIGIN), officer.pk)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_passkey_made_elsewhere_is_refused(wrong):
    officer = staff()
    made = Authenticator().create(asked(officer.pk, ADD_PURPOSE), **wrong)
    with pytest.raises(factors.NotRight):
        passkeys.add(
            account_id=officer.pk,
            name="x",
            answer=made,
            binding=BINDING,
            step_up_id=stepped_up(officer.pk),
            session_key=SESSION,
            at=NOON,
        )
    assert not factors.enrolled(officer.pk)


def test_a_passkey_that_asks_for_no_finger_is_refused():
    officer = staff()
    with pytest.raises(factors.NotRight):
        add_passkey(officer.pk, verifies=False)
    held = add_passkey(officer.pk)
    held.verifies = False
    with pytest.raises(factors.NotRight):
        accept(held.get(asked(officer.pk, SECOND_PURPOSE)), officer.pk)


def test_an_answer_is_good_once():
    officer = staff()
    held = add_passkey(officer.pk)
    answer = held.get(asked(officer.pk, SECOND_PURPOSE))
    accept(answer, officer.pk)
    with pytest.raises(factors.NotRight):
        accept(answer, officer.pk)


def test_a_challenge_is_for_one_browser_account_purpose_and_five_minutes():
    officer, other = staff(), staff()
    held, others = add_passkey(officer.pk), add_passkey(other.pk)

    def answer(whose: Authenticator = held, about: int | None = officer.pk) -> str:
        return whose.get(asked(about, SECOND_PURPOSE))

    for wrong in (
        {"binding": "another browser"},
        {"purpose": SIGN_IN_PURPOSE},
        {"purpose": passkey_purpose("case.sign")},
        {"at": NOON + timedelta(minutes=5)},
    ):
        with pytest.raises(factors.NotRight):
            accept(answer(), officer.pk, **wrong)
    for anothers in (answer(others), answer(others, other.pk), answer(held, other.pk)):
        with pytest.raises(factors.NotRight):
            accept(anothers, officer.pk, address="192.0.2.9")
    assert accept(answer(), officer.pk, address="192.0.2.7")


def test_a_copy_is_found_by_its_counter(refused_by):
    officer = staff()
    held = add_passkey(officer.pk)
    accept(held.get(asked(officer.pk, SECOND_PURPOSE)), officer.pk)
    held.count -= 1  # What a copy made before the last use would say.
    with pytest.raises(factors.NotRight):
        accept(held.get(asked(officer.pk, SECOND_PURPOSE)), officer.pk)
    assert AuditEntry.objects.get(act="factor.refused").detail == {"what": "passkey counter"}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Passkey.objects.update(sign_count=0)
    assert refused_by(refused.value) == "passkey_count_never_falls"


def test_a_passkey_that_does_not_count_is_fine_until_one_does():
    officer = staff()
    held = add_passkey(officer.pk, counts=False)
    for _ in range(2):
        accept(held.get(asked(officer.pk, SECOND_PURPOSE)), officer.pk)


def test_another_signature_is_refused():
    officer = staff()
    held = add_passkey(officer.pk)
    held.key = Authenticator().key
    with pytest.raises(factors.NotRight):
        accept(held.get(asked(officer.pk, SECOND_PURPOSE)), officer.pk)


def test_a_passkey_belongs_to_one_account_and_is_not_made_twice():
    officer, other = staff(), staff()
    held = add_passkey(officer.pk)
    with pytest.raises(factors.NotRight):
        passkeys.add(
            account_id=other.pk,
            name="mine too",
            answer=held.create(asked(other.pk, ADD_PURPOSE)),
            binding=BINDING,
            step_up_id=stepped_up(other.pk),
            session_key=SESSION,
            at=NOON,
        )


def test_staff_add_a_passkey_only_with_a_step_up_of_their_own():
    officer, other = staff(), staff()
    with pytest.raises(operations.StepUpRefused):
        passkeys.add(
            account_id=officer.pk,
            name="x",
            answer=Authenticator().create(asked(officer.pk, ADD_PURPOSE)),
            binding=BINDING,
            step_up_id=stepped_up(other.pk),
            session_key=SESSION,
            at=NOON,
        )


def test_a_removed_passkey_opens_nothing(refused_by):
    officer = staff()
    held = add_passkey(officer.pk)
    kept = Passkey.objects.get()
    proof = stepped_up(
        officer.pk,
        password="",
        passkey=held.get(asked(officer.pk, passkey_purpose(factors.CHANGE_PURPOSE))),
    )
    with pytest.raises(factors.NoSuchFactor):
        passkeys.name_passkey(account_id=staff().pk, passkey_id=kept.pk, name="hers")
    passkeys.remove_passkey(
        account_id=officer.pk, passkey_id=kept.pk, step_up_id=proof, session_key=SESSION, at=NOON
    )
    with pytest.raises(factors.NotRight):
        accept(held.get(asked(officer.pk, SECOND_PURPOSE)), officer.pk)
    assert factors.enrolled(officer.pk).recovery_left == 0
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Passkey.objects.update(removed_at=None)
    assert refused_by(refused.value) == "passkey_unchanged"


def test_a_passkey_alone_steps_up_for_the_purpose_that_was_shown():
    officer = staff()
    held = add_passkey(officer.pk)
    with pytest.raises(operations.WrongProof):
        stepped_up(officer.pk)
    for_signing = held.get(asked(officer.pk, passkey_purpose("case.sign")))
    with pytest.raises(operations.WrongProof):
        stepped_up(officer.pk, password="", passkey=for_signing)
    for_this = held.get(asked(officer.pk, passkey_purpose(factors.CHANGE_PURPOSE)))
    assert stepped_up(officer.pk, password="", passkey=for_this)


@pytest.mark.parametrize(
    ("site", "possible"),
    [
        ("https://guichet.gov.rw", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("https://[::1]", False),
        ("http://guichet.gov.rw", False),
    ],
)
def test_passkeys_are_offered_only_where_browsers_make_them(settings, site, possible):
    settings.SITE_URL = site
    assert (passkeys.site() is not None) is possible


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "rawId",
                    "type",
                    "response",
                    "clientDataJSON",
                    "attestationObject",
                    "signature",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JUNK.map(json.dumps) | st.text(max_size=40))
def test_junk_is_only_not_right(junk):
    with transaction.atomic():
        assert passkeys._found(junk) == (None, None) or passkeys._found(junk)[0] is None


@pytest.mark.parametrize("field", ["rawId", "authenticatorData", "signature"])
def test_a_number_in_place_of_bytes_takes_no_memory(field):
    """The library makes bytes(n) of it: n zeros, however many are asked for."""
    answer = json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
        }
    )
    asked = answer.replace(f'"{field}": "AA"', f'"{field}": 200000000')
    assert asked != answer
    tracemalloc.start()
    try:
        assert passkeys._found(asked)[0] is None
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("junk", ["", "{", "[]", "null", "9" * 30_000, "[" * 9_999])
def test_junk_is_no_passkey(junk):
    officer = staff()
    with pytest.raises(factors.NotRight):
        passkeys.add(account_id=officer.pk, name="x", answer=junk, binding=BINDING, at=NOON)


@pytest.mark.parametrize(("size", "fits"), [(1023, True), (1024, False), (3000, False)])
def test_an_id_longer_than_the_standards_is_refused_before_the_index(size, fits):
    with nullcontext() if fits else pytest.raises(factors.NotRight):
        add_passkey(staff().pk, credential_id=os.urandom(size))


@pytest.mark.parametrize("purpose", ["step-up \x00", "step-up ", "step-up Call me", "sign\x00"])
def test_a_challenge_is_drawn_for_no_free_text(client, purpose):
    staff_in(client, staff())
    assert client.post("/passkeys/challenge/", {"purpose": purpose}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_answer_at_once_one_is_in():
    officer = staff()
    held = add_passkey(officer.pk)
    answer = held.get(asked(officer.pk, SECOND_PURPOSE))
    answers = at_once(*[lambda: accept(answer, officer.pk)] * 2)
    assert sum(isinstance(one, Passkey) for one in answers) == 1
    assert sum(isinstance(one, factors.NotRight) for one in answers) == 1


def test_old_challenges_are_forgotten():
    asked(None, SIGN_IN_PURPOSE)
    operations.forget_old(now=NOON + timedelta(minutes=6), limit=100)
    assert not PasskeyChallenge.objects.exists()
