"""A register says yes or no to what she typed of somebody, and nothing of its own."""

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts import queries as accounts
from applications import operations
from applications.models import Lookup
from applications.operations import asking, looking_up
from applications.states import Status
from catalogue import queries as catalogue
from catalogue.models import Service
from kernel.models import AuditEntry
from tests.accounts import people
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.drafts.test_saved import new_version
from tests.world import NOON

pytestmark = pytest.mark.django_db

WITNESS = {
    "code": "witness",
    "titles": {"en": "Your witness"},
    "fields": [
        {
            "code": "witness_id",
            "type": "person",
            "labels": {"en": "Number of the witness"},
            "lookup": {"name": "witness_name"},
        },
        {"code": "witness_name", "type": "text", "labels": {"en": "Family name of the witness"}},
        {
            "code": "own_act",
            "type": "record",
            "labels": {"en": "Your act"},
            "required": False,
            "lookup": {"register": "birth"},
        },
    ],
}
NO = "the register does not hold it as it was typed"
UNCHECKED = "not checked with the register"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def witness(house) -> people.Citizen:
    return people.citizen(family_name="Mukamana", given_names="Rose")


@pytest.fixture
def held(registers, uwase, witness):
    """Registers that hold the witness and one act of the applicant."""
    entry = world.person_entry(witness)
    registers.people[entry.national_id] = world.as_json(entry)
    act = world.birth_act(uwase)
    registers.acts["birth", act.national_ids[0]] = [world.act_as_json(act)]
    return registers


@pytest.fixture
def case(uwase, held):
    service = Service.objects.select_related("current").get(code=world.BIRTH)
    new_version(form=[*service.current.definition["form"], WITNESS])
    return world.draft(uwase)


def number(citizen: people.Citizen) -> str:
    return accounts.person(citizen.person_id).national_id or ""


def answer(browser, case, witness_id: str, name: str = "Mukamana", own_act: str = ""):
    return browser.post(
        reverse("applications:group", args=[case.number, "witness"]),
        {"witness_id": witness_id, "witness_name": name, "own_act": own_act},
    )


def review(browser, case) -> str:
    return text_of(browser.get(reverse("applications:review", args=[case.number])))


def test_what_is_right_is_found_and_only_her_own_words_are_repeated(
    case, uwase, witness, held
) -> None:
    browser = citizen_at(uwase)
    answer(browser, case, number(witness), own_act="1990/3/217")
    page = review(browser, case)
    assert "found: M*******" in page
    assert "1990/3/217 (found in the register)" in page
    assert "Rose" not in page
    assert held.asked == 2
    assert "Ask the register" not in page


def test_a_wrong_name_a_wrong_number_and_nobody_at_all_get_one_answer(case, uwase, witness) -> None:
    browser = citizen_at(uwase)
    told = []
    for witness_id, name in ((number(witness), "Rose"), ("1199070000009042", "Mukamana")):
        answer(browser, case, witness_id, name)
        page = review(browser, case)
        told.append((page.count(NO), "found:" in page, "Mukamana" in page and "Rose" in page))
    assert told == [(1, False, False)] * 2
    # She may go on with it: an officer sees the same.
    assert "Send and pay" in page


def test_an_answer_that_changes_has_not_been_asked_about(case, uwase, witness, held) -> None:
    browser = citizen_at(uwase)
    answer(browser, case, number(witness))
    answer(browser, case, number(witness))
    assert held.asked == 1
    answer(browser, case, number(witness), "Mukamaa")
    assert NO in review(browser, case)
    assert held.asked == 2


def test_while_the_register_is_silent_she_goes_on_and_may_ask_again(
    case, uwase, witness, held
) -> None:
    browser, held.gone = citizen_at(uwase), True
    assert answer(browser, case, number(witness)).status_code == 302
    page = review(browser, case)
    assert UNCHECKED in page
    assert "Send and pay" in page
    held.gone = False
    browser.post(reverse("applications:review", args=[case.number]), {"look_up": "1"})
    assert "found: M*******" in review(browser, case)
    case.refresh_from_db()
    assert case.status == Status.DRAFT


def test_nobody_tries_names_for_a_number_for_long(case, uwase, witness, held) -> None:
    browser = citizen_at(uwase)
    for guess in range(looking_up.BY_NUMBER.times):
        answer(browser, case, number(witness), f"Guess{'x' * guess}")
    asked = held.asked
    answer(browser, case, number(witness), "Mukamana")
    assert UNCHECKED in review(browser, case)
    # Nor does anybody else find it out today.
    other = people.citizen()
    theirs = world.draft(other)
    answer(citizen_at(other), theirs, number(witness), "Mukamana")
    assert held.asked == asked


def test_one_account_asks_ten_times_an_hour(case, uwase, held) -> None:
    browser = citizen_at(uwase)
    for place in range(looking_up.BY_ACCOUNT.times + 3):
        answer(browser, case, f"11990700{place:05d}042", "Mukamana")
    assert held.asked == looking_up.BY_ACCOUNT.times


def test_each_question_is_in_the_trace_and_names_nobody(case, uwase, witness) -> None:
    answer(citizen_at(uwase), case, number(witness))
    (traced,) = AuditEntry.objects.filter(act="case.looked_up")
    assert (traced.actor_id, traced.subject_id) == (uwase.account_id, case.pk)
    assert traced.detail == {"field": "witness_id", "register": "population", "outcome": "agrees"}
    row = Lookup.objects.get()
    assert number(witness).encode() not in bytes(row.about)


def test_an_officer_sees_what_the_register_said(case, uwase, witness, staffed) -> None:
    answer(citizen_at(uwase), case, number(witness), "Rose")
    sent = world.submit(uwase, world.fresh(case))
    world.pay(sent.bill_id)
    operations.confirm_payment(bill_id=sent.bill_id, at=NOON)
    operations.route(application_id=case.pk, at=NOON)
    page = text_of(
        officer_at(staffed.aline).get(reverse("applications:desk_case", args=[case.number]))
    )
    assert NO in page


def test_what_no_register_confirmed_goes_to_an_officer_and_not_to_the_register_alone(
    case, uwase, witness
) -> None:
    definition = catalogue.version(case.service_version_id).definition
    assert definition.lookups
    answer(citizen_at(uwase), case, number(witness), "Rose")
    assert not looking_up.agree(world.fresh(case), definition)
    answer(citizen_at(uwase), case, number(witness))
    assert looking_up.agree(world.fresh(case), definition)
    assert not asking.ask(world.fresh(case), definition, at=NOON)  # This one has no such paper.


def test_postgresql_keeps_an_answer_of_a_draft_for_good(case, uwase, witness) -> None:
    answer(citizen_at(uwase), case, number(witness))
    row = Lookup.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE applications_lookup SET outcome = 'differs'")
    world.submit(uwase, world.fresh(case))
    late = Lookup(
        application=case, field_code="own_act", about=b"x", outcome="agrees",
        asked_by=row.asked_by, at=NOON,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="drafts only"), transaction.atomic():
        late.save()
