"""Duplicates and certified copies: the same facts, a number of their own, the original's fate."""

import pytest
from django.db import IntegrityError, transaction

from documents import operations
from documents.models import Paper
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, copy, do, finish, state
from tests.documents.life.test_acts import check_now
from tests.documents.life.test_reissues import reissue
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def original(office: Office) -> int:
    return worlds.issue(office.world, valid_days=90)


def issued_copy(office: Office, original: int, kind: str = "duplicate") -> int:
    made = copy(office, original, kind)
    finish(office, made)
    return made


def test_copies_are_counted_by_kind_and_say_the_same(office: Office, original: int) -> None:
    made = [copy(office, original, kind) for kind in ("duplicate", "duplicate", "certified_copy")]

    papers = [Paper.objects.get(pk=each) for each in made]
    assert [(one.copy, one.copy_no) for one in papers] == [
        ("duplicate", 1), ("duplicate", 2), ("certified_copy", 1),
    ]  # fmt: skip
    first = Paper.objects.get(pk=original)
    for paper_id in made:
        finish(office, paper_id)
        one = Paper.objects.get(pk=paper_id)
        assert (one.facts_sha256, one.valid_until) == (first.facts_sha256, first.valid_until)
        assert one.number
        assert one.number != first.number
    check_now()
    assert state(original) == "ISSUED"


def test_an_officer_may_sign_a_copy(office: Office, original: int) -> None:
    made = copy(office, original, officer_id=office.world.officer_id, sealed_only=False)
    finish(office, made)
    assert state(made) == "ISSUED"
    with pytest.raises(operations.OfficerMissing):
        copy(office, original, sealed_only=False)


def test_the_same_purpose_makes_one_copy(office: Office, original: int) -> None:
    first = copy(office, original, purpose_key="applications.case:9")
    do(office, original, "revoke")
    assert copy(office, original, purpose_key="applications.case:9") == first


@pytest.mark.parametrize("kind", ["suspend", "revoke"])
def test_there_is_no_copy_of_a_paper_that_is_not_current(
    office: Office, original: int, kind: str
) -> None:
    do(office, original, kind)
    with pytest.raises(operations.NoCopy):
        copy(office, original)


def test_there_is_no_copy_of_an_expired_paper_of_a_copy_or_of_no_kind(
    office: Office, original: int
) -> None:
    with pytest.raises(operations.NoCopy):
        copy(office, original, at=NOON.replace(year=2028))
    with pytest.raises(operations.NoCopy):
        copy(office, copy(office, original))
    with pytest.raises(operations.NoCopy):
        copy(office, original, "original")
    with pytest.raises(operations.NoCopy):
        copy(office, worlds.request(office.world))
    copy(office, original)


@pytest.mark.parametrize(
    ("kind", "fate"), [("suspend", "SUSPENDED"), ("revoke", "REVOKED")]
)  # fmt: skip
def test_copies_fall_with_their_original(
    office: Office, original: int, kind: str, fate: str
) -> None:
    made = issued_copy(office, original)
    do(office, original, kind)
    check_now()
    assert state(made) == fate


def test_copies_are_superseded_and_ended_with_their_original(office: Office) -> None:
    original = worlds.issue(office.world)
    of_birth = issued_copy(office, original)
    finish(office, reissue(office, original).pk)
    status = people.single(office)
    of_status = issued_copy(office, status)
    operations.end_for_event(event_id=people.tell("marriage", people.HOLDER), at=people.LATER)
    check_now()

    assert state(of_birth) == "SUPERSEDED"
    ended = Paper.objects.get(pk=of_status)
    assert (ended.state, str(ended.ended_on), ended.end_reason) == (
        "ENDED", "2026-11-20", "marriage",
    )  # fmt: skip


def test_a_copy_that_was_being_made_falls_when_it_is_out(office: Office, original: int) -> None:
    late = copy(office, original)
    do(office, original, "revoke")
    finish(office, late)
    check_now()
    assert state(late) == "REVOKED"


def test_a_resumed_original_brings_back_what_fell_with_it_and_no_more(
    office: Office, original: int
) -> None:
    stolen, kept = issued_copy(office, original), issued_copy(office, original)
    do(office, stolen, "suspend", reason="fraud")
    do(office, original, "suspend")
    with pytest.raises(operations.NotNow):
        people.ask(office, stolen, "resume")
    do(office, original, "resume")
    check_now()

    assert (state(original), state(kept), state(stolen)) == ("ISSUED", "ISSUED", "SUSPENDED")
    do(office, stolen, "resume")
    assert state(stolen) == "ISSUED"


def test_a_copy_is_revoked_alone_and_never_reissued(office: Office, original: int) -> None:
    made = issued_copy(office, original)
    with pytest.raises(operations.NotNow):
        people.ask(office, made, "reissue", cited_entry_id=worlds.cite_birth())
    do(office, made, "revoke")
    assert (state(original), state(made)) == ("ISSUED", "REVOKED")
    # Its number in the count is not given again.
    assert Paper.objects.get(pk=copy(office, original)).copy_no == 2


def test_postgresql_refuses_a_copy_that_differs_or_leaps(office: Office, original: int) -> None:
    first = Paper.objects.get(pk=original)
    values = {
        field.attname: getattr(first, field.attname)
        for field in Paper._meta.concrete_fields
        if not field.primary_key
    }
    values |= {
        "verification_id": "0" * 16, "copy": "duplicate", "copy_no": 1, "copy_of_id": first.pk,
        "state": "REQUESTED", "number": None, "series_year": None, "series_no": None,
        "rendered_at": None, "issued_at": None,
    }  # fmt: skip

    def refused(rule: str, **more: object) -> None:
        with pytest.raises(IntegrityError) as error, transaction.atomic():  # noqa: PT012
            Paper.objects.create(**{**values, **more})
            check_now()
        assert error.value.__cause__.diag.constraint_name == rule

    refused("paper_copies_without_gaps", copy_no=2)
    refused("paper_copy_says_the_same", facts={**first.facts, "family_name": "SOMEBODY"})
    refused("paper_copy_says_the_same", valid_until=None)
    refused("paper_copy_of_an_original", copy="original")
    refused("paper_is_as_told")
    made = copy(office, original)
    refused("paper_after_an_original", copy_of_id=made)
    do(office, original, "suspend")
    refused("paper_copy_of_one_in_force", copy_no=2)
