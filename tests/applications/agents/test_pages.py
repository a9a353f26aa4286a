"""The pages of agents: what anybody finds, what officers do, what the helped person reads."""

import json

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Agent
from applications import operations
from applications.models import HelpHold, HelpStep
from tests.accounts import people
from tests.accounts.agents import world as licences
from tests.accounts.agents.world import CONFIRM, REGISTER
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.assisted.world import MINUTE, agreed, client, helper, send_in
from tests.applications.browser import citizen_at, officer_at, text_of
from tests.applications.packing import FAR, HOME
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(house):
    with time_machine.travel(NOON + MINUTE, tick=False):
        yield


def at(name, *args):
    return reverse(f"applications:{name}", args=args)


def licence_at(name, *args):
    return reverse(f"accounts:{name}", args=args)


def hers(case):
    return Citizen(case.account_id, case.contact_id, case.holder_id, "")


# --- anybody ----------------------------------------------------------------------------------


def test_anybody_checks_a_licence_and_finds_who_helps_near_a_place(odette):
    browser = Client()
    assert "Agents near you" in text_of(browser.get(licence_at("agents")))
    found = text_of(browser.get(licence_at("agents"), {"licence": " ag-lake "}))
    assert "Lake Kiosk" in found
    assert "500" in found
    phone = Agent.objects.get().phone.value
    email = Account.objects.get(pk=odette).email
    for hidden in (phone, phone[-9:], email, "Odette"):
        assert hidden not in found
    assert "Lake Kiosk" in text_of(browser.get(licence_at("agents"), {"area": HOME}))
    unknown = text_of(browser.get(licence_at("agents"), {"licence": "AG-NOPE"}))
    assert "We know no licence of this number" in unknown
    assert browser.get(licence_at("agents"), {"licence": "", "area": ""}).status_code == 422


def test_the_public_page_asks_the_database_as_often_for_one_as_for_many(
    odette, django_assert_max_num_queries
):
    for _ in range(3):
        licences.licensed(helper(), area_code=HOME)
    with django_assert_max_num_queries(9):
        Client().get(licence_at("agents"), {"area": HOME})


# --- officers ---------------------------------------------------------------------------------


def proposed(email, **changed):
    return {
        "email": email,
        "business": "Corner Shop",
        "phone": "0788123456",
        "licence": "ag-corner",
        "agency": Agent.objects.first().agency.code,
        "area": HOME,
        "fee": "400",
        "from_on": "2026-11-23",
        "until_on": "2027-11-22",
    } | changed


def test_one_registers_another_confirms_and_one_stops(odette):
    agent = Account.objects.get(pk=helper())
    first = officer_at(licences.overseer(REGISTER))
    second = officer_at(licences.overseer(CONFIRM))
    too_much = first.post(licence_at("agent_register"), proposed(agent.email, fee="9000"))
    assert too_much.status_code == 422
    assert "At most" in text_of(too_much)
    nobody = first.post(licence_at("agent_register"), proposed("nobody@guichet.example"))
    assert "Invite her first" in text_of(nobody)
    made = first.post(licence_at("agent_register"), proposed(agent.email))
    one = Agent.objects.get(licence="AG-CORNER")
    assert made.headers["Location"] == licence_at("agent_licence", one.pk)
    assert "another person confirms" in text_of(first.get(made.headers["Location"]))
    assert "waits for a second person" in text_of(second.get(licence_at("agent_licences")))
    wrong = second.post(made.headers["Location"], {"password": "not hers"})
    assert wrong.status_code == 422
    second.post(made.headers["Location"], {"password": people.PASSWORD})
    one.refresh_from_db()
    assert one.confirmed_at == NOON + MINUTE
    stop = licence_at("agent_stop", one.pk)
    assert first.post(stop, {"how": "suspend", "because": ""}).status_code == 422
    stopped = {"how": "suspend", "because": "Asked for more"}
    for wrong in ({}, {"password": "not hers"}):
        assert first.post(stop, stopped | wrong).status_code == 422
    assert Agent.objects.get(pk=one.pk).suspended_at is None
    first.post(stop, stopped | {"password": people.PASSWORD})
    public = text_of(Client().get(licence_at("agents"), {"licence": "AG-CORNER"}))
    assert "suspended" in public
    assert "Say no code, and pay nothing" in public
    assert "Asked for more" not in public


def test_licences_of_another_area_and_the_desk_of_a_stranger_are_not_there(odette):
    one = Agent.objects.get()
    stranger = officer_at(helper(FAR, "case.decide"))
    assert stranger.get(licence_at("agent_licences")).status_code == 403
    assert stranger.get(licence_at("agent_register")).status_code == 403
    far = officer_at(licences.overseer(REGISTER, area_code=FAR))
    assert "No agent has a licence" in text_of(far.get(licence_at("agent_licences")))
    for name in ("agent_licence", "agent_stop"):
        assert stranger.get(licence_at(name, one.pk)).status_code == 404
        assert far.get(licence_at(name, one.pk)).status_code == 404
        assert Client().get(licence_at(name, one.pk)).status_code == 302


# --- the person who is helped -----------------------------------------------------------------


def test_she_reads_what_was_typed_and_opened_before_she_pays(odette, rose):
    case = agreed(odette, rose)
    agents_browser = officer_at(odette)
    first = agents_browser.get(at("help_case", case.number)).headers["Location"]
    for _ in range(2):
        agents_browser.get(first)
    answered = agents_browser.post(first, world.ANSWERS[world.BIRTH])
    while answered.status_code == 302 and "review" not in answered.headers["Location"]:
        answered = agents_browser.post(answered.headers["Location"], world.ANSWERS[world.BIRTH])
    agents_browser.get(answered.headers["Location"])
    agents_browser.post(answered.headers["Location"])
    assert world.fresh(case).status == "AWAITING_PAYMENT"
    browser = citizen_at(hers(case))
    assert "See what was typed and opened" in text_of(browser.get(at("case", case.number)))
    page = text_of(browser.get(at("help_done", case.number)))
    assert "Umutesi Jean-Bosco" in page
    assert "Read it before you pay" in page
    assert "All your answers, before they were sent" in page
    looked = HelpStep.objects.filter(kind="looked")
    assert looked.count() == looked.values("code").distinct().count()


def test_what_she_changes_herself_leaves_what_was_typed_as_it_was(odette, rose):
    case = agreed(odette, rose)
    send_in(case, odette)
    steps = HelpStep.objects.filter(assistance__application=case, kind="typed")
    assert {one.code: json.loads(one.value) for one in steps}["father_name"] == "Umutesi Jean-Bosco"
    assert not steps.filter(code="mother_name").exists()  # Left empty: nothing was typed.
    for change in (
        lambda: steps.update(code="other"),
        lambda: steps._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()


def test_nobody_else_reads_what_was_done_and_without_help_there_is_no_page(odette, rose):
    case, alone = agreed(odette, rose), people.citizen()
    assert citizen_at(alone).get(at("help_done", case.number)).status_code == 404
    draft = world.draft(alone)
    assert citizen_at(alone).get(at("help_done", draft.number)).status_code == 404


# --- the supervisor and the agency ------------------------------------------------------------


def test_a_supervisor_lets_a_helper_go_on_with_a_reason(odette):
    contact = agreed(odette, client()).contact
    hold = HelpHold.objects.create(
        helper_id=odette,
        contact=contact,
        office_id=world.office_id(),
        persons=5,
        noticed_at=NOON,
    )
    supervisor = officer_at(helper(HOME, "case.supervise"))
    page = text_of(supervisor.get(at("help_holds")))
    assert "Odette" in page
    assert contact.value not in page
    release = at("help_release", hold.pk)
    assert supervisor.post(release, {"because": ""}).status_code == 422
    supervisor.post(release, {"because": "A home for orphans"})
    assert "Nobody waits for you" in text_of(supervisor.get(at("help_holds")))
    far = officer_at(helper(FAR, "case.supervise"))
    assert far.get(release).status_code == 404
    assert officer_at(odette).get(at("help_holds")).status_code == 403


def test_the_helper_is_told_why_she_must_stop(odette, rose, registers):
    registers.people[rose.entry.national_id] = world.as_json(rose.entry)
    typed = {
        "service": world.BIRTH,
        "kind": "code",
        "phone": rose.phone,
        "national_id": rose.entry.national_id,
        "born_on": rose.entry.born_on.strftime("%d/%m/%Y"),
        "language": "en",
        "fee": "501",
    }
    refused = officer_at(odette).post(at("help_begin"), typed)
    assert refused.status_code == 422
    assert "You may take at most" in text_of(refused)
    own = typed | {"fee": "500", "phone": Agent.objects.get().phone.value}
    assert "the phone of an agent" in text_of(officer_at(odette).post(at("help_begin"), own))


def test_the_agency_reads_what_its_agents_did_and_takes_it_as_a_table(odette, rose):
    case = agreed(odette, rose)
    send_in(case, odette)
    operations.revoke_consent(application_id=case.pk, holder_id=case.holder_id, at=NOON)
    browser = officer_at(licences.overseer(REGISTER))
    page = text_of(browser.get(at("help_agents")))
    assert "Lake Kiosk" in page
    table = b"".join(browser.get(at("help_agents_csv")).streaming_content).decode("utf-8-sig")
    assert table.splitlines()[1].startswith("AG-LAKE,Lake Kiosk,")
    assert table.splitlines()[1].endswith(",valid,1,1,1,0,0")
    far = officer_at(licences.overseer(REGISTER, area_code=FAR))
    assert "Lake Kiosk" not in text_of(far.get(at("help_agents")))
    assert officer_at(odette).get(at("help_agents")).status_code == 403
    assert officer_at(odette).get(at("help_agents_csv")).status_code == 403
