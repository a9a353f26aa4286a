"""Whoever looks at a case is shown to the person whose it is, and she can ask about it."""

from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import operations
from applications.models import Look, LookQuestion, Seen, Why
from documents.models import Paper
from kernel.models import AuditEntry
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db
LOOKS = reverse("applications:looks")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def case(uwase, staffed, registers):
    return world.taken(uwase, staffed.aline)


@pytest.fixture
def guardian(staffed):
    """Who answers for personal data, over the whole country."""
    return people.officer("privacy.answer")


def desk(case):
    return reverse("applications:desk_case", args=[case.number])


def looks():
    return list(Look.objects.order_by("pk").values_list("account_id", "seen", "why"))


def look_of(account_id, case, why=Why.COLLEAGUE):
    operations.look(
        cases=[(case.pk, why)], account_id=account_id, office_id=None, seen=Seen.CASE, at=NOON
    )
    return Look.objects.get(account_id=account_id, application=case)


# --- what is written down


def test_the_officer_of_the_case_looks_as_who_decides_it(case, staffed):
    officer_at(staffed.aline).get(desk(case))

    assert looks() == [(staffed.aline, "case", "deciding")]
    entry = AuditEntry.objects.get(act="case.read")
    assert entry.detail == {"case": case.pk, "why": "deciding"}


def test_a_supervisor_and_a_colleague_look_as_such(case, staffed):
    head = world.officer(world.HOME, "case.supervise")
    for account_id in (head, staffed.bosco):
        officer_at(account_id).get(desk(case))

    assert looks() == [(head, "case", "supervising"), (staffed.bosco, "case", "colleague")]


def test_a_page_loaded_anew_is_no_new_look_and_ten_minutes_later_it_is(case, staffed, clock):
    browser = officer_at(staffed.aline)
    for _ in range(3):
        browser.get(desk(case))
    assert len(looks()) == 1
    assert AuditEntry.objects.filter(act="case.read").count() == 3  # The trace keeps each.

    clock.shift(timedelta(minutes=10))
    browser.get(desk(case))

    assert len(looks()) == 2


def test_whoever_is_found_in_a_search_was_looked_at_and_nobody_else(case, staffed):
    other = people.citizen(family_name="Mugisha")
    world.queued(other)
    officer_at(staffed.bosco).post(reverse("applications:desk_search"), {"q": case.number})

    (look,) = Look.objects.all()
    assert (look.application_id, look.seen) == (case.pk, Seen.LINE)


def test_a_list_shows_whom_she_has_not_in_hand_and_is_one_look_a_day(case, staffed, clock):
    queue = reverse("applications:queue") + "?list=office"
    for account_id in (staffed.aline, staffed.bosco):
        officer_at(account_id).get(queue)
        clock.shift(timedelta(hours=1))
        officer_at(account_id).get(queue)
    assert looks() == [(staffed.bosco, "line", "colleague")]
    clock.shift(timedelta(days=1))
    officer_at(staffed.bosco).get(queue)
    assert len(looks()) == 2


def test_what_lies_with_another_office_shows_no_name_and_leaves_no_look(case, staffed):
    officer_at(staffed.bosco).get(reverse("applications:queue") + "?list=elsewhere")
    assert looks() == []


def test_the_register_of_the_day_names_persons_and_is_a_look_at_each(case, staffed):
    head = world.officer(world.HOME, "case.supervise", "case.decide")
    page = officer_at(head).get(reverse("applications:day"), {"office": case.deciding_office_id})
    assert case.number in text_of(page)
    assert [(account, seen) for account, seen, _ in looks()] == [(head, "line")]


def test_she_sees_who_read_her_paper_in_the_room_of_papers(uwase, staffed, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    paper_id = world.fresh(world.drawn(uwase, staffed.aline)).paper_id
    keeper = people.officer("paper.suspend", area_code=world.HOME)
    shown = citizen_at(uwase).get(LOOKS)
    assert "Looks at your papers" not in text_of(shown)
    for _ in range(2):  # Loaded anew it is one look to her.
        assert (
            officer_at(keeper).get(reverse("documents:paper", args=[paper_id])).status_code == 200
        )
    shown = citizen_at(uwase).get(LOOKS)
    number = Paper.objects.get(pk=paper_id).number
    assert text_of(shown).count(number) == 1
    assert "Looks at your papers" in text_of(shown)
    neighbour = citizen_at(people.citizen())
    assert number not in text_of(neighbour.get(LOOKS))


def test_a_hundred_looks_are_written_with_one_insert(uwase, staffed):
    cases = [world.draft(uwase, world.BIRTH) for _ in range(3)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        operations.look(
            cases=[(case.pk, Why.DECIDING) for case in cases],
            account_id=staffed.aline,
            office_id=None,
            seen=Seen.LINE,
            at=NOON,
        )
    assert len([one for one in asked if one["sql"].startswith("INSERT")]) == 1
    assert Look.objects.count() == 3


def test_what_is_not_hers_leaves_no_look(case, staffed):
    assert officer_at(staffed.far).get(desk(case)).status_code == 404
    assert looks() == []


@pytest.mark.parametrize("change", ["UPDATE applications_look SET why = 'deciding'",
                                    "DELETE FROM applications_look"])  # fmt: skip
def test_a_look_stays(as_application, change):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute(change)


# --- what she sees of it


def test_she_sees_office_role_and_case_and_no_name(case, uwase, staffed):
    officer_at(staffed.aline).get(desk(case))

    page = text_of(citizen_at(uwase).get(LOOKS))

    assert case.number in page
    assert "An officer who decides it, or may take it next" in page
    assert "Aline" not in page


def test_nobody_sees_looks_at_another_persons_cases(case, staffed):
    officer_at(staffed.aline).get(desk(case))
    other = citizen_at(people.citizen())
    (look,) = Look.objects.all()

    assert case.number not in text_of(other.get(LOOKS))
    assert other.get(reverse("applications:ask_about_look", args=[look.pk])).status_code == 404
    with pytest.raises(operations.NoSuchLook):
        operations.ask_about_look(look_id=look.pk, holder_id=0, text="", at=NOON)
    assert officer_at(staffed.aline).get(LOOKS).status_code == 302


def test_the_list_goes_on_by_pages_with_a_constant_number_of_queries(case, uwase, staffed):
    browser = citizen_at(uwase)
    look_of(staffed.aline, case)
    browser.get(LOOKS)
    with CaptureQueriesContext(connection) as few:
        browser.get(LOOKS)
    for minutes in range(1, 22):
        operations.look(
            cases=[(case.pk, Why.DECIDING)],
            account_id=staffed.aline,
            office_id=world.office_id(),
            seen=Seen.CASE,
            at=NOON + timedelta(minutes=10 * minutes),
        )
    with CaptureQueriesContext(connection) as many:
        page = text_of(browser.get(LOOKS))
    assert len(many) == len(few)
    older = page.split('href="?before=')[1].split('"')[0]
    assert text_of(browser.get(LOOKS, {"before": older})).count("<tr>") == 3  # And its head.


# --- what she asks


def test_a_look_that_seems_wrong_is_answered_by_somebody_else(case, uwase, staffed, guardian):
    look = look_of(staffed.bosco, case)
    browser = citizen_at(uwase)
    address = reverse("applications:ask_about_look", args=[look.pk])
    browser.post(address, {"text": "I know no Bosco."})
    assert "Asked" in text_of(browser.get(LOOKS))

    desk_of_guardian = officer_at(guardian)
    page = text_of(desk_of_guardian.get(reverse("applications:look_questions")))
    assert case.number in page
    question = LookQuestion.objects.get()
    answering = reverse("applications:answer_for_look", args=[question.pk])
    assert "I know no Bosco." in text_of(desk_of_guardian.get(answering))
    assert desk_of_guardian.post(answering, {"text": " "}).status_code == 422
    desk_of_guardian.post(answering, {"text": "We asked him to stop."})

    assert "We asked him to stop." in text_of(browser.get(LOOKS))
    assert desk_of_guardian.get(answering).status_code == 404
    acts = AuditEntry.objects.filter(act__startswith="look.").order_by("pk")
    assert [entry.act for entry in acts] == ["look.asked_about", "look.answered_for"]


def test_she_asks_once_about_a_look(case, uwase, staffed):
    look = look_of(staffed.bosco, case)
    operations.ask_about_look(look_id=look.pk, holder_id=uwase.person_id, text="", at=NOON)
    with pytest.raises(operations.AskedBefore):
        operations.ask_about_look(look_id=look.pk, holder_id=uwase.person_id, text="x", at=NOON)


def test_no_question_begins_with_its_answer_and_no_word_is_written_anew(
    case, uwase, staffed, guardian
):
    look = look_of(staffed.bosco, case)
    with transaction.atomic(), pytest.raises(DatabaseError, match="begins without its answer"):
        LookQuestion.objects.create(
            look=look, asked_at=NOON, answered_by_id=staffed.bosco, answered_at=NOON, answer="Mine."
        )
    operations.ask_about_look(look_id=look.pk, holder_id=uwase.person_id, text="Why?", at=NOON)
    question = LookQuestion.objects.get()
    operations.answer_for_look(question_id=question.pk, by_id=guardian, text="So.", at=NOON)
    with transaction.atomic(), pytest.raises(DatabaseError, match="answered once"):
        LookQuestion.objects.update(text="Nothing.")
    with transaction.atomic(), pytest.raises(DatabaseError, match="answered once"):
        LookQuestion.objects.update(answer="Otherwise.")


def test_nobody_answers_without_the_right_or_for_herself(case, uwase, staffed):
    look = look_of(staffed.bosco, case)
    operations.ask_about_look(look_id=look.pk, holder_id=uwase.person_id, text="", at=NOON)
    question = LookQuestion.objects.get()
    assert officer_at(staffed.aline).get(reverse("applications:look_questions")).status_code == 403
    with pytest.raises(operations.NotGranted):
        operations.answer_for_look(
            question_id=question.pk, by_id=staffed.aline, text="All well.", at=NOON
        )
    with transaction.atomic(), pytest.raises(DatabaseError, match="who looked does not answer"):
        LookQuestion.objects.update(answered_by=staffed.bosco, answered_at=NOON)


def test_an_answer_stays(case, uwase, staffed, guardian):
    look = look_of(staffed.bosco, case)
    operations.ask_about_look(look_id=look.pk, holder_id=uwase.person_id, text="", at=NOON)
    question = LookQuestion.objects.get()
    operations.answer_for_look(question_id=question.pk, by_id=guardian, text="Sorry.", at=NOON)
    with pytest.raises(operations.NoSuchLook):
        operations.answer_for_look(question_id=question.pk, by_id=guardian, text="No.", at=NOON)
    with transaction.atomic(), pytest.raises(DatabaseError, match="answered once"):
        LookQuestion.objects.update(answered_by=staffed.aline)
