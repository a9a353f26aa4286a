"""Codes of an app, and on paper: the standard's vectors, each once, whoever comes at once."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import operations
from accounts.models import CodeApp, RecoveryCode
from accounts.operations import BudgetSpent, StepUpRefused, code_apps, factors, recovery, second
from accounts.operations.code_apps import code_at, matching_step
from kernel.models import AuditEntry, EventRow
from tests.accounts.factors.world import ADDRESS, SESSION, add_app, code_of, stepped_up
from tests.accounts.people import PASSWORD, staff
from tests.accounts.test_at_once import at_once
from tests.world import NOON

STEP = timedelta(seconds=30)
# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_codes_are_those_of_the_standard(seconds, code):
    assert code_at(SECRET, seconds // 30) == code
    assert matching_step(SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("late", "good"), [(-2, False), (0, True), (1, False), (2, False)])
def test_a_code_lives_half_a_minute(late, good):
    shown = NOON + late * STEP
    code = code_at(SECRET, int(shown.timestamp()) // 30)
    assert (matching_step(SECRET, code, NOON) is not None) is good


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "12a456", "0x1234"])
def test_what_is_no_code_is_none(typed):
    assert code_apps.cleaned(typed) == ""
    assert code_apps.cleaned(" 123 456 ") == "123456"


def accept(account_id: int, typed: str, at: datetime = NOON) -> str:
    return second.accept_code(account_id=account_id, typed=typed, address=ADDRESS, at=at)


@pytest.mark.django_db
def test_an_app_counts_from_its_first_right_code():
    officer = staff()
    app_id = code_apps.begin_app(
        account_id=officer.pk, step_up_id=stepped_up(officer.pk), session_key=SESSION, at=NOON
    )
    assert not factors.enrolled(officer.pk)
    with pytest.raises(factors.NotRight):
        code_apps.confirm_app(account_id=officer.pk, app_id=app_id, typed="000000", at=NOON)
    right = code_of(officer.pk, NOON)
    codes = code_apps.confirm_app(account_id=officer.pk, app_id=app_id, typed=right, at=NOON)
    assert len(set(codes)) == 10
    assert factors.enrolled(officer.pk) == factors.Enrolled(True, 0, 10)
    assert EventRow.objects.filter(name="accounts.factor.changed").exists()
    with pytest.raises(factors.NotRight):
        accept(officer.pk, right)  # The code that confirmed it is used.


@pytest.mark.django_db
def test_who_types_too_slowly_is_told_so_and_has_guessed_nothing():
    officer = staff()
    add_app(officer.pk)
    over = code_of(officer.pk, NOON - STEP)
    for _ in range(20):
        with pytest.raises(code_apps.JustOver):
            accept(officer.pk, over)
    # Of the next one nothing is told, and it counts as the guess that it is.
    with pytest.raises(factors.NotRight) as refused:
        accept(officer.pk, code_of(officer.pk, NOON + STEP))
    assert refused.type is factors.NotRight
    assert accept(officer.pk, code_of(officer.pk, NOON)) == second.APP


@pytest.mark.django_db
def test_a_recovery_code_has_more_bits_than_a_fast_hash_needs():
    codes = add_app(staff().pk)
    assert len(set(codes)) == 10
    for code in codes:
        bits = len(code.replace("-", "")) * 5
        assert bits >= 112  # ASVS 6.5.2
        assert set(code) <= set("0123456789abcdefghjkmnpqrstvwxyz-")


@pytest.mark.django_db
def test_an_app_that_nobody_confirms_in_a_quarter_of_an_hour_is_begun_anew():
    officer = staff()
    app_id = code_apps.begin_app(
        account_id=officer.pk, step_up_id=stepped_up(officer.pk), session_key=SESSION, at=NOON
    )
    late = NOON + timedelta(minutes=15)
    with pytest.raises(factors.NoSuchFactor):
        code_apps.confirm_app(
            account_id=officer.pk, app_id=app_id, typed=code_of(officer.pk, late), at=late
        )


@pytest.mark.django_db
def test_nobody_begins_an_app_without_proving_who_she_is():
    officer, other = staff(), staff()
    with pytest.raises(StepUpRefused):
        code_apps.begin_app(
            account_id=officer.pk, step_up_id=stepped_up(other.pk), session_key=SESSION, at=NOON
        )


@pytest.mark.django_db
def test_a_code_is_good_once_and_so_are_all_before_it(refused_by):
    officer = staff()
    add_app(officer.pk)
    before, now = code_of(officer.pk, NOON - STEP), code_of(officer.pk, NOON)
    assert accept(officer.pk, f"{now[:3]} {now[3:]}") == second.APP
    for used in (now, before):
        with pytest.raises(factors.NotRight):
            accept(officer.pk, used)
    app = CodeApp.objects.get(account=officer.pk)
    for step in (app.last_step, app.last_step - 1, None):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            CodeApp.objects.filter(pk=app.pk).update(last_step=step)
        assert refused_by(refused.value) == "code_step_once"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_code_at_once_one_is_in():
    officer = staff()
    add_app(officer.pk)
    code = code_of(officer.pk, NOON)

    answers = at_once(*[lambda: accept(officer.pk, code)] * 2)
    assert answers.count(second.APP) == 1
    assert sum(isinstance(answer, factors.NotRight) for answer in answers) == 1


@pytest.mark.django_db
def test_guessing_is_locked_and_a_right_code_clears_the_count():
    officer = staff()
    add_app(officer.pk)
    for _ in range(4):
        with pytest.raises(factors.NotRight):
            accept(officer.pk, "000000")
    assert accept(officer.pk, code_of(officer.pk, NOON)) == second.APP
    for _ in range(5):
        with pytest.raises(factors.NotRight):
            accept(officer.pk, "000000")
    with pytest.raises(BudgetSpent):
        accept(officer.pk, code_of(officer.pk, NOON + 2 * STEP), at=NOON + 2 * STEP)
    assert AuditEntry.objects.filter(act="factor.refused", subject_id=officer.pk).count() == 9


@pytest.mark.django_db
def test_a_recovery_code_is_good_once_for_her_alone(refused_by):
    officer, other = staff(), staff()
    codes = add_app(officer.pk)
    add_app(other.pk)
    with pytest.raises(factors.NotRight):
        accept(other.pk, codes[0])
    assert accept(officer.pk, codes[0].upper()) == second.RECOVERY
    with pytest.raises(factors.NotRight):
        accept(officer.pk, codes[0])
    assert factors.enrolled(officer.pk).recovery_left == 9
    assert AuditEntry.objects.filter(act="factor.recovery_used").count() == 1
    used = RecoveryCode.objects.get(account=officer.pk, used_at__isnull=False)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        RecoveryCode.objects.filter(pk=used.pk).update(used_at=None)
    assert refused_by(refused.value) == "recovery_code_once"
    assert codes[1].replace("-", "") not in str(RecoveryCode.objects.values_list())


@pytest.mark.django_db
def test_new_recovery_codes_end_the_old_ones():
    officer = staff()
    old = add_app(officer.pk)
    proof = stepped_up(officer.pk, code=code_of(officer.pk, NOON))
    new = recovery.renew(account_id=officer.pk, step_up_id=proof, session_key=SESSION, at=NOON)
    with pytest.raises(factors.NotRight):
        accept(officer.pk, old[0])
    assert accept(officer.pk, new[0]) == second.RECOVERY


@pytest.mark.django_db
def test_the_last_factor_stays_where_one_is_required(settings, refused_by):
    officer = staff()
    add_app(officer.pk)
    settings.STAFF_SECOND_FACTOR = "required"
    proof = stepped_up(officer.pk, code=code_of(officer.pk, NOON))
    remove = {"account_id": officer.pk, "step_up_id": proof, "session_key": SESSION, "at": NOON}
    with pytest.raises(factors.LastFactor):
        code_apps.remove_app(**remove)
    settings.STAFF_SECOND_FACTOR = "offered"
    code_apps.remove_app(**remove)
    assert factors.enrolled(officer.pk) == factors.Enrolled(False, 0, 0)
    removed = CodeApp.objects.get(account=officer.pk)
    assert removed.secret is None
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CodeApp.objects.filter(pk=removed.pk).update(removed_at=None, secret="A" * 32)
    assert refused_by(refused.value) == "code_app_unchanged"


@pytest.mark.django_db
def test_the_secret_lies_encrypted():
    officer = staff()
    add_app(officer.pk)
    app = CodeApp.objects.get(account=officer.pk)
    raw = CodeApp.objects.raw("SELECT id, encode(secret, 'escape') AS held FROM accounts_codeapp")
    assert app.secret not in raw[0].held


@pytest.mark.django_db
def test_who_has_an_app_steps_up_with_both(settings):
    officer = staff()
    add_app(officer.pk)
    for wrong in ({}, {"code": "000000"}, {"password": "wrong", "code": code_of(officer.pk, NOON)}):
        with pytest.raises(operations.WrongProof):
            stepped_up(officer.pk, **wrong)
    # A code that came with a wrong password is not used up.
    assert stepped_up(officer.pk, code=code_of(officer.pk, NOON))


@pytest.mark.django_db
def test_where_a_factor_is_required_a_password_alone_steps_up_only_to_get_one(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    officer = staff()
    assert stepped_up(officer.pk)
    with pytest.raises(operations.WrongPassword):
        operations.step_up(
            account_id=officer.pk,
            purpose="refund.decide",
            session_key=SESSION,
            proof=operations.Proof(password=PASSWORD),
            at=NOON,
        )
