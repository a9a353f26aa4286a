from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import operations as accounts
from accounts import queries
from accounts.models import Account, ContactPoint, OneTimeCode
from kernel.models import AuditEntry, EventRow
from tests.accounts.people import citizen
from tests.world import NOON

pytestmark = pytest.mark.django_db

PHONE = "+250788000101"
HOME = "203.0.113.7"
MINE, HERS = "the browser that asked", "another browser"


def ask(phone: str = PHONE, at=NOON, binding: str = MINE, language: str = "en") -> int:
    return accounts.request_code(
        phone=phone, purpose="sign_in", binding=binding, language=language, address=HOME, at=at
    )


def check(code_id: int, typed: str, at=NOON, binding: str = MINE) -> Account:
    return accounts.check_code(code_id=code_id, typed=typed, binding=binding, at=at)


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**6:06d}"


def test_a_code_signs_its_phone_in_and_makes_the_account_the_first_time():
    code_id = ask(language="fr")
    account = check(code_id, accounts.mint_code(code_id=code_id, at=NOON))
    assert (account.kind, account.login) == ("citizen", f"c:{account.contact_id}")
    assert queries.contact(account.contact_id).value == PHONE
    assert queries.contact(account.contact_id).language == "fr"
    assert not account.has_usable_password()

    again = ask(at=NOON + timedelta(minutes=2))
    digits = accounts.mint_code(code_id=again, at=NOON)
    assert check(again, digits, at=NOON + timedelta(minutes=3)).pk == account.pk


def test_asking_publishes_the_event_that_makes_the_message():
    code_id = ask()
    event = EventRow.objects.get(name="accounts.code.requested")
    assert event.payload["subject_id"] == code_id
    assert OneTimeCode.objects.get(pk=code_id).code_hash is None


def test_the_digits_are_drawn_once_and_only_their_hash_stays():
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    assert len(digits) == 6
    assert digits.isdigit()
    with pytest.raises(accounts.CodeAlreadyMinted):
        accounts.mint_code(code_id=code_id, at=NOON)
    kept = OneTimeCode.objects.filter(pk=code_id).values().get()
    assert digits not in repr(kept)


def test_no_digits_are_drawn_for_a_message_that_would_come_too_late():
    code_id = ask()
    with pytest.raises(accounts.CodeExpired):
        accounts.mint_code(code_id=code_id, at=NOON + timedelta(minutes=10))


def test_a_code_works_once():
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    check(code_id, digits)
    with pytest.raises(accounts.CodeExpired):
        check(code_id, digits)


@pytest.mark.parametrize(
    ("minutes", "good"), [(0, True), (9, True), (10, False), (60, False)], ids=str
)
def test_a_code_lives_ten_minutes(minutes, good):
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    later = NOON + timedelta(minutes=minutes)
    if good:
        check(code_id, digits, at=later)
    else:
        with pytest.raises(accounts.CodeExpired):
            check(code_id, digits, at=later)


def test_another_browser_cannot_use_the_code_nor_kill_it():
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    for _ in range(9):
        with pytest.raises(accounts.CodeWrong):
            check(code_id, digits, binding=HERS)
    assert check(code_id, digits).kind == "citizen"


def test_a_code_that_was_never_sent_is_never_right():
    code_id = ask()
    with pytest.raises(accounts.CodeWrong):
        check(code_id, "")
    with pytest.raises(accounts.CodeWrong):
        check(10**12, "123456")


def test_five_wrong_guesses_kill_the_code_even_for_the_right_one():
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    for _ in range(4):
        with pytest.raises(accounts.CodeWrong):
            check(code_id, wrong(digits))
    with pytest.raises(accounts.TooManyAttempts):
        check(code_id, wrong(digits))
    with pytest.raises(accounts.TooManyAttempts):
        check(code_id, digits)
    assert AuditEntry.objects.filter(act="citizen.code_wrong").count() == 5


def test_the_fifth_guess_may_still_be_right():
    code_id = ask()
    digits = accounts.mint_code(code_id=code_id, at=NOON)
    for _ in range(4):
        with pytest.raises(accounts.CodeWrong):
            check(code_id, wrong(digits))
    assert check(code_id, digits).kind == "citizen"


def test_a_number_has_five_codes_an_hour_and_is_told_when_it_has_more():
    for minute in (0, 1, 3, 7, 15):
        ask(at=NOON + timedelta(minutes=minute))
    with pytest.raises(accounts.BudgetSpent, match=r"code\.number") as spent:
        ask(at=NOON + timedelta(minutes=31))
    assert spent.value.again_at == NOON + timedelta(hours=1)
    assert ask(phone="+250788000102", at=NOON + timedelta(minutes=30))
    assert ask(at=NOON + timedelta(hours=1))


def test_a_block_of_numbers_has_its_own_budget(settings):
    settings.ACCOUNTS_LIMITS = {"code.block": 3}
    for last in range(3):
        ask(phone=f"+25078800000{last}")
    with pytest.raises(accounts.BudgetSpent, match=r"code\.block"):
        ask(phone="+250788000009")
    assert ask(phone="+250788010009")


def test_the_whole_country_has_a_budget(settings):
    settings.ACCOUNTS_LIMITS = {"code.all": 2}
    ask(phone="+250788000001")
    ask(phone="+250722000001")
    with pytest.raises(accounts.BudgetSpent, match=r"code\.all"):
        ask(phone="+250733000001")


def test_a_known_and_an_unknown_number_cost_the_same_queries():
    def asked(phone: str) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(phone=phone)
        return [query["sql"].split("VALUES")[0].split("WHERE")[0] for query in captured]

    citizen(phone="+250788000001")
    ask(phone="+250788000003")
    known, unknown = asked("+250788000001"), asked("+250788000002")
    drop = ("SAVEPOINT", "RELEASE")
    assert [q for q in known if not q.startswith(drop)] == [
        q for q in unknown if not q.startswith(drop)
    ]


def test_a_closed_account_is_not_signed_in_by_its_code():
    first = ask()
    account = check(first, accounts.mint_code(code_id=first, at=NOON))
    Account.objects.filter(pk=account.pk).update(is_active=False)
    code_id = ask()
    with pytest.raises(accounts.CodeWrong):
        check(code_id, accounts.mint_code(code_id=code_id, at=NOON))


def test_the_phone_is_ciphertext_in_the_database():
    ask()
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM accounts_contactpoint")
        stored = bytes(cursor.fetchone()[0])
    assert b"788000101" not in stored
    assert ContactPoint.objects.get().value == PHONE


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("attempts = 6", "code_attempts_limited"),
        ("attempts = -1", "code_once"),
        ("expires_at = asked_at + interval '1 day'", "code_once"),
        ("used_at = NULL", "code_once"),
        ("code_hash = '\\x00'", "code_once"),
    ],
)
def test_postgresql_refuses_to_revive_a_used_code(change, rule, refused_by):
    code_id = ask()
    check(code_id, accounts.mint_code(code_id=code_id, at=NOON))
    if rule == "code_attempts_limited":
        code_id = ask()
    with (
        pytest.raises(IntegrityError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE accounts_onetimecode SET {change} WHERE id = %s", [code_id])
    assert refused_by(refused.value) == rule
