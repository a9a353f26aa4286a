"""One more paper for who stands at the desk: asked once more, sealed, and written down."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.policies import NotGranted
from documents import operations
from documents.models import Paper
from kernel.models import AuditEntry
from tests.accounts.people import officer, person
from tests.applications.browser import officer_at
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office, do, finish, state
from tests.world import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk_id(office: Office) -> int:
    return officer("paper.copy", area_code="12", display_name="Vestine Uwera")


def give(paper_id: int, by_id: int, copy: str = "duplicate", copy_no: int = 1) -> int:
    return operations.give_copy(paper_id=paper_id, copy=copy, copy_no=copy_no, by_id=by_id, at=NOON)


def copy_page(paper_id: int, kind: str = "duplicate") -> str:
    return reverse("documents:paper_copy", args=[paper_id, kind])


def test_the_clerk_gives_a_duplicate_and_a_certified_copy(office: Office, clerk_id: int) -> None:
    original, clerk = worlds.issue(office.world), officer_at(clerk_id)
    page = reverse("documents:paper", args=[original])
    for kind, name in (("duplicate", "Duplicate 1"), ("certified_copy", "Certified copy 1")):
        assert copy_page(original, kind) in clerk.get(page).text
        assert name in clerk.get(copy_page(original, kind)).text
        assert not Paper.objects.filter(copy=kind).exists()
        said = clerk.post(copy_page(original, kind), {"number": "1"}, follow=True).text
        assert "It is being made" in said

        made = Paper.objects.get(copy=kind)
        assert (made.copy_of_id, made.sealed_only, made.officer_id) == (original, True, None)
        finish(office, made.pk)
        assert state(made.pk) == "ISSUED"
        assert clerk.get(reverse("documents:paper_file", args=[made.pk])).content[:5] == b"%PDF-"
    written = AuditEntry.objects.filter(act="paper.copied", subject_id=original)
    assert [(one.actor_id, one.reason) for one in written.order_by("pk")] == [
        (clerk_id, "duplicate"), (clerk_id, "certified_copy"),
    ]  # fmt: skip


def test_the_same_page_sent_twice_makes_one_copy(office: Office, clerk_id: int) -> None:
    original = worlds.issue(office.world)
    assert give(original, clerk_id) == give(original, clerk_id)
    assert Paper.objects.filter(copy_of=original).count() == 1
    assert AuditEntry.objects.filter(act="paper.copied").count() == 1
    give(original, clerk_id, copy_no=2)
    for wrong in (0, 4):
        with pytest.raises(operations.NoCopy):
            give(original, clerk_id, copy_no=wrong)


@pytest.mark.parametrize("number", ["", "x", "0", "9", "99999999999", "²"])
def test_a_number_that_was_not_shown_makes_nothing(
    office: Office, clerk_id: int, number: str
) -> None:
    original = worlds.issue(office.world)
    clerk: Client = officer_at(clerk_id)
    assert clerk.post(copy_page(original), {"number": number}, follow=True).status_code == 200
    assert not Paper.objects.filter(copy_of=original).exists()


def test_no_copy_without_the_right_of_her_own_paper_or_of_one_not_in_force(
    office: Office, clerk_id: int
) -> None:
    original = people.single(office)
    for other in (officer("paper.reissue", area_code="12"), office.world.officer_id):
        with pytest.raises(NotGranted):
            give(original, other)
    assert officer_at(office.asker_id).get(copy_page(original)).status_code == 403
    assert Client().get(copy_page(original)).status_code == 302
    hers = officer("paper.copy", area_code="12", person=person(national_id=people.HOLDER))
    with pytest.raises(operations.OwnPaper):
        give(original, hers)
    assert officer_at(hers).get(copy_page(original)).status_code == 404
    assert officer_at(clerk_id).get(copy_page(original, "original")).status_code == 404
    do(office, original, "suspend")
    with pytest.raises(operations.NoCopy):
        give(original, clerk_id)
    clerk = officer_at(clerk_id)
    assert "of an original only" in clerk.get(copy_page(original), follow=True).text
    assert copy_page(original) not in clerk.get(reverse("documents:paper", args=[original])).text
