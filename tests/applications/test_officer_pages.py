"""What an officer meets: her queue, one case beside the register, her decision, her signature."""

import pytest
import time_machine
from django.urls import reverse

from applications import operations
from applications.pages.reading import key_of
from documents.models import MandateItem
from kernel.models import AuditEntry
from registers import queries as cited
from tests.accounts import people
from tests.accounts.people import PASSWORD
from tests.applications import world
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def files(settings, tmp_path):
    settings.FILES_DIR = tmp_path


def desk(case):
    return reverse("applications:desk_case", args=[case.number])


def act(browser, name, case, **typed):
    return browser.post(reverse(f"applications:{name}", args=[case.number]), typed)


def hold(registers, citizen, *acts):
    """Let the civil register hold these birth acts of the citizen."""
    number = world.entry_for(citizen).national_ids[0]
    registers.acts["birth", number] = [world.act_as_json(one) for one in acts]


def approve(browser, case, page):
    key = page.split('name="entry" value="')[1].split('"')[0]
    return act(browser, "approve", case, version=case.version, entry=key)


# --- the queue


def test_the_queue_shows_mine_my_office_and_what_nobody_has(uwase, staffed):
    cases = [world.queued(uwase) for _ in range(2)]
    mine = next(case for case in cases if case.officer_id == staffed.aline)
    colleagues = next(case for case in cases if case.officer_id == staffed.bosco)
    browser = officer_at(staffed.aline)
    page = text_of(browser.get(reverse("applications:queue")))
    assert mine.number in page
    assert colleagues.number not in page
    office = text_of(browser.get(reverse("applications:queue"), {"list": "office"}))
    assert mine.number in office
    assert colleagues.number in office
    assert "Bosco" in office
    other = officer_at(staffed.far)
    assert mine.number not in text_of(other.get(reverse("applications:queue"), {"list": "office"}))


def test_a_case_with_nobody_is_said_aloud(uwase, house):
    case = world.queued(uwase)
    late_comer = officer_at(world.officer())
    page = late_comer.get(reverse("applications:queue"), {"list": "unassigned"})
    assert case.number in text_of(page)


@pytest.mark.parametrize("after", ["x", "20261123T100000000000-", "' OR 1=1", "9" * 400])
def test_a_made_up_key_leads_to_the_first_page(uwase, staffed, after):
    case = world.queued(uwase)
    browser = officer_at(case.officer_id)
    page = browser.get(reverse("applications:queue"), {"after": after})
    assert case.number in text_of(page)


def test_a_long_queue_goes_on_by_key(uwase, house):
    alone = world.officer()
    cases = [world.queued(uwase) for _ in range(26)]
    browser = officer_at(alone)
    address = reverse("applications:queue")
    page = text_of(browser.get(address))
    assert cases[-1].number not in page
    key = page.split("after=")[1].split('"')[0]
    assert cases[-1].number in text_of(browser.get(address, {"list": "mine", "after": key}))


def test_a_citizen_has_no_desk(uwase):
    assert citizen_at(uwase).get(reverse("applications:queue")).status_code == 302


# --- the case page


def test_the_register_stands_beside_what_was_given_and_the_reading_is_recorded(
    uwase, staffed, registers
):
    case = world.taken(uwase, staffed.aline)
    hold(registers, uwase, world.birth_act(uwase))
    page = text_of(officer_at(staffed.aline).get(desk(case)))
    assert "Mukamana Rose" in page
    assert 'class="differs"' not in page
    assert reverse("applications:approve", args=[case.number]) in page
    entry = AuditEntry.objects.get(act="case.read")
    assert (entry.actor_id, entry.subject_id) == (staffed.aline, case.pk)


def test_what_differs_is_marked_and_cannot_be_approved(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline, father_name="Umutesi Jean")
    hold(registers, uwase, world.birth_act(uwase))
    browser = officer_at(staffed.aline)
    page = text_of(browser.get(desk(case)))
    assert '<td class="differs">Umutesi <b>Jean-Bosco</b>' in page
    assert reverse("applications:approve", args=[case.number]) not in page
    entry = world.birth_act(uwase)
    forced = act(browser, "approve", case, version=case.version, entry=key_of(entry))
    assert forced.status_code == 409
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_an_officer_takes_and_approves(uwase, staffed, registers):
    case = world.queued(uwase)
    hold(registers, uwase, world.birth_act(uwase))
    browser = officer_at(case.officer_id)
    act(browser, "take", case)
    case = world.fresh(case)
    response = approve(browser, case, text_of(browser.get(desk(case))))
    assert response.url == reverse("applications:queue")
    approved = world.fresh(case)
    assert approved.status == "APPROVED"
    assert approved.paper_id is not None
    assert "volume 3, act 217" in text_of(browser.get(desk(case)))


def test_the_entry_that_she_chose_is_the_one_that_is_cited(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    first = world.birth_act(uwase, number="217")
    second = world.birth_act(uwase, number="218", mother_name="Mukamana R.")
    hold(registers, uwase, first, second)
    browser = officer_at(staffed.aline)
    keys = text_of(browser.get(desk(case))).split("?entry=")[1:]
    chosen = keys[1].split('"')[0]
    approve(browser, case, text_of(browser.get(desk(case), {"entry": chosen})))
    assert cited.cited_entry(world.fresh(case).cited_entry_id).act_number == "218"


def test_a_register_that_changed_since_she_looked_approves_nothing(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    hold(registers, uwase, world.birth_act(uwase))
    browser = officer_at(staffed.aline)
    page = text_of(browser.get(desk(case)))
    hold(registers, uwase, world.birth_act(uwase, mother_name="Mukamana Rosine"))
    response = approve(browser, case, page)
    assert response.status_code == 409
    assert "has changed since you read it" in text_of(response)
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_no_entry_means_no_approval(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    assert "late registration" in text_of(browser.get(desk(case)))
    assert act(browser, "approve", case, version=case.version).status_code == 409
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_a_register_that_is_gone_loses_nothing(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    registers.gone = True
    page = browser.get(desk(case))
    assert page.status_code == 200
    assert "does not answer now" in text_of(page)
    assert reverse("applications:approve", args=[case.number]) not in text_of(page)
    response = act(browser, "approve", case, version=case.version, entry="x")
    assert response.status_code == 503
    assert world.fresh(case).status == "UNDER_REVIEW"
    registers.gone = False
    hold(registers, uwase, world.birth_act(uwase))
    approve(browser, case, text_of(browser.get(desk(case))))
    assert world.fresh(case).status == "APPROVED"


def test_a_married_woman_is_not_certified_single(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline, world.SINGLE)
    entry = world.person_entry(uwase, marital_status="married")
    registers.people[entry.national_id] = entry.facts() | {"national_id": entry.national_id}
    page = text_of(officer_at(staffed.aline).get(desk(case)))
    assert "does not say what this paper would state" in page
    assert reverse("applications:approve", args=[case.number]) not in page


@pytest.mark.parametrize("who", ["far", "own", "nobody"])
def test_a_case_that_is_not_hers_is_not_there(uwase, staffed, registers, who):
    case = world.queued(uwase)
    account_id = {
        "far": staffed.far,
        "own": world.officer(person_id=uwase.person_id),
        "nobody": people.officer(),
    }[who]
    browser = officer_at(account_id)
    assert browser.get(desk(case)).status_code == 404
    for name in ("take", "release", "ask_completion", "approve", "refuse"):
        assert act(browser, name, case, version=case.version).status_code == 404
    assert world.fresh(case).version == case.version
    assert registers.asked == 0


def test_a_case_that_is_not_paid_is_not_on_a_desk(uwase, staffed):
    made = world.draft(uwase)
    world.submit(uwase, made)
    assert officer_at(staffed.aline).get(desk(made)).status_code == 404


def test_a_colleague_sees_who_holds_the_case(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.bosco)
    assert "Aline has this case in hand" in text_of(browser.get(desk(case)))
    response = act(browser, "take", case)
    assert response.status_code == 409
    assert "until 12:30" in text_of(response)


def test_a_decision_on_an_old_page_is_refused_with_what_changed(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    hold(registers, uwase, world.birth_act(uwase))
    browser = officer_at(staffed.aline)
    page = text_of(browser.get(desk(case)))
    act(browser, "release", case, version=case.version)
    act(browser, "take", case)
    response = approve(browser, case, page)
    assert response.status_code == 409
    text = text_of(response)
    assert "has changed since you opened it" in text
    assert "Back in the queue" in text or "Routed to" in text
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_completion_is_asked_field_by_field(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    typed = {"why-father_name": "unclear", "why-reason": "", "note": "His card, please"}
    response = act(browser, "ask_completion", case, version=case.version, **typed)
    assert response.url == reverse("applications:queue")
    assert world.fresh(case).completions.get().asked == {"father_name": "unclear"}


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"why-salary": "unclear"},
        {"why-father_name": "because"},
        {"why-father_name": "<script>"},
        {"why-<script>": "unclear"},
    ],
)
def test_a_completion_that_makes_no_sense_is_refused_and_kept(uwase, staffed, registers, typed):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    response = act(
        browser, "ask_completion", case, version=case.version, note="My <b>note</b>", **typed
    )
    assert response.status_code == 409
    assert "My &lt;b&gt;note&lt;/b&gt;" in text_of(response)
    assert "<script>alert" not in text_of(response)
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_a_refusal_needs_a_reason_of_the_list(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    assert act(browser, "refuse", case, version=case.version).status_code == 409
    assert act(browser, "refuse", case, version=case.version, reason="x").status_code == 409
    act(browser, "refuse", case, version=case.version, reason="no_entry")
    assert world.fresh(case).status == "REFUSED"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1"])
def test_a_made_up_version_is_an_old_one(uwase, staffed, registers, version):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    response = act(browser, "refuse", case, version=version, reason="no_entry")
    assert response.status_code == 409
    assert world.fresh(case).status == "UNDER_REVIEW"


def test_a_double_click_decides_once(uwase, staffed, registers):
    case = world.taken(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    first = act(browser, "refuse", case, version=case.version, reason="no_entry")
    second = act(browser, "refuse", case, version=case.version, reason="no_entry")
    assert (first.status_code, second.status_code) == (302, 409)
    assert world.fresh(case).refusals.count() == 1


# --- signing


def to_sign(browser, *values, password=PASSWORD):
    return browser.post(
        reverse("applications:to_sign"), {"paper": list(values), "password": password}
    )


def shown(browser):
    page = text_of(browser.get(reverse("applications:to_sign")))
    return [part.split('"')[0] for part in page.split('name="paper" value="')[1:]]


def test_she_signs_what_she_chose_with_her_password(uwase, staffed, registers, files):
    cases = [world.drawn(uwase, staffed.aline) for _ in range(2)]
    browser = officer_at(staffed.aline)
    values = shown(browser)
    assert len(values) == 2
    response = to_sign(browser, values[0])
    assert response.status_code == 302
    after = text_of(browser.get(response.url))
    assert f'1 paper is being signed. <a href="{reverse("applications:queue")}">' in after
    ordered = MandateItem.objects.get()
    assert f"{ordered.paper_id}:{ordered.sha256}" == values[0]
    assert ordered.paper_id == cases[0].paper_id


def test_a_wrong_password_signs_nothing(uwase, staffed, files):
    world.drawn(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    response = to_sign(browser, *shown(browser), password="wrong")
    assert response.status_code == 422
    assert "not your password" in text_of(response)
    assert not MandateItem.objects.exists()


@pytest.mark.parametrize("value", ["1:" + "a" * 64, "x", "", "' OR 1=1"])
def test_a_paper_that_was_not_shown_cannot_be_signed(uwase, staffed, files, value):
    world.drawn(uwase, staffed.aline)
    response = to_sign(officer_at(staffed.aline), value)
    assert response.status_code == 422
    assert not MandateItem.objects.exists()


def test_what_is_ordered_is_not_ordered_again(uwase, staffed, files):
    case = world.drawn(uwase, staffed.aline)
    browser = officer_at(staffed.aline)
    (value,) = shown(browser)
    to_sign(browser, value)
    assert "1 paper is being signed" in text_of(browser.get(reverse("applications:to_sign")))
    assert shown(browser) == []
    other = world.drawn(uwase, staffed.aline)
    # A window that she had open before: its list has the first one too.
    to_sign(browser, value, *shown(browser))
    assert sorted(MandateItem.objects.values_list("paper_id", flat=True)) == sorted(
        [case.paper_id, other.paper_id]
    )
    operations.conclude(application_id=case.pk, at=NOON)
    assert to_sign(browser, value).status_code == 302
    assert MandateItem.objects.count() == 2


def test_an_order_that_ran_out_can_be_given_again(uwase, staffed, files):
    world.drawn(uwase, staffed.aline)
    to_sign(officer_at(staffed.aline), *shown(officer_at(staffed.aline)))
    with time_machine.travel(NOON + 16 * world.MINUTE):
        browser = officer_at(staffed.aline)
        to_sign(browser, *shown(browser))
    assert MandateItem.objects.count() == 2


def test_a_file_that_is_not_the_one_she_saw_is_not_signed(uwase, staffed, files):
    case = world.drawn(uwase, staffed.aline)
    response = to_sign(officer_at(staffed.aline), f"{case.paper_id}:{'a' * 64}")
    assert response.status_code == 422
    assert "Nothing was signed" in text_of(response)
    assert not MandateItem.objects.exists()


def test_a_colleagues_paper_cannot_be_signed(uwase, staffed, files):
    world.drawn(uwase, staffed.aline)
    value = shown(officer_at(staffed.aline))[0]
    assert shown(officer_at(staffed.bosco)) == []
    assert to_sign(officer_at(staffed.bosco), value).status_code == 422
    assert not MandateItem.objects.exists()


def test_deciding_is_not_signing(uwase, house, files):
    decides_only = world.officer(world.HOME, "case.decide")
    world.drawn(uwase, decides_only)
    browser = officer_at(decides_only)
    response = to_sign(browser, *shown(browser))
    assert response.status_code == 403
    assert not MandateItem.objects.exists()


def test_she_reads_the_drawn_paper_before_she_signs(uwase, staffed, files):
    case = world.drawn(uwase, staffed.aline)
    address = reverse("applications:drawn", args=[case.number])
    response = officer_at(staffed.aline).get(address)
    assert response.content.startswith(b"%PDF-")
    assert officer_at(staffed.far).get(address).status_code == 404
    assert AuditEntry.objects.filter(act="case.read", reason="drawn paper").count() == 1


def test_the_operators_window_shows_cases_without_answers(uwase, staffed):
    case = world.queued(uwase)
    operator = people.staff(is_staff=True)
    browser = officer_at(operator.pk)
    page = browser.get(f"/operators/applications/application/{case.pk}/change/")
    assert page.status_code == 200
    assert "Jean-Bosco" not in text_of(page)
    assert browser.post(f"/operators/applications/application/{case.pk}/delete/").status_code == 403
