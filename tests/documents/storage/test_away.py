"""While the store is away papers wait where they are; when it is back they go on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Account
from documents import queries
from documents.models import Paper, PaperFile, Proof
from documents.states import State
from kernel.models import StoredFile
from tests.applications.browser import officer_at
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.signing.conftest import Outside
from tests.documents.world import LEASE, World
from tests.kernel.stores import Place, troubled
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db

TROUBLES = ["breaks", "refuses"]


@pytest.fixture
def store(world: World, place: Place, settings) -> Place:
    settings.FILES_STORAGE = "s3"
    return place


def state(paper_id: int) -> str:
    return Paper.objects.get(pk=paper_id).state


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_paper_is_drawn_when_the_store_is_back(world, store, settings, trouble):
    paper_id = worlds.request(world)
    with troubled(settings, store, trouble):
        # Zero: nothing else is tried in this round, as it would fail too.
        assert errands.draw_papers(lambda: NOON) == 0
    assert state(paper_id) == State.REQUESTED
    assert not PaperFile.objects.exists()
    assert not StoredFile.objects.exists()

    later = NOON + LEASE + timedelta(seconds=1)
    assert errands.draw_papers(lambda: later) == 1
    assert state(paper_id) == State.RENDERED
    assert queries.unsigned_file(paper_id).startswith(b"%PDF")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_paper_is_signed_when_the_store_is_back(world, store, settings, trouble):
    paper_id = worlds.request(world)
    worlds.order(world, {paper_id: worlds.draw(paper_id)})
    with troubled(settings, store, trouble):
        assert errands.sign_papers(lambda: NOON) == 0
    assert state(paper_id) == State.RENDERED
    assert PaperFile.objects.count() == 1

    later = NOON + LEASE + timedelta(seconds=1)
    assert errands.sign_papers(lambda: later) == 1
    assert state(paper_id) == State.ISSUED
    # Drawn, certified, sealed: each lies in the bucket, none was written twice.
    assert store.writings("s3") == PaperFile.objects.count() == 3
    assert not store.writings("local")


def test_a_paper_is_proven_when_the_store_is_back(world, store, settings, outside: Outside):
    paper_id = worlds.issue(world)
    tomorrow = NOON + timedelta(days=1)
    outside.day_of_lists(tomorrow)
    with troubled(settings, store, "breaks"):
        assert errands.augment_papers(lambda: tomorrow) == 0
    assert Proof.objects.get(pk=paper_id).pades_level == "B-T"


def test_a_paper_whose_file_is_lost_holds_up_no_other(world, store):
    papers = []
    for name in ("Habimana Jean", "Habimana Paul"):
        paper_id = worlds.request(world, cited_entry_id=worlds.cite_birth(father_name=name))
        worlds.order(world, {paper_id: worlds.draw(paper_id)})
        papers.append(paper_id)
    lost, whole = papers
    # Drawn again it would be another file: what the officer read is gone.
    Account.objects.filter(pk=world.officer_id).update(display_name="Marie-Claire Ingabire")
    store.lose("s3", PaperFile.objects.get(paper=lost).sha256)

    assert errands.sign_papers(lambda: NOON) == 2
    assert (state(lost), state(whole)) == (State.RENDERED, State.ISSUED)


def test_a_drawn_file_that_is_lost_is_drawn_again_to_the_byte(world, store):
    paper_id = worlds.request(world)
    drawn = worlds.draw(paper_id)
    worlds.order(world, {paper_id: drawn})
    store.lose("s3", drawn)

    errands.sign_papers(lambda: NOON)
    assert state(paper_id) == State.RENDERED
    errands.sign_papers(lambda: NOON + LEASE * 2)
    assert state(paper_id) == State.ISSUED
    assert PaperFile.objects.filter(paper=paper_id).first().sha256 == drawn


def test_an_earlier_revision_is_given_where_the_newest_is_lost(world, store, outside: Outside):
    paper_id = worlds.issue(world)
    sealed = queries.final_file(paper_id)
    tomorrow = NOON + timedelta(days=1)
    outside.lists_of_everybody(paper_id, tomorrow)
    errands.augment_papers(lambda: tomorrow)
    newest = worlds.newest_file(paper_id)
    assert newest.size > len(sealed)
    store.lose("s3", newest.sha256)

    assert queries.final_file(paper_id) == sealed


def test_who_asks_for_a_lost_file_is_told_so_in_words_and_it_rings(world, store, settings, capsys):
    office = people.open_office(world)
    paper_id = worlds.issue(world)
    officer = officer_at(office.asker_id)
    officer.raise_request_exception = False
    lost = worlds.newest_file(paper_id).sha256
    store.lose("s3", lost)

    answer = officer.get(reverse("documents:paper_file", args=[paper_id]))

    assert answer.status_code == 500
    assert "The paper itself is not lost" in answer.content.decode()
    (rung,) = [line for line in capsys.readouterr().out.splitlines() if "file.lost" in line]
    assert lost in rung


def test_a_page_says_come_back_while_the_store_is_away(world, store, settings):
    office = people.open_office(world)
    paper_id = worlds.issue(world)
    officer = officer_at(office.asker_id)
    officer.raise_request_exception = False
    address = reverse("documents:paper_file", args=[paper_id])
    assert officer.get(address).content == queries.final_file(paper_id)

    with troubled(settings, store, "refuses"):
        answer = officer.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
