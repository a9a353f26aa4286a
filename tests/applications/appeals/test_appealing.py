"""Whoever was refused appeals once, in time; somebody above who had no part in it decides."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Account
from applications import operations, queries
from applications.models import Appeal, StatusChange
from applications.operations import hearing
from catalogue import queries as catalogue
from documents import queries as papers
from places import queries as places
from tests.accounts import people
from tests.applications import world
from tests.applications.appeals.world import (
    WORDS,
    above,
    appeal,
    appealed,
    change_service,
    refuse,
    refused,
)
from tests.world import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KIGALI = ZoneInfo("Africa/Kigali")


@pytest.fixture
def dative(house):
    return above()


def take(case, by_id, *, at=NOON):
    operations.take(application_id=case.pk, by_id=by_id, at=at)
    return world.fresh(case)


def test_a_refused_case_that_won_its_appeal_is_signed_above_and_sealed_above(
    uwase, staffed, dative, commits
):
    case = appealed(uwase, staffed.aline)
    district = places.office_by_code("district-12")
    assert (case.status, case.deciding_office_id) == ("IN_QUEUE", district.pk)
    assert (case.officer_id, case.decided_at) == (dative, None)
    held = take(case, dative)
    operations.approve(
        application_id=case.pk,
        by_id=dative,
        version=held.version,
        entry=world.birth_act(uwase),
        at=NOON,
    )
    paper = papers.paper(world.fresh(case).paper_id)
    assert (paper.officer_id, paper.office_id) == (dative, district.pk)
    steps = [move.target for move in queries.history(case.pk)]
    assert steps[-5:] == ["REFUSED", "UNDER_APPEAL", "IN_QUEUE", "UNDER_REVIEW", "APPROVED"]
    commits()


def test_the_story_goes_along_and_the_promise_is_counted_anew(uwase, staffed, dative):
    before = refused(uwase, staffed.aline)
    later = NOON + 5 * DAY
    case = appeal(before, uwase, at=later)
    operations.queue_appeal(application_id=case.pk, at=later)
    queued = world.fresh(case)
    assert queued.promised_at > before.promised_at
    assert queued.queue_at == queued.promised_at
    assert queries.appeal_of(case.pk).text == WORDS
    assert [m.note_code for m in queries.history(case.pk)][-1] == "appeal_above"


def test_what_was_received_from_a_downtime_book_does_not_date_its_appeal(uwase, staffed, dative):
    case = appeal(refused(uwase, staffed.aline), uwase, at=NOON + 9 * DAY)
    case.received_at = NOON - 20 * DAY
    operations.queue_appeal(application_id=case.pk, at=NOON + 9 * DAY)
    assert world.fresh(case).promised_at > NOON + 9 * DAY


def test_to_be_told_twice_of_an_appeal_queues_it_once(uwase, staffed, dative):
    case = appealed(uwase, staffed.aline)
    operations.queue_appeal(application_id=case.pk, at=NOON)
    assert world.fresh(case).version == case.version


def test_where_no_officer_is_above_the_appeal_waits_there_for_its_supervisor(uwase, staffed):
    case = appealed(uwase, staffed.aline)
    assert (case.status, case.officer_id) == ("IN_QUEUE", None)


def test_at_the_top_another_officer_of_the_same_office_hears_it(uwase, house):
    national = places.office_by_code("national-nppa")
    first, second = (
        people.officer("case.decide", area_code=None, office_id=national.pk) for _ in range(2)
    )
    case = world.queued(uwase, world.CRIMINAL)
    held = take(case, case.officer_id)
    other = second if held.officer_id == first else first
    refused_there = refuse(held, held.officer_id)
    appeal(refused_there, uwase)
    operations.queue_appeal(application_id=case.pk, at=NOON)
    queued = world.fresh(case)
    assert (queued.deciding_office_id, queued.officer_id) == (national.pk, other)
    assert queries.history(case.pk)[-1].note_code == "appeal_same_office"
    with pytest.raises(operations.MadeAStep):
        take(queued, refused_there.officer_id)


def test_whoever_had_a_part_in_the_refusal_does_not_hear_it_even_with_a_right_above(
    uwase, staffed, dative
):
    """Bosco asked for a completion, Aline refused; both get a right over the whole district."""
    case = world.taken(uwase, staffed.bosco)
    operations.ask_completion(
        application_id=case.pk,
        by_id=staffed.bosco,
        version=case.version,
        fields={"father_name": "unclear"},
        at=NOON,
    )
    operations.complete(
        application_id=case.pk,
        holder_id=uwase.person_id,
        by_id=uwase.account_id,
        given={"father_name": "Umutesi Jean-Bosco"},
        at=NOON,
    )
    operations.release(
        application_id=case.pk,
        by_id=staffed.bosco,
        version=world.fresh(case).version,
        at=NOON,
    )
    lost = refuse(take(case, staffed.aline), staffed.aline)
    persons = [Account.objects.get(pk=one).person_id for one in (staffed.aline, staffed.bosco)]
    others = [people.officer("case.decide", area_code="12", person_id=one) for one in persons]
    appeal(lost, uwase)
    operations.queue_appeal(application_id=case.pk, at=NOON)
    queued = world.fresh(case)
    assert queued.officer_id == dative
    assert set(hearing.makers(case.pk)) == {staffed.aline, staffed.bosco}
    for one in others:
        with pytest.raises(operations.MadeAStep):
            take(queued, one)
    assert take(queued, dative).officer_id == dative


def test_nor_is_it_given_to_her_by_a_colleague(uwase, staffed, dative):
    case = take(appealed(uwase, staffed.aline), dative)
    person_id = Account.objects.get(pk=staffed.aline).person_id
    again = people.officer(
        "case.decide", area_code="12", person_id=person_id, office_id=case.deciding_office_id
    )
    with pytest.raises(operations.CannotTake):
        operations.transfer(
            application_id=case.pk,
            by_id=dative,
            version=case.version,
            office_id=None,
            officer_id=again,
            reason_code="workload",
            text="",
            at=NOON,
        )


def test_postgresql_gives_it_to_nobody_who_had_a_part_in_it(uwase, staffed, dative):
    case = appealed(uwase, staffed.aline)
    with pytest.raises(IntegrityError, match="heard by somebody new"), transaction.atomic():
        StatusChange.objects.create(
            application=case,
            version=case.version + 1,
            source="IN_QUEUE",
            target="UNDER_REVIEW",
            changed_at=NOON,
            changed_by_id=staffed.aline,
            officer_id=staffed.aline,
        )


def test_an_appeal_that_is_refused_is_final(uwase, staffed, dative):
    case = refuse(take(appealed(uwase, staffed.aline), dative), dative)
    assert case.status == "REFUSED"
    definition = catalogue.version(case.service_version_id).definition
    assert queries.term(case, definition, language="en") is None
    with pytest.raises(operations.AppealedBefore):
        appeal(case, uwase)


def test_only_the_holder_appeals_and_only_once(uwase, staffed, dative):
    case = refused(uwase, staffed.aline)
    with pytest.raises(operations.NotHers):
        appeal(case, people.citizen())
    appeal(case, uwase)
    with pytest.raises(operations.AppealedBefore):
        appeal(case, uwase)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 2001])
def test_an_appeal_has_words_but_not_without_end(uwase, staffed, text):
    case = refused(uwase, staffed.aline)
    with pytest.raises(operations.TextRefused):
        appeal(case, uwase, text)
    assert not Appeal.objects.exists()


def test_a_case_that_was_not_refused_is_not_appealed(uwase, staffed):
    with pytest.raises(operations.NotNow):
        appeal(world.taken(uwase, staffed.aline), uwase)


def test_a_service_without_a_published_body_takes_no_appeal_here(uwase, staffed):
    change_service(world.BIRTH, appeal=None)
    with pytest.raises(operations.NoAppeal):
        appeal(refused(uwase, staffed.aline), uwase)


@pytest.mark.parametrize(
    ("at", "in_time"),
    [
        # Refused on 23 November: the thirtieth day is 23 December, whole, in the country's time.
        (datetime(2026, 12, 23, 23, 59, tzinfo=KIGALI), True),
        (datetime(2026, 12, 24, 0, 0, tzinfo=KIGALI), False),
        (datetime(2026, 12, 23, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 23, 22, 0, tzinfo=UTC), False),
    ],
)
def test_the_term_ends_with_its_last_day(uwase, staffed, at, in_time):
    case = refused(uwase, staffed.aline)
    if in_time:
        assert appeal(case, uwase, at=at).status == "UNDER_APPEAL"
    else:
        with pytest.raises(operations.TooLate):
            appeal(case, uwase, at=at)


def _row(case, uwase, **changed):
    values = {
        "application": case,
        "version": case.version + 1,
        "refusal": queries.last_refusal(case.pk),
        "text": WORDS,
        "by_id": uwase.account_id,
        "at": NOON,
        "closes_at": NOON + 30 * DAY,
    }
    return Appeal.objects.create(**(values | changed))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"at": NOON + 30 * DAY}, "appeal_within_its_term"),
        ({"at": NOON - DAY}, "no term of appeal is open"),
        ({"closes_at": NOON + 40 * DAY}, "no term of appeal is open"),
        ({"text": ""}, "appeal_has_words"),
    ],
)
def test_postgresql_knows_the_term_and_the_words(uwase, staffed, changed, rule):
    case = refused(uwase, staffed.aline)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        _row(case, uwase, **changed)


def test_postgresql_moves_no_case_up_without_an_appeal_and_keeps_each_as_it_was(uwase, staffed):
    case = refused(uwase, staffed.aline)
    with pytest.raises(IntegrityError, match="nobody has appealed"), transaction.atomic():
        StatusChange.objects.create(
            application=case,
            version=case.version + 1,
            source="REFUSED",
            target="UNDER_APPEAL",
            changed_at=NOON,
            changed_by_id=uwase.account_id,
        )
    appeal(case, uwase)
    with pytest.raises(DatabaseError), transaction.atomic():
        Appeal.objects.update(version=1)


def test_no_words_of_hers_stand_in_clear(uwase, staffed):
    appeal(refused(uwase, staffed.aline), uwase)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM applications_appeal")
        assert b"father" not in bytes(cursor.fetchone()[0])
