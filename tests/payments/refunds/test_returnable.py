"""A refund beside what its fee promises: marked, and against it only with a reason."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from payments import queries, returnable
from payments.models import BillLine, Movement, Refund
from payments.operations import billing, proposing, refunding
from payments.queries import returning
from payments.states import ReturnStanding as S
from tests.accounts.people import officer
from tests.applications.browser import officer_at, text_of
from tests.payments.refunds.desks import paid_twice
from tests.payments.world import fee, make_world, post, telling
from tests.world import NOON

NEVER = {"when": ["never"], "law": "Harbour Act, section 9", "source": "https://tiny.example/fees"}
IF_REFUSED = {"when": ["if_refused"], "source": "https://tiny.example/fees"}
EARLY = {"when": ["before_decision", "on_error"], "source": "https://tiny.example/fees"}
SILENT = {"when": ["unpublished"]}
WORDY = {"when": ["other"], "words": {"en": "Half"}, "source": "https://tiny.example/fees"}

RULES = [
    # Why, by which rule, whether it paid a fee, what the fees promise, how it stands.
    ("other: x", "", False, [NEVER], S.ALWAYS),
    ("paid_twice", "", True, [NEVER], S.CLAIMED),
    ("by_mistake: wrong school", "", True, [NEVER], S.CLAIMED),
    ("overpaid", "", True, [{}], S.CLAIMED),
    ("expired_in_part", "expired_in_part", False, [NEVER], S.ALWAYS),
    ("expired_in_part", "expired_in_part", True, [NEVER], S.AGAINST),
    ("paid_twice", "paid_twice", True, [NEVER], S.CLAIMED),
    ("ALREADY_PAID", "bill_cancelled", True, [NEVER], S.AGAINST),
    ("withdrawn", "withdrawn", True, [NEVER], S.AGAINST),
    ("withdrawn", "withdrawn:applications.case:7:", True, [NEVER], S.AGAINST),
    ("withdrawn", "withdrawn", True, [EARLY], S.PROMISED),
    ("withdrawn", "", True, [IF_REFUSED], S.AGAINST),
    # A person only says that it happened.
    ("withdrawn", "", True, [EARLY], S.CLAIMED),
    ("refused: no entry", "", True, [IF_REFUSED], S.CLAIMED),
    ("not_given", "", True, [EARLY], S.CLAIMED),
    ("not_given", "", True, [IF_REFUSED], S.AGAINST),
    ("other: the mayor", "", True, [EARLY], S.AGAINST),
    ("the mayor says so", "", True, [EARLY], S.AGAINST),
    ("the mayor says so", "", True, [{}], S.OPEN),
    ("refused", "", True, [SILENT], S.OPEN),
    ("refused", "", True, [WORDY], S.OPEN),
    ("refused", "", True, [IF_REFUSED, {}], S.OPEN),
    ("refused", "", True, [IF_REFUSED, NEVER], S.AGAINST),
    ("refused", "", True, [{}, NEVER], S.AGAINST),
    ("refused", "", True, [], S.OPEN),
]


@pytest.mark.parametrize(("reason", "rule", "paid", "promised", "standing"), RULES)
def test_how_a_refund_stands_to_its_fees(reason, rule, paid, promised, standing):
    terms = [returnable.Terms.read(one) for one in promised]
    assert returnable.standing(reason, rule=rule, paid_a_fee=paid, terms=terms) == standing


@pytest.fixture
def world():
    with time_machine.travel(NOON, tick=False):
        yield make_world()


@pytest.fixture
def maker(world) -> int:
    return officer("money.view", "refund.ask")


@pytest.fixture
def checker(world) -> int:
    return officer("money.view", "refund.decide")


def paid(world, *promised: dict[str, object]) -> Movement:
    """The collection of a paid bill of 500 for each promise."""
    made = billing.issue_bill(
        lines=[replace(fee(500), returnable=one) for one in promised],
        currency="RWF",
        description={"en": "Boat licence"},
        payer_contact_id=None,
        at=NOON,
        expires_at=NOON.replace(year=NOON.year + 1),
    )
    total_minor = 500 * len(promised)
    external_id = f"PAID-{made.reference}"
    post(telling(world.bank, made.reference, total_minor, external_id=external_id))
    return Movement.objects.get(external_id=external_id)


@contextmanager
def refused_by_postgresql(rule: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        yield


def ask(movement: Movement, maker: int, reason: str) -> Refund:
    refund_id = refunding.ask(
        movement_id=movement.pk,
        amount_minor=movement.amount_minor,
        reason=reason,
        by_id=maker,
        at=NOON,
    )
    return Refund.objects.get(pk=refund_id)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reason", "rule", "promised", "standing"),
    [(why, rule, terms, then) for why, rule, paid, terms, then in RULES if paid and terms],
)
def test_postgresql_says_the_same_whatever_it_is_told(
    world, maker, reason, rule, promised, standing
):
    movement = paid(world, *promised)
    refund = Refund.objects.create(
        movement=movement,
        currency="RWF",
        amount_minor=movement.amount_minor,
        reason=reason,
        rule=rule or "x",
        state="PROPOSED",
        proposed_at=NOON,
        standing="promised",
    )
    if not rule:
        # What a person asks for has no rule; a proposal, which may be against its fee, has one.
        assert returning.standing(movement.pk, amount_minor=1, reason=reason, rule="") == standing
        return
    refund.refresh_from_db()
    assert refund.standing == standing


@pytest.mark.django_db
def test_a_bill_keeps_what_was_promised_when_it_was_issued(world):
    movement = paid(world, NEVER, {})
    bill_id = BillLine.objects.filter(allocations__movement=movement).first().bill_id
    assert [line.returnable for line in queries.bill(bill_id).lines] == [NEVER, {}]
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        BillLine.objects.filter(bill_id=bill_id).update(returnable={"when": ["on_error"]})


@pytest.mark.django_db
@pytest.mark.parametrize("nonsense", [{"when": ["maybe"]}, {"words": {}}, {"when": []}, ["never"]])
def test_a_promise_that_nobody_understands_is_on_no_bill(world, nonsense):
    with refused_by_postgresql("bill_line_promise_is_known"):
        paid(world, nonsense)


@pytest.mark.django_db
def test_against_the_fee_needs_a_reason_in_words(world, maker):
    movement = paid(world, NEVER)
    with pytest.raises(refunding.AgainstItsFee):
        ask(movement, maker, "not_given")
    assert ask(movement, maker, "not_given: the office burned").standing == S.AGAINST


@pytest.mark.django_db
def test_postgresql_wants_the_reason_too_and_keeps_the_mark(world, maker):
    movement = paid(world, NEVER)
    asked = {
        "movement": movement,
        "currency": "RWF",
        "amount_minor": 500,
        "state": "REQUESTED",
        "maker_id": maker,
        "requested_at": NOON,
    }
    with refused_by_postgresql("refund_against_its_fee_says_why"):
        Refund.objects.create(**asked, reason="not_given", standing="promised")
    refund = Refund.objects.create(**asked, reason="not_given: it burned", standing="promised")
    refund.refresh_from_db()
    assert refund.standing == S.AGAINST
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(standing="promised")


@pytest.mark.django_db
def test_what_a_rule_wants_begins_proposed(world, maker):
    """Else whoever writes a row herself would name the rule that makes it go back always."""
    row = {"movement": paid(world, NEVER), "currency": "RWF", "amount_minor": 500}
    row |= {"reason": "it burned", "rule": "paid_twice"}
    with refused_by_postgresql("begins proposed"):
        Refund.objects.create(**row, state="REQUESTED", maker_id=maker, requested_at=NOON)
    refund = Refund.objects.create(**row, state="PROPOSED", proposed_at=NOON)
    refund.refresh_from_db()
    assert refund.standing == S.CLAIMED  # The money stands on its bill.


@pytest.mark.django_db
def test_a_part_of_a_bill_whose_term_is_over_goes_back_whatever_the_fee_says(world):
    bill = billing.issue_bill(
        lines=[replace(fee(500), returnable=NEVER)],
        currency="RWF",
        description={"en": "Boat licence"},
        payer_contact_id=None,
        at=NOON,
        expires_at=NOON + timedelta(days=1),
    )
    post(telling(world.bank, bill.reference, 300, external_id="PART"))
    over = NOON + timedelta(days=2)
    billing.expire_due(now=over, limit=9)
    [refund_id] = proposing.for_expired(bill_id=bill.id, at=over)
    refund = Refund.objects.get(pk=refund_id)
    assert refund.standing == S.ALWAYS
    told = {"amount_minor": 300, "reason": refund.reason}
    assert returning.standing(refund.movement_id, **told, rule=refund.rule) == S.ALWAYS
    assert returning.standing(refund.movement_id, **told, rule="") == S.AGAINST


@pytest.mark.django_db
def test_a_double_payment_goes_back_whatever_the_fee_says(world, maker):
    paid(world, NEVER)
    twice = paid_twice(world)
    assert ask(twice, maker, "other: she wants it").standing == S.ALWAYS


@pytest.mark.django_db
def test_a_proposal_against_the_fee_is_not_taken_up_but_asked_for_with_a_reason(world, maker):
    movement = paid(world, NEVER)
    bill_id = BillLine.objects.get(allocations__movement=movement).bill_id
    [refund_id] = proposing.for_withdrawn(bill_id=bill_id, at=NOON)
    with pytest.raises(refunding.AgainstItsFee):
        refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)
    with refused_by_postgresql("refund_against_its_fee_says_why"):
        Refund.objects.filter(pk=refund_id).update(
            state="REQUESTED", maker_id=maker, requested_at=NOON
        )

    promised = paid(world, EARLY)
    bill_id = BillLine.objects.get(allocations__movement=promised).bill_id
    [refund_id] = proposing.for_withdrawn(bill_id=bill_id, at=NOON)
    refunding.take_up(refund_id=refund_id, by_id=maker, at=NOON)
    assert Refund.objects.get(pk=refund_id).standing == S.PROMISED


def plain(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(answer)).replace("\xa0", " "))


def form(**typed: object) -> dict[str, object]:
    return {"amount": "500", "why": "not_given", "note": "", "stamp": str(uuid4()), **typed}


@pytest.mark.django_db
def test_who_asks_sees_what_the_fee_says_and_is_asked_why(world, maker, checker):
    movement = paid(world, NEVER)
    address = reverse("payments:refund_ask", args=[movement.pk])
    browser = officer_at(maker)

    page = plain(browser.get(address))
    assert "You do not get it back once it is paid." in page
    assert "Harbour Act, section 9" in page
    assert "What you pay twice or by mistake you always get back." in page

    refused = browser.post(address, form())
    assert refused.status_code == 422
    assert "This is against what the fee says. Say in the note why it goes back." in plain(refused)
    assert not Refund.objects.exists()

    browser.post(address, form(note="The office burned"))
    refund = Refund.objects.get()
    for account_id in (maker, checker):
        page = plain(officer_at(account_id).get(reverse("payments:refund", args=[refund.pk])))
        assert "Against what the fee says" in page
        assert "The office burned" in page
    listed = plain(officer_at(checker).get(reverse("payments:refunds") + "?list=requested"))
    assert "against the fee" in listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("promised", "why", "said"),
    [
        (IF_REFUSED, "refused", "So it is said"),
        ({}, "refused", "The fee says nothing about it"),
        (NEVER, "by_mistake", "So it is said"),
    ],
)
def test_the_checker_reads_how_it_stands(world, maker, checker, promised, why, said):
    refund = ask(paid(world, promised), maker, why)
    page = plain(officer_at(checker).get(reverse("payments:refund", args=[refund.pk])))
    assert said in page
    assert "Against what the fee says" not in page


@pytest.mark.django_db
def test_the_payer_reads_the_promise_before_she_pays(world, client: Client):
    movement = paid(world, IF_REFUSED)
    bill_id = BillLine.objects.get(allocations__movement=movement).bill_id
    page = plain(client.get(reverse("payments:pay", args=[queries.bill(bill_id).key])))
    assert "You get it back if the application is refused." in page
    assert "No law is published for this; ask the office." in page
    assert "What you pay twice or by mistake you always get back." in page


@pytest.mark.django_db
@pytest.mark.parametrize(("promised", "times"), [((EARLY, EARLY), 1), ((EARLY, {}), 1)])
def test_what_all_fees_promise_is_said_once(world, client: Client, promised, times):
    movement = paid(world, *promised)
    bill_id = BillLine.objects.filter(allocations__movement=movement).first().bill_id
    page = plain(client.get(reverse("payments:pay", args=[queries.bill(bill_id).key])))
    said = (
        "You get it back if you withdraw before the office has decided, or if the office cannot"
        " give what you paid for."
    )
    assert page.count(said) == times
    assert page.count("When this fee is given back is not published.") == promised.count({})
