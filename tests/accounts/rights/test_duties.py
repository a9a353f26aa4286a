"""Two acts that are kept apart never lie in one person's hands."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts import acts, invariants, operations, policies
from accounts.models import Account, ConflictingActs, Grant
from accounts.operations import duties
from places.models import Area
from tests import breaking
from tests.accounts import people
from tests.world import NOON

DAY = timedelta(days=1)
DECIDE, REFUND = "case.decide", "refund.decide"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country_tree")]


def raw(holder: Account, act: str, area_code: str | None = None, **more) -> Grant:
    """A grant written past every operation, as whoever has the application's login could."""
    giver, confirmer = people.givers(more.get("given_at", NOON))
    values = {
        "from_at": NOON,
        "given_by": giver,
        "given_at": NOON,
        "confirmed_by": confirmer,
        "confirmed_at": NOON,
        "area": Area.objects.get(code=area_code) if area_code else None,
    }
    with transaction.atomic():
        return Grant.objects.create(account=holder, act=act, **{**values, **more})


def rule(error: pytest.ExceptionInfo[IntegrityError]) -> str:
    return error.value.__cause__.diag.constraint_name


def test_the_database_knows_the_pairs_that_the_apps_declare():
    assert set(ConflictingActs.objects.values_list("first_act", "second_act")) == set(acts.apart())
    duties.write_pairs("default")  # Nothing to write: the application's login would be refused.


def test_the_application_cannot_forget_a_pair():
    for change in (
        "DELETE FROM accounts_conflicting_acts",
        "UPDATE accounts_conflicting_acts SET first_act = 'a'",
        "INSERT INTO accounts_conflicting_acts (first_act, second_act) VALUES ('a', 'b')",
        "TRUNCATE accounts_conflicting_acts",
    ):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            connection.cursor().execute(change)


UNCONFIRMED = {"confirmed_by": None, "confirmed_at": None}


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ({}, {}, False),
        (UNCONFIRMED, {}, False),
        ({}, UNCONFIRMED, False),
        ({"from_at": NOON + 9 * DAY}, {}, False),
        ({}, {"from_at": NOON + 9 * DAY}, False),
        ({"area_code": "12"}, {"area_code": "1209"}, False),
        ({"area_code": "1209"}, {"area_code": "12"}, False),
        ({"area_code": "1209"}, {}, False),
        ({"area_code": "1209"}, {"area_code": "1213"}, True),
        ({"area_code": "1"}, {"area_code": "13"}, False),
        ({"service_code": "a"}, {"rail_code": "b"}, False),
        ({"service_code": "a"}, {"service_code": "b"}, True),
        ({"rail_code": "a"}, {"rail_code": "b"}, True),
        ({"beneficiary_code": "a"}, {"beneficiary_code": "b"}, True),
        ({"until_at": NOON + DAY}, {"from_at": NOON + DAY}, True),
        ({"until_at": NOON + DAY}, {"from_at": NOON + DAY / 2}, False),
        ({"from_at": NOON + DAY}, {"until_at": NOON + DAY}, True),
        ({"from_at": NOON + DAY}, {"until_at": NOON + 2 * DAY}, False),
    ],
    ids=str,
)
def test_two_acts_apart_are_refused_where_and_when_they_meet(first, second, together):
    """Asked of the code and of PostgreSQL, by another login of the same person."""
    holder = people.staff()
    raw(holder, DECIDE, **first)
    also_hers = people.staff(person=holder.person)
    named = {key: value for key, value in second.items() if key.endswith("_code")}
    met = policies.held_apart(
        account_id=also_hers.pk,
        act=REFUND,
        over=policies.Breadth(**named),
        from_at=second.get("from_at", NOON),
        until_at=second.get("until_at"),
    )
    assert bool(met) is not together
    if together:
        raw(also_hers, REFUND, **second)
        return
    with pytest.raises(IntegrityError) as refused:
        raw(also_hers, REFUND, **second)
    assert rule(refused) == "grant_hands_apart"


def test_a_right_that_ended_makes_room():
    holder = people.staff()
    first = raw(holder, DECIDE)
    Grant.objects.filter(pk=first.pk).update(ended_by=people.staff(), ended_at=NOON)
    raw(holder, REFUND)


@pytest.mark.django_db(transaction=True)
def test_a_right_from_before_its_pair_is_found_and_never_confirmed(as_owner):
    """As when a new version of the house declares a pair: the rows stood there before."""
    holder = people.staff()
    raw(holder, DECIDE)
    waiting = raw(holder, "money.view", **UNCONFIRMED)
    assert breaking.found(as_owner, invariants.INVARIANTS) == {}
    change = f"UPDATE accounts_grant SET act = '{REFUND}' WHERE id = {waiting.pk}"
    assert breaking.found(as_owner, invariants.INVARIANTS, change) == {"duties_apart": 1}
    with as_owner.transaction():
        as_owner.execute("SET LOCAL session_replication_role = replica")
        as_owner.execute(change)
    confirmed = {"confirmed_by": people.staff(), "confirmed_at": NOON}
    with pytest.raises(IntegrityError) as refused:
        Grant.objects.filter(pk=waiting.pk).update(**confirmed)
    assert rule(refused) == "grant_hands_apart"


def test_the_operation_says_which_act_is_in_the_way():
    giver = people.officer("rights.give", at=NOON)
    holder = people.officer(DECIDE, area_code="1209", at=NOON)
    asked = {"account_id": holder, "given_by_id": giver, "from_at": NOON, "at": NOON}
    with pytest.raises(operations.HandsApart) as refused:
        operations.grant(**asked, act=REFUND)
    assert refused.value.act == DECIDE
    assert operations.grant(**asked, act="refund.ask")


@pytest.mark.parametrize(
    "times",
    [
        {"from_at": NOON - DAY},
        {"from_at": NOON, "until_at": NOON},
        {"from_at": NOON + DAY, "until_at": NOON},
    ],
    ids=str,
)
def test_a_right_does_not_begin_in_the_past_nor_end_before_it_begins(times):
    giver, holder = people.officer("rights.give", at=NOON), people.staff().pk
    with pytest.raises(operations.BadPeriod):
        operations.grant(account_id=holder, act=DECIDE, given_by_id=giver, at=NOON, **times)
    assert not Grant.objects.filter(account_id=holder).exists()


def test_whoever_gives_rights_does_not_confirm_them():
    giver = Account.objects.get(pk=people.officer("rights.give", at=NOON))
    with pytest.raises(IntegrityError) as refused:
        raw(giver, "rights.confirm", "1209")
    assert rule(refused) == "grant_hands_apart"


@pytest.mark.parametrize(
    ("times", "name"),
    [
        ({"from_at": NOON - DAY}, "grant_not_backdated"),
        ({"confirmed_at": NOON - DAY}, "grant_confirmed_after_given"),
        ({"until_at": NOON}, "grant_until_after_from"),
    ],
)
def test_postgresql_refuses_a_grant_that_was_not_born_now(times, name):
    with pytest.raises(IntegrityError) as refused:
        raw(people.staff(), "money.view", **times)
    assert rule(refused) == name


def test_the_reasons_of_a_grant_stay():
    given = raw(people.staff(), "money.view", given_because="the new desk")
    for change in ({"given_because": "x"}, {"ended_because": "x"}):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Grant.objects.filter(pk=given.pk).update(**change)
        assert rule(refused) == "grant_unchanged"


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_to_two_logins_of_one_person_are_one_after_the_other():
    holder = people.staff()
    also_hers = people.staff(person=holder.person)
    people.givers(NOON)
    both_are_written = threading.Barrier(2, timeout=20)
    said: list[str] = []

    def give(account: Account, act: str) -> None:
        try:
            both_are_written.wait()
            raw(account, act)
            said.append("given")
        except IntegrityError as error:
            said.append(error.__cause__.diag.constraint_name)
        finally:
            connections.close_all()

    hands = [
        threading.Thread(target=give, args=pair) for pair in ((holder, DECIDE), (also_hers, REFUND))
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=30)
    assert sorted(said) == ["given", "grant_hands_apart"]
