"""Suspense that leaves for good: back to the payer, written off, unclaimed; by two people."""

from datetime import timedelta

import psycopg
import pytest

from accounts.models import Grant
from accounts.policies import NotGranted
from payments import ledger
from payments.models import Movement, OpenItem, Posting, Refund, Release, SuspenseRule
from payments.operations import holding_items, matching, proposing, refunding, releasing
from payments.operations.matching import Shown
from tests.accounts.people import officer
from tests.payments.books import balance, check_all
from tests.payments.suspense.stray import paid_twice, stray
from tests.payments.world import issue
from tests.world import NOON

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=1)
TERM = timedelta(days=1826)


@pytest.fixture
def maker() -> int:
    return officer("release.ask", "refund.ask", "match.ask")


@pytest.fixture
def checker() -> int:
    return officer("release.decide", "refund.decide", "match.decide")


def rule(limit: int | None = 500, days: int | None = TERM.days) -> None:
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=limit, legal_term_days=days)


def ask(act, movement, amount, by_id, **other) -> int:
    return act(
        **{
            "movement_id": movement.pk,
            "amount_minor": amount,
            "reason": "small change",
            "by_id": by_id,
            "at": NOON,
            **other,
        }
    )


def test_small_change_is_written_off_by_two_people(world, maker, checker):
    rule()
    movement = stray(world, "nobody's", 40)
    release_id = ask(releasing.ask_write_off, movement, 40, maker)
    assert OpenItem.objects.get().amount_minor == 40
    releasing.approve(release_id=release_id, by_id=checker, at=SOON)

    assert not OpenItem.objects.exists()
    assert balance("written_off", "mtn-rw") == -40
    assert balance("suspense", "mtn-rw") == 0
    with pytest.raises(releasing.ReleaseDecided):
        releasing.approve(release_id=release_id, by_id=checker, at=SOON)
    check_all()


def test_what_is_declined_stays_and_may_be_asked_for_again(world, maker, checker):
    rule()
    movement = stray(world, "nobody's", 40)
    release_id = ask(releasing.ask_write_off, movement, 40, maker)
    with pytest.raises(matching.AlreadyAsked):
        ask(releasing.ask_write_off, movement, 30, maker)
    releasing.decline(release_id=release_id, by_id=checker, at=SOON)
    assert OpenItem.objects.get().amount_minor == 40
    ask(releasing.ask_write_off, movement, 40, maker)
    check_all()


def test_no_more_is_written_off_than_the_pack_allows(world, maker, checker):
    movement = stray(world, "nobody's", 900)
    with pytest.raises(releasing.NoLimit):
        ask(releasing.ask_write_off, movement, 40, maker)
    rule(limit=500)
    with pytest.raises(releasing.AboveLimit) as refused:
        ask(releasing.ask_write_off, movement, 501, maker)
    assert refused.value.max_minor == 500
    first = ask(releasing.ask_write_off, movement, 400, maker)
    releasing.approve(release_id=first, by_id=checker, at=SOON)
    with pytest.raises(releasing.AboveLimit):  # Not in slices either.
        ask(releasing.ask_write_off, movement, 101, maker)
    ask(releasing.ask_write_off, movement, 100, maker)


@pytest.mark.parametrize("amount", [0, -1, 901])
def test_no_more_than_stands_there(world, maker, amount):
    rule(limit=10_000)
    movement = stray(world, "nobody's", 900)
    with pytest.raises(releasing.NothingToRelease):
        ask(releasing.ask_write_off, movement, amount, maker)
    with pytest.raises(releasing.NothingToRelease):
        ask(releasing.ask_write_off, movement, 900, maker, reason=" ")


def test_money_past_its_term_is_found_by_rule_asked_for_and_goes_to_the_treasury(
    world, maker, checker
):
    rule()
    ledger.open_days((NOON - TERM).date(), (NOON - TERM).date())
    old = stray(world, "nobody's", 700, at=NOON - TERM)
    stray(world, "nobody's", 800, external_id="YOUNG")

    assert releasing.propose_unclaimed(NOON) == 1
    assert releasing.propose_unclaimed(SOON) == 0
    assert OpenItem.objects.get(unclaimed_since=NOON).pk == old.pk

    release_id = ask(releasing.ask_unclaimed, old, 700, maker)
    releasing.approve(release_id=release_id, by_id=checker, at=SOON)
    kept = Posting.objects.filter(account__role="unclaimed")
    assert [posting.amount_minor for posting in kept] == [-700]
    assert OpenItem.objects.count() == 1
    check_all()


def test_before_its_term_nothing_is_unclaimed(world, maker):
    rule()
    with pytest.raises(releasing.NotYetUnclaimed) as refused:
        ask(releasing.ask_unclaimed, stray(world, "nobody's", 700), 700, maker)
    assert refused.value.until == NOON + TERM


def long_ago(world, at) -> Movement:
    ledger.open_days(at.date(), at.date())
    return stray(world, "nobody's", 700, at=at)


def test_where_no_term_is_sourced_no_rule_proposes_and_whoever_asks_names_the_law_and_its_term(
    world, maker, checker
):
    rule(days=None)
    movement = long_ago(world, NOON - timedelta(days=400))
    law = {"law": "Order 1/2020, article 7"}
    assert releasing.propose_unclaimed(NOON + 10 * TERM) == 0
    for half in ({}, law, {"term_days": 400}, {"law": " ", "term_days": 400}):
        with pytest.raises(releasing.LawNotNamed):
            ask(releasing.ask_unclaimed, movement, 700, maker, **half)
    with pytest.raises(releasing.NotYetUnclaimed) as refused:
        ask(releasing.ask_unclaimed, movement, 700, maker, **law, term_days=401)
    assert refused.value.until == NOON + timedelta(days=1)
    release_id = ask(releasing.ask_unclaimed, movement, 700, maker, **law, term_days=400)
    asked = Release.objects.get()
    assert (asked.reason, asked.law, asked.term_days) == ("small change", law["law"], 400)
    releasing.approve(release_id=release_id, by_id=checker, at=SOON)
    check_all()


def test_no_law_is_believed_that_takes_money_within_a_year(world, maker):
    movement = long_ago(world, NOON - timedelta(days=364))
    with pytest.raises(releasing.TermTooShort):
        ask(releasing.ask_unclaimed, movement, 700, maker, law="any word", term_days=364)
    with pytest.raises(releasing.NotYetUnclaimed):
        ask(releasing.ask_unclaimed, movement, 700, maker, law="any word", term_days=365)


def test_the_packs_term_stands_above_what_is_typed(world, maker):
    rule()
    movement = long_ago(world, NOON - timedelta(days=400))
    with pytest.raises(releasing.NotYetUnclaimed):
        ask(releasing.ask_unclaimed, movement, 700, maker, law="any word", term_days=365)


def test_one_person_releases_nothing(world, checker):
    rule()
    both = officer("release.ask", "release.decide")
    movement = stray(world, "nobody's", 40)
    release_id = ask(releasing.ask_write_off, movement, 40, both)
    for act in (releasing.approve, releasing.decline):
        with pytest.raises(releasing.SamePerson):
            act(release_id=release_id, by_id=both, at=SOON)
        with pytest.raises(NotGranted):
            act(release_id=release_id, by_id=officer("release.ask"), at=SOON)
        with pytest.raises(NotGranted):
            act(
                release_id=release_id,
                by_id=officer("release.decide", rail_code="bank-rw"),
                at=SOON,
            )
    with pytest.raises(NotGranted):
        ask(releasing.ask_write_off, movement, 40, checker)


def test_a_grant_that_ended_a_minute_ago_decides_nothing(world, maker, checker):
    rule()
    movement = stray(world, "nobody's", 40)
    release_id = ask(releasing.ask_write_off, movement, 40, maker)
    for grant in Grant.objects.filter(account=checker):
        grant.ended_at, grant.ended_by = NOON, grant.given_by
        grant.save()
    with pytest.raises(NotGranted):
        releasing.approve(release_id=release_id, by_id=checker, at=SOON)
    assert Release.objects.get().decided_at is None


def test_what_was_matched_or_held_meanwhile_is_seen(world, maker, checker):
    rule()
    movement, bill = stray(world, "nobody's", 40), issue(30)
    release_id = ask(releasing.ask_write_off, movement, 40, maker)
    holding_items.hold(
        movement_id=movement.pk,
        until=NOON + timedelta(days=1),
        note="she rang",
        by_id=officer("match.ask"),
        at=NOON,
    )
    with pytest.raises(holding_items.HeldByAnother):
        releasing.approve(release_id=release_id, by_id=checker, at=SOON)
    holding_items.lift(movement_id=movement.pk, by_id=maker, at=SOON)
    matched = matching.ask(
        movement_id=movement.pk,
        bill_id=bill.id,
        amount_minor=30,
        reason="hers",
        by_id=maker,
        at=SOON,
    )
    matching.approve(match_id=matched, by_id=checker, at=SOON)
    with pytest.raises(releasing.NothingToRelease):
        releasing.approve(release_id=release_id, by_id=checker, at=SOON)
    check_all()


def test_an_old_page_is_refused(world, maker):
    rule()
    movement = stray(world, "nobody's", 40)
    for act in (releasing.ask_write_off, releasing.ask_refund):
        with pytest.raises(holding_items.Changed):
            ask(act, movement, 40, maker, shown=Shown(stands_minor=50))


def test_back_to_the_payer_is_a_refund_that_another_decides(world, maker):
    movement = stray(world, "nobody's", 900)
    refund_id = ask(releasing.ask_refund, movement, 900, maker)
    refund = Refund.objects.get(pk=refund_id)
    assert (refund.state, refund.maker_id, refund.amount_minor) == ("REQUESTED", maker, 900)
    with pytest.raises(refunding.NothingToRefund):  # It is promised.
        ask(releasing.ask_refund, movement, 900, maker)
    with pytest.raises(NotGranted):
        ask(releasing.ask_refund, movement, 900, officer("match.ask"))


def test_what_a_rule_has_proposed_is_taken_up_and_not_asked_for_twice(world, maker):
    movement = paid_twice(world, issue(500))
    proposed = proposing.for_suspended(movement_id=movement.pk, at=NOON)
    assert ask(releasing.ask_refund, movement, 500, maker) == proposed
    assert Refund.objects.get().state == "REQUESTED"


@pytest.mark.django_db(transaction=True)
def test_postgresql_holds_the_limit_and_the_two_people(world, as_application, maker):
    rule(limit=50)
    movement = stray(world, "nobody's", 900)

    def wanted(amount):
        return (
            "INSERT INTO payments_release"
            " (movement_id, kind, currency, amount_minor, reason, maker_id, asked_at)"
            f" VALUES ({movement.pk}, 'write_off', 'RWF', {amount}, 'why', {maker}, now())"
        )

    with pytest.raises(psycopg.DatabaseError, match="more than is ever written off"):
        as_application.execute(wanted(51))
    as_application.rollback()
    as_application.execute(wanted(50))
    with pytest.raises(psycopg.DatabaseError, match="one person"):
        as_application.execute(
            f"UPDATE payments_release SET approved = true, checker_id = {maker}, decided_at = now()"
        )
    as_application.rollback()
    assert Movement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("days_of_pack", "term_days", "law", "rule_named"),
    [
        (None, "365", "", "unclaimed_by_a_law"),
        (None, "364", "Order 1", "release_term_at_least_a_year"),
        (None, "NULL", "Order 1", "release_term_of_what_nobody_claimed"),
        (None, "401", "Order 1", "unclaimed_after_its_term"),
        (None, "400", "Order 1", None),
        (500, "400", "Order 1", "unclaimed_by_a_law"),
        (500, "500", "", "unclaimed_after_its_term"),
        (400, "400", "", None),
    ],
)
def test_postgresql_hands_nothing_over_before_its_term(
    world, as_application, maker, days_of_pack, term_days, law, rule_named
):
    rule(days=days_of_pack)
    movement = long_ago(world, NOON - timedelta(days=400))
    asked = (
        "INSERT INTO payments_release"
        " (movement_id, kind, currency, amount_minor, reason, term_days, law, maker_id, asked_at)"
        f" VALUES ({movement.pk}, 'unclaimed', 'RWF', 700, 'why', {term_days}, '{law}', {maker},"
        f" '{NOON.isoformat()}')"
    )
    if rule_named is None:
        as_application.execute(asked)
        return
    with pytest.raises(psycopg.DatabaseError) as refused:
        as_application.execute(asked)
    assert refused.value.diag.constraint_name == rule_named


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [None, "no rule"])
def test_postgresql_writes_nothing_off_where_no_limit_is_named(world, as_application, maker, limit):
    if limit is None:
        rule(limit=None)
    movement = stray(world, "nobody's", 1)
    with pytest.raises(psycopg.DatabaseError, match="more than is ever written off"):
        as_application.execute(
            "INSERT INTO payments_release"
            " (movement_id, kind, currency, amount_minor, reason, maker_id, asked_at)"
            f" VALUES ({movement.pk}, 'write_off', 'RWF', 1, 'why', {maker}, now())"
        )
