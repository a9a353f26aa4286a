from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, connection, transaction

from accounts import acts, policies, queries
from accounts import operations as accounts
from accounts.acts import Act
from accounts.models import Account, Grant
from kernel.models import AuditEntry
from tests.accounts import people
from tests.accounts.people import citizen, officer, staff
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country_tree")]

DECIDE = Act("tests.decide", two_people=True)
HELP = Act("tests.help", two_people=False)
acts.declare(DECIDE, HELP)

DAY = timedelta(days=1)
EARLIER = NOON - 30 * DAY


def hold(holder: Account, area_code=None, **more) -> Grant:
    """A grant that counts, unless `more` says otherwise."""
    giver, confirmer = people.givers(more.get("given_at", EARLIER))
    if more.get("confirmed_at"):  # They still hold their rights then.
        giver, confirmer = (
            Account.objects.get(pk=officer(act)) for act in ("rights.give", "rights.confirm")
        )
    values = {
        "act": DECIDE.code,
        "area_id": Area_id(area_code),
        "from_at": EARLIER,
        "given_by": giver,
        "given_at": EARLIER,
        "confirmed_by": confirmer,
        "confirmed_at": EARLIER,
    }
    return Grant.objects.create(account=holder, **{**values, **more})


def Area_id(code):  # noqa: N802
    return policies.places.area(code).pk if code else None


def may(holder: Account, area_code="1209", **more) -> bool:
    asked = {"act": DECIDE.code, "service_code": "birth-certificate", "at": NOON}
    return policies.may(account_id=holder.pk, area_code=area_code, **{**asked, **more})


@pytest.mark.parametrize(
    ("granted", "asked", "answer"),
    [
        ("1209", "1209", True),
        ("12", "1209", True),
        ("1", "1209", True),
        (None, "1209", True),
        ("1209", "12", False),
        ("1213", "1209", False),
        ("13", "1209", False),
        ("12", None, False),
        (None, None, True),
    ],
    ids=lambda value: str(value or "country"),
)
def test_a_grant_covers_its_area_and_what_lies_in_it(granted, asked, answer):
    holder = staff()
    hold(holder, granted)
    assert may(holder, asked) is answer


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ({}, True),
        ({"act": HELP.code}, False),
        ({"service_code": "birth-certificate"}, True),
        ({"service_code": "marriage-certificate"}, False),
        ({"rail_code": "mtn-rw"}, False),
        ({"from_at": NOON}, True),
        ({"from_at": NOON + DAY}, False),
        ({"until_at": NOON + DAY}, True),
        ({"until_at": NOON}, False),
        ({"confirmed_by": None, "confirmed_at": None}, False),
        ({"confirmed_at": NOON + DAY}, False),
    ],
    ids=str,
)
def test_a_grant_counts_for_its_act_service_rail_and_time_once_confirmed(what, answer):
    holder = staff()
    hold(holder, "1209", **what)
    assert may(holder) is answer


def test_a_rail_is_asked_for_by_its_code():
    holder = staff()
    hold(holder, rail_code="mtn-rw")
    assert may(holder, None, rail_code="mtn-rw")
    assert not may(holder, None, rail_code="bank-rw")


def test_an_act_that_one_person_may_give_counts_without_confirmation():
    holder = staff()
    hold(holder, "1209", act=HELP.code, confirmed_by=None, confirmed_at=None)
    assert may(holder, act=HELP.code)


def test_a_grant_ends_when_it_is_ended():
    holder = staff()
    given = hold(holder, "1209")
    Grant.objects.filter(pk=given.pk).update(ended_by=staff(), ended_at=NOON)
    assert not may(holder)
    assert may(holder, at=NOON - DAY)


def test_a_closed_account_may_nothing_at_once():
    holder = staff()
    hold(holder, "1209")
    people.close_account(account_id=holder.pk, by_id=officer("staff.manage"), at=NOON)
    assert not may(holder)
    assert not queries.grants(account_id=holder.pk, at=NOON)


def test_an_operator_and_a_superuser_may_nothing():
    operator = staff(is_staff=True)
    superuser = Account.objects.create_superuser("root@guichet.example", "password")
    assert not may(operator)
    assert not may(superuser)
    assert not operator.has_perm("accounts.change_account")
    assert not superuser.has_perm("accounts.change_account")
    assert operator.has_perm("accounts.view_account")
    assert not staff().has_perm("accounts.view_account")


def test_an_act_that_nobody_declared_is_an_error_and_never_a_no():
    with pytest.raises(acts.UnknownAct):
        may(staff(), act="tests.unheard")


def test_one_code_is_one_act():
    acts.declare(DECIDE)
    with pytest.raises(acts.ActDeclaredTwice):
        acts.declare(Act(DECIDE.code, two_people=False))


def test_require_refuses_with_ids_only():
    holder = staff()
    with pytest.raises(policies.NotGranted) as refused:
        policies.require(account_id=holder.pk, act=DECIDE.code, area_code="1209", at=NOON)
    assert holder.email not in repr(refused.value)
    hold(holder, "12")
    policies.require(account_id=holder.pk, act=DECIDE.code, area_code="1209", at=NOON)


def test_holders_are_all_who_may_here_and_nobody_else():
    here = officer(DECIDE.code, area_code="1209")
    above = officer(DECIDE.code, area_code="12")
    officer(DECIDE.code, area_code="1213")
    officer(HELP.code, area_code="1209")
    gone = officer(DECIDE.code, area_code="1209")
    Account.objects.filter(pk=gone).update(is_active=False)
    found = policies.holders(act=DECIDE.code, service_code="x", area_code="1209", at=NOON)
    assert found == [here, above]


def scopes(holder: Account) -> list[policies.Scope]:
    return policies.scopes(account_id=holder.pk, act_codes=[DECIDE.code, HELP.code], at=NOON)


def test_scopes_are_what_the_grants_of_these_acts_cover():
    holder = staff()
    hold(holder, "1209", service_code="birth-certificate")
    hold(holder, "12", act=HELP.code, confirmed_by=None, confirmed_at=None)
    hold(holder, None, act=policies.GIVE_RIGHTS.code)
    hold(staff(), "1213")
    found = {(scope.service_code, scope.area_code) for scope in scopes(holder)}
    assert found == {("birth-certificate", "1209"), ("*", "12")}


@pytest.mark.parametrize(
    "what",
    [
        {"act": policies.GIVE_RIGHTS.code},
        {"rail_code": "mtn-rw"},
        {"from_at": NOON + DAY},
        {"until_at": NOON},
        {"confirmed_by": None, "confirmed_at": None},
    ],
    ids=str,
)
def test_a_grant_that_does_not_count_is_no_scope(what):
    holder = staff()
    hold(holder, "1209", **what)
    assert scopes(holder) == []


def test_a_closed_account_has_no_scope():
    holder = staff()
    hold(holder, "1209")
    people.close_account(account_id=holder.pk, by_id=officer("staff.manage"), at=NOON)
    assert scopes(holder) == []


def test_a_question_costs_one_query_however_many_grants(django_assert_num_queries):
    holder = staff()
    for code in ("1213", "1301", "13", "1209"):
        hold(holder, code)
    with django_assert_num_queries(1):
        assert may(holder)


# --- given by one, confirmed by another


@pytest.fixture
def founded():
    giver, confirmer, witness = staff(), staff(), staff()
    accounts.found_rights(
        giver_id=giver.pk, confirmer_id=confirmer.pk, witness_id=witness.pk, at=EARLIER
    )
    return giver, confirmer, witness


def give(holder: Account, giver: Account, **more) -> int:
    asked = {"act": DECIDE.code, "area_code": "1209", "from_at": NOON, "at": NOON}
    return accounts.grant(account_id=holder.pk, given_by_id=giver.pk, **{**asked, **more})


def test_a_right_given_by_one_and_confirmed_by_another_counts(founded):
    giver, confirmer, _ = founded
    holder = staff()
    grant_id = give(holder, giver)
    assert not may(holder)
    accounts.confirm_grant(grant_id=grant_id, confirmed_by_id=confirmer.pk, at=NOON)
    assert may(holder)
    assert list(
        AuditEntry.objects.filter(subject="accounts.grant", subject_id=grant_id)
        .order_by("id")
        .values_list("act", "actor_id")
    ) == [("grant.given", giver.pk), ("grant.confirmed", confirmer.pk)]


def test_giving_and_confirming_are_rights_themselves(founded):
    giver, confirmer, witness = founded
    holder = staff()
    with pytest.raises(policies.NotGranted):
        give(holder, witness)
    with pytest.raises(policies.NotGranted):
        give(holder, confirmer)
    grant_id = give(holder, giver)
    with pytest.raises(policies.NotGranted):
        accounts.confirm_grant(grant_id=grant_id, confirmed_by_id=witness.pk, at=NOON)


def test_nobody_gives_herself_or_confirms_her_own(founded):
    giver, confirmer, _ = founded
    with pytest.raises(accounts.SamePerson):
        give(giver, giver)
    grant_id = give(confirmer, giver)
    with pytest.raises(accounts.SamePerson):
        accounts.confirm_grant(grant_id=grant_id, confirmed_by_id=confirmer.pk, at=NOON)
    with pytest.raises(accounts.SamePerson):
        accounts.confirm_grant(grant_id=grant_id, confirmed_by_id=giver.pk, at=NOON)


def test_nobody_gives_wider_than_she_has(founded):
    assert founded
    district = officer(policies.GIVE_RIGHTS.code, area_code="12")
    holder = staff()
    accounts.grant(
        account_id=holder.pk,
        act=DECIDE.code,
        given_by_id=district,
        area_code="1209",
        from_at=NOON,
        at=NOON,
    )
    for area_code in ("1301", "1", None):
        with pytest.raises(policies.NotGranted):
            accounts.grant(
                account_id=holder.pk,
                act=DECIDE.code,
                given_by_id=district,
                area_code=area_code,
                from_at=NOON,
                at=NOON,
            )


def test_a_grant_is_confirmed_once_and_ended_once(founded):
    giver, confirmer, _ = founded
    grant_id = give(staff(), giver)
    accounts.confirm_grant(grant_id=grant_id, confirmed_by_id=confirmer.pk, at=NOON)
    with pytest.raises(accounts.GrantNotOpen):
        accounts.confirm_grant(grant_id=grant_id, confirmed_by_id=confirmer.pk, at=NOON)
    with pytest.raises(policies.NotGranted):
        accounts.end_grant(grant_id=grant_id, ended_by_id=staff().pk, at=NOON)
    accounts.end_grant(grant_id=grant_id, ended_by_id=giver.pk, at=NOON)
    with pytest.raises(accounts.GrantNotOpen):
        accounts.end_grant(grant_id=grant_id, ended_by_id=giver.pk, at=NOON)


def test_citizens_superusers_and_closed_accounts_receive_nothing(founded):
    giver, _, _ = founded
    closed = staff(is_active=False)
    superuser = Account.objects.create_superuser("root@guichet.example", "password")
    for account in (closed, superuser, Account.objects.get(pk=citizen().account_id)):
        with pytest.raises(accounts.NotForThisAccount):
            give(account, giver)


def test_an_unknown_act_is_never_given(founded):
    with pytest.raises(acts.UnknownAct):
        give(staff(), founded[0], act="tests.unheard")


def test_the_first_rights_are_given_once(founded):
    with pytest.raises(accounts.AlreadyFounded):
        accounts.found_rights(
            giver_id=staff().pk, confirmer_id=staff().pk, witness_id=staff().pk, at=NOON
        )


def test_the_first_rights_need_three_people():
    one, other = staff(), staff()
    with pytest.raises(accounts.SamePerson):
        accounts.found_rights(giver_id=one.pk, confirmer_id=other.pk, witness_id=other.pk, at=NOON)


def test_two_accounts_of_one_person_are_one_pair_of_hands(founded, refused_by):
    giver, _, _ = founded
    second_account = staff(person=giver.person)
    with pytest.raises(accounts.SamePerson):
        give(second_account, giver)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        hold(second_account, given_by=giver)
    assert refused_by(refused.value) == "grant_different_people"


# --- and again by PostgreSQL


def refusal(refused_by, do) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        do()
    return refused_by(refused.value)


def test_postgresql_keeps_giver_confirmer_and_holder_apart(refused_by):
    holder, giver = staff(), staff()
    assert refusal(refused_by, lambda: hold(holder, given_by=holder)) == "grant_not_to_oneself"
    for confirmer in (holder, giver):
        rule = refusal(
            refused_by, lambda who=confirmer: hold(holder, given_by=giver, confirmed_by=who)
        )
        assert rule == "grant_two_people"


def test_postgresql_gives_nothing_to_superusers_and_citizens(refused_by):
    superuser = Account.objects.create_superuser("root@guichet.example", "password")
    her = Account.objects.get(pk=citizen().account_id)
    assert refusal(refused_by, lambda: hold(superuser)) == "grant_to_staff_only"
    assert refusal(refused_by, lambda: hold(her)) == "grant_to_staff_only"


def test_postgresql_lets_no_holder_become_a_superuser(refused_by):
    holder = staff()
    hold(holder)
    do = Account.objects.filter(pk=holder.pk).update
    assert refusal(refused_by, lambda: do(is_superuser=True)) == "superuser_holds_no_grant"


@pytest.mark.parametrize(
    "change",
    [
        "area_id = NULL",
        "act = 'rights.give'",
        "until_at = NULL",
        "service_code = '*', from_at = from_at - interval '1 day'",
        "confirmed_at = confirmed_at - interval '1 day'",
        "given_by_id = confirmed_by_id, confirmed_by_id = given_by_id",
    ],
)
def test_postgresql_lets_nobody_widen_a_grant(change, refused_by):
    given = hold(staff(), "1209", until_at=NOON + DAY)

    def widen():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE accounts_grant SET {change} WHERE id = %s", [given.pk])

    assert refusal(refused_by, widen) == "grant_unchanged"


def test_a_grant_is_never_deleted_by_the_application():
    given = hold(staff(), "1209")
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Grant.objects.filter(pk=given.pk).delete()


def test_a_grant_of_an_act_that_nobody_declares_fails_the_check():
    hold(staff(), "1209")
    assert not run_checks(tags=["database"], databases=["default"])
    hold(staff(), "1209", act="tests.unheard")
    messages = run_checks(tags=["database"], databases=["default"])
    assert [message.id for message in messages] == ["accounts.E001"]
