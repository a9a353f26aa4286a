"""What was revoked, or is somebody else's, comes back into force by no side door."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from documents import operations, verdicts
from documents.models import Paper, PaperAct, PaperChange, Step
from documents.operations.revising import add_revision
from documents.operations.signing import SignedFile
from kernel import files
from tests.accounts.people import officer, person
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import LATER, Office, do, finish, state
from tests.documents.life.test_acts import check_now
from tests.documents.life.test_any_order import look
from tests.documents.life.test_races import at_once
from tests.documents.life.test_reissues import reissue
from tests.world import NOON

pytestmark = pytest.mark.django_db


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def sealed(office: Office, **more: object) -> int:
    return people.single(office, officer_id=None, sealed_only=True, **more)


def rule_of(error: pytest.ExceptionInfo[DatabaseError]) -> str:
    return error.value.__cause__.diag.constraint_name


@pytest.mark.parametrize("made", ["requested", "drawn", "signed"])
def test_a_revoked_paper_does_not_come_back_by_a_reissue_approved_before(
    office: Office, made: str
) -> None:
    old = worlds.issue(office.world)
    new = reissue(office, old).pk
    if made != "requested":
        sha256 = worlds.draw(new)
        worlds.order(office.world, {new: sha256}, officer_id=office.asker_id)
    if made == "signed":
        signed = operations.sign(new, at=NOON)
        operations.record_signing(signed, at=NOON)
        assert state(new) == "SIGNED"
    do(office, old, "revoke", reason="fraud")
    if made == "requested":
        assert state(new) == "REQUESTED"
        finish_nothing(office, new)
    operations.sign_through(new, at=NOON)
    check_now()

    assert (state(old), state(new)) == ("REVOKED", "ABANDONED")
    code = Paper.objects.get(pk=new).verification_id
    assert verdicts.by_code(code, at=LATER).outcome == "not_ours"
    look({})
    with pytest.raises(operations.NotNow):
        people.ask(office, old, "reissue", cited_entry_id=worlds.cite_birth())


def finish_nothing(office: Office, paper_id: int) -> None:
    sha256 = worlds.draw(paper_id)
    with pytest.raises(operations.MandateRefused):
        worlds.order(office.world, {paper_id: sha256}, officer_id=office.asker_id)


def test_a_reissue_that_is_being_made_outlives_a_suspension(office: Office) -> None:
    old = worlds.issue(office.world)
    new = reissue(office, old).pk
    do(office, old, "suspend")
    finish(office, new)
    check_now()
    assert (state(old), state(new)) == ("SUPERSEDED", "ISSUED")


def issue_raw(made: SignedFile, kept: files.StoredFile) -> None:
    """Issue as the code does, without asking what became of what the paper comes from."""
    paper = Paper.objects.get(pk=made.paper_id)
    add_revision(
        paper, made.step, kept, at=NOON, level=made.level, stamp=made.stamp,
        credential_id=made.credential_id,
    )  # fmt: skip
    PaperChange.objects.create(paper=paper, source="RENDERED", target="ISSUED", changed_at=NOON)
    Paper.objects.filter(pk=paper.pk).update(state="ISSUED", issued_at=NOON)


@pytest.mark.django_db(transaction=True)
def test_postgresql_issues_no_reissue_of_a_revoked_paper(office: Office, as_application) -> None:
    revoked_in_between(office, as_application, copy=False)


@pytest.mark.django_db(transaction=True)
def test_postgresql_holds_the_original_while_a_copy_comes_out(
    office: Office, as_application
) -> None:
    revoked_in_between(office, as_application, copy=True)


@pytest.mark.django_db(transaction=True)
def test_who_signs_a_copy_holds_its_original_first(office: Office, as_application) -> None:
    """In the order of whoever acts on a copy: one of them waits, and neither for the other."""
    original = sealed(office)
    copy = people.copy(office, original)
    worlds.draw(copy)
    made = operations.sign(copy, at=NOON)
    told: list[list[object]] = []
    signing = threading.Thread(
        target=lambda: told.append(at_once(lambda: operations.record_signing(made, at=NOON)))
    )
    with as_application.cursor() as cursor:
        cursor.execute("SELECT FROM documents_paper WHERE id = %s FOR UPDATE", [original])
        signing.start()
        for _ in range(300):
            if somebody_waits():
                break
            time.sleep(0.1)
        cursor.execute("SELECT FROM documents_paper WHERE id = %s FOR UPDATE NOWAIT", [copy])
    as_application.rollback()
    signing.join(60)
    assert told == [["ISSUED"]]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
        return cursor.rowcount > 0


def revoked_in_between(office: Office, other, *, copy: bool) -> None:
    """Two sessions that know no lock of the code: the second waits, and is refused."""
    old = sealed(office)
    if copy:
        new = people.copy(office, old)
    else:
        do(office, old, "reissue", cited_entry_id=people.cite())
        new = Paper.objects.get(replaces=old).pk
    worlds.draw(new)
    made = operations.sign(new, at=NOON)
    kept = files.store(made.data, "application/pdf", at=NOON)
    assert made.step == Step.SEALED
    with transaction.atomic():
        if not copy:
            run(
                "INSERT INTO documents_paperchange (paper_id, source, target, changed_at)"
                " VALUES (%s, 'ISSUED', 'SUPERSEDED', %s)",
                old, NOON,
            )  # fmt: skip
        issue_raw(made, kept)
        if not copy:
            run("UPDATE documents_paper SET state = 'SUPERSEDED' WHERE id = %s", old)
        run("SET CONSTRAINTS ALL IMMEDIATE")
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
            with pytest.raises(Exception, match="lock timeout"):
                cursor.execute("SELECT FROM documents_paper WHERE id = %s FOR NO KEY UPDATE", [old])
        other.rollback()
    if copy:
        do(office, old, "revoke")
        assert (state(old), state(new)) == ("REVOKED", "REVOKED")
    else:
        assert (state(old), state(new)) == ("SUPERSEDED", "ISSUED")


def test_postgresql_refuses_a_reissue_of_what_was_revoked(office: Office) -> None:
    old = sealed(office)
    do(office, old, "reissue", cited_entry_id=people.cite())
    new = Paper.objects.get(replaces=old).pk
    worlds.draw(new)
    made = operations.sign(new, at=NOON)
    kept = files.store(made.data, "application/pdf", at=NOON)
    act = PaperAct.objects.get(pk=people.ask(office, old, "revoke"))
    step = worlds.step_up(office.decider_id, operations.DECIDE_PURPOSE)
    with pytest.raises(IntegrityError) as error, transaction.atomic():  # noqa: PT012
        decide_raw(office, act, step)
        moved_raw(old, "ISSUED", "REVOKED", act)
        issue_raw(made, kept)
        check_now()
    assert rule_of(error) == "replaced_paper_is_over"


def decide_raw(office: Office, act: PaperAct, step: int, **more: object) -> None:
    run("UPDATE accounts_stepup SET used_at = %s WHERE id = %s", NOON, step)
    values = {
        "approved": True,
        "checker_id": office.decider_id,
        "decided_at": NOON,
        "step_up": step,
    }
    PaperAct.objects.filter(pk=act.pk).update(**{**values, **more})


def moved_raw(paper_id: int, source: str, target: str, act: PaperAct, at: object = NOON) -> None:
    run(
        "INSERT INTO documents_paperchange (paper_id, source, target, act_id, changed_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        paper_id, source, target, act.pk, at,
    )  # fmt: skip
    run("UPDATE documents_paper SET state = %s WHERE id = %s", target, paper_id)


def test_a_reissue_cites_the_same_place_or_the_same_persons(office: Office) -> None:
    birth, single = worlds.issue(office.world), sealed(office)
    stranger = people.cite("1197770000000001", family_name="STRANGER")
    with pytest.raises(operations.EntryOfAnother):
        people.ask(office, single, "reissue", cited_entry_id=stranger)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PaperAct.objects.create(
            paper_id=single, kind="reissue", reason="facts_wrong", note="n",
            maker_id=office.asker_id, asked_at=NOON, cited_entry_id=stranger,
        )  # fmt: skip
    assert rule_of(error) == "paper_reissue_on_its_own_entry"
    # The same act with other facts; the same person, whose name was corrected.
    people.ask(office, birth, "reissue", cited_entry_id=worlds.cite_birth(given_names="Alice"))
    people.ask(office, single, "reissue", cited_entry_id=people.cite(family_name="HABIMANAA"))


def test_nobody_reissues_on_an_entry_about_herself(office: Office) -> None:
    """A marriage of hers may come to stand where another's stood: not by her own hand."""
    other = "1197770000000001"
    hers = officer(*people.ALL, area_code="12", person=person(national_id=other))
    old, own = worlds.issue(office.world), worlds.cite_birth()
    run("INSERT INTO registers_entryperson (entry_id, person_index)"
        " SELECT %s, person_index FROM registers_entryperson WHERE entry_id = %s",
        own, people.cite(other))  # fmt: skip

    with pytest.raises(operations.OwnPaper):
        people.ask(office, old, "reissue", by_id=hers, cited_entry_id=own)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        PaperAct.objects.create(
            paper_id=old, kind="reissue", reason="facts_wrong", note="n", maker_id=hers,
            asked_at=NOON, cited_entry_id=own,
        )  # fmt: skip
    assert rule_of(error) == "paper_act_not_ones_own"
    act = people.ask(office, old, "reissue", cited_entry_id=own)
    with pytest.raises(operations.OwnPaper):
        people.approve(office, act, by_id=hers)
    people.approve(office, act)


def test_an_act_is_decided_after_it_was_asked_and_takes_effect_then(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    act = PaperAct.objects.get(pk=people.ask(office, paper_id, "revoke", at=NOON))
    before = NOON - timedelta(seconds=1)
    with pytest.raises(operations.NotNow):
        people.approve(office, act.pk, at=before)
    step = worlds.step_up(office.decider_id, operations.DECIDE_PURPOSE)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        decide_raw(office, act, step, decided_at=before)
    assert rule_of(error) == "paper_act_decided_after_asked"
    for at in (before, NOON + timedelta(seconds=1)):
        with pytest.raises(IntegrityError) as error, transaction.atomic():  # noqa: PT012
            decide_raw(office, act, step)
            moved_raw(paper_id, "ISSUED", "REVOKED", act, at)
        assert rule_of(error) == "paper_moved_by_an_act"
    decide_raw(office, act, step)
    moved_raw(paper_id, "ISSUED", "REVOKED", act)
    check_now()
    assert state(paper_id) == "REVOKED"


def test_a_copy_suspended_for_itself_is_resumed_by_no_act_of_its_original(office: Office) -> None:
    original = sealed(office)
    early = people.copy(office, original)
    finish(office, early)
    do(office, original, "suspend")
    do(office, original, "resume")
    resumed = PaperAct.objects.get(paper=original, kind="resume")
    late = people.copy(office, original)
    finish(office, late)
    do(office, late, "suspend", reason="fraud")

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        moved_raw(late, "SUSPENDED", "ISSUED", resumed)
    assert rule_of(error) == "paper_moved_by_an_act"
    # What fell with its original rose with it; and the other rises by an act of its own.
    assert state(early) == "ISSUED"
    do(office, late, "resume")
    check_now()
    assert state(late) == "ISSUED"


def test_a_copy_that_comes_out_of_a_suspended_original_rises_with_it(office: Office) -> None:
    original = sealed(office)
    copy = people.copy(office, original)
    do(office, original, "suspend")
    finish(office, copy)
    check_now()
    assert state(copy) == "SUSPENDED"
    do(office, original, "resume")
    check_now()
    assert state(copy) == "ISSUED"


def test_no_look_is_dated_ahead(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    look_at = (
        "INSERT INTO documents_look (paper_id, kind, at)"
        " VALUES (%s, 'page', date_trunc('minute', now() + %s::interval))"
    )
    run(look_at, paper_id, "0 minutes")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        run(look_at, paper_id, "3 days")
    assert rule_of(error) == "look_not_ahead"
