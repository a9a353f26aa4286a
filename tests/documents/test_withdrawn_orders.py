"""An officer takes back an order to sign: what no key has signed stays as it is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from documents import operations, orders
from documents.models import MandateWithdrawal, Paper
from documents.operations.drawing import PDF
from documents.operations.revising import add_revision
from kernel import files
from kernel.models import AuditEntry
from tests.documents import world as worlds
from tests.documents.world import LEASE
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, tmp_path):
    settings.PKI_DIR, settings.FILES_DIR = tmp_path / "pki", tmp_path / "files"
    return worlds.build(settings.PKI_DIR)


@pytest.fixture
def ordered(world):
    """Return two papers under one order, of which the first is signed and sealed."""
    first, second = worlds.request(world), worlds.request(world)
    hashes = {one: worlds.draw(one) for one in (first, second)}
    mandate_id = worlds.order(world, hashes)
    claimed = operations.claim_for_signing(limit=1, now=NOON, until=NOON + LEASE, paper_id=first)
    assert claimed == [first]
    operations.sign_through(first, at=NOON)
    return mandate_id, first, second


def withdraw(mandate_id, by_id):
    return operations.withdraw_mandate(mandate_id=mandate_id, by_id=by_id, at=NOON)


def test_what_is_not_signed_is_left_untouched_and_what_is_signed_stays(world, ordered):
    mandate_id, first, second = ordered
    before = Paper.objects.filter(pk=second).values().get()
    assert withdraw(mandate_id, world.officer_id) == [second]
    assert Paper.objects.filter(pk=second).values().get() == before
    assert Paper.objects.get(pk=first).state == "ISSUED"
    assert AuditEntry.objects.filter(act="paper.mandate_withdrawn").count() == 1


def test_no_key_signs_what_was_taken_back(world, ordered):
    mandate_id, _, second = ordered
    made = operations.sign(second, at=NOON)
    withdraw(mandate_id, world.officer_id)
    assert operations.claim_for_signing(limit=9, now=NOON, until=NOON + LEASE) == []
    with pytest.raises(operations.NoMandate):
        operations.sign(second, at=NOON)
    # The key was at work while she stopped it: what it made is not kept.
    with pytest.raises(operations.NoMandate):
        operations.record_signing(made, at=NOON)


def test_the_database_refuses_a_signature_under_an_order_taken_back(world, ordered):
    mandate_id, _, second = ordered
    made = operations.sign(second, at=NOON)
    kept = files.store(made.data, PDF, at=NOON)
    withdraw(mandate_id, world.officer_id)
    paper = Paper.objects.get(pk=second)
    with pytest.raises(IntegrityError, match="taken back"), transaction.atomic():
        add_revision(
            paper, made.step, kept, at=NOON, level=made.level, stamp=made.stamp,
            credential_id=made.credential_id,
        )  # fmt: skip


def test_a_paper_left_behind_may_be_ordered_and_signed_again(world, ordered):
    mandate_id, _, second = ordered
    withdraw(mandate_id, world.officer_id)
    worlds.order(world, {second: worlds.unsigned_sha256(second)})
    assert operations.claim_for_signing(limit=9, now=NOON, until=NOON + LEASE) == [second]
    operations.sign_through(second, at=NOON)
    assert Paper.objects.get(pk=second).state == "ISSUED"


def test_only_she_takes_it_back_once_and_only_while_something_is_left(world, ordered):
    mandate_id, _, second = ordered
    with pytest.raises(operations.NothingToWithdraw):
        withdraw(mandate_id, world.other_officer_id)
    with pytest.raises(operations.NothingToWithdraw):
        withdraw(mandate_id + 1000, world.officer_id)
    withdraw(mandate_id, world.officer_id)
    with pytest.raises(operations.NothingToWithdraw):
        withdraw(mandate_id, world.officer_id)
    again = worlds.order(world, {second: worlds.unsigned_sha256(second)})
    operations.claim_for_signing(limit=9, now=NOON, until=NOON + LEASE)
    operations.sign_through(second, at=NOON)
    with pytest.raises(operations.NothingToWithdraw):
        withdraw(again, world.officer_id)


@pytest.mark.parametrize(
    ("who", "rule"),
    [("other_officer_id", "taken back by its officer"), ("officer_id", "carried out")],
)
def test_the_database_keeps_both_rules(world, who, rule):
    paper_id = worlds.request(world)
    mandate_id = worlds.order(world, {paper_id: worlds.draw(paper_id)})
    operations.claim_for_signing(limit=1, now=NOON, until=NOON + LEASE)
    operations.sign_through(paper_id, at=NOON)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        MandateWithdrawal.objects.create(mandate_id=mandate_id, by_id=getattr(world, who), at=NOON)


def test_an_order_tells_how_far_its_key_has_come(world, ordered):
    mandate_id, first, second = ordered
    order = orders.order(mandate_id, officer_id=world.officer_id)
    assert [(one.paper_id, one.is_signed, one.is_out) for one in order.papers] == [
        (first, True, True), (second, False, False),
    ]  # fmt: skip
    assert (order.signed, order.out, order.is_running(NOON)) == (1, 1, True)
    assert not order.is_running(NOON + timedelta(hours=2))
    assert orders.order(mandate_id, officer_id=world.other_officer_id) is None
    withdraw(mandate_id, world.officer_id)
    stopped = orders.order(mandate_id, officer_id=world.officer_id)
    assert (stopped.withdrawn_at, stopped.is_running(NOON)) == (NOON, False)
    assert orders.last_order_id(officer_id=world.officer_id, since=NOON) == mandate_id
