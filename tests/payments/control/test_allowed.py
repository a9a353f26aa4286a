"""What a debit may be explained as: within limits, to named accounts, with a fresh password."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from accounts import operations as accounts
from kernel.country import BadPack
from payments.models import Explanation, Movement, SuspenseRule, SweepAccount
from payments.operations import pack
from payments.operations.controlling import explaining
from payments.states import Leg
from payments.states import RemittanceState as M
from tests.accounts import people
from tests.payments.control.allowed import allow_losses, allow_sweeps
from tests.payments.remittances import world as remitted
from tests.payments.world import debit, make_world, post
from tests.world import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def gone(world):
    post(debit(world.mtn, Leg.WITHDRAWAL, 300, external_id="W1"))
    return Movement.objects.get(leg=Leg.WITHDRAWAL)


def ask(gone, answer, **more):
    return explaining.ask(
        movement_id=gone.pk,
        answer=answer,
        reason="the bank wrote so",
        by_id=people.officer("release.ask"),
        at=NOON,
        **more,
    )


def step_up(account_id, *, purpose=explaining.PURPOSE, at=LATER):
    return accounts.step_up(
        account_id=account_id, password=people.PASSWORD, purpose=purpose, session_key="s", at=at
    ).pk


def approve(asked, *, at=LATER):
    checker = people.officer("release.decide")
    step = step_up(checker, at=at)
    explaining.decide(explanation_id=asked, approved=True, by_id=checker, step_up_id=step, at=at)


def insert(gone, answer):
    return Explanation.objects.create(
        movement=gone, answer=answer, reason="r", maker=people.staff(), asked_at=NOON
    )


def test_a_sweep_goes_to_a_named_account_or_it_was_none(world, gone):
    with pytest.raises(explaining.NoSweepAccount):
        ask(gone, "sweep")
    with pytest.raises(DatabaseError, match="no account is named"), transaction.atomic():
        insert(gone, "sweep")
    allow_sweeps(world.bank)
    with pytest.raises(explaining.NoSweepAccount):
        ask(gone, "sweep")
    allow_sweeps(world.mtn)
    asked = ask(gone, "sweep")
    # The account is taken back before the decision.
    SweepAccount.objects.filter(rail=world.mtn).update(until_at=NOON)
    with pytest.raises(explaining.NoSweepAccount):
        approve(asked)
    with pytest.raises(DatabaseError, match="no account is named"), transaction.atomic():
        Explanation.objects.filter(pk=asked).update(
            approved=True, checker=people.staff(), decided_at=LATER
        )


def test_a_sweep_to_a_named_account_is_approved(world, gone):
    allow_sweeps(world.mtn)
    approve(ask(gone, "sweep"))
    assert Explanation.objects.get().approved


@pytest.mark.parametrize("answer", ["loss", "charge"])
@pytest.mark.parametrize("limit", [None, 299])
def test_more_than_the_pack_allows_is_called_neither_loss_nor_charge(gone, limit, answer):
    if limit:
        allow_losses(limit)
    with pytest.raises(explaining.LossAboveLimit) as refused:
        ask(gone, answer)
    assert refused.value.max_minor == (limit or 0)
    with (
        pytest.raises(DatabaseError, match="more than is ever taken as lost"),
        transaction.atomic(),
    ):
        insert(gone, answer)


@pytest.mark.parametrize("answer", ["loss", "charge"])
def test_what_is_within_the_limit_is_approved_while_the_limit_is_that(world, gone, answer):
    post(debit(world.mtn, Leg.WITHDRAWAL, 300, external_id="W2"))
    allow_losses(300)
    first, second = ask(gone, answer), ask(Movement.objects.get(external_id="W2"), answer)
    approve(first)
    assert Explanation.objects.get(pk=first).approved
    allow_losses(299)
    with pytest.raises(explaining.LossAboveLimit):
        approve(second)


@pytest.mark.parametrize(
    "raised", [{"loss_max_minor": 301}, {"write_off_max_minor": 51}, {"currency": "KES"}]
)
def test_the_application_raises_no_limit_of_what_is_lost(raised):
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=50, loss_max_minor=300)
    SuspenseRule.objects.create(currency="BIF", loss_max_minor=300)
    for currency in {"RWF", "BIF"} - {raised.get("currency")}:
        rule = SuspenseRule.objects.filter(currency=currency)
        with pytest.raises(DatabaseError, match="only the owner"), transaction.atomic():
            rule.update(**raised)
        with pytest.raises(DatabaseError), transaction.atomic():
            rule.delete()
    SuspenseRule.objects.update(loss_max_minor=299, write_off_max_minor=None, legal_term_days=400)


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_raises_it(as_owner):
    SuspenseRule.objects.create(currency="RWF", write_off_max_minor=None, loss_max_minor=300)
    as_owner.execute(
        "UPDATE payments_suspense_rule SET loss_max_minor = 301, write_off_max_minor = 5"
    )
    assert SuspenseRule.objects.get().loss_max_minor == 301


def test_a_pack_that_raises_it_is_told_by_whom_it_is_loaded(tmp_path):
    make_world()
    for name in ("country.yaml", "rails.yaml"):
        shutil.copy(settings.BASE_DIR / "countries" / "rw" / name, tmp_path / name)
    pack.load(tmp_path)
    rails = tmp_path / "rails.yaml"
    written = rails.read_text(encoding="utf-8")
    rails.write_text(written.replace("loss_max_minor: {RWF: 50000}", "loss_max_minor: {RWF: 50}"))
    pack.load(tmp_path)
    assert SuspenseRule.objects.get().loss_max_minor == 50
    rails.write_text(written, encoding="utf-8")
    with pytest.raises(BadPack, match="login that migrates"):
        pack.load(tmp_path)
    assert SuspenseRule.objects.get().loss_max_minor == 50


def test_the_pack_names_the_limit():
    named = pack._suspense({"loss_max_minor": {"RWF": 300}}, "RWF", Path("rails.yaml"))
    assert (named.loss_max_minor, named.write_off_max_minor) == (300, None)
    for wrong in ({"KES": 300}, {"RWF": 0}, {"RWF": "300"}, 300):
        with pytest.raises(BadPack, match="loss_max_minor"):
            pack._suspense({"loss_max_minor": wrong}, "RWF", Path("rails.yaml"))


def test_nobody_approves_without_a_fresh_password(gone):
    allow_losses()
    asked = ask(gone, "charge")
    checker = people.officer("release.decide")
    old = step_up(checker, at=LATER - timedelta(hours=1))
    for step in (None, old, step_up(checker, purpose="refund.decide"), step_up(people.officer())):
        with pytest.raises(accounts.StepUpRefused):
            explaining.decide(
                explanation_id=asked, approved=True, by_id=checker, step_up_id=step, at=LATER
            )
    explaining.decide(explanation_id=asked, approved=False, by_id=checker, at=LATER)
    assert Explanation.objects.get().approved is False


# --- a batch whose bank line lacks our name of it


@pytest.fixture
def batch(monkeypatch):
    remitted.layout(monkeypatch)
    desk = remitted.desk()
    remitted.paid(desk, 500)
    remitted.paid(desk, 900, rail=desk.world.bank)
    remitted.name_account(desk)
    return desk, remitted.sent(desk)


def left(rail, amount_minor, external_id):
    post(debit(rail, Leg.WITHDRAWAL, amount_minor, external_id=external_id))
    return Movement.objects.get(leg=Leg.WITHDRAWAL, external_id=external_id)


def test_two_people_confirm_a_batch_by_its_number(batch):
    desk, sent = batch
    gone = left(desk.world.bank, sent.amount_minor, "FT77")
    with pytest.raises(explaining.CannotExplain):
        ask(gone, "remittance", remittance="NO SUCH")
    approve(ask(gone, "remittance", remittance=f" {sent.number} "))
    sent.refresh_from_db()
    assert sent.state == M.CONFIRMED


@pytest.mark.parametrize("wrong", ["rail", "amount"])
def test_another_rail_or_amount_confirms_nothing(batch, wrong):
    desk, sent = batch
    rail = desk.world.mtn if wrong == "rail" else desk.world.bank
    gone = left(rail, sent.amount_minor - (wrong == "amount"), "FT77")
    with pytest.raises(explaining.CannotExplain):
        ask(gone, "remittance", remittance=sent.number)
    sent.refresh_from_db()
    assert sent.state == M.SENT
