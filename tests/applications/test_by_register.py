"""A paper that its register issues by itself: an officer only where something does not agree."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from applications import operations, queries, story
from applications.models import RegisterQuestion
from applications.operations.answering import ASKED_FOR_MAX
from applications.states import Status
from documents import queries as papers
from documents.models import Paper
from kernel.models import EventRow
from registers.models import CitedEntry
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.packing import FAR
from tests.applications.registers_server import Registers
from tests.applications.world import IDENTITY, Staffed, person_entry
from tests.world import NOON
from workers import errands

S = Status
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def asked(citizen: Citizen, service: str = IDENTITY, **changed: object):
    """Return a paid case whose register is to be asked."""
    return world.queued(citizen, service, **changed)


def hold(registers: Registers, citizen: Citizen, **changed: object) -> None:
    entry = person_entry(citizen, **changed)
    registers.people[entry.national_id] = world.as_json(entry)


def run(at=NOON) -> int:
    return errands.ask_registers(lambda: at)


def told(case) -> list[str]:
    with translation.override("en"):
        items = story.tell(
            queries.history(case.pk),
            status=case.status,
            office="Kimironko",
            promised_at=None,
            staff=True,
        )
    return [item["note"] for item in items if item["note"]]


def test_who_is_paid_up_and_known_needs_no_officer(
    uwase: Citizen, staffed: Staffed, registers: Registers
) -> None:
    hold(registers, uwase)
    case = asked(uwase)
    assert case.status == S.PAID

    assert run() == 1

    case = world.fresh(case)
    assert (case.status, case.officer_id) == (S.APPROVED, None)
    paper = papers.paper(case.paper_id)
    assert (paper.sealed_only, paper.officer_id, paper.paper_type) == (True, None, "full_identity")
    assert paper.office_id == case.deciding_office_id
    assert RegisterQuestion.objects.get().answer == "issued"
    assert EventRow.objects.filter(name="applications.case.approved_by_register").count() == 1
    assert run(NOON + MINUTE) == 0  # Nothing is asked twice.


def test_what_the_register_said_is_cited_as_of_the_moment_of_asking(
    uwase: Citizen, registers: Registers
) -> None:
    hold(registers, uwase)
    asked(uwase)
    ticks = iter([NOON, NOON + timedelta(seconds=1), NOON + timedelta(seconds=2)])

    errands.ask_registers(lambda: next(ticks))

    assert CitedEntry.objects.get().cited_at == NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changed", "answer", "note"),
    [
        ({"residence_code": FAR}, "differs", "the answers differ from the register"),
        ({"vital_status": "dead"}, "denies", "the register does not say what the paper would"),
        # No font of ours has them: approved, the case would wait for its paper for ever.
        ({"birth_place_code": "\u6f22"}, "denies", "the register does not say what the paper"),
    ],
)
def test_whatever_does_not_agree_goes_to_an_officer_with_the_reason(
    uwase: Citizen, staffed: Staffed, registers: Registers, changed, answer, note
) -> None:
    hold(registers, uwase, **changed)
    case = asked(uwase)

    run()

    case = world.fresh(case)
    assert (case.status, case.paper_id) == (S.IN_QUEUE, None)
    assert case.officer_id in {staffed.aline, staffed.bosco}
    assert RegisterQuestion.objects.get().answer == answer
    assert told(case)[0].startswith(note)
    assert not Paper.objects.exists()
    assert not CitedEntry.objects.exists()


def test_whom_the_register_does_not_know_an_officer_looks_at(
    uwase: Citizen, staffed: Staffed, registers: Registers
) -> None:
    case = asked(uwase)

    run()

    assert world.fresh(case).status == S.IN_QUEUE
    assert RegisterQuestion.objects.get().answer == "no_entry"


def test_of_several_acts_an_officer_chooses(uwase: Citizen, staffed: Staffed) -> None:
    case = asked(uwase)
    [question_id] = operations.claim_questions(limit=1, now=NOON, until=NOON + MINUTE)

    operations.take_answer(
        question_id=question_id,
        entries=[person_entry(uwase), person_entry(uwase)],
        read_at=NOON,
        at=NOON,
    )

    assert world.fresh(case).status == S.IN_QUEUE
    assert RegisterQuestion.objects.get().answer == "several"


def test_anothers_entry_issues_nothing(uwase: Citizen, staffed: Staffed) -> None:
    case = asked(uwase)
    [question_id] = operations.claim_questions(limit=1, now=NOON, until=NOON + MINUTE)
    strange = person_entry(uwase, national_id="1199080000000000")

    operations.take_answer(question_id=question_id, entries=[strange], read_at=NOON, at=NOON)

    assert world.fresh(case).status == S.IN_QUEUE
    assert RegisterQuestion.objects.get().answer == "other_person"


def test_a_silent_register_is_asked_again_later_and_later(
    uwase: Citizen, staffed: Staffed, registers: Registers
) -> None:
    registers.gone = True
    case = asked(uwase)
    moments = []
    at = NOON
    for _ in range(4):
        assert run(at) == 1
        at = RegisterQuestion.objects.get().due_at
        moments.append((at - NOON).total_seconds())
        assert run(at - timedelta(seconds=1)) == 0
    assert moments == [10, 30, 70, 150]

    hold(registers, uwase)
    registers.gone = False
    run(at)
    assert world.fresh(case).status == S.APPROVED


def test_a_register_that_stays_silent_keeps_no_case(
    uwase: Citizen, staffed: Staffed, registers: Registers
) -> None:
    registers.gone = True
    case = asked(uwase)
    run()

    assert operations.stop_asking(now=NOON + ASKED_FOR_MAX - MINUTE) == 0
    assert operations.stop_asking(now=NOON + ASKED_FOR_MAX) == 1

    case = world.fresh(case)
    assert case.status == S.IN_QUEUE
    assert case.officer_id is not None
    assert told(case)[0].startswith("the register did not answer")
    hold(registers, uwase)
    registers.gone = False
    assert run(NOON + 2 * ASKED_FOR_MAX) == 0  # It is an officer's now.


def test_who_dies_between_asking_and_writing_down_is_followed_by_another(
    uwase: Citizen, registers: Registers
) -> None:
    hold(registers, uwase)
    case = asked(uwase)
    operations.claim_questions(limit=1, now=NOON, until=NOON + MINUTE)  # And then it died.

    assert run(NOON + timedelta(seconds=59)) == 0
    assert run(NOON + MINUTE) == 1
    assert world.fresh(case).status == S.APPROVED


def test_a_case_that_breaks_keeps_no_other_waiting_and_gets_an_officer(
    uwase: Citizen, staffed: Staffed, registers: Registers, monkeypatch
) -> None:
    hold(registers, uwase)
    broken, other = asked(uwase), asked(uwase)
    take_answer = operations.take_answer

    def breaking(*, question_id: int, **more: object) -> None:
        if RegisterQuestion.objects.get(pk=question_id).application_id == broken.pk:
            raise RuntimeError
        take_answer(question_id=question_id, **more)

    monkeypatch.setattr(operations, "take_answer", breaking)

    assert run() == 2

    assert world.fresh(other).status == S.APPROVED
    assert operations.stop_asking(now=NOON + ASKED_FOR_MAX) == 1
    assert world.fresh(broken).status == S.IN_QUEUE


def test_two_that_have_the_same_answer_issue_one_paper(uwase: Citizen) -> None:
    case = asked(uwase)
    [question_id] = operations.claim_questions(limit=1, now=NOON, until=NOON)
    for _ in range(2):
        operations.take_answer(
            question_id=question_id, entries=[person_entry(uwase)], read_at=NOON, at=NOON
        )
    assert world.fresh(case).status == S.APPROVED
    assert Paper.objects.count() == 1


def test_a_case_that_was_taken_back_meanwhile_gets_no_paper(
    uwase: Citizen, registers: Registers
) -> None:
    hold(registers, uwase)
    case = asked(uwase)
    [question_id] = operations.claim_questions(limit=1, now=NOON, until=NOON)
    operations.withdraw(
        application_id=case.pk, holder_id=uwase.person_id, by_id=uwase.account_id, at=NOON
    )

    operations.take_answer(
        question_id=question_id, entries=[person_entry(uwase)], read_at=NOON, at=NOON
    )

    assert world.fresh(case).status == S.WITHDRAWN
    assert not Paper.objects.exists()
    assert run(NOON + MINUTE) == 0


def test_a_case_that_is_held_is_asked_about_again_when_its_money_is_back(
    uwase: Citizen, registers: Registers
) -> None:
    hold(registers, uwase)
    case = asked(uwase)
    run_before = operations.claim_questions(limit=1, now=NOON, until=NOON + MINUTE)
    operations.hold_payment(bill_id=case.bill_id, at=NOON)
    assert run(NOON + 2 * MINUTE) == 0

    operations.restore_payment(bill_id=case.bill_id, at=NOON + timedelta(seconds=30))
    assert run(NOON + timedelta(seconds=30)) == 1
    assert world.fresh(case).status == S.APPROVED
    assert run_before


def test_a_free_service_needs_no_payment_for_it(
    uwase: Citizen, registers: Registers, monkeypatch
) -> None:
    monkeypatch.setattr("catalogue.pricing.lines", lambda *_: [])
    hold(registers, uwase)
    case = world.draft(uwase, IDENTITY)
    assert world.submit(uwase, case).bill_id is None
    operations.route(application_id=case.pk, at=NOON)

    run()

    assert world.fresh(case).status == S.APPROVED


def test_a_service_that_does_not_say_so_goes_to_an_officer(
    uwase: Citizen, staffed: Staffed
) -> None:
    assert world.queued(uwase, world.SINGLE).status == S.IN_QUEUE
    assert not RegisterQuestion.objects.exists()


def test_the_drawn_paper_waits_for_no_officers_key(uwase: Citizen, registers: Registers) -> None:
    hold(registers, uwase)
    case = asked(uwase)
    run()
    case = world.fresh(case)

    world.draw(case)

    assert world.fresh(case).status == S.APPROVED
    operations.conclude(application_id=case.pk, at=NOON)
    assert world.fresh(case).status == S.ISSUED


# --- said again by PostgreSQL ---------------------------------------------------------------------


def _approve_by_hand(case, *, question: str, officer_id: int | None = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(question, [case.pk])
        cursor.execute(
            "INSERT INTO applications_statuschange (application_id, version, source, target,"
            " changed_at, note_code) VALUES (%s, %s, 'PAID', 'APPROVED', now(), '')",
            [case.pk, case.version + 1],
        )
        cursor.execute(
            "UPDATE applications_application SET status = 'APPROVED', version = version + 1,"
            " officer_id = %s WHERE id = %s",
            [officer_id, case.pk],
        )


ANSWERED = """
    UPDATE applications_registerquestion SET answer = 'issued', answered_at = now()
    WHERE application_id = %s
"""


@pytest.mark.parametrize("question", ["SELECT %s", ANSWERED])
def test_postgresql_lets_no_paid_case_be_approved_without_its_register(
    uwase: Citizen, question: str
) -> None:
    case = asked(uwase)
    with pytest.raises(DatabaseError) as refused:
        _approve_by_hand(case, question=question)
    assert refused.value.__cause__.diag.constraint_name == "case_issued_by_register"


def test_postgresql_keeps_an_answer(uwase: Citizen, registers: Registers) -> None:
    hold(registers, uwase)
    asked(uwase)
    run()
    for change in ({"answer": "silent"}, {"attempts": 9}):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            RegisterQuestion.objects.update(**change)
        assert refused.value.__cause__.diag.constraint_name == "question_answered_once"
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        RegisterQuestion.objects.all().delete()
