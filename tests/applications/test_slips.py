"""What the office writes of a case: once for each occasion, sealed, for whom it is meant."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from applications import operations, queries
from applications.events import CaseQueued
from applications.models import Application, CaseSlip, DaySlip
from applications.states import SlipKind
from documents import operations as documents
from documents.models import Paper
from kernel.models import AuditEntry, EventRow
from places import queries as places
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at
from tests.applications.packing import FAR
from tests.applications.world import Staffed
from tests.world import NOON
from workers import processes

K = SlipKind
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.FILES_DIR = tmp_path


def write(case, kind: SlipKind, at=NOON) -> int | None:
    return operations.write_slip(kind=kind, application_id=case.pk, at=at)


def write_day(by_id: int, language: str = "en", at=NOON + DAY) -> int:
    return operations.write_day(
        office_id=world.office_id(), day=NOON.date(), language=language, by_id=by_id, at=at
    )


def facts(paper_id: int | None) -> dict[str, str]:
    return Paper.objects.get(pk=paper_id).facts


def issue(paper_id: int) -> None:
    world.make_keys()
    documents.claim_for_rendering(limit=9, now=NOON, until=NOON + world.MINUTE)
    documents.sign_claims(paper_id, at=NOON)
    documents.record_rendering(paper_id, documents.render(paper_id), at=NOON)
    documents.claim_for_signing(limit=1, now=NOON, until=NOON + world.MINUTE, paper_id=paper_id)
    documents.sign_through(paper_id, at=NOON)


def test_who_has_paid_gets_an_acknowledgement_with_the_promised_day(
    uwase: Citizen, staffed: Staffed
) -> None:
    case = world.queued(uwase)

    said = facts(write(case, K.ACKNOWLEDGEMENT))

    assert said["case_number"] == case.number
    assert said["fee"] == "500 RWF"
    assert said["due_on"] == "2026-11-24"
    assert said["items"] == "0"
    assert {"payment_reference", "paid_at", "received_at"} <= said.keys()


def test_a_free_case_says_that_nothing_was_to_be_paid(uwase: Citizen, staffed: Staffed) -> None:
    said = facts(write(world.queued(uwase, world.FREE), K.ACKNOWLEDGEMENT))
    assert said["fee"] == "Nothing to pay"
    assert "payment_reference" not in said


def test_a_service_without_a_promise_names_no_day(uwase: Citizen, staffed: Staffed) -> None:
    people.officer("case.decide", office_id=places.office_by_code("national-nppa").pk)
    said = facts(write(world.queued(uwase, world.CRIMINAL), K.ACKNOWLEDGEMENT))
    assert "due_on" not in said


def test_a_case_is_acknowledged_once_however_often_it_is_queued(
    uwase: Citizen, staffed: Staffed
) -> None:
    case = world.taken(uwase, staffed.aline)
    first = write(case, K.ACKNOWLEDGEMENT)
    operations.release(application_id=case.pk, by_id=staffed.aline, version=case.version, at=NOON)
    assert write(case, K.ACKNOWLEDGEMENT) == first
    assert CaseSlip.objects.count() == 1


def test_each_completion_is_asked_for_in_writing(uwase: Citizen, staffed: Staffed) -> None:
    case = world.taken(uwase, staffed.aline)
    assert write(case, K.COMPLETION_REQUEST) is None  # Nothing was asked.
    papers = []
    for field in ("father_name", "mother_name"):
        case = world.fresh(case)
        operations.ask_completion(
            application_id=case.pk, by_id=staffed.aline, version=case.version,
            fields={field: "unclear"}, at=NOON,
        )  # fmt: skip
        papers.append(write(case, K.COMPLETION_REQUEST))
        assert write(case, K.COMPLETION_REQUEST) == papers[-1]
        operations.complete(
            application_id=case.pk, holder_id=uwase.person_id, by_id=uwase.account_id,
            given={field: "Umutesi Jean-Bosco"}, at=NOON,
        )  # fmt: skip
    assert papers[0] != papers[1]
    assert facts(papers[0])["item_1_name"] == "Name of your father"
    assert facts(papers[1])["item_1_reason"].startswith("We cannot read")


def test_a_refusal_gives_its_reason_and_the_term_of_its_service_and_no_law(
    uwase: Citizen, staffed: Staffed
) -> None:
    case = world.taken(uwase, staffed.aline)
    operations.refuse(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        reason_code="differs", note="See the second name.", at=NOON,
    )  # fmt: skip
    said = facts(write(case, K.REFUSAL))
    assert said["reason"].endswith("rectify the register first. See the second name.")
    assert said["appeal_until"] == "2026-12-23"
    assert "law" not in said


def test_what_is_late_is_apologised_for_once_and_stays_late(
    uwase: Citizen, staffed: Staffed
) -> None:
    case = world.queued(uwase)
    assert operations.apologise(now=case.promised_at) == 0
    later = case.promised_at + timedelta(hours=1)

    assert operations.apologise(now=later) == 1
    assert EventRow.objects.filter(name="applications.case.late").count() == 1
    assert operations.apologise(now=later + DAY) == 0

    slip = CaseSlip.objects.get(kind=K.APOLOGY)
    assert slip.due_at > later
    assert facts(slip.paper_id)["promised_on"] == "2026-11-24"
    assert world.fresh(case).promised_at == case.promised_at


def test_a_case_that_breaks_keeps_no_other_from_its_apology(
    uwase: Citizen, staffed: Staffed
) -> None:
    nameless = people.citizen()
    broken, other = world.queued(nameless), world.queued(uwase)
    later = other.promised_at + timedelta(hours=1)
    Person.objects.filter(pk=nameless.person_id).update(family_name="", given_names="")
    Application.objects.filter(pk=broken.pk).update(promised_at=broken.promised_at - DAY)

    assert operations.apologise(now=later) == 1
    assert CaseSlip.objects.get(kind=K.APOLOGY).application_id == other.pk
    assert EventRow.objects.filter(name="applications.case.late").count() == 1


def test_nobody_is_told_sorry_for_her_own_turn(uwase: Citizen, staffed: Staffed) -> None:
    case = world.taken(uwase, staffed.aline)
    operations.ask_completion(
        application_id=case.pk, by_id=staffed.aline, version=case.version,
        fields={"father_name": "unclear"}, at=NOON,
    )  # fmt: skip
    assert operations.apologise(now=NOON + 30 * DAY) == 0


def test_a_control_slip_says_who_held_the_case(uwase: Citizen, staffed: Staffed) -> None:
    case = world.taken(uwase, staffed.aline, at=NOON + timedelta(minutes=35))
    said = facts(write(case, K.CONTROL_SLIP))
    desks = [said[f"desk_{n}_name"] for n in range(1, int(said["desks"]) + 1)]
    assert desks[0] == "The applicant"
    assert desks[-1] == "Aline"
    assert said["desk_4_held"] == "35 min"


def test_the_news_are_written_by_their_handlers(uwase: Citizen, staffed: Staffed) -> None:
    case = world.queued(uwase)
    for _ in range(2):
        processes.acknowledge(CaseQueued(subject_id=case.pk, occurred_at=NOON), NOON)
    assert CaseSlip.objects.count() == 1


def test_she_downloads_her_slips_and_nobody_else_does(uwase: Citizen, staffed: Staffed) -> None:
    with time_machine.travel(NOON):
        case = world.queued(uwase)
        paper_id = write(case, K.ACKNOWLEDGEMENT)
        control = write(case, K.CONTROL_SLIP)
        [slip] = queries.slips(case.pk)
        address = reverse("applications:slip", args=[case.number, slip.kind, slip.version])
        page = reverse("applications:case", args=[case.number])
        hers = citizen_at(uwase)

        assert hers.get(address).status_code == 404  # Not sealed yet.
        assert b"is being made" in hers.get(page).content
        issue(paper_id)
        issue(control)
        assert hers.get(address).content.startswith(b"%PDF")
        assert address.encode() in hers.get(page).content

        inner = reverse("applications:slip", args=[case.number, K.CONTROL_SLIP, slip.version])
        assert hers.get(inner).status_code == 404
        assert citizen_at(people.citizen()).get(address).status_code == 404
        assert Client().get(address).status_code == 302
        desk = reverse("applications:desk_slip", args=[case.number, K.CONTROL_SLIP, slip.version])
        assert officer_at(staffed.aline).get(desk).content.startswith(b"%PDF")
        assert officer_at(staffed.far).get(desk).status_code == 404


def test_an_officer_writes_a_control_slip_from_the_case(uwase: Citizen, staffed: Staffed) -> None:
    with time_machine.travel(NOON):
        case = world.queued(uwase)
        address = reverse("applications:control_slip", args=[case.number])
        assert officer_at(staffed.far).post(address).status_code == 404
        assert not CaseSlip.objects.exists()
        for _ in range(2):
            assert officer_at(staffed.aline).post(address).status_code == 302
    assert CaseSlip.objects.filter(kind=K.CONTROL_SLIP).count() == 1
    [asked] = AuditEntry.objects.filter(act="case.slip_written")
    assert (asked.actor_id, asked.subject_id) == (staffed.aline, case.pk)
    assert asked.reason == K.CONTROL_SLIP


# --- the register of the day ----------------------------------------------------------------------


def test_the_register_of_a_day_lists_each_case_once(uwase: Citizen, staffed: Staffed) -> None:
    taken = world.taken(uwase, staffed.aline)
    operations.refuse(
        application_id=taken.pk, by_id=staffed.aline, version=taken.version,
        reason_code="differs", at=NOON,
    )  # fmt: skip
    world.queued(people.citizen())

    told = queries.day(world.office_id(), NOON.date(), language="en")

    assert (told.received, told.decided, told.handed_over, told.late) == (2, 1, 0, 0)
    assert [row.act for row in told.rows] == ["Refused", "Routed to Kimironko sector office"]
    assert queries.day(world.office_id(FAR), NOON.date(), language="en").rows == ()
    assert queries.day(world.office_id(), (NOON + DAY).date(), language="en").rows == ()


def test_a_day_is_sealed_once_and_only_when_it_is_over(uwase: Citizen, staffed: Staffed) -> None:
    world.queued(uwase)
    with pytest.raises(operations.DayNotOver):
        write_day(staffed.aline, at=NOON)

    first = write_day(staffed.aline)
    again = write_day(staffed.bosco, "fr")

    assert first == again
    assert DaySlip.objects.count() == 1
    assert facts(first)["cases"] == "1"
    [asked] = AuditEntry.objects.filter(act="day.written")
    assert (asked.actor_id, asked.subject_id) == (staffed.aline, world.office_id())
    assert asked.detail == {"day": "2026-11-23", "paper": first}


def test_the_page_of_a_day_is_for_those_whose_rights_reach_the_office(
    uwase: Citizen, staffed: Staffed
) -> None:
    with time_machine.travel(NOON):
        case = world.queued(uwase)
    with time_machine.travel(NOON + DAY):
        address = f"{reverse('applications:day')}?office={world.office_id()}&day=2026-11-23"
        hers = officer_at(staffed.aline)
        assert case.number.encode() in hers.get(address).content
        assert hers.get(reverse("applications:day")).status_code == 200
        assert officer_at(staffed.far).get(address).status_code == 404
        wrong = hers.get(reverse("applications:day"), {"day": "tomorrow"})
        assert b"error-summary" in wrong.content
        first = hers.get(reverse("applications:day"), {"day": "0001-01-01"})
        assert b"error-summary" in first.content

        sent = {"office": world.office_id(), "day": "2026-11-23"}
        assert (
            officer_at(staffed.far).post(reverse("applications:write_day"), sent).status_code == 404
        )
        assert hers.post(reverse("applications:write_day"), sent).status_code == 302
        pdf = reverse("applications:day_pdf", args=[world.office_id(), "2026-11-23"])
        assert hers.get(pdf).status_code == 404
        issue(DaySlip.objects.get().paper_id)
        assert hers.get(pdf).content.startswith(b"%PDF")
        assert officer_at(staffed.far).get(pdf).status_code == 404


def test_the_page_of_a_day_names_only_those_whose_case_she_may_open(
    uwase: Citizen, staffed: Staffed
) -> None:
    with time_machine.travel(NOON):
        hers, other = world.queued(uwase, world.SINGLE), world.queued(people.citizen())
    one_service = people.officer(
        "case.decide", area_code=world.HOME, service_code=world.SINGLE, office_id=world.office_id()
    )
    of_party = world.officer(person_id=uwase.person_id)
    office = {"office": world.office_id(), "day": "2026-11-23"}
    with time_machine.travel(NOON + DAY):
        told = officer_at(one_service).get(reverse("applications:day"), office).content
        assert hers.number.encode() in told
        assert other.number.encode() not in told
        told = officer_at(of_party).get(reverse("applications:day"), office).content
        assert hers.number.encode() not in told
        assert other.number.encode() in told

        # The sealed register names everybody: it is for rights over every service.
        make = reverse("applications:write_day")
        assert officer_at(one_service).post(make, office).status_code == 404
        issue(write_day(staffed.aline))
        pdf = reverse("applications:day_pdf", args=[world.office_id(), "2026-11-23"])
        assert officer_at(one_service).get(pdf).status_code == 404
        assert officer_at(of_party).get(pdf).status_code == 200


# --- said again by PostgreSQL ---------------------------------------------------------------------


def test_postgresql_keeps_one_slip_for_each_occasion(uwase: Citizen, staffed: Staffed) -> None:
    case = world.queued(uwase)
    write(case, K.ACKNOWLEDGEMENT)
    strange = write_day(staffed.aline)
    with pytest.raises(IntegrityError, match="case_slip_once_a_case"), transaction.atomic():
        CaseSlip.objects.create(
            application=case, kind=K.ACKNOWLEDGEMENT, version=99, made_at=NOON, paper_id=strange
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseSlip.objects.update(version=3)
