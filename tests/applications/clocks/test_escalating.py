"""Whoever is above hears of a case that waits: in time, once, and nobody loses the case for it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, PersonContact
from applications import operations, queries
from applications.events import CaseEscalated
from applications.models import Application, Escalation
from applications.operations import escalating
from applications.queries import clocks
from applications.states import EscalationCause as Cause
from applications.states import EscalationLevel as Level
from kernel.models import EventRow
from notifications.models import Message
from places import queries as places
from tests.accounts import people
from tests.applications import world
from tests.applications.clocks.world import SOON, ask, complete, hours
from tests.applications.packing import FAR, HOME, NEIGHBOUR
from tests.world import NOON
from workers import messages
from workers.errands import upkeep

pytestmark = pytest.mark.django_db
MOMENT = timedelta(minutes=1)


def told(case) -> list[tuple[int, str, str]]:
    return [(one.level, one.cause, one.office.code) for one in clocks.escalations(case.pk)]


def due(case):
    return world.fresh(case).escalate_at


def news() -> list[int]:
    rows = EventRow.objects.filter(name="applications.case.escalated").order_by("pk")
    return [row.payload["subject_id"] for row in rows]


def supervisor(area_code: str, office_code: str, **more: object) -> int:
    office = places.office_by_code(office_code)
    made = people.officer("case.supervise", area_code=area_code, office_id=office.pk, **more)
    person = Account.objects.get(pk=made).person
    if not PersonContact.objects.filter(person=person).exists():  # One phone, however many logins.
        phone = people.citizen()
        PersonContact.objects.create(person=person, contact_id=phone.contact_id, from_at=NOON)
    return made


def told_by_sms() -> list[str]:
    for row in EventRow.objects.filter(name="applications.case.escalated").order_by("pk"):
        event = CaseEscalated(subject_id=row.payload["subject_id"], occurred_at=row.occurred_at)
        messages.tell_escalated(event, row.occurred_at)
    return list(Message.objects.filter(template="escalated").values_list("body", flat=True))


def test_the_supervisor_hears_at_four_fifths_of_the_promise(uwase, staffed):
    case = world.queued(uwase)

    assert operations.escalate(SOON - MOMENT) == 0
    assert operations.escalate(SOON) == 1

    assert told(case) == [(Level.SUPERVISOR, Cause.LATE_SOON, f"sector-{HOME}")]
    assert news() == [case.pk]
    assert due(case) == case.promised_at


def test_the_office_above_hears_when_the_promise_is_over_and_then_nobody_more(uwase, staffed):
    case = world.queued(uwase)
    operations.escalate(SOON)

    assert operations.escalate(case.promised_at) == 1
    assert operations.escalate(case.promised_at + timedelta(days=9)) == 0

    assert told(case)[1:] == [(Level.ABOVE, Cause.LATE, "district-12")]
    assert due(case) is None
    assert world.fresh(case).escalated_to == Level.ABOVE


def test_a_supervisor_who_knows_of_it_is_not_told_again_and_nobody_above_before_it_is_late(
    uwase, staffed
):
    case = world.queued(uwase)
    operations.escalate(SOON)
    Application.objects.filter(pk=case.pk).update(escalate_at=SOON)  # As a new promise would.
    assert operations.escalate(SOON + MOMENT) == 0
    assert due(case) == case.promised_at
    assert operations.escalate(case.promised_at) == 1


def test_who_decides_a_case_stays_who_she_was(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.escalate(SOON)
    operations.escalate(case.promised_at + MOMENT)
    after = world.fresh(case)
    same = ("status", "version", "officer_id", "deciding_office_id", "held_until", "promised_at")
    assert [getattr(after, one) for one in same] == [getattr(case, one) for one in same]


def test_what_was_never_looked_at_goes_to_both_in_turn(uwase, staffed):
    case = world.queued(uwase)
    late = case.promised_at + MOMENT
    assert operations.escalate(late) + operations.escalate(late) == 2
    assert [(level, cause) for level, cause, _ in told(case)] == [
        (Level.SUPERVISOR, Cause.LATE), (Level.ABOVE, Cause.LATE),
    ]  # fmt: skip


def test_a_case_that_nobody_has_says_so(uwase, house):
    case = world.queued(uwase)
    assert case.officer_id is None
    operations.escalate(SOON)
    assert told(case) == [(Level.SUPERVISOR, Cause.NOBODY, f"sector-{HOME}")]


def test_where_nothing_is_promised_the_supervisor_alone_hears_after_ten_working_days(
    uwase, staffed
):
    people.officer("case.decide", office_id=places.office_by_code("national-nppa").pk)
    case = world.queued(uwase, world.CRIMINAL)
    ten_days = NOON + timedelta(days=14)
    assert (case.promised_at, case.escalate_at) == (None, ten_days)

    assert operations.escalate(ten_days) == 1
    assert operations.escalate(ten_days + timedelta(days=90)) == 0

    assert told(case) == [(Level.SUPERVISOR, Cause.HELD_LONG, "national-nppa")]


def test_in_the_applicants_turn_nobody_is_told(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, at=NOON + hours(1))
    assert operations.escalate(NOON + timedelta(days=30)) == 0
    complete(case, uwase, at=NOON + hours(4))
    assert operations.escalate(SOON) == 0
    assert operations.escalate(SOON + hours(3)) == 1


def test_while_the_money_is_held_nobody_is_told(uwase, staffed):
    case = world.queued(uwase)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    assert operations.escalate(NOON + timedelta(days=30)) == 0
    operations.restore_payment(bill_id=case.bill_id, at=NOON + hours(2))
    assert due(case) == SOON + hours(2)


def test_a_closed_case_is_not_escalated(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.refuse(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        reason_code="differs", note="", at=NOON,
    )  # fmt: skip
    assert operations.escalate(NOON + timedelta(days=30)) == 0


def test_a_paper_that_is_never_drawn_is_escalated_too(uwase, staffed, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    case = world.approved(uwase, staffed.aline)
    assert case.status == "APPROVED"
    assert operations.escalate(SOON) == 1


def test_where_another_office_has_it_now_its_own_supervisor_hears_first(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    operations.escalate(SOON)
    operations.transfer(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        office_id=world.office_id(NEIGHBOUR), officer_id=None, reason_code="not_ours",
        text="", at=SOON,
    )  # fmt: skip
    late = case.promised_at + MOMENT
    operations.escalate(late)
    operations.escalate(late)
    assert [(level, office) for level, _, office in told(case)] == [
        (Level.SUPERVISOR, f"sector-{HOME}"),
        (Level.SUPERVISOR, f"sector-{NEIGHBOUR}"),
        (Level.ABOVE, "district-12"),
    ]


@pytest.mark.parametrize(
    ("area", "officer", "above"),
    [(NEIGHBOUR, None, []), (FAR, "far", [(Level.ABOVE, "district-11")])],
    ids=["to the office, under the same district", "to an officer, under another one"],
)
def test_a_late_case_that_everybody_knew_of_is_told_to_the_office_that_gets_it(
    uwase, staffed, area, officer, above
):
    case = world.taken(uwase, staffed.aline)
    late = case.promised_at + MOMENT
    assert [operations.escalate(late) for _ in range(3)] == [1, 1, 0]
    assert due(case) is None
    operations.transfer(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        office_id=world.office_id(area), officer_id=officer and getattr(staffed, officer),
        reason_code="not_ours", text="", at=late,
    )  # fmt: skip
    for _ in range(3):
        operations.escalate(late)
    assert [(level, office) for level, _, office in told(case)] == [
        (Level.SUPERVISOR, f"sector-{HOME}"),
        (Level.ABOVE, "district-12"),
        (Level.SUPERVISOR, f"sector-{area}"),
        *above,
    ]
    assert due(case) is None


def test_above_the_district_is_the_services_own_agency_and_above_that_nobody(uwase, staffed):
    case = world.queued(uwase)
    chain = escalating.Chain()
    district = places.office_by_code("district-12").pk
    assert chain.above(case.deciding_office_id, case.service_version_id) == district
    top = chain.above(district, case.service_version_id)
    assert places.office(top).level == "national"
    assert chain.above(top, case.service_version_id) == top


def test_a_closed_office_is_passed_over(uwase, staffed):
    case = world.queued(uwase)
    district = places.office_by_code("district-12")
    district.active = False
    district.save(update_fields=["active"])
    top = escalating.Chain().above(case.deciding_office_id, case.service_version_id)
    assert places.office(top).level == "national"


def test_many_are_escalated_in_batches_with_few_queries(uwase, staffed, monkeypatch):
    cases = [world.queued(people.citizen()) for _ in range(5)]
    monkeypatch.setattr(escalating, "BATCH", 2)
    with CaptureQueriesContext(connection) as asked:
        assert operations.escalate(SOON) == 5
    a_batch = 8  # Savepoint, lock, told, written, published, two updates, released.
    assert len(asked) <= 3 * a_batch
    assert sorted(news()) == sorted(case.pk for case in cases)


def test_one_sweep_is_bounded(uwase, staffed, monkeypatch):
    for _ in range(3):
        world.queued(people.citizen())
    monkeypatch.setattr(escalating, "BATCH", 1)
    monkeypatch.setattr(escalating, "BATCHES_MAX", 2)
    assert [operations.escalate(SOON) for _ in range(3)] == [2, 1, 0]


def test_time_alone_brings_it_about(uwase, staffed):
    world.queued(uwase)
    upkeep.let_time_pass(now=SOON)
    assert Escalation.objects.count() == 1


def test_each_supervisor_of_the_office_gets_one_message_a_day_that_names_nobody(uwase, staffed):
    supervisor(HOME, f"sector-{HOME}")
    supervisor(HOME, f"sector-{HOME}")
    supervisor("12", "district-12")
    first, second = world.queued(uwase), world.queued(people.citizen())
    operations.escalate(SOON)

    said = told_by_sms()

    assert len(said) == 2  # The district hears nothing yet, and two cases are one message.
    assert not any(case.number in text for text in said for case in (first, second))

    operations.escalate(first.promised_at)
    assert len(told_by_sms()) == 3  # Now the district's: the others heard today.


def test_of_a_case_that_goes_to_both_in_one_sweep_both_hear(uwase, staffed, monkeypatch):
    supervisor(HOME, f"sector-{HOME}")
    supervisor("12", "district-12")
    case = world.queued(uwase)
    monkeypatch.setattr(escalating, "BATCH", 1)  # A full batch, so that the next one is looked at.
    operations.escalate(case.promised_at + MOMENT)
    assert [level for level, _, _ in told(case)] == [Level.SUPERVISOR, Level.ABOVE]
    assert len(told_by_sms()) == 2


def test_without_a_supervisor_of_its_own_whoever_supervises_the_area_hears(uwase, staffed):
    district = supervisor("12", "district-12")
    case = world.queued(uwase)
    operations.escalate(SOON)
    [escalation] = clocks.escalations(case.pk)
    assert clocks.overseers(escalation, at=SOON) == [district]


def test_a_supervisor_is_not_told_of_her_own_case(uwase, staffed):
    hers = supervisor(HOME, f"sector-{HOME}", person_id=uwase.person_id)
    case = world.queued(uwase)
    operations.escalate(SOON)
    [escalation] = clocks.escalations(case.pk)
    assert hers not in clocks.overseers(escalation, at=SOON)


def test_the_desk_finds_what_was_escalated_and_still_waits(uwase, staffed):
    case, done = world.queued(uwase), world.taken(people.citizen(), staffed.aline)
    world.queued(people.citizen())
    Application.objects.filter(pk__in=[case.pk, done.pk]).update(escalate_at=NOON)
    operations.escalate(NOON)
    operations.refuse(
        application_id=done.pk, by_id=staffed.aline, version=done.version,
        reason_code="differs", note="", at=NOON,
    )  # fmt: skip
    reach = world.reach(staffed.aline)
    listed = queries.page(reach, queries.Filter(queries.Shown.ESCALATED), at=NOON)
    assert [one.pk for one in listed.cases] == [case.pk]
    assert queries.counts(reach, at=NOON).escalated == 1


def test_a_head_reads_how_often_her_office_was_told(uwase, staffed):
    case = world.queued(uwase)
    operations.escalate(SOON)
    counted = clocks.escalations_by_office(
        since=NOON, until=SOON + MOMENT, office_ids=[case.deciding_office_id]
    )
    assert counted == {(case.deciding_office_id, Level.SUPERVISOR): 1}


def _row(case, **changed: object) -> Escalation:
    values = {
        "application_id": case.pk, "level": Level.SUPERVISOR, "cause": Cause.LATE_SOON,
        "office_id": case.deciding_office_id, "at": SOON,
    }  # fmt: skip
    return Escalation(**(values | changed))


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("escalation_is_due", {"at": SOON - MOMENT}),
        ("escalated_above_when_late", {"level": Level.ABOVE}),
        ("escalation_level_known", {"level": 3, "cause": Cause.LATE}),
        ("escalation_cause_known", {"cause": "whim"}),
    ],
)
def test_postgresql_refuses_an_escalation_out_of_turn(uwase, staffed, rule, changed):
    case = world.queued(uwase)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        _row(case, **changed).save()
    _row(case).save()
    with pytest.raises(IntegrityError, match="escalated_once_to_an_office"), transaction.atomic():
        _row(case, cause=Cause.LATE).save()


def test_postgresql_refuses_to_escalate_in_the_applicants_turn(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, at=NOON)
    with pytest.raises(IntegrityError, match="escalation_is_due"), transaction.atomic():
        _row(case).save()


def test_what_was_told_is_not_untold(uwase, staffed):
    case = world.queued(uwase)
    operations.escalate(SOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        Escalation.objects.update(cause=Cause.LATE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Escalation.objects.filter(application=case).delete()
