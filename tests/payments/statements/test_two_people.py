"""A statement that somebody brings by hand and that makes money: one brings, another confirms."""

from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import Account as Login
from payments.models import Import, Movement, Statement, StatementFile, StatementLine, WatchedFile
from payments.operations import importing
from payments.operations.importing import hands, queueing, reading, watched
from payments.states import Leg
from tests.accounts import people
from tests.payments.statements.books import Account, Booking, bring, written
from tests.payments.statements.desks import (
    ACTS,
    LIST,
    at_desk,
    brought,
    lets_one_person,
    page,
    pressed,
    unheard,
    work,
)
from tests.payments.statements.test_watched import lay
from tests.payments.world import debit, issue, post, telling
from tests.world import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_noon")]


def test_money_that_only_her_file_tells_of_waits_for_somebody_else(first, second):
    bill = issue(500)
    file_id = brought(
        first,
        Account().statement(
            Booking(amount=500, id="FT1", text=bill.reference), Booking(amount=-5, id="FT2")
        ),
    )

    hers = page(at_desk(first), f"{LIST}files/{file_id}/")
    assert "A second person must confirm it." in hers
    assert "no message told" in hers
    assert "FT1" in hers
    assert "Confirm and post" not in hers
    assert "Post it" not in hers
    assert "Somebody else must confirm it" in pressed(first, file_id)
    assert not Import.objects.filter(step="POST").exists()

    listed = page(at_desk(second), LIST)
    assert "needs a second person" in listed
    assert "Confirm and post" in page(at_desk(second), f"{LIST}files/{file_id}/")
    assert "It waits its turn." in pressed(second, file_id)
    assert work() == 1
    file = StatementFile.objects.get()
    assert (file.state, file.by_id, file.confirmed_by_id) == ("POSTED", first, second)
    assert Movement.objects.count() == 2


def test_her_other_account_is_no_second_person(first):
    other = people.officer(*ACTS, person_id=Login.objects.get(pk=first).person_id)
    file_id = brought(first, unheard(500))
    assert "Somebody else must confirm it" in pressed(other, file_id)
    assert not Import.objects.filter(step="POST").exists()


def test_what_only_confirms_what_is_known_needs_one_person(world, first):
    bill = issue(500)
    post(
        telling(world.bank, bill.reference, 500, external_id="FT1"),
        debit(world.bank, Leg.CHARGE, 5, external_id="FT2"),
    )
    file_id = brought(
        first,
        Account().statement(
            Booking(amount=500, id="FT1", text=bill.reference),
            Booking(amount=-5, id="FT2", code="ACMT/MCOP/CHRG"),
        ),
    )
    assert "second person" not in page(at_desk(first), f"{LIST}files/{file_id}/")
    pressed(first, file_id)
    work()
    assert StatementFile.objects.get().state == "POSTED"


@pytest.mark.parametrize(("amounts", "needs"), [((600, 400), False), ((600, 401), True)])
def test_below_the_rails_limit_of_a_day_one_person_is_enough(world, first, amounts, needs):
    lets_one_person(world, 1000)
    file_id = brought(first, unheard(*amounts))
    hers = page(at_desk(first), f"{LIST}files/{file_id}/")
    assert ("more than one person may post in a day" in hers) is needs
    assert ("Post it" in hers) is not needs


def test_a_sum_in_many_small_files_is_still_one_sum(world, first):
    lets_one_person(world, 1000)
    account = Account()
    for day in range(2):
        file_id = brought(
            first, account.statement(Booking(amount=600, id=f"FT{day}", day=day), day=day)
        )
        pressed(first, file_id)
        work()
    assert [one.state for one in StatementFile.objects.order_by("pk")] == ["POSTED", "KEPT"]
    with time_machine.travel(NOON + timedelta(hours=25), tick=False):
        importing.look_again(file_id=file_id, at=NOON + timedelta(hours=25))
        pressed(first, file_id)
        work(NOON + timedelta(hours=25))
    assert StatementFile.objects.get(pk=file_id).state == "POSTED"


def test_what_comes_to_make_money_after_the_look_is_not_posted_by_one(world, first):
    lets_one_person(world, 1000)
    one, other = (
        written(Booking(amount=amount, id=f"X{amount}"), opening=None, closing=None, form="4")
        for amount in (700, 800)
    )
    file_id, late_id = brought(first, one), brought(first, other)
    pressed(first, file_id)
    # Both looks were made before either was posted.
    at_desk(first).post(f"{LIST}files/{late_id}/post/", {"stamp": queueing.stamp(late_id)})
    work()
    work()
    late = Import.objects.filter(file=late_id, step="POST").first()
    assert StatementFile.objects.get(pk=file_id).state == "POSTED"
    assert (late.state, late.problem) == ("FAILED", "second")
    assert "a second person must confirm it" in page(at_desk(first), f"{LIST}imports/{late.pk}/")
    assert Movement.objects.count() == 1
    # It is looked at anew, so that the next who comes sees why.
    assert Import.objects.filter(file=late_id, step="READ", state="QUEUED").exists()


def test_the_banks_own_channel_needs_nobody(world, first, tmp_path):
    data = unheard(500)
    (tmp_path / "bank-rw").mkdir()
    lay(tmp_path / "bank-rw" / "monday.xml", data)
    watched.take_in(NOON, tmp_path)
    work()
    assert StatementFile.objects.get().state == "POSTED"


def test_what_she_brought_and_the_bank_then_lays_in_is_the_banks(world, first, tmp_path):
    data = unheard(500)
    brought(first, data)
    (tmp_path / "bank-rw").mkdir()
    lay(tmp_path / "bank-rw" / "monday.xml", data)
    watched.take_in(NOON, tmp_path)
    work()
    assert StatementFile.objects.get().state == "POSTED"
    assert Movement.objects.count() == 1


def test_a_command_or_script_names_both(first, second):
    data = unheard(500)
    for confirmed_by_id in (None, first):
        with pytest.raises(importing.NeedsSecond):
            bring(data, by_id=first, confirmed_by_id=confirmed_by_id)
    assert not StatementLine.objects.exists()
    assert bring(data, by_id=first, confirmed_by_id=second).new == 1


def test_postgresql_refuses_one_pair_of_hands_whatever_the_code_says(first, second, monkeypatch):
    other = people.officer(person_id=Login.objects.get(pk=first).person_id)
    data = unheard(500)
    monkeypatch.setattr(hands.Hands, "makes", lambda *_: None)
    with pytest.raises(psycopg.errors.CheckViolation, match="needs a second pair of hands"):
        bring(data, by_id=first)
    assert Movement.objects.count() == 0
    file = StatementFile.objects.get()
    for confirmer in (first, other):
        with (
            pytest.raises(IntegrityError, match="one person"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE payments_statement_file SET confirmed_by_id = %s WHERE id = %s",
                [confirmer, file.pk],
            )
    bring(data, by_id=first, confirmed_by_id=second)
    assert Statement.objects.get().state == "POSTED"


def test_the_watched_folder_may_not_be_pretended_for_a_file_without_a_trace(first):
    bring(unheard(500), by_id=None)
    assert not WatchedFile.objects.exists()  # The command: whoever has the machine has the folder.


def test_a_confirmation_of_an_earlier_look_does_not_stand_for_a_later_one(first, second):
    file_id = brought(first, unheard(500))
    StatementFile.objects.filter(pk=file_id).update(confirmed_by=second)
    reading.look_again(file_id=file_id, rail_code="bank-rw", by_id=first, at=NOON)
    work()
    assert StatementFile.objects.get().confirmed_by_id is None
