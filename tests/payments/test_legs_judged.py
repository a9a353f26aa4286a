"""What a debit is, by a table."""

import pytest

from payments.gateways.base import Debit
from payments.posting.legs import OTHER_ROLE, Judgement, Known, judge, same
from payments.states import Leg
from tests.world import NOON

C = Leg.CHARGE
P = Leg.PAYOUT
R = Leg.REVERSAL
S = Leg.SWEEP
T = Leg.TRANSFER
W = Leg.WITHDRAWAL
M = Leg.REMITTANCE


def told(leg, *, amount=500, currency="RWF", original="C1", is_hearsay=False):
    return Debit(
        leg=leg,
        external_id="D1",
        amount_minor=amount,
        currency=currency,
        occurred_at=NOON,
        original_id=original,
        is_hearsay=is_hearsay,
    )


def known(**more):
    return Known(**{"original_id": 7, "original_currency": "RWF", "left_minor": 500} | more)


def new(leg, **more):
    return Judgement(leg=leg, external_id="D1", **more)


@pytest.mark.parametrize(
    ("debit", "what_we_know", "judgement"),
    [
        # A reversal takes what is left of its original, once, in its currency.
        (told(R), known(), new(R, original_id=7)),
        (told(R, amount=499), known(), new(R, original_id=7)),
        (told(R), known(left_minor=499), new(W, differs_from_id=7)),
        (told(R), known(left_minor=0), new(W, differs_from_id=7)),
        (told(R), known(is_reversed=True), new(W, differs_from_id=7)),
        (told(R, currency="USD"), known(), new(W, differs_from_id=7)),
        # One of an original that nobody has told of waits; without any it has nothing to wait for.
        (told(R), Known(), None),
        (told(R, original=""), Known(), new(W)),
        # Money that we ordered back is its refund's payout, however the provider calls it.
        (told(R), known(left_minor=0, refund_ids=[3, 4]), new(P, refund_id=3)),
        (told(P), Known(refund_ids=[3]), new(P, refund_id=3)),
        (told(P), known(refund_ids=[3]), new(P, refund_id=3)),
        (told(P), known(), new(W, differs_from_id=7)),
        (told(P, original=""), Known(), new(W)),
        (told(P, original=""), Known(refunded_id=9), new(W, differs_from_id=9)),
        (told(P), Known(), None),
        # The others are what they are told to be.
        (told(C), known(), new(C, original_id=7)),
        (told(C), Known(), new(C)),
        (told(S), known(), new(S)),
        (told(T), known(), new(T)),
        (told(W), known(), new(W)),
        # Unless a withdrawal names a refund of ours.
        (told(W), Known(refund_ids=[3], refunded_id=9), new(P, refund_id=3)),
        (told(W), Known(refunded_id=9), new(W, differs_from_id=9)),
        (told(C), known(refund_ids=[3], refunded_id=9), new(C, original_id=7)),
        (told(S), known(refund_ids=[3], refunded_id=9), new(S)),
        # Where the payer may have named the original, only the whole of what is left is it.
        (told(R, is_hearsay=True), known(), new(R, original_id=7)),
        (told(R, amount=499, is_hearsay=True), known(), new(W, differs_from_id=7)),
        (told(R, is_hearsay=True), known(left_minor=501), new(W, differs_from_id=7)),
        (told(R, currency="USD", is_hearsay=True), known(), new(W, differs_from_id=7)),
        (told(R, is_hearsay=True), Known(), None),
        # A remittance is what its batch waits for, or nothing that anybody here ordered.
        (told(M), Known(remittance_id=5), new(M, remittance_id=5)),
        (told(M), Known(is_misfit=True), new(W, is_misfit=True)),
        (told(M), Known(), new(W)),
        (told(W), Known(remittance_id=5), new(W)),
    ],
)
def test_a_debit_is_what_our_books_make_of_it(debit, what_we_know, judgement):
    assert judge(debit, what_we_know, last_try=False) == judgement


@pytest.mark.parametrize("leg", [R, P])
def test_the_last_try_waits_for_nothing(leg):
    assert judge(told(leg), Known(), last_try=True) == new(W)


@pytest.mark.parametrize("leg", [R, P, C, S, T, W])
@pytest.mark.parametrize("posted", [R, P, C, S, T, W])
def test_what_is_posted_stays_what_it_was_posted_as(leg, posted):
    before = known(leg=posted, external_id="D0", refund_ids=[3], posted_original_id=7)

    assert judge(told(leg), before, last_try=False) == Judgement(
        leg=posted, external_id="D0", is_new=False, original_id=7
    )


@pytest.mark.parametrize(("leg", "differs"), [(R, 7), (P, 7), (C, None), (S, None), (W, None)])
def test_what_is_posted_for_another_collection_is_noted_on_the_one_told_now(leg, differs):
    before = known(leg=W, external_id="D0", posted_original_id=None)

    assert judge(told(leg), before, last_try=False).differs_from_id == differs


def test_every_leg_has_an_account_on_the_other_side_or_is_divided():
    assert set(OTHER_ROLE) | {Leg.CREDIT, Leg.REVERSAL} == set(Leg)


def test_every_debit_is_at_least_the_same_as_itself():
    assert all(leg in same(leg) for leg in Leg if leg != Leg.CREDIT)
