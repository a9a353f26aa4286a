"""What the operations refuse, PostgreSQL refuses too, whoever writes the rows."""

import json

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from catalogue.models import DraftReview, DraftRevision, Service, ServiceDraft, ServiceVersion
from tests.accounts import people
from tests.catalogue.editor.world import BIRTH, DAY, LAW, begun, fee, fresh, sent
from tests.world import NOON

pytestmark = pytest.mark.django_db

APPROVAL = {"state": "APPROVED", "approved_at": NOON, "publish_from": NOON}


def refused(rule: str, change) -> None:
    with pytest.raises((IntegrityError, DatabaseError)) as refusal, transaction.atomic():
        change()
    assert rule in (refusal.value.__cause__.diag.constraint_name or str(refusal.value))


def update(draft: ServiceDraft, **changed: object):
    return lambda: ServiceDraft.objects.filter(pk=draft.pk).update(**changed)


def test_whoever_edited_it_does_not_approve_it(desk):
    draft = sent(desk)
    refused("draft_two_people", update(draft, **APPROVAL, approved_by=desk.ange))
    person_id = people.Account.objects.get(pk=desk.ange).person_id
    again = people.officer("catalogue.publish", person_id=person_id)
    refused("draft_two_people", update(draft, **APPROVAL, approved_by=again))
    update(draft, **APPROVAL, approved_by=desk.bela)()


def test_nobody_approves_for_nobody_or_from_the_past(desk):
    draft = sent(desk)
    refused("draft_approved_by_somebody", update(draft, state="APPROVED"))
    past = APPROVAL | {"publish_from": NOON - DAY}
    refused("draft_never_from_the_past", update(draft, **past, approved_by=desk.bela))


def test_a_fee_changes_only_with_its_law(desk):
    draft = sent(desk, "fees", [fee(2_000, **LAW)])
    lawless = {**draft.definition, "fees": [fee(2_000)]}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM catalogue_fees_without_law("
            " (SELECT definition FROM catalogue_serviceversion WHERE id = %s), %s::jsonb)",
            [draft.base_id, json.dumps(lawless)],
        )
        assert cursor.fetchone() == (1,)
    update(draft, state="DRAFT")()
    update(draft, definition=lawless, revision=draft.revision + 1)()
    update(draft, state="IN_REVIEW")()
    refused("fee_change_names_its_law", update(draft, **APPROVAL, approved_by=desk.bela))


def test_a_draft_is_edited_one_revision_at_a_time_and_only_while_it_is_one(desk):
    draft = begun(desk)
    refused("draft_edited_by_revision", update(draft, definition={}))
    refused("draft_edited_by_revision", update(draft, definition={}, revision=3))
    waiting = sent_again(draft)
    refused("draft_edited_by_revision", update(waiting, definition={}, revision=2))


def sent_again(draft: ServiceDraft) -> ServiceDraft:
    update(draft, state="IN_REVIEW")()
    return fresh(draft.pk)


def test_no_state_is_skipped_and_an_ended_draft_stays(desk):
    draft = begun(desk)
    with pytest.raises(DatabaseError), transaction.atomic():
        update(draft, **APPROVAL, approved_by=desk.bela)()
    update(draft, state="DISCARDED")()
    refused("draft_ended_stays", update(draft, section="more"))


def test_a_draft_does_not_begin_approved(desk):
    def begin():
        ServiceDraft.objects.create(
            code="new",
            definition={},
            begun_by_id=desk.ange,
            begun_at=NOON,
            changed_by_id=desk.ange,
            changed_at=NOON,
            approved_by_id=desk.bela,
            **APPROVAL,
        )

    refused("draft_begins_as_one", begin)


def test_an_edit_is_published_only_as_it_was_approved(desk):
    service = Service.objects.get(code=BIRTH)

    def publish(definition, at=NOON):
        return lambda: ServiceVersion.objects.create(
            service=service, number=9, definition=definition, published_at=at, source="edit"
        )

    draft = sent(desk)
    refused("published_edit_was_approved", publish(draft.definition))
    later = APPROVAL | {"publish_from": NOON + DAY}
    update(draft, **later, approved_by=desk.bela)()
    refused("published_edit_was_approved", publish(draft.definition))
    refused("published_edit_was_approved", publish({**draft.definition, "load": 9}, NOON + DAY))
    publish(draft.definition, NOON + DAY)()


def test_what_was_written_and_decided_stays(desk):
    draft = sent(desk)
    for rows in (
        DraftRevision.objects.filter(draft=draft),
        DraftReview.objects.filter(draft=draft),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(at=NOON + DAY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM catalogue_servicedraft WHERE id = %s", [draft.pk])


def test_a_draft_comes_back_only_with_words(desk):
    draft = sent(desk)

    def say_nothing():
        DraftReview.objects.create(
            draft=draft, revision=2, state="RETURNED", by_id=desk.bela, at=NOON
        )

    refused("draft_returned_with_words", say_nothing)
