"""Suspended, resumed, revoked: asked for by one, decided by another, and by nobody alone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.operations import StepUpRefused
from accounts.policies import NotGranted
from accounts.queries import SamePerson
from documents import operations
from documents.models import Paper, PaperAct, PaperChange
from kernel.models import AuditEntry, EventRow
from tests.accounts.people import officer, person
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, approve, ask, do, state
from tests.world import NOON

pytestmark = pytest.mark.django_db


def check_now() -> None:
    """What PostgreSQL checks at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_paper_is_suspended_resumed_and_revoked_by_two_people_each_time(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    issued_at = Paper.objects.get(pk=paper_id).issued_at

    do(office, paper_id, "suspend", reason="fraud")
    assert state(paper_id) == "SUSPENDED"
    do(office, paper_id, "resume")
    assert state(paper_id) == "ISSUED"
    assert Paper.objects.get(pk=paper_id).issued_at == issued_at
    do(office, paper_id, "suspend")
    do(office, paper_id, "revoke", reason="court_order")
    check_now()

    assert state(paper_id) == "REVOKED"
    told = PaperChange.objects.filter(paper=paper_id, act__isnull=False).order_by("pk")
    assert list(told.values_list("target", "act__kind", "act__reason")) == [
        ("SUSPENDED", "suspend", "fraud"),
        ("ISSUED", "resume", "cleared"),
        ("SUSPENDED", "suspend", "issued_in_error"),
        ("REVOKED", "revoke", "court_order"),
    ]
    names = EventRow.objects.filter(payload__subject_id=paper_id).order_by("pk")
    assert list(names.values_list("name", flat=True))[-4:] == [
        "documents.paper.suspended",
        "documents.paper.resumed",
        "documents.paper.suspended",
        "documents.paper.revoked",
    ]
    written = AuditEntry.objects.filter(subject="documents.paper", subject_id=paper_id)
    assert written.filter(act="paper.revoke.approved", actor_id=office.decider_id).exists()


def test_nothing_happens_until_the_second_person_has_decided(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    act_id = ask(office, paper_id, "suspend")

    assert state(paper_id) == "ISSUED"
    with pytest.raises(operations.AskedAlready):
        ask(office, paper_id, "suspend", by_id=office.decider_id)
    operations.decide_act(act_id=act_id, approved=False, by_id=office.decider_id, at=NOON)
    assert state(paper_id) == "ISSUED"
    with pytest.raises(operations.DecidedAlready):
        approve(office, act_id)
    # Declined once, it may be asked again.
    do(office, paper_id, "suspend")
    assert state(paper_id) == "SUSPENDED"


def test_who_asked_neither_decides_nor_under_another_account_of_hers(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    one = person(family_name="Iradukunda")
    first = officer(*people.ALL, area_code="12", person=one)
    second = officer(*people.ALL, area_code="12", person=one)
    act_id = ask(office, paper_id, "revoke", by_id=first)

    for herself in (first, second):
        with pytest.raises(SamePerson):
            approve(office, act_id, by_id=herself)
    approve(office, act_id)
    assert state(paper_id) == "REVOKED"


def test_only_officers_with_the_right_over_the_office_ask_and_decide(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    without = officer("paper.suspend", area_code="12")
    of_one_service = officer("paper.revoke", area_code="12", service_code="birth-certificate")

    for outsider in (without, of_one_service):
        with pytest.raises(NotGranted):
            ask(office, paper_id, "revoke", by_id=outsider)
    act_id = ask(office, paper_id, "revoke")
    with pytest.raises(NotGranted):
        approve(office, act_id, by_id=without)
    approve(office, act_id, by_id=officer("paper.revoke", area_code="1"))
    assert state(paper_id) == "REVOKED"


def test_an_approval_takes_her_password_of_a_moment_ago(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    act_id = ask(office, paper_id, "suspend")
    refused = {
        "none": None,
        "for another purpose": worlds.step_up(office.decider_id, "case.sign"),
        "another's": worlds.step_up(office.asker_id, operations.DECIDE_PURPOSE),
    }

    for step_up_id in refused.values():
        with pytest.raises(StepUpRefused):
            operations.decide_act(
                act_id=act_id, approved=True, by_id=office.decider_id, step_up_id=step_up_id,
                at=NOON,
            )  # fmt: skip
    with pytest.raises(StepUpRefused):
        operations.decide_act(
            act_id=act_id, approved=True, by_id=office.decider_id,
            step_up_id=worlds.step_up(office.decider_id, operations.DECIDE_PURPOSE),
            at=NOON + timedelta(minutes=6),
        )  # fmt: skip
    assert state(paper_id) == "ISSUED"
    approve(office, act_id)


def test_who_asked_takes_it_back_and_nobody_else_does(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    act_id = ask(office, paper_id, "revoke")

    with pytest.raises(SamePerson):
        operations.withdraw_act(act_id=act_id, by_id=office.decider_id, at=NOON)
    operations.withdraw_act(act_id=act_id, by_id=office.asker_id, at=NOON)
    with pytest.raises(operations.DecidedAlready):
        approve(office, act_id)
    with pytest.raises(operations.DecidedAlready):
        operations.withdraw_act(act_id=act_id, by_id=office.asker_id, at=NOON)
    assert state(paper_id) == "ISSUED"


def test_a_reason_and_a_note_are_needed(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    wrong = (
        {"note": "  "}, {"note": "x" * 1001}, {"reason": "because"}, {"reason": "cleared"},
    )  # fmt: skip
    for more in wrong:
        with pytest.raises(operations.NoReason):
            ask(office, paper_id, "suspend", **more)
    ask(office, paper_id, "suspend", note="x" * 1000)


def test_nobody_decides_about_her_own_paper(office: Office) -> None:
    herself = person(national_id=people.HOLDER)
    hers = officer(*people.ALL, area_code="12", person=herself)
    paper_id = people.single(office)

    with pytest.raises(operations.OwnPaper):
        ask(office, paper_id, "suspend", by_id=hers)
    act_id = ask(office, paper_id, "suspend")
    with pytest.raises(operations.OwnPaper):
        approve(office, act_id, by_id=hers)
    approve(office, act_id)
    assert state(paper_id) == "SUSPENDED"


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([], "resume"),
        (["suspend"], "suspend"),
        (["revoke"], "resume"),
        (["revoke"], "suspend"),
        (["revoke"], "revoke"),
    ],
)
def test_an_act_begins_only_where_it_leads_from(
    office: Office, steps: list[str], kind: str
) -> None:
    paper_id = worlds.issue(office.world)
    for step in steps:
        do(office, paper_id, step)
    with pytest.raises(operations.NotNow):
        ask(office, paper_id, kind)


def test_a_paper_that_is_not_out_is_not_suspended(office: Office) -> None:
    with pytest.raises(operations.NotNow):
        ask(office, worlds.request(office.world), "suspend")


def test_what_waits_when_the_paper_moves_on_can_only_be_declined(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    suspend = ask(office, paper_id, "suspend")
    do(office, paper_id, "revoke")

    with pytest.raises(operations.NotNow):
        approve(office, suspend)
    operations.decide_act(act_id=suspend, approved=False, by_id=office.decider_id, at=NOON)
    assert state(paper_id) == "REVOKED"


def test_postgresql_refuses_what_the_code_would(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    act = PaperAct.objects.get(pk=ask(office, paper_id, "revoke"))
    hers = worlds.step_up(office.decider_id, operations.DECIDE_PURPOSE)
    yes = {"approved": True, "decided_at": NOON}

    def refused(rule: str, **values: object) -> None:
        with pytest.raises(IntegrityError) as error, transaction.atomic():  # noqa: PT012
            PaperAct.objects.filter(pk=act.pk).update(**values)
            check_now()
        assert error.value.__cause__.diag.constraint_name == rule

    refused("paper_act_once", note="Another reason.")
    refused("paper_act_behind_a_step_up", **yes, checker_id=office.decider_id)
    refused("paper_act_approved_with_a_password", approved=False, decided_at=NOON, step_up=hers,
            checker_id=office.decider_id)  # fmt: skip
    # Asked before the CHECK, which knows accounts and no persons.
    refused("paper_act_two_persons", **yes, checker_id=office.asker_id, step_up=hers)
    refused("paper_act_behind_a_step_up", **yes, checker_id=office.decider_id,
            step_up=hers)  # fmt: skip
    stranger = officer("paper.suspend", area_code="12")
    refused("paper_act_by_right", approved=False, decided_at=NOON, checker_id=stranger)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_stepup SET used_at = %s WHERE id = %s", [NOON, hers])
    refused("paper_act_takes_effect", **yes, checker_id=office.decider_id, step_up=hers)
    with pytest.raises(IntegrityError, match="holds no right"), transaction.atomic():
        PaperAct.objects.create(
            paper_id=paper_id, kind="revoke", reason="fraud", note="n", maker_id=stranger,
            asked_at=NOON,
        )  # fmt: skip


CHANGES = {
    "paper_change_told_first": "UPDATE documents_paper SET state = 'REVOKED'",
    "paper_frozen": "UPDATE documents_paper SET valid_until = '2030-01-01'",
    "paper_moved_by_an_act": (
        "INSERT INTO documents_paperchange (paper_id, source, target, changed_at)"
        " SELECT id, 'ISSUED', 'REVOKED', now() FROM documents_paper;"
        "UPDATE documents_paper SET state = 'REVOKED'"
    ),
    "paper_superseded_by_its_reissue": (
        "INSERT INTO documents_paperchange (paper_id, source, target, changed_at)"
        " SELECT id, 'ISSUED', 'SUPERSEDED', now() FROM documents_paper;"
        "UPDATE documents_paper SET state = 'SUPERSEDED'"
    ),
    "paper_ended_by_an_event": (
        "INSERT INTO documents_paperchange (paper_id, source, target, changed_at)"
        " SELECT id, 'ISSUED', 'ENDED', now() FROM documents_paper;"
        "UPDATE documents_paper SET state = 'ENDED', ended_on = now(), end_reason = 'death'"
    ),
    "paper_change_from_its_state": (
        "INSERT INTO documents_paperchange (paper_id, source, target, changed_at)"
        " SELECT id, 'SUSPENDED', 'REVOKED', now() FROM documents_paper"
    ),
    "paper_is_as_told": (
        "INSERT INTO documents_paperchange (paper_id, source, target, changed_at)"
        " SELECT id, 'ISSUED', 'REVOKED', now() FROM documents_paper"
    ),
}


@pytest.mark.parametrize("rule", CHANGES)
def test_a_paper_moves_by_its_history_and_for_a_cause(office: Office, rule: str) -> None:
    worlds.issue(office.world)
    with (  # noqa: PT012
        pytest.raises(IntegrityError) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(CHANGES[rule])
        check_now()
    assert error.value.__cause__.diag.constraint_name == rule
