"""What a review of security found in rights, codes and staff: each claim was false once."""

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import demo as demonstration
from accounts import operations as accounts
from accounts import policies, queries
from accounts.acts import Act, declare
from accounts.limits import LONGEST, Limit, limit
from accounts.models import Account, Budget, Grant, OneTimeCode, Person
from accounts.operations import budgets
from kernel.country import country, pack_folder
from places.models import Area, Office
from registers.entries import PersonEntry
from tests.accounts import browsing, people
from tests.accounts.conftest import Register, entry
from tests.accounts.people import PASSWORD, citizen, officer, person, staff
from tests.world import NOON

pytestmark = pytest.mark.django_db

DECIDE = Act("tests.decide", two_people=True)
HELP = Act("tests.help", two_people=False)
declare(DECIDE, HELP)

DAY = timedelta(days=1)
SANDBOX = Path(__file__).parents[2] / "sandbox" / "people.json"


# --- "never her own case" needs to know who she is ----------------------------------------------


def give(holder: Account, act: Act, giver_id: int) -> int:
    return accounts.grant(
        account_id=holder.pk, act=act.code, given_by_id=giver_id, from_at=NOON, at=NOON
    )


def test_a_right_that_two_people_give_needs_to_know_whose_account_it_is():
    giver, confirmer = officer(policies.GIVE_RIGHTS.code), officer(policies.CONFIRM_RIGHTS.code)
    nobody, somebody = staff(person=None), staff()
    with pytest.raises(accounts.PersonUnknown):
        give(nobody, DECIDE, giver)
    assert not Grant.objects.filter(account=nobody).exists()
    light = give(nobody, HELP, giver)
    with pytest.raises(accounts.PersonUnknown):
        accounts.confirm_grant(grant_id=light, confirmed_by_id=confirmer, at=NOON)
    accounts.confirm_grant(
        grant_id=give(somebody, DECIDE, giver), confirmed_by_id=confirmer, at=NOON
    )
    assert policies.may(account_id=somebody.pk, act=DECIDE.code, area_code=None, at=NOON)


def test_the_first_rights_too_are_given_to_known_people():
    with pytest.raises(accounts.PersonUnknown):
        accounts.found_rights(
            giver_id=staff().pk,
            confirmer_id=staff(person=None).pk,
            witness_id=staff().pk,
            at=NOON,
        )


def test_postgresql_confirms_no_right_of_an_account_without_a_person(refused_by):
    nobody, (giver, confirmer) = staff(person=None), people.givers(NOON)
    given = Grant.objects.create(
        account=nobody, act=DECIDE.code, from_at=NOON, given_by=giver, given_at=NOON
    )
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Grant.objects.filter(pk=given.pk).update(confirmed_by=confirmer, confirmed_at=NOON)
    assert refused_by(refused.value) == "grant_to_a_known_person"


def test_whoever_holds_a_right_stays_who_she_is(refused_by):
    holder = Account.objects.filter(pk=officer(DECIDE.code))
    for other in (None, person()):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            holder.update(person=other)
        assert refused_by(refused.value) == "holder_stays_herself"
    free = Account.objects.filter(pk=staff(person=None).pk)
    assert free.update(person=person()) == 1


@pytest.fixture
def create(monkeypatch):
    def run(*more: str) -> Account:
        monkeypatch.setattr("sys.stdin", io.StringIO("a lake at dusk\n"))
        call_command("create_staff", "ana@guichet.example", "Ana", "--password-stdin", *more)
        return Account.objects.get(email="ana@guichet.example")

    return run


def test_a_staff_account_is_tied_to_the_person_in_the_register(create, register: Register):
    known = entry()
    register.people[known.national_id] = known
    made = create("--national-id", "1 1990 7 8000000 1 04", "--born-on", "1990-05-02")
    assert made.person is not None
    assert (made.person.national_id, made.person.assurance) == (known.national_id, "matched")
    assert not made.person.contacts.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--national-id", "1199078000000104", "--born-on", "1991-05-02"], "nobody"),
        (["--national-id", "1199078000000999", "--born-on", "1990-05-02"], "nobody"),
        (["--national-id", "1199078000000104"], "both"),
        (["--born-on", "1990-05-02"], "both"),
        (["--national-id", "1199078000000104", "--born-on", "2 May"], "2 May|ISO|YYYY"),
    ],
)
def test_a_person_whom_the_register_does_not_know_makes_no_account(
    create, register: Register, given, said
):
    register.people["1199078000000104"] = entry()
    with pytest.raises(CommandError, match=said):
        create(*given)
    assert not Account.objects.exists()
    assert not Person.objects.exists()


def test_while_the_register_is_silent_no_account_is_made(create, register: Register):
    register.gone = True
    with pytest.raises(CommandError, match="does not answer"):
        create("--national-id", "1199078000000104", "--born-on", "1990-05-02")
    assert not Account.objects.exists()


@pytest.fixture
def offices(country_tree: dict[str, Area]) -> None:
    for code in ("1209", "1213", "12"):
        area = country_tree[code]
        Office.objects.create(
            code=f"{area.level_name}-{code}",
            names={"en": area.name},
            level=area.level_name,
            area=area,
        )
    Office.objects.create(code="national-nppa", names={"en": "NPPA"}, level="national")


@pytest.fixture
def seeded(offices, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    call_command("seed_demo", verbosity=0)


def synthetic(national_id: str) -> dict[str, object]:
    for land in json.loads(SANDBOX.read_text()).values():
        for one in land["people"]:
            if one["national_id"] == national_id:
                return one
    raise AssertionError("the sandbox knows no such person")


def test_everybody_of_the_demonstration_with_a_right_is_somebody(seeded, settings):
    holders = Account.objects.filter(grants__isnull=False).distinct()
    persons = [account.person for account in holders]
    numbers = [one.national_id for one in persons if one is not None]
    assert len(set(numbers)) == len(persons) >= 7
    assert all(re.fullmatch(country().national_id_pattern, number) for number in numbers)
    call_command("seed_demo", verbosity=0)
    assert Person.objects.count() == len(persons)


def test_one_officer_of_the_demonstration_is_a_citizen_of_the_sandbox(seeded):
    her = Account.objects.get(email="officer.kimironko@guichet.example")
    known = synthetic(her.person.national_id)
    assert "birth" in known["journeys"]
    assert her.display_name == f"{known['given_names']} {known['family_name']}"
    others = Account.objects.exclude(pk=her.pk).exclude(person=None)
    sandbox = SANDBOX.read_text()
    assert not any(one.person.national_id in sandbox for one in others)


def test_her_first_proof_by_phone_finds_the_person_that_her_account_names(seeded):
    her = Account.objects.get(email="officer.kimironko@guichet.example")
    known = synthetic(her.person.national_id)
    fields = {name: known[name] for name in PersonEntry.__dataclass_fields__ if name in known}
    proved = accounts.prove_person(
        account_id=citizen().account_id,
        entry=PersonEntry(**fields | {"born_on": date.fromisoformat(known["born_on"])}),
        at=NOON,
    )
    assert proved.pk == her.person_id
    assert queries.person(proved.pk).assurance == "matched"


def test_a_demonstration_without_numbers_for_its_officers_is_refused(offices, settings, tmp_path):
    raw = (pack_folder(settings.COUNTRY_CODE) / "demo.yaml").read_text()
    file = tmp_path / "demo.yaml"
    file.write_text(re.sub(r"(?m)^ *national_id: '1.*\n", "", raw))
    with pytest.raises(demonstration.BadPack, match="national_id"):
        demonstration.read(file)


# --- one-time codes by address ------------------------------------------------------------------


def ask(number: int, address: str = "203.0.113.7") -> int:
    return accounts.request_code(
        phone=f"+2507880001{number:02d}",
        purpose="sign_in",
        binding="mine",
        language="en",
        address=address,
        at=NOON,
    )


def test_one_address_cannot_have_codes_sent_to_a_whole_country(settings):
    settings.PRODUCTION = True
    for number in range(30):
        ask(number)
    with pytest.raises(accounts.BudgetSpent, match=r"code\.address"):
        ask(30)
    assert not Budget.objects.filter(kind="code.number").count() > 30  # Spent first.
    ask(31, address="203.0.113.8")


def test_on_a_developers_machine_forty_citizens_share_one_address(settings):
    assert limit("code.address").times >= 1000
    settings.PRODUCTION = True
    assert limit("code.address") == Limit("code.address", 30, timedelta(hours=1))
    settings.ACCOUNTS_LIMITS = {"code.address": 2}
    assert limit("code.address").times == 2


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ("6.6.6.6", "6.6.6.6", True),
        ("6.6.6.6", "6.6.6.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:6.6.6.6", "6.6.6.6", True),
    ],
)
def test_the_page_counts_codes_by_address_and_ipv6_by_its_network(settings, first, second, refused):
    settings.ACCOUNTS_LIMITS = {"code.address": 1}
    assert browsing.ask(Client(REMOTE_ADDR=first), "0788000101").status_code == 302
    answer = browsing.ask(Client(REMOTE_ADDR=second), "0788000102")
    assert answer.status_code == (429 if refused else 302)


def test_passwords_are_counted_by_the_ipv6_network_too(settings):
    settings.ACCOUNTS_LIMITS = {"password.address": 1}
    guess = {"email": "a@guichet.example", "password": "x"}
    assert Client().post("/staff/", guess, REMOTE_ADDR="2001:db8:1:2::1").status_code == 200
    assert Client().post("/staff/", guess, REMOTE_ADDR="2001:db8:1:2::2").status_code == 429
    assert Client().post("/staff/", guess, REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


# --- the admin's own way to a new password ------------------------------------------------------


def test_the_admin_changes_no_passwords():
    operator = staff(is_staff=True)
    browser = Client()
    browser.force_login(operator)
    new = "another lake at dawn"
    typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.get("/operators/password_change/").status_code == 404
    assert browser.post("/operators/password_change/", typed).status_code == 404
    assert Account.objects.get(pk=operator.pk).check_password(PASSWORD)
    assert "password_change" not in browser.get("/operators/").content.decode()


# --- locks --------------------------------------------------------------------------------------


def test_closing_an_account_locks_the_accounts_of_its_rights_in_the_order_of_their_ids():
    closed = officer(DECIDE.code, HELP.code)
    given = Grant.objects.filter(account_id=closed)
    closer = officer("staff.manage")
    hands = {closed, closer, *given.values_list("given_by_id", flat=True)}
    hands |= set(given.values_list("confirmed_by_id", flat=True))
    with CaptureQueriesContext(connection) as seen:
        people.close_account(account_id=closed, by_id=closer, at=NOON)
    first = next(query["sql"] for query in seen if "FOR NO KEY UPDATE" in query["sql"])
    assert "ORDER BY" in first
    assert {int(pk) for pk in re.search(r"IN \(([\d, ]+)\)", first)[1].split(",")} == hands
    assert not given.filter(ended_at=None).exists()


# --- what nobody needs any more -----------------------------------------------------------------


def test_old_codes_outlived_budgets_and_ended_sessions_are_forgotten_a_few_at_a_time():
    old = [ask(number) for number in range(3)]
    OneTimeCode.objects.filter(pk__in=old).update(language="fr")
    Session.objects.create(session_key="ended", session_data="", expire_date=NOON)
    Session.objects.create(session_key="live", session_data="", expire_date=NOON + 3 * DAY)
    later = NOON + DAY + timedelta(minutes=10, seconds=1)
    assert accounts.forget_old(now=NOON + DAY, limit=100) > 0
    assert OneTimeCode.objects.count() == 3
    young = accounts.request_code(
        phone="+250788000199",
        purpose="sign_in",
        binding="mine",
        language="en",
        address="203.0.113.7",
        at=later,
    )
    assert accounts.forget_old(now=later, limit=2) == 2
    assert accounts.forget_old(now=later, limit=2) == 1
    assert accounts.forget_old(now=later, limit=2) == 0
    assert [code.pk for code in OneTimeCode.objects.all()] == [young]
    assert [session.session_key for session in Session.objects.all()] == ["live"]
    assert set(Budget.objects.values_list("started_at", flat=True)) == {later}


def test_a_budget_lives_longer_than_any_window():
    budgets.spend(limit("code.all"), "", at=NOON)
    accounts.forget_old(now=NOON + LONGEST - timedelta(seconds=1), limit=10)
    assert Budget.objects.count() == 1
    with pytest.raises(ValueError, match="window"):
        Limit("tests.slow", 1, LONGEST + timedelta(seconds=1))


def test_a_code_that_was_forgotten_is_too_old(browser):
    browsing.ask(browser)
    code_id = OneTimeCode.objects.get().pk
    accounts.forget_old(now=timezone.now() + 2 * DAY, limit=10)
    with pytest.raises(accounts.CodeExpired):
        accounts.mint_code(code_id=code_id, at=NOON)
    assert browser.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert browser.post("/sign-in/code/again/")["Location"] == "/sign-in/"
