"""Two publishers and an editor at one draft in one instant; these tests really commit."""

from pathlib import Path

import pytest
from django.db import transaction

from catalogue.models import Service, ServiceVersion
from catalogue.operations import editing, reviewing
from catalogue.states import DraftState
from tests.accounts import people
from tests.accounts.test_at_once import at_once
from tests.catalogue.editor.world import BIRTH, Desk, fresh, sent
from tests.countries.packs import load
from tests.world import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(db: None, small_pack: Path) -> Desk:
    with transaction.atomic():
        load(small_pack)
    return Desk(
        ange=people.officer("catalogue.edit"),
        bela=people.officer("catalogue.publish", "catalogue.fees"),
    )


def approve(draft, by_id):
    return lambda: reviewing.approve(
        draft_id=draft.pk, revision=draft.revision, by_id=by_id, at=NOON
    )


def versions() -> int:
    return ServiceVersion.objects.filter(service__code=BIRTH).count()


def test_a_draft_that_four_approve_at_once_is_published_once(desk: Desk):
    draft, before = sent(desk), versions()
    publishers = [people.officer("catalogue.publish") for _ in range(4)]
    said = at_once(*[approve(draft, by_id) for by_id in publishers])
    assert sum(one is None for one in said) == 1
    assert sum(isinstance(one, reviewing.NotInReview) for one in said) == 3
    assert versions() == before + 1
    assert fresh(draft.pk).approved_by_id == publishers[said.index(None)]


def test_what_its_editor_takes_back_is_published_or_hers_and_never_both(desk: Desk):
    draft, before = sent(desk), versions()
    said = at_once(
        approve(draft, desk.bela),
        lambda: reviewing.take_back(draft_id=draft.pk, by_id=desk.ange, at=NOON),
    )
    assert sum(one is None for one in said) == 1
    is_published = said[0] is None
    assert versions() == before + is_published
    state = fresh(draft.pk).state
    assert state == (DraftState.PUBLISHED if is_published else DraftState.DRAFT)


def test_one_service_is_begun_once_by_two_editors(desk: Desk):
    other = people.officer("catalogue.edit")
    version_id = Service.objects.get(code=BIRTH).current_id
    said = at_once(
        *[
            lambda by_id=by_id: editing.begin_from_version(
                version_id=version_id, by_id=by_id, at=NOON
            )
            for by_id in (desk.ange, other)
        ]
    )
    assert len({one for one in said if isinstance(one, int)}) == 1
