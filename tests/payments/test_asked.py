"""What a message leaves out, our own question said: amount and currency, by our key."""

from dataclasses import replace
from uuid import UUID

import pytest

from payments.gateways.base import Collection, Debit, Unreadable
from payments.posting import asked
from payments.posting.asked import as_asked, asked_of
from payments.states import Leg
from tests.world import NOON

PROMPT, REFUND, STRANGER = (UUID(int=number) for number in (1, 2, 3))
ASKED = {PROMPT: (500, "RWF"), REFUND: (70, "KES")}

MONEY = Collection(
    external_id="T1",
    reference="",
    amount_minor=0,
    currency="",
    occurred_at=NOON,
    attempt_key=PROMPT,
)
PAYOUT = Debit(
    leg=Leg.PAYOUT, external_id="D1", amount_minor=0, currency="", occurred_at=NOON, key=REFUND
)


def test_money_without_an_amount_is_what_was_asked_for():
    assert as_asked(MONEY, ASKED) == replace(MONEY, amount_minor=500, currency="RWF")
    assert as_asked(PAYOUT, ASKED) == replace(PAYOUT, amount_minor=70, currency="KES")


@pytest.mark.parametrize(
    "said", [{"amount_minor": 9, "currency": "UGX"}, {"amount_minor": 9}, {"currency": "UGX"}]
)
def test_what_a_message_says_itself_is_left_alone(said):
    assert as_asked(replace(MONEY, **said), ASKED) == replace(MONEY, **said)


@pytest.mark.parametrize(
    "told",
    [
        replace(MONEY, attempt_key=None),
        replace(MONEY, attempt_key=STRANGER),
        replace(PAYOUT, key=None),
        replace(PAYOUT, key=STRANGER),
    ],
)
def test_money_without_an_amount_that_answers_nothing_of_ours_is_parked(told):
    with pytest.raises(Unreadable) as refused:
        as_asked(told, ASKED)

    assert refused.value.reason == "no_amount"


class Rows:
    """Stands for a table of attempts or refunds: key, amount, currency."""

    def __init__(self, *rows):
        self.rows = rows
        self.asked = []

    @property
    def objects(self):
        return self

    def filter(self, *, key__in):
        self.asked.append(list(key__in))
        return self

    def values_list(self, *names):
        assert names == ("key", "amount_minor", "currency")
        return [row for row in self.rows if row[0] in self.asked[-1]]


@pytest.fixture
def tables(monkeypatch):
    attempts, refunds = Rows((PROMPT, 500, "RWF")), Rows((REFUND, 70, "KES"))
    monkeypatch.setattr(asked, "PaymentAttempt", attempts)
    monkeypatch.setattr(asked, "Refund", refunds)
    return attempts, refunds


def test_prompts_and_refunds_of_those_without_an_amount_are_looked_up_at_once(tables):
    says_itself = replace(MONEY, amount_minor=9, currency="UGX", attempt_key=STRANGER)
    is_nobodys = replace(MONEY, attempt_key=None)

    assert asked_of([says_itself, MONEY, is_nobodys, PAYOUT]) == ASKED
    assert [table.asked for table in tables] == [[[PROMPT, REFUND]]] * 2


def test_where_every_message_says_its_amount_nothing_is_looked_up(tables):
    assert asked_of([replace(MONEY, amount_minor=9, currency="UGX")]) == {}
    assert [table.asked for table in tables] == [[], []]
