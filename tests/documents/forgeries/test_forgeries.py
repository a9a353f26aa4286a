"""Each forgery is told as what it is. docs/verification.md has the same as a table."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from documents import queries, verdicts
from documents.models import Credential, Paper
from documents.verdicts import Finding, Integrity, Issuer, Outcome, Status
from tests.documents import bombs
from tests.documents import world as worlds
from tests.documents.forgeries import forging
from tests.documents.life import people
from tests.documents.life.people import Office
from tests.documents.world import World
from tests.world import NOON

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pikepdf._exceptions.PageCopyWarning"),
]


@pytest.fixture
def office(world: World) -> Office:
    return people.open_office(world)


def judged(data: bytes) -> tuple[Outcome, Finding]:
    verdict = verdicts.by_file(data, at=NOON)
    return verdict.outcome, verdict.finding


@pytest.mark.parametrize(
    ("forge", "finding"),
    [
        (forging.drawn_over, Finding.ADDED),
        (forging.without_the_seal, Finding.ADDED),
        (lambda data: data + b"\n%%EOF\n", Finding.ADDED),
        (lambda data: data + b"\0" * 100, Finding.ADDED),
        (forging.text_replaced, Finding.CHANGED),
        (forging.saved_again, Finding.CHANGED),
        (lambda data: forging.saved_again(data, linearize=True), Finding.CHANGED),
        (lambda data: forging.flipped(data, 20_000), Finding.CHANGED),
        (forging.another_year, Finding.CHANGED),
        (forging.without_signatures, Finding.UNSIGNED),
        (forging.number_hidden, Finding.UNSIGNED),
        (lambda data: data[:-2_000], Finding.CUT_OFF),
        (forging.locked, Finding.LOCKED),
    ],
    ids=[
        "drawn over", "the seal taken off", "an end more", "padded", "its text replaced",
        "saved again", "made fit for the web", "one bit", "another year", "without signatures",
        "without signatures, compressed", "without its end", "locked",
    ],
)  # fmt: skip
def test_a_paper_that_was_worked_on_is_altered(
    world: World, forge: Callable[[bytes], bytes], finding: Finding
) -> None:
    paper = queries.final_file(worlds.issue(world))

    assert judged(paper) == (Outcome.CURRENT, Finding.NONE)
    assert judged(forge(paper)) == (Outcome.ALTERED, finding)


def test_what_begins_with_a_paper_of_ours_shows_what_we_issued(world: World) -> None:
    forged = forging.drawn_over(queries.final_file(worlds.issue(world)))

    verdict = verdicts.by_file(forged, at=NOON)
    assert (verdict.integrity, verdict.status) == (Integrity.ALTERED, Status.CURRENT)
    assert verdict.paper is not None
    assert verdict.paper.holders[0].name == "Aline Chantal MUKAMANA"


def test_half_a_paper_bears_no_mark_of_ours_and_cannot_be_read(world: World) -> None:
    paper = queries.final_file(worlds.issue(world))

    assert judged(paper[: len(paper) // 2]) == (Outcome.NOT_OURS, Finding.UNREADABLE)


def test_what_only_bears_our_number_is_told_nothing(world: World) -> None:
    forged = forging.without_signatures(queries.final_file(worlds.issue(world)))

    assert verdicts.by_file(forged, at=NOON).paper is None


def test_a_seal_moved_from_another_paper_does_not_hold(world: World) -> None:
    paper, other = (queries.final_file(worlds.issue(world)) for _ in range(2))

    moved = forging.signature_moved(paper, other)
    assert moved != paper
    assert judged(moved) == (Outcome.ALTERED, Finding.CHANGED)


def test_another_authoritys_signature_is_not_ours(world: World, tmp_path: Path) -> None:
    forged = forging.signed_by_forgers(tmp_path / "forgers")

    assert judged(forged) == (Outcome.NOT_OURS, Finding.FOREIGN)
    assert verdicts.by_file(forged, at=NOON).issuer == Issuer.NOT_OURS


def test_a_number_of_ours_under_another_authoritys_signature_is_a_forgery(
    world: World, tmp_path: Path
) -> None:
    number = Paper.objects.get(pk=worlds.issue(world)).number

    forged = forging.signed_by_forgers(tmp_path / "forgers", number=number)
    assert judged(forged) == (Outcome.ALTERED, Finding.RESIGNED)


def test_our_certificate_beside_a_foreign_signature_proves_nothing(
    world: World, tmp_path: Path
) -> None:
    ours = Credential.objects.get(office=world.office_id, purpose="seal").certificate

    forged = forging.signed_by_forgers(tmp_path / "forgers", showing=ours)
    assert judged(forged) == (Outcome.NOT_OURS, Finding.PRETENDS)


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (forging.somebody_elses(), Finding.NONE),
        (forging.somebody_elses(pages=10_000), Finding.NONE),
        (forging.locked(forging.somebody_elses()), Finding.LOCKED),
        (bombs.shared_kids(30), Finding.UNREADABLE),
        (bombs.padded_table(300 * bombs.MB), Finding.UNREADABLE),
        (b"%PDF-1.7\n" + b"\0" * 500, Finding.UNREADABLE),
    ],
    ids=["somebody else's", "10,000 pages", "locked", "a bomb", "a padded bomb", "broken"],
)
def test_what_never_was_ours_is_not_ours(world: World, data: bytes, finding: Finding) -> None:
    assert judged(data) == (Outcome.NOT_OURS, finding)


def test_a_code_copied_from_another_paper_shows_that_papers_facts(world: World) -> None:
    carried = worlds.issue(world, cited_entry_id=worlds.cite_birth(family_name="UWIMANA"))
    copied = worlds.issue(world)
    code = Paper.objects.get(pk=copied).verification_id

    # Printed on the carried paper, or shown as a picture: the answer is of the copied one.
    verdict = verdicts.by_code(code, at=NOON)
    assert verdict.paper is not None
    assert verdict.paper.holders[0].name.endswith("MUKAMANA")
    assert verdict.integrity == Integrity.NOT_COMPARED
    # The number that is printed tells it apart; so does the file.
    number = Paper.objects.get(pk=carried).number
    assert (
        verdicts.by_number_and_code(number=number, verification_id=code, at=NOON).outcome
        == Outcome.NOT_OURS
    )


def test_the_code_of_a_revoked_paper_says_revoked_and_why(office: Office) -> None:
    paper_id = worlds.issue(office.world)
    people.do(office, paper_id, "revoke", reason="fraud")
    data, paper = queries.final_file(paper_id), Paper.objects.get(pk=paper_id)

    for verdict in (
        verdicts.by_code(paper.verification_id, at=NOON),
        verdicts.by_file(data, at=NOON),
    ):
        assert (verdict.outcome, verdict.reason) == (Outcome.REVOKED, "fraud")
        assert verdict.since == NOON.date()
    # Drawn over it stays altered, and says that the original is revoked.
    forged = verdicts.by_file(forging.drawn_over(data), at=NOON)
    assert (forged.outcome, forged.status) == (Outcome.ALTERED, Status.REVOKED)


def test_a_file_wrapped_in_another_is_not_ours(world: World) -> None:
    data = queries.final_file(worlds.issue(world))
    wrapped = forging.somebody_elses().replace(
        b"%PDF-1.7\n", b"%PDF-1.7\n%" + base64.b64encode(data) + b"\n"
    )

    assert judged(wrapped)[0] == Outcome.NOT_OURS
