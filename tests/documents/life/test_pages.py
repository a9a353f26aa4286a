"""The desk of papers: found, asked, decided, signed; and what an officer may not see."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents import operations
from documents.models import Mandate, Paper, PaperAct
from kernel.models import AuditEntry
from registers import gateways
from registers import operations as registers
from tests.accounts.people import PASSWORD, officer, person
from tests.applications.browser import officer_at
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, ask, do, finish, state
from tests.registers.conftest import _registers, point_to  # noqa: F401
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

pytestmark = pytest.mark.django_db

LIST = "/desk/papers/"


@pytest.fixture
def asker(office: Office) -> Client:
    return officer_at(office.asker_id)


@pytest.fixture
def decider(office: Office) -> Client:
    return officer_at(office.decider_id)


def page_of(paper_id: int) -> str:
    return reverse("documents:paper", args=[paper_id])


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


def test_one_asks_another_decides_and_the_paper_is_revoked(
    office: Office, asker: Client, decider: Client
) -> None:
    paper_id = worlds.issue(office.world)
    asking = reverse("documents:paper_ask", args=[paper_id, "revoke"])
    assert "cannot be undone" in text(asker, asking)
    answer = asker.post(asking, {"reason": "fraud", "note": "The card was stolen."}, follow=True)
    assert "Another person decides now" in answer.content.decode()
    act = PaperAct.objects.get()
    deciding = reverse("documents:paper_decide", args=[act.pk])
    assert number_of(paper_id) in text(decider, LIST)

    assert "You asked for it" in text(asker, deciding)
    wrong = decider.post(deciding, {"decision": "approve", "password": "guess"})
    assert wrong.status_code == 422
    assert "not your password" in wrong.content.decode()
    assert state(paper_id) == "ISSUED"
    done = decider.post(deciding, {"decision": "approve", "password": PASSWORD}, follow=True)

    assert state(paper_id) == "REVOKED"
    said = done.content.decode()
    assert "Fraud, or suspicion of it" in said
    assert "Solange Iradukunda" in said
    assert "Nothing waits" in text(decider, LIST)


def test_declining_takes_no_password_and_withdrawing_a_second_look(
    office: Office, asker: Client, decider: Client
) -> None:
    paper_id = worlds.issue(office.world)
    first = ask(office, paper_id, "suspend")
    decider.post(reverse("documents:paper_decide", args=[first]), {"decision": "decline"})
    second = ask(office, paper_id, "suspend")
    withdrawing = reverse("documents:paper_withdraw", args=[second])

    assert "Take back" in text(asker, withdrawing)
    assert decider.post(withdrawing).status_code == 404
    assert PaperAct.objects.get(pk=second).withdrawn_at is None
    asker.post(withdrawing)
    assert PaperAct.objects.get(pk=second).withdrawn_at is not None
    assert PaperAct.objects.get(pk=first).approved is False
    assert state(paper_id) == "ISSUED"


def test_what_is_not_her_office_does_not_exist_for_her(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    nobody = officer_at(officer())
    elsewhere = officer_at(officer("paper.revoke", area_code="1209", service_code="birth"))
    for client in (nobody, elsewhere):
        for address in (LIST, page_of(paper_id), reverse("documents:papers_csv")):
            assert client.get(address).status_code == 403
    only_suspends = officer_at(officer("paper.suspend", area_code="1209"))
    assert only_suspends.get(page_of(paper_id)).status_code == 200
    revoking = reverse("documents:paper_ask", args=[paper_id, "revoke"])
    assert only_suspends.get(revoking).status_code == 403
    assert only_suspends.get(page_of(paper_id + 999)).status_code == 404
    assert Client().get(page_of(paper_id)).status_code == 302


def test_a_reading_is_written_down_and_ones_own_paper_is_not_shown(
    office: Office, asker: Client
) -> None:
    paper_id = people.single(office)
    assert "HABIMANA" in text(asker, page_of(paper_id))
    read = AuditEntry.objects.get(act="paper.read", subject_id=paper_id)
    assert (read.actor_id, read.reason) == (office.asker_id, "paper page")
    assert asker.get(reverse("documents:paper_file", args=[paper_id])).content[:5] == b"%PDF-"

    hers = officer(*people.ALL, area_code="12", person=person(national_id=people.HOLDER))
    herself = officer_at(hers)
    assert "HABIMANA" not in text(herself, page_of(paper_id))
    assert herself.get(reverse("documents:paper_file", args=[paper_id])).status_code == 404
    asking = reverse("documents:paper_ask", args=[paper_id, "revoke"])
    assert herself.get(asking).status_code == 404


def number_of(paper_id: int) -> str:
    return str(Paper.objects.get(pk=paper_id).number)


def test_papers_are_found_by_number_and_by_standing(office: Office, asker: Client) -> None:
    current, revoked, expired = (worlds.issue(office.world, valid_days=n) for n in (900, 900, 1))
    do(office, revoked, "revoke")
    Paper.objects.get(pk=expired)
    names = {each: number_of(each) for each in (current, revoked, expired)}

    def found(**asked: str) -> set[int]:
        said = text(asker, f"{LIST}?list=all&" + "&".join(f"{k}={v}" for k, v in asked.items()))
        return {paper_id for paper_id, number in names.items() if number in said}

    assert found() == set(names)
    assert found(number=names[current].replace("-", "+").lower()) == {current}
    assert found(state="revoked") == {revoked}
    if timezone.now() > NOON + timedelta(days=1):
        assert found(state="current") == {current}
        assert found(state="expired") == {expired}
    assert "No paper of your offices" in text(asker, f"{LIST}?list=all&state=suspended")
    assert asker.get(f"{LIST}?list=other").status_code == 404


def test_a_table_of_papers_names_no_person(office: Office, asker: Client) -> None:
    paper_id = people.single(office)
    table = b"".join(asker.get(reverse("documents:papers_csv")).streaming_content).decode()
    assert number_of(paper_id) in table
    assert "HABIMANA" not in table


def test_the_list_asks_the_database_as_often_for_twenty_papers_as_for_one(
    office: Office, asker: Client, django_assert_max_num_queries
) -> None:
    worlds.issue(office.world)
    with CaptureQueriesContext(connection) as for_one:
        text(asker, f"{LIST}?list=all")
    for _ in range(3):
        worlds.draw(worlds.request(office.world))
    with django_assert_max_num_queries(len(for_one)):
        text(asker, f"{LIST}?list=all")


@pytest.fixture
def sandbox(_registers: SandboxProcess, settings) -> SandboxProcess:  # noqa: F811
    point_to(settings, _registers.url)
    return _registers


def test_a_reissue_shows_what_differs_and_is_signed_by_who_asked(
    office: Office, asker: Client, decider: Client, sandbox: SandboxProcess
) -> None:
    known = next(
        one for one in sandbox.get("/people.json").json()["people"]
        if one["marital_status"] == "single" and one["residence_code"].startswith("1209")
    )  # fmt: skip
    entry = people.cite(
        known["national_id"], family_name=known["family_name"], given_names="Wrong Name",
        sex=known["sex"],
    )  # fmt: skip
    old = people.single(office, cited_entry_id=entry)
    asking = reverse("documents:paper_ask", args=[old, "reissue"])
    shown = text(asker, asking)
    assert "Wrong Name" in shown
    assert known["given_names"] in shown
    key = shown.partition('name="entry" value="')[2].partition('"')[0]
    stale = asker.post(asking, {"reason": "facts_wrong", "note": "n", "entry": "0" * 64})
    assert stale.status_code == 422
    asker.post(asking, {"reason": "facts_wrong", "note": "Given names.", "entry": key})
    act = PaperAct.objects.get()
    deciding = reverse("documents:paper_decide", args=[act.pk])
    assert known["given_names"] in text(decider, deciding)
    decider.post(deciding, {"decision": "approve", "password": PASSWORD})
    new = Paper.objects.get(replaces=old)
    sha256 = worlds.draw(new.pk)

    signing = reverse("documents:paper_sign", args=[new.pk])
    assert decider.get(signing).status_code == 404
    assert "waits for your signature" in text(asker, page_of(new.pk))
    refused = asker.post(signing, {"password": PASSWORD, "sha256": "0" * 64})
    assert "changed since" in refused.content.decode()
    assert asker.post(signing, {"password": PASSWORD, "sha256": sha256}).status_code == 302
    assert Mandate.objects.get(items__paper=new).officer_id == office.asker_id
    worlds.order(office.world, {new.pk: sha256}, officer_id=office.asker_id)  # At the world's noon.
    people.operations.sign_through(new.pk, at=NOON)
    assert (state(old), state(new.pk)) == ("SUPERSEDED", "ISSUED")


def criminal(office: Office, national_id: str) -> int:
    """An extract that is out, on what the register is said to have held."""
    told = gateways.criminal().person(national_id=national_id)
    assert told is not None
    entry = registers.cite(kind="criminal", entry=replace(told, judgments=()), at=NOON)
    return worlds.issue(office.world, paper_type="criminal_record", cited_entry_id=entry.pk)


def test_a_criminal_record_is_reissued_on_what_the_courts_entered_since(
    office: Office, asker: Client, decider: Client, sandbox: SandboxProcess
) -> None:
    judged = next(
        one["national_id"] for one in sandbox.get("/people.json").json()["people"]
        if one.get("judgments")
    )  # fmt: skip
    old = criminal(office, judged)
    asking = reverse("documents:paper_ask", args=[old, "reissue"])
    shown = text(asker, asking)
    assert "differs" in shown
    key = shown.partition('name="entry" value="')[2].partition('"')[0]
    asker.post(asking, {"reason": "register_corrected", "note": "n", "entry": key})
    deciding = reverse("documents:paper_decide", args=[PaperAct.objects.get().pk])
    assert "differs" in text(decider, deciding)
    decider.post(deciding, {"decision": "approve", "password": PASSWORD})

    new = Paper.objects.get(replaces=old)
    assert int(new.facts["judgments"]) >= 1
    finish(office, new.pk)
    assert (state(old), state(new.pk)) == ("SUPERSEDED", "ISSUED")


def test_a_correction_of_a_criminal_record_proposes_its_reissue(
    office: Office, asker: Client, sandbox: SandboxProcess
) -> None:
    person = sandbox.get("/people.json").json()["people"][0]["national_id"]
    paper_id = criminal(office, person)
    other = people.tell("correction", person, entry_kind="birth")
    people.operations.end_for_event(event_id=other, at=people.LATER)
    assert number_of(paper_id) not in text(asker, f"{LIST}?list=proposed")
    event = people.tell("correction", person, entry_kind="criminal", number=2)
    people.operations.end_for_event(event_id=event, at=people.LATER)
    assert number_of(paper_id) in text(asker, f"{LIST}?list=proposed")
    assert state(paper_id) == "ISSUED"


def test_an_entry_that_no_paper_can_be_made_of_is_said_and_breaks_no_page(
    office: Office, asker: Client, decider: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = worlds.issue(office.world)
    act_id = ask(office, old, "reissue", cited_entry_id=worlds.cite_birth())

    def refuse(*_: object) -> None:
        raise operations.FactsMalformed("born_on")

    # A newer wording than the one under which the reissue was asked for.
    monkeypatch.setattr("documents.facts.from_entry", refuse)
    deciding = reverse("documents:paper_decide", args=[act_id])
    assert "What it says" in text(decider, deciding)
    answer = decider.post(deciding, {"decision": "approve", "password": PASSWORD})
    assert answer.status_code == 422
    assert "cannot be reissued" in answer.content.decode()
    decider.post(deciding, {"decision": "decline"})
    assert PaperAct.objects.get(pk=act_id).approved is False


def test_a_register_that_is_away_reissues_nothing(
    office: Office, asker: Client, sandbox: SandboxProcess
) -> None:
    paper_id = people.single(office)
    asking = reverse("documents:paper_ask", args=[paper_id, "reissue"])
    assert "holds no such entry" in text(asker, asking)
    sandbox.faults(population="down")
    assert "does not answer" in text(asker, asking)
    sandbox.faults()


def test_a_correction_is_listed_until_somebody_takes_it_up(office: Office, asker: Client) -> None:
    paper_id = worlds.issue(office.world)
    event = people.tell("correction", people.SPOUSE, entry_kind="birth")
    people.operations.end_for_event(event_id=event, at=people.LATER)

    assert number_of(paper_id) in text(asker, f"{LIST}?list=proposed")
    assert "has told of something" in text(asker, page_of(paper_id))
    ask(office, paper_id, "reissue", cited_entry_id=worlds.cite_birth(), at=people.LATER)
    assert number_of(paper_id) not in text(asker, f"{LIST}?list=proposed")


def test_a_paper_that_a_register_ended_can_be_reissued_and_nothing_else(
    office: Office, asker: Client
) -> None:
    paper_id = people.single(office)
    event = people.tell("death", people.HOLDER)
    people.operations.end_for_event(event_id=event, at=people.LATER)
    said = text(asker, page_of(paper_id))
    offered = {
        kind
        for kind in ("suspend", "resume", "revoke", "reissue")
        if reverse("documents:paper_ask", args=[paper_id, kind]) in said
    }
    assert offered == {"reissue"}


def test_copies_and_reissues_stand_beside_the_paper(office: Office, asker: Client) -> None:
    original = worlds.issue(office.world)
    made = people.copy(office, original)
    finish(office, made)
    assert number_of(made) in text(asker, page_of(original))
    said = text(asker, page_of(made))
    assert number_of(original) in said
    assert "Duplicate 1" in said
