"""Two focal points: one edits, another publishes, and what is published stays as it was."""

import pytest

from accounts.policies import NotGranted
from accounts.queries import SamePerson
from catalogue.models import DraftReview, DraftRevision, Service, ServiceVersion
from catalogue.operations import editing, publishing, reviewing
from kernel.models import AuditEntry, EventRow
from tests.accounts import people
from tests.applications import world as cases
from tests.catalogue.editor.world import BIRTH, DAY, LAW, approve, begun, fee, fresh, sent, write
from tests.world import NOON

pytestmark = pytest.mark.django_db


def current(code: str = BIRTH) -> ServiceVersion:
    return Service.objects.get(code=code).current


# --- one edits


def test_a_change_is_a_revision_with_its_author_and_a_trace(desk):
    draft = begun(desk)
    write(draft, "summary", {"en": "Shorter."}, by_id=desk.ange)
    made = DraftRevision.objects.get(draft=draft, number=2)
    assert (made.by_id, made.section) == (desk.ange, "summary")
    assert made.definition["summary"] == {"en": "Shorter."}
    assert AuditEntry.objects.filter(act="draft.edited", subject_id=draft.pk).count() == 1
    assert current().definition["summary"] != {"en": "Shorter."}


def test_what_is_saved_as_it_was_is_no_revision(desk):
    draft = begun(desk)
    write(draft, "code", BIRTH, by_id=desk.ange)
    assert fresh(draft.pk).revision == 1


def test_two_who_edit_different_parts_at_once_both_keep_their_words(desk):
    other = people.officer("catalogue.edit")
    draft = begun(desk)
    write(draft, "summary", {"en": "Ange's."}, by_id=desk.ange)
    write(draft, "case_prefix", "BX", by_id=other, revision=1)
    says = fresh(draft.pk).definition
    assert (says["summary"], says["case_prefix"]) == ({"en": "Ange's."}, "BX")


def test_the_second_who_edits_the_same_part_sees_what_changed(desk):
    other = people.officer("catalogue.edit")
    draft = begun(desk)
    write(draft, "summary", {"en": "Ange's."}, by_id=desk.ange)
    with pytest.raises(editing.Overtaken) as overtaken:
        write(draft, "summary", {"en": "Another's."}, by_id=other, revision=1)
    assert (overtaken.value.by_id, overtaken.value.revision) == (desk.ange, 2)
    (difference, *_) = overtaken.value.differences
    assert (difference.path, difference.after) == (("summary", "en"), "Ange's.")
    # Having seen it, she may have the last word.
    write(draft, "summary", {"en": "Another's."}, by_id=other, revision=2)


def test_a_service_has_one_draft_at_a_time(desk):
    draft = begun(desk)
    with pytest.raises(editing.DraftStands) as stands:
        begun(desk)
    assert stands.value.draft_id == draft.pk
    editing.discard(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    assert begun(desk).pk != draft.pk


def test_a_new_service_takes_no_code_of_another(desk):
    with pytest.raises(editing.ServiceStands):
        editing.begin(code=BIRTH, definition={}, is_new=True, by_id=desk.ange, at=NOON)


def test_only_who_may_edit_this_service_edits_it(desk):
    elsewhere = people.officer("catalogue.edit", service_code="life")
    draft = begun(desk)
    for by_id in (desk.bela, elsewhere):
        with pytest.raises(NotGranted):
            write(draft, "load", 2, by_id=by_id)


def test_a_service_is_no_longer_than_anybody_reads(desk):
    draft = begun(desk)
    with pytest.raises(editing.TooLong):
        write(draft, "summary", {"en": "x" * 300_001}, by_id=desk.ange)


# --- another publishes


def test_what_another_approves_is_in_force_at_once_and_an_older_case_keeps_its_version(desk, uwase):
    case = cases.draft(uwase)
    before = current()
    draft = sent(desk)
    approve(desk, draft)
    now, ended = current(), fresh(draft.pk)
    assert (now.number, now.source) == (before.number + 1, "edit")
    assert now.definition["summary"] == {"en": "Proof of a birth."}
    assert (ended.state, ended.version_id, ended.approved_by_id) == ("PUBLISHED", now.pk, desk.bela)
    assert cases.fresh(case).service_version_id == before.pk
    assert EventRow.objects.filter(name="catalogue.draft.published").count() == 1
    assert AuditEntry.objects.filter(act="service.published").count() == 1


def test_nobody_approves_what_she_edited_not_even_under_another_login(desk):
    draft = sent(desk)
    people_of_ange = people.Account.objects.get(pk=desk.ange).person_id
    again = people.officer("catalogue.publish", person_id=people_of_ange)
    with pytest.raises(SamePerson):
        approve(desk, draft, by_id=again)
    with pytest.raises(NotGranted):
        approve(desk, draft, by_id=desk.ange)


def test_what_changed_since_she_read_it_is_not_approved(desk):
    draft = sent(desk)
    with pytest.raises(reviewing.NotInReview):
        approve(desk, draft, revision=1)
    reviewing.take_back(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    with pytest.raises(reviewing.NotInReview):
        approve(desk, draft)


def test_what_is_not_whole_is_not_sent(desk):
    draft = begun(desk)
    write(draft, "refusal_reasons", None, by_id=desk.ange)
    with pytest.raises(reviewing.NotReady) as refused:
        reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    assert [one.key for one in refused.value.lacks] == ["refusal_reasons"]


def test_it_comes_back_with_words_is_edited_and_sent_again(desk):
    draft = sent(desk)
    with pytest.raises(reviewing.NoWords):
        reviewing.send_back(draft_id=draft.pk, words=" ", by_id=desk.bela, at=NOON)
    reviewing.send_back(draft_id=draft.pk, words="Say whose birth.", by_id=desk.bela, at=NOON)
    assert DraftReview.objects.latest("pk").words == "Say whose birth."
    draft = fresh(draft.pk)
    write(draft, "summary", {"en": "Proof of your birth."}, by_id=desk.ange)
    reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    approve(desk, fresh(draft.pk))
    assert current().definition["summary"] == {"en": "Proof of your birth."}


def test_while_it_waits_nobody_edits_it(desk):
    draft = sent(desk)
    with pytest.raises(editing.NotEditable):
        write(draft, "load", 2, by_id=desk.ange)


# --- from a day on


def test_from_its_day_on_and_not_before(desk):
    draft, before = sent(desk), current()
    approve(desk, draft, publish_from=NOON + DAY)
    assert fresh(draft.pk).state == "APPROVED"
    assert publishing.publish_due(now=NOON) == 0
    assert current() == before
    assert publishing.publish_due(now=NOON + DAY) == 1
    assert current().published_at == NOON + DAY
    assert publishing.publish_due(now=NOON + DAY) == 0


def test_a_day_that_is_over_is_refused(desk):
    with pytest.raises(reviewing.InThePast):
        sent(desk, publish_from=NOON - DAY)


def test_approving_from_a_day_that_is_over_is_refused(desk):
    draft = sent(desk)
    with pytest.raises(reviewing.InThePast):
        approve(desk, draft, publish_from=NOON - DAY)


def test_it_can_be_stopped_before_its_day(desk):
    draft = sent(desk)
    approve(desk, draft, publish_from=NOON + DAY)
    reviewing.send_back(draft_id=draft.pk, words="The order is annulled.", by_id=desk.bela, at=NOON)
    assert publishing.publish_due(now=NOON + DAY) == 0
    assert fresh(draft.pk).state == "RETURNED"


def publish_from_pack() -> None:
    service = Service.objects.get(code=BIRTH)
    service.current = ServiceVersion.objects.create(
        service=service,
        number=service.current.number + 1,
        definition={**service.current.definition, "load": 3},
        published_at=NOON,
        source="pack",
    )
    service.save()


def test_what_began_from_an_older_version_is_compared_with_the_newer_first(desk):
    draft = sent(desk)
    publish_from_pack()
    with pytest.raises(reviewing.OutOfDate):
        approve(desk, draft)
    reviewing.take_back(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    editing.renew_base(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    approve(desk, fresh(draft.pk))
    assert current().source == "edit"


def test_a_newer_version_before_its_day_sends_it_back(desk):
    draft = sent(desk)
    approve(desk, draft, publish_from=NOON + DAY)
    publish_from_pack()
    assert publishing.publish_due(now=NOON + DAY) == 0
    assert fresh(draft.pk).state == "RETURNED"
    assert current().source == "pack"


def test_going_back_is_a_new_draft_of_an_old_version(desk):
    old = current()
    approve(desk, sent(desk))
    draft_id = editing.begin_from_version(version_id=old.pk, by_id=desk.ange, at=NOON)
    reviewing.send(draft_id=draft_id, by_id=desk.ange, at=NOON)
    approve(desk, fresh(draft_id))
    assert (current().number, current().definition) == (old.number + 2, old.definition)


# --- fees


def test_a_fee_changes_with_its_law_and_by_whoever_may_set_fees(desk):
    draft = sent(desk, "fees", [fee(2_000, **LAW)])
    with pytest.raises(NotGranted):
        approve(desk, draft, by_id=people.officer("catalogue.publish"))
    approve(desk, draft)
    assert current().definition["fees"][0]["amount_minor"] == 2_000
    trace = AuditEntry.objects.get(act="draft.fee_changed").detail
    assert (trace["before_amount_minor"], trace["after_amount_minor"]) == (500, 2_000)
    assert trace["after_legal_source"] == LAW["legal_source"]


@pytest.mark.parametrize("key", ["legal_source", "legal_from", "revenue_code"])
def test_a_fee_without_its_law_is_not_sent(desk, key):
    with pytest.raises(reviewing.NotReady) as refused:
        sent(desk, "fees", [fee(2_000, **LAW | {key: ""})])
    assert f"fees.{fee(0)['code']}.{key}" in str(refused.value)


def test_whoever_may_not_set_fees_publishes_the_rest(desk):
    approve(desk, sent(desk), by_id=people.officer("catalogue.publish"))
    assert current().source == "edit"
