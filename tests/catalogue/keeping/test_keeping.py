"""A focal point's month: pages are confirmed, and what readers found wrong is answered."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.policies import NotGranted
from catalogue import queries, queries_kept
from catalogue.models import Confirmation, Remark, RemarkAnswer, Service
from catalogue.operations import hearing, keeping
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.catalogue.editor.conftest import house, small_pack, staffed, uwase
from tests.catalogue.editor.world import BIRTH, published
from tests.world import NOON

__all__ = ["house", "small_pack", "staffed", "uwase"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WARNING = "Nobody in charge has confirmed this page"


@pytest.fixture
def cara(house) -> int:
    with time_machine.travel(NOON):
        return people.officer("catalogue.confirm", display_name="Cara")


def version_id(code: str = BIRTH) -> int:
    return queries.current(code).id


def confirm(by_id: int, **more: object) -> None:
    said = {"service_code": BIRTH, "version_id": version_id(), "by_id": by_id, "at": NOON} | more
    keeping.confirm(**said)


def wrong(words: str = "It cost me 700.") -> Remark:
    pk = hearing.remark(service_code=BIRTH, verdict="wrong", words=words, language="en", at=NOON)
    return Remark.objects.get(pk=pk)


def public(client) -> str:
    return client.get(f"/services/{BIRTH}/").content.decode()


def test_a_page_is_confirmed_for_forty_days_and_then_the_public_is_told(cara, client):
    with time_machine.travel(NOON, tick=False):
        desk = officer_at(cara)
        assert "waits for its first confirmation" in public(client)
        page = desk.get(reverse("catalogue:kept")).content.decode()
        assert "the public is told" in page
        answer = desk.post(
            reverse("catalogue:kept_service", args=[BIRTH]), {"version": version_id()}, follow=True
        )
        assert "Confirmed. It is due again in 30 days." in answer.content.decode()
        assert "Cara" in answer.content.decode()
        assert WARNING not in public(client)
    with time_machine.travel(NOON + 40 * DAY, tick=False):
        assert WARNING not in public(client)
    with time_machine.travel(NOON + 41 * DAY, tick=False):
        assert WARNING in public(client)


def test_after_thirty_days_it_is_due(cara):
    confirm(cara)
    assert [
        (line.is_due, line.is_stale)
        for day in (29, 30, 41)
        for line in queries_kept.lines([BIRTH], "en", at=NOON + day * DAY)
    ] == [(False, False), (True, False), (True, True)]


def test_what_two_people_published_they_have_read(house):
    published(BIRTH, summary={"en": "Proof of a birth."})
    assert queries_kept.confirmed_at(BIRTH) == NOON


def test_another_version_than_she_read_is_not_confirmed(cara):
    read = version_id()
    published(BIRTH, summary={"en": "Proof of a birth."})
    with pytest.raises(keeping.Overtaken):
        confirm(cara, version_id=read)
    with pytest.raises(IntegrityError, match="confirmation_of_what_is_in_force"):
        Confirmation.objects.create(version_id=read, by_id=cara, at=NOON)


def test_nobody_confirms_what_is_not_hers(house, cara):
    stranger = people.officer("catalogue.confirm", service_code="marriage-certificate")
    with pytest.raises(NotGranted):
        confirm(stranger)
    with pytest.raises(NotGranted):
        keeping.answer(
            service_code=BIRTH, remark_id=wrong().pk, outcome="mended", words="", by_id=stranger,
            at=NOON,
        )  # fmt: skip
    with time_machine.travel(NOON):
        page = reverse("catalogue:kept_service", args=[BIRTH])
        assert officer_at(stranger).get(page).status_code == 403
        assert officer_at(people.officer()).get(reverse("catalogue:kept")).status_code == 403


def test_what_a_reader_found_wrong_lies_on_the_desk_until_it_is_answered(cara):
    remark, address = wrong(), reverse("catalogue:kept_service", args=[BIRTH])
    with time_machine.travel(NOON):
        desk = officer_at(cara)
        assert "It cost me 700." in desk.get(address).content.decode()
        refused = desk.post(address, {"remark": remark.pk, "outcome": "was_right", "words": " "})
        assert refused.status_code == 422
        assert "Say why the page was right." in refused.content.decode()
        said = {"remark": remark.pk, "outcome": "was_right", "words": "700 is with the photo."}
        assert desk.post(address, said).status_code == 302
        again = desk.post(address, said, follow=True).content.decode()
    assert "Somebody has answered this already." in again
    assert "It cost me 700." not in again
    assert RemarkAnswer.objects.get().remark == remark


@pytest.mark.parametrize("typed", [{"remark": "x"}, {"remark": "999999"}, {"remark": "9" * 30}, {}])
def test_an_answer_to_nothing_breaks_nothing(cara, typed):
    with time_machine.travel(NOON):
        answer = officer_at(cara).post(
            reverse("catalogue:kept_service", args=[BIRTH]), {"outcome": "mended", **typed}
        )
    assert answer.status_code in {302, 422}
    assert not RemarkAnswer.objects.exists()


def test_praise_is_not_answered_and_no_word_is_taken_back(cara):
    pk = hearing.remark(service_code=BIRTH, verdict="right", words="", language="en", at=NOON)
    with pytest.raises(keeping.NothingToAnswer):
        keeping.answer(
            service_code=BIRTH, remark_id=pk, outcome="mended", words="", by_id=cara, at=NOON
        )
    refused = pytest.raises(IntegrityError, match="report_answer_to_what_is_wrong")
    with refused, transaction.atomic():
        RemarkAnswer.objects.create(remark_id=pk, outcome="mended", by_id=cara, at=NOON)
    confirm(cara)
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        Confirmation.objects.all().delete()


def test_the_board_counts_by_agency_and_costs_the_same_however_many(
    cara, django_assert_max_num_queries
):
    wrong()
    wrong("")
    with django_assert_max_num_queries(4):
        lines = queries_kept.lines(None, "en", at=NOON)
    assert lines[0].code == BIRTH
    assert lines[0].wrong == 2
    [agency, *_] = queries_kept.by_agency(lines)
    assert agency.stale == agency.services
    assert agency.wrong == 2
    assert Service.objects.filter(active=True).count() == len(lines)
