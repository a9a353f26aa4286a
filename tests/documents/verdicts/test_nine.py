"""Nine answers, each with its own words, icon and colour; and what the paper became since."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from documents import operations, queries, verdicts
from documents.models import Level, Paper, PaperFile, Step
from documents.operations.revising import add_revision
from documents.tsa import Stamp
from documents.verdicts import Finding, Integrity, Issuer, Outcome, Status, Verdict
from documents.verdicts.words import words
from kernel import files
from tests.documents import world as worlds
from tests.documents.life import people
from tests.documents.life.people import Office
from tests.documents.world import World
from tests.world import NOON

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
TODAY = NOON.date()


@pytest.fixture
def office(world: World) -> Office:
    return people.open_office(world)


def by_code(paper_id: int, at=NOON) -> Verdict:
    code = Paper.objects.get(pk=paper_id).verification_id
    return verdicts.by_code(code, at=at)


def superseded(office: Office) -> int:
    paper_id = worlds.issue(office.world)
    people.do(
        office, paper_id, "reissue", reason="register_corrected",
        cited_entry_id=worlds.cite_birth(family_name="MUKAMANE"),
    )  # fmt: skip
    people.finish(office, Paper.objects.get(replaces=paper_id).pk)
    return paper_id


def ended(office: Office) -> int:
    paper_id = people.single(office)
    event_id = people.tell("marriage", people.HOLDER, people.SPOUSE)
    assert operations.end_for_event(event_id=event_id, at=people.LATER) == [paper_id]
    return paper_id


def revoked(office: Office) -> int:
    paper_id = worlds.issue(office.world)
    people.do(office, paper_id, "revoke", reason="court_order")
    return paper_id


def suspended(office: Office) -> int:
    paper_id = worlds.issue(office.world)
    people.do(office, paper_id, "suspend", reason="fraud")
    return paper_id


def expired(office: Office) -> int:
    return worlds.issue(office.world, valid_until=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("made", "outcome", "since", "reason"),
    [
        (lambda office: worlds.issue(office.world), Outcome.CURRENT, None, ""),
        (superseded, Outcome.SUPERSEDED, TODAY, ""),
        (ended, Outcome.ENDED, date(2026, 11, 20), ""),
        (revoked, Outcome.REVOKED, TODAY, "court_order"),
        (suspended, Outcome.SUSPENDED, TODAY, ""),
    ],
    ids=["current", "superseded", "ended", "revoked", "suspended"],
)
def test_the_same_standing_is_told_by_code_and_by_file(
    office: Office, made: Callable[[Office], int], outcome: Outcome, since: date, reason: str
) -> None:
    paper_id = made(office)

    scanned, compared = (
        by_code(paper_id), verdicts.by_file(queries.final_file(paper_id), at=NOON)
    )  # fmt: skip
    for verdict in (scanned, compared):
        assert (verdict.outcome, verdict.since, verdict.reason) == (outcome, since, reason)
        assert verdict.status == Status(outcome.value)
        assert verdict.issuer == Issuer.OURS
        # Who holds the paper sees what stands on it, whatever became of it.
        assert verdict.paper is not None
    assert scanned.integrity == Integrity.NOT_COMPARED
    assert compared.integrity == Integrity.INTACT


def test_a_paper_is_valid_on_its_last_day_and_expired_the_day_after(world: World) -> None:
    paper_id = worlds.issue(world, valid_until=TODAY)

    # Late in the evening by the country's clock it is still the last day.
    assert by_code(paper_id, NOON.replace(hour=23, minute=59)).outcome == Outcome.CURRENT
    verdict = by_code(paper_id, NOON + timedelta(days=1))
    assert (verdict.outcome, verdict.since) == (Outcome.EXPIRED, TODAY)


def test_a_replaced_paper_does_not_lead_to_the_newer_one(office: Office) -> None:
    paper_id = superseded(office)
    newer = Paper.objects.get(replaces=paper_id)

    told = str(by_code(paper_id).paper)
    assert newer.number not in told
    assert "MUKAMANE" not in told
    assert by_code(newer.pk).outcome == Outcome.CURRENT


def test_why_a_paper_ended_stays_with_the_register(office: Office) -> None:
    verdict = by_code(ended(office))

    assert verdict.reason == ""
    assert "marriage" not in words(verdict).sentence
    assert "20 November 2026" in words(verdict).sentence


def test_every_revision_since_the_seal_is_the_paper(world: World) -> None:
    paper_id = worlds.issue(world)
    sealed = queries.final_file(paper_id)
    stamped = sealed + b"% what a time stamp adds\n%%EOF\n"
    assert verdicts.by_file(stamped, at=NOON).outcome == Outcome.ALTERED

    add_revision(
        Paper.objects.get(pk=paper_id),
        Step.STAMPED,
        files.store(stamped, "application/pdf", at=NOON),
        at=NOON,
        level=Level.B_T,
        stamp=Stamp(at=NOON, until=NOON + timedelta(days=900)),
    )
    for revision in (sealed, stamped):
        verdict = verdicts.by_file(revision, at=NOON)
        assert (verdict.outcome, verdict.integrity) == (Outcome.CURRENT, Integrity.INTACT)


def test_a_draft_is_not_the_paper(world: World) -> None:
    paper_id = worlds.issue(world)

    for step in (Step.RENDERED, Step.SIGNED):
        draft = files.read(PaperFile.objects.get(paper=paper_id, step=step).sha256)
        verdict = verdicts.by_file(draft, at=NOON)
        assert (verdict.outcome, verdict.finding) == (Outcome.ALTERED, Finding.DRAFT)


def test_a_hash_that_is_not_the_papers_is_said_so_to_who_has_the_code(world: World) -> None:
    paper_id = worlds.issue(world)
    code = Paper.objects.get(pk=paper_id).verification_id

    verdict = verdicts.by_code_and_hash(verification_id=code, sha256="0" * 64, at=NOON)
    assert (verdict.outcome, verdict.finding) == (Outcome.ALTERED, Finding.OTHER_FILE)


def test_how_it_was_issued_is_told(world: World) -> None:
    verdict = by_code(worlds.issue(world))
    assert verdict.paper is not None
    assert "officer" in words(verdict).issuer.meaning

    sealed = replace(verdict.paper, signed_by_officer=False)
    letter = replace(sealed, entry=None)
    told = [words(replace(verdict, paper=each)).issuer.meaning for each in (sealed, letter)]
    # A letter of the office rests on no register.
    assert told == [
        "Sealed by the office; the register issues this paper by itself.",
        "Sealed by the office.",
    ]


def some_verdict(outcome: Outcome, finding: Finding = Finding.NONE) -> Verdict:
    return Verdict(
        outcome, Integrity.NOT_COMPARED, Status.UNKNOWN, Issuer.UNKNOWN, finding, since=TODAY
    )


def test_each_outcome_has_words_an_icon_and_a_colour_of_its_own() -> None:
    told = [words(some_verdict(outcome)) for outcome in Outcome]
    icons = [
        render_to_string("documents/verdict_icon.html", {"outcome": outcome}) for outcome in Outcome
    ]
    css = (ROOT / "documents/static/documents/verdict.css").read_text()
    light = css.partition("@media")[0]
    colours = re.findall(r"--v: (#\w+)", light)

    for distinct in (
        [each.title for each in told], [each.sentence for each in told], icons, colours
    ):  # fmt: skip
        assert len(set(distinct)) == len(Outcome) == 9
    for outcome in set(Outcome) - {Outcome.COULD_NOT_CHECK}:
        assert f".is-{outcome} " in light


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_has_a_sentence_in_every_outcome_that_it_may_refine(finding: Finding) -> None:
    for outcome in (Outcome.ALTERED, Outcome.NOT_OURS, Outcome.COULD_NOT_CHECK):
        told = words(some_verdict(outcome, finding))
        assert told.sentence.endswith(".")
        assert told.advice


def test_the_words_are_the_readers() -> None:
    with translation.override("fr"):
        assert "novembre" in words(some_verdict(Outcome.EXPIRED)).sentence
