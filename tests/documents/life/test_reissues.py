"""A reissue: a new paper on what the register says now, and the old one is superseded with it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.policies import NotGranted
from documents import operations
from documents.models import Paper, PaperChange
from tests.accounts.people import officer
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, do, finish, state
from tests.documents.life.test_acts import check_now
from tests.world import NOON

pytestmark = pytest.mark.django_db


def reissue(office: Office, paper_id: int, **facts: str) -> Paper:
    """Two people decide; return the new paper, not yet drawn."""
    entry = worlds.cite_birth(**facts)
    do(office, paper_id, "reissue", reason="register_corrected", cited_entry_id=entry)
    return Paper.objects.get(replaces=paper_id)


def test_the_old_paper_is_superseded_in_the_moment_the_new_one_is_out(office: Office) -> None:
    old = worlds.issue(office.world)
    new = reissue(office, old, given_names="Aline Chantale")

    assert state(old) == "ISSUED"
    finish(office, new.pk)
    check_now()

    assert (state(old), state(new.pk)) == ("SUPERSEDED", "ISSUED")
    new.refresh_from_db()
    assert new.facts["given_names"] == "Aline Chantale"
    assert new.number != Paper.objects.get(pk=old).number
    assert new.officer_id == office.asker_id
    moment = PaperChange.objects.filter(paper__in=(old, new.pk)).order_by("-pk")[:2]
    assert {(one.paper_id, one.target) for one in moment} == {
        (old, "SUPERSEDED"), (new.pk, "ISSUED"),
    }  # fmt: skip


def test_a_paper_sealed_by_the_office_alone_is_reissued_so(office: Office) -> None:
    old = worlds.issue(office.world, officer_id=None, sealed_only=True)
    new = reissue(office, old)

    assert (new.sealed_only, new.officer_id) == (True, None)
    finish(office, new.pk)
    assert state(old) == "SUPERSEDED"


def test_a_reissue_lasts_as_long_as_the_paper_did(office: Office) -> None:
    old = worlds.issue(office.world, valid_days=90)
    new = reissue(office, old)

    assert new.valid_until == Paper.objects.get(pk=old).valid_until == date(2027, 2, 20)


def test_a_suspended_paper_is_reissued_too(office: Office) -> None:
    old = worlds.issue(office.world)
    do(office, old, "suspend")
    finish(office, reissue(office, old).pk)
    assert state(old) == "SUPERSEDED"


def test_a_reissue_rests_on_what_the_register_says_now(office: Office) -> None:
    first = worlds.cite_birth()
    old = worlds.issue(office.world, cited_entry_id=worlds.cite_birth())

    for entry in (None, first, Paper.objects.get(pk=old).cited_entry_id):
        with pytest.raises(operations.EntryIsOld):
            people.ask(office, old, "reissue", cited_entry_id=entry)
    with pytest.raises(operations.FactsRefuse):
        people.ask(office, old, "reissue", cited_entry_id=worlds.cite_person())
    people.ask(office, old, "reissue", cited_entry_id=worlds.cite_birth())


def test_a_paper_is_replaced_once(office: Office) -> None:
    old = worlds.issue(office.world)
    new = reissue(office, old)
    with pytest.raises(operations.AskedAlready):
        people.ask(office, old, "reissue", cited_entry_id=worlds.cite_birth())

    finish(office, new.pk)
    with pytest.raises(operations.NotNow):
        people.ask(office, old, "reissue", cited_entry_id=worlds.cite_birth())
    # The new one is an original like any other.
    newest = reissue(office, new.pk)
    finish(office, newest.pk)
    assert [state(each) for each in (old, new.pk, newest.pk)] == [
        "SUPERSEDED", "SUPERSEDED", "ISSUED",
    ]  # fmt: skip


def test_postgresql_refuses_a_replacement_that_two_people_did_not_decide(office: Office) -> None:
    old = Paper.objects.get(pk=worlds.issue(office.world))
    forged = worlds.request(office.world)
    values = {
        field.attname: getattr(Paper.objects.get(pk=forged), field.attname)
        for field in Paper._meta.concrete_fields
        if not field.primary_key
    }
    values |= {"replaces_id": old.pk, "verification_id": "0" * 16, "lease_until": None}
    with pytest.raises(IntegrityError, match="two people decided"), transaction.atomic():
        Paper.objects.create(**values)


def test_a_holder_may_have_several_originals_of_one_act(office: Office) -> None:
    first, second = worlds.issue(office.world), worlds.issue(office.world)
    assert (state(first), state(second)) == ("ISSUED", "ISSUED")
    # What became of one becomes of that one alone.
    do(office, first, "revoke")
    assert (state(first), state(second)) == ("REVOKED", "ISSUED")


def test_postgresql_replaces_a_paper_once(office: Office) -> None:
    old = worlds.issue(office.world)
    new = Paper.objects.get(pk=reissue(office, old).pk)
    new.pk, new.verification_id, new.purpose_key = None, "0" * 16, None
    with pytest.raises(IntegrityError, match="paper_replaced_once"), transaction.atomic():
        new.save(force_insert=True)


def test_valid_days_count_the_day_of_the_request(office: Office) -> None:
    def last(**more: object) -> date | None:
        return Paper.objects.get(pk=worlds.request(office.world, **more)).valid_until

    today = NOON.date()
    assert last() is None
    assert last(valid_days=1) == today
    assert last(valid_until=today + timedelta(days=7)) == today + timedelta(days=7)
    for wrong in ({"valid_days": 0}, {"valid_days": 3, "valid_until": today}):
        with pytest.raises(operations.TwoValidities):
            last(**wrong)


def test_the_new_number_waits_for_who_asked_and_for_nobody_else(office: Office) -> None:
    old = worlds.issue(office.world)
    new = reissue(office, old)
    sha256 = worlds.draw(new.pk)
    with pytest.raises(operations.MandateRefused):
        worlds.order(office.world, {new.pk: sha256}, officer_id=office.decider_id)
    worlds.order(office.world, {new.pk: sha256}, officer_id=office.asker_id)


def test_a_right_that_has_ended_asks_for_nothing(office: Office) -> None:
    old = worlds.issue(office.world)
    late = officer("paper.reissue", area_code="12", at=NOON + timedelta(days=1))
    with pytest.raises(NotGranted):
        people.ask(office, old, "reissue", by_id=late, cited_entry_id=worlds.cite_birth())
