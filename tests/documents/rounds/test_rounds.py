"""Papers are made in rounds: what surrounds them is read once, and none takes another along."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents import operations
from documents.models import Paper, PaperFile
from documents.operations import making, requesting
from documents.states import State
from kernel import files
from kernel.models import EventRow
from places.models import Area, Office
from registers import operations as registers
from registers.entries import ActEntry
from tests.documents import world as worlds
from tests.documents.world import BIRTH, World
from tests.world import NOON
from workers import errands

pytestmark = pytest.mark.django_db(transaction=True)

_numbers = itertools.count(1)


def clock():
    return NOON


def ask(world: World, facts: dict[str, str] = BIRTH, **more: object) -> int:
    """Ask for a paper on an act of its own, sealed by the office alone unless told otherwise."""
    entry = ActEntry(
        kind="birth",
        office_code="1209",
        year=1990,
        volume="II",
        act_number=f"{next(_numbers):04d}",
        registered_on=NOON.date(),
        facts=facts,
        national_ids=(f"11990780000{next(_numbers):05d}",),
    )
    cited = registers.cite(kind="birth", entry=entry, at=NOON).id
    values: dict[str, object] = {"sealed_only": True, "officer_id": None}
    return worlds.request(world, cited_entry_id=cited, **values | more)


def states(paper_ids: list[int]) -> list[str]:
    return list(
        Paper.objects.filter(pk__in=paper_ids).order_by("pk").values_list("state", flat=True)
    )


def test_papers_of_the_office_alone_are_out_after_one_round(world: World) -> None:
    asked = [ask(world) for _ in range(5)]

    assert errands.draw_papers(clock) == 5

    assert states(asked) == [State.ISSUED] * 5
    for paper in Paper.objects.filter(pk__in=asked):
        drawn, sealed = PaperFile.objects.filter(paper=paper).order_by("revision")
        assert (drawn.step, sealed.step) == ("rendered", "sealed")
        assert files.read(sealed.sha256).startswith(files.read(drawn.sha256))
        assert list(paper.changes.order_by("pk").values_list("target", flat=True)) == [
            State.REQUESTED, State.RENDERED, State.ISSUED,
        ]  # fmt: skip
        told = EventRow.objects.filter(payload__subject_id=paper.pk, name__contains=".paper.")
        assert [event.name.rpartition(".")[2] for event in told.order_by("pk")] == [
            "requested", "rendered", "issued",
        ]  # fmt: skip


def test_a_paper_of_an_officer_waits_for_her_in_the_same_round(world: World) -> None:
    hers = ask(world, sealed_only=False, officer_id=world.officer_id)
    ours = ask(world)

    errands.draw_papers(clock)

    assert states([hers, ours]) == [State.RENDERED, State.ISSUED]


def test_a_round_is_as_the_papers_would_be_one_by_one(world: World) -> None:
    paper_id = ask(world)
    operations.claim_for_rendering(limit=1, now=NOON, until=NOON + worlds.LEASE)
    operations.sign_claims(paper_id, at=NOON)
    alone = operations.render(paper_id)

    operations.make([paper_id], clock=clock)

    kept = PaperFile.objects.get(paper_id=paper_id, step="rendered")
    assert files.read(kept.sha256) == alone


def queries_of_a_round(world: World, papers: int) -> int:
    asked = [ask(world) for _ in range(papers)]
    claimed = operations.claim_for_rendering(limit=papers, now=NOON, until=NOON + worlds.LEASE)
    assert claimed == asked
    with CaptureQueriesContext(
        connection,
    ) as seen:
        operations.make(claimed, clock=clock)
    assert states(asked) == [State.ISSUED] * papers
    return statements(seen)


def statements(seen: CaptureQueriesContext) -> int:
    return sum(each["sql"] not in {"BEGIN", "COMMIT"} for each in seen.captured_queries)


def test_a_round_of_eight_asks_the_database_as_often_as_a_round_of_one(world: World) -> None:
    assert queries_of_a_round(world, 8) == queries_of_a_round(world, 1) <= 20


def test_a_claim_costs_two_statements_a_paper(world: World) -> None:
    """Its number is the next of its series, which goes up by one."""
    costs = []
    for papers in (1, 4):
        for _ in range(papers):
            ask(world)
        with CaptureQueriesContext(connection) as seen:
            operations.claim_for_rendering(limit=papers, now=NOON, until=NOON + worlds.LEASE)
        costs.append(statements(seen))

    assert costs[1] - costs[0] == 2 * 3


def test_a_withheld_paper_is_drawn_and_not_sealed(world: World) -> None:
    doubtful, good = ask(world), ask(world)
    operations.withhold(doubtful, at=NOON)

    errands.draw_papers(clock)

    assert states([doubtful, good]) == [State.RENDERED, State.ISSUED]


def test_a_paper_withheld_while_it_was_sealed_loses_the_seal(world: World, monkeypatch) -> None:
    paper_id = ask(world)
    usual = making.seal

    def and_meanwhile(*args, **kwargs):
        operations.withhold(paper_id, at=NOON)
        return usual(*args, **kwargs)

    monkeypatch.setattr(making, "seal", and_meanwhile)
    errands.draw_papers(clock)

    assert states([paper_id]) == [State.RENDERED]
    assert not PaperFile.objects.filter(paper_id=paper_id, step="sealed").exists()


def test_without_the_offices_key_its_papers_are_drawn_and_others_are_out(world: World) -> None:
    elsewhere = Office.objects.create(
        code="sector-none",
        names={"en": "Elsewhere"},
        level="sector",
        area=Area.objects.get(code="1209"),
    )
    keyless, good = ask(world, office_id=elsewhere.pk), ask(world)

    errands.draw_papers(clock)

    assert states([keyless, good]) == [State.RENDERED, State.ISSUED]


def test_a_paper_that_breaks_takes_no_other_along(world: World, monkeypatch) -> None:
    asked = [ask(world) for _ in range(3)]
    usual = making.composing.content_of

    def and_one_breaks(paper, *args):
        if paper.pk == asked[1]:
            raise LookupError
        return usual(paper, *args)

    monkeypatch.setattr(making.composing, "content_of", and_one_breaks)
    errands.draw_papers(clock)

    assert states(asked) == [State.ISSUED, State.REQUESTED, State.ISSUED]


def test_a_paper_that_cannot_be_drawn_rings_and_is_tried_again_seldom(
    world: World, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(requesting, "require_drawable", lambda *_paper: None)
    strange = ask(world, {**BIRTH, "family_name": "漢字"})
    good = ask(world)

    errands.draw_papers(clock)

    assert states([strange, good]) == [State.REQUESTED, State.ISSUED]
    soon = NOON + worlds.LEASE * 2
    assert errands.draw_papers(lambda: soon) == 0
    assert errands.draw_papers(lambda: NOON + making.CANNOT_WAIT * 2) == 1
    told, _again = [line for line in capsys.readouterr().out.splitlines() if "drawn" in line]
    assert "MissingGlyph" in told
    assert "漢" not in told


def test_what_is_recorded_already_stays_and_the_others_go_on(world: World) -> None:
    asked = [ask(world) for _ in range(2)]
    claimed = operations.claim_for_rendering(limit=2, now=NOON, until=NOON + worlds.LEASE)
    operations.make(asked[:1], clock=clock)

    operations.make(claimed, clock=clock)

    assert states(asked) == [State.ISSUED, State.ISSUED]
    assert PaperFile.objects.filter(paper_id=asked[0]).count() == 2


def test_a_slow_key_delays_its_paper_and_not_the_round(world: World) -> None:
    """What is not begun within a second is sealed on its own, under a lease of its own."""
    asked = [ask(world) for _ in range(3)]
    times = itertools.chain([NOON, NOON], itertools.repeat(NOON + timedelta(seconds=2)))

    claimed = operations.claim_for_rendering(limit=3, now=NOON, until=NOON + worlds.LEASE)
    assert operations.make(claimed, clock=lambda: next(times))

    assert states(asked) == [State.ISSUED, State.RENDERED, State.RENDERED]
    errands.sign_papers(lambda: NOON + timedelta(seconds=2))
    assert states(asked) == [State.ISSUED] * 3
