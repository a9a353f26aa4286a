"""What the operations refuse, PostgreSQL refuses too, whoever writes the rows."""

import json

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from catalogue import comparing
from catalogue.models import DraftReview, DraftRevision, Service, ServiceDraft, ServiceVersion
from tests.accounts import people
from tests.catalogue.editor.world import BIRTH, DAY, LAW, approve, begun, fee, fresh, sent
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


def test_whoever_publishes_a_service_has_the_right_to(desk):
    draft = sent(desk)
    for stranger in (
        people.officer("catalogue.edit", "catalogue.fees"),
        people.officer("catalogue.publish", service_code="another"),
        people.officer("catalogue.publish", at=NOON + DAY),
    ):
        refused("draft_approved_by_right", update(draft, **APPROVAL, approved_by=stranger))
    publisher = people.officer("catalogue.publish", service_code=BIRTH)
    update(draft, **APPROVAL, approved_by=publisher)()


@pytest.mark.parametrize(
    ("key", "value"), [("fees", lambda: [fee(2_000, **LAW)]), ("waivers", lambda: [WAIVER])]
)
def test_whoever_publishes_what_people_pay_has_the_right_over_fees_too(desk, key, value):
    draft = sent(desk)
    says = {**draft.definition, key: value()}
    update(draft, state="DRAFT")()
    update(draft, definition=says, revision=draft.revision + 1)()
    update(draft, state="IN_REVIEW")()
    publisher = people.officer("catalogue.publish")
    refused("draft_fees_by_right", update(draft, **APPROVAL, approved_by=publisher))
    update(draft, **APPROVAL, approved_by=desk.bela)()


FEE = {"code": "a", "amount_minor": 500, "currency": "RWF", "names": {"en": "Fee"}}
FREE = FEE | {"code": "b", "amount_minor": 0}
WAIVER = {"fee": "a", "names": {"en": "For the poor"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({}, {"fees": None, "waivers": []}),
        ({}, {"fees": [FREE]}),
        ({}, {"fees": [FEE | {"amount_minor": None}]}),
        ({}, {"fees": [FEE]}),
        ({"fees": [FEE]}, {"fees": [FEE | {"names": {}, "when": "", "variant": False}]}),
        ({"fees": [FEE, FREE]}, {"fees": [FREE, FEE]}),
        ({"fees": [FEE]}, {"fees": [FEE | {"amount_minor": 0}]}),
        ({"fees": [FEE]}, {"fees": [FEE | {"beneficiary": "district"}]}),
        ({"fees": [FEE, FREE]}, {"fees": [FEE]}),
        ({"waivers": [WAIVER]}, {"waivers": [dict(reversed(WAIVER.items()))]}),
        ({"waivers": [WAIVER]}, {}),
    ],
)
def test_postgresql_and_the_editor_agree_what_changes_money(db, before, after):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT catalogue_changes_money(%s::jsonb, %s::jsonb)",
            [json.dumps(before), json.dumps(after)],
        )
        assert cursor.fetchone() == (comparing.changes_money(before, after),)


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


def version(**said: object) -> ServiceVersion:
    """Return another version of the service, as a pack would publish it."""
    service = Service.objects.get(code=BIRTH)
    number = service.versions.latest("number").number + 1
    definition = service.current.definition
    return ServiceVersion(
        service=service,
        number=number,
        **{"definition": definition, "published_at": NOON, "source": "pack"} | said,
    )


def test_a_pack_never_covers_what_was_edited_here(desk):
    approve(desk, sent(desk))
    refused("pack_leaves_edits", lambda: version().save())
    unpublished = version(published_at=None)
    unpublished.save()
    unpublished.published_at = NOON
    refused("pack_leaves_edits", unpublished.save)


def test_a_version_comes_from_a_pack_or_an_edit(desk):
    refused("version_source_known", lambda: version(source="me").save())


def test_in_force_is_what_was_published_last_and_nothing_of_another_service(desk):
    old = Service.objects.get(code=BIRTH).current_id
    other = Service.objects.get(code="life").current_id

    def in_force(version_id: int | None):
        return lambda: Service.objects.filter(code=BIRTH).update(current_id=version_id)

    now = version()
    now.save()
    coming = version(published_at=None)
    coming.save()
    in_force(now.pk)()
    for wrong in (old, other, coming.pk, None):
        refused("service_newest_in_force", in_force(wrong))


def test_a_fee_is_not_approved_from_before_its_law(desk):
    law = LAW | {"legal_from": "2026-11-26"}
    draft = sent(desk, "fees", [fee(2_000, **law)])
    early = APPROVAL | {"publish_from": NOON + DAY}
    refused("fee_waits_for_its_law", update(draft, **early, approved_by=desk.bela))
    update(draft, **APPROVAL | {"publish_from": NOON + 3 * DAY}, approved_by=desk.bela)()
