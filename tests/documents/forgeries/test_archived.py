"""Somebody else archives a paper of ours: the file is another one, and no page of it changed."""

import io

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import HTTPTimeStamper

from documents import queries, verdicts
from documents.verdicts import Finding, Outcome
from tests.documents import world as worlds
from tests.documents.forgeries import forging
from tests.documents.signing.conftest import Outside, _stamping, outside
from tests.documents.world import World
from tests.world import NOON

__all__ = ["_stamping", "outside"]

pytestmark = pytest.mark.django_db


def archived(data: bytes, authority: str) -> bytes:
    """A document time stamp (RFC 3161), as any archive puts on what it takes in."""
    out = io.BytesIO()
    PdfTimeStamper(HTTPTimeStamper(authority)).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", output=out
    )
    return out.getvalue()


def test_a_stamp_of_somebody_elses_is_told_and_changes_no_page(
    world: World, settings, outside: Outside
) -> None:
    authority = str(outside.authority["url"])
    settings.TIMESTAMP_AUTHORITIES = []
    paper = queries.final_file(worlds.issue(world))

    stamped = archived(paper, authority)
    assert stamped.startswith(paper)
    assert b"/DocTimeStamp" in stamped[len(paper) :]
    verdict = verdicts.by_file(stamped, at=NOON)
    assert (verdict.outcome, verdict.finding) == (Outcome.ALTERED, Finding.ARCHIVED)
    assert verdict.paper is not None
    # Twice is no other.
    assert verdicts.by_file(archived(stamped, authority), at=NOON).finding == Finding.ARCHIVED


def test_a_stamp_hides_nothing_that_was_drawn_before_it(
    world: World, settings, outside: Outside
) -> None:
    settings.TIMESTAMP_AUTHORITIES = []
    paper = queries.final_file(worlds.issue(world))

    covered = archived(forging.drawn_over(paper), str(outside.authority["url"]))
    assert verdicts.by_file(covered, at=NOON).finding == Finding.ADDED
