"""A draft that waits, comes back or is approved is told to those who go on with it."""

from datetime import timedelta

import pytest

from accounts.models import Account
from catalogue import drafted
from catalogue.operations import reviewing
from tests.accounts import people
from tests.catalogue.editor.conftest import desk, house, small_pack, staffed, uwase
from tests.catalogue.editor.world import BIRTH, LAW, approve, begun, fee, fresh, sent, write
from tests.catalogue.keeping.test_reminders import deliver, end_rights, got, with_mail
from tests.world import NOON

__all__ = ["desk", "house", "small_pack", "staffed", "uwase", "with_mail"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_mail")]
DAY = timedelta(days=1)


def sent_back(desk) -> None:
    draft = sent(desk)
    reviewing.send_back(draft_id=draft.pk, words="Say whose.", by_id=desk.bela, at=NOON)


def test_a_draft_that_waits_is_told_to_who_may_decide_and_to_no_writer_of_it(desk) -> None:
    elsewhere = people.officer("catalogue.publish", service_code="life")
    both = people.officer("catalogue.edit", "catalogue.publish")
    second_login = people.officer(
        "catalogue.publish", person_id=Account.objects.get(pk=both).person_id
    )
    draft = begun(desk)
    write(draft, "summary", {"en": "Proof of a birth."}, by_id=both)
    reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    deliver(NOON)
    assert got(desk.bela) == ["draft_waits"]
    assert [got(one) for one in (desk.ange, both, second_login, elsewhere)] == [[]] * 4


def test_of_fees_only_those_are_told_who_may_publish_them(desk) -> None:
    without_fees = people.officer("catalogue.publish")
    sent(desk, "fees", [fee(700, **LAW)])
    deliver(NOON)
    assert (got(desk.bela), got(without_fees)) == (["draft_waits"], [])


def test_many_drafts_of_one_day_are_one_message(desk) -> None:
    sent(desk)
    other = begun(desk, "life")
    write(other, "summary", {"en": "Proof of life."}, by_id=desk.ange)
    reviewing.send(draft_id=other.pk, by_id=desk.ange, at=NOON)
    deliver(NOON)
    deliver(NOON)
    assert got(desk.bela) == ["draft_waits"]


def test_what_was_decided_meanwhile_is_not_told_to_who_would_decide(desk) -> None:
    approve(desk, sent(desk))
    deliver(NOON)
    assert got(desk.bela) == []


def test_its_writer_is_told_that_it_came_back_and_that_it_is_approved(desk) -> None:
    sent_back(desk)
    deliver(NOON)
    assert got(desk.ange) == ["draft_returned"]
    assert got(desk.bela) == []
    again = drafted.open_draft(BIRTH).pk
    reviewing.send(draft_id=again, by_id=desk.ange, at=NOON)
    approve(desk, fresh(again))
    deliver(NOON)
    assert got(desk.ange) == ["draft_returned", "draft_approved"]


def test_a_writer_whose_right_ended_is_told_nothing(desk) -> None:
    sent_back(desk)
    end_rights(desk.ange)
    deliver(NOON + 2 * DAY)
    assert got(desk.ange) == []
