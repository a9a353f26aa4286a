"""A thousand times one bit: each told, by its hash and by what the signatures say of it."""

import asyncio
import random
from collections import ChainMap, Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents import queries
from documents.examining.child import read
from documents.models import PaperFile
from documents.verdicts import Finding, Outcome, is_pdf, strangers
from documents.verdicts.trusting import trust
from tests.documents import world as worlds
from tests.documents.forgeries.forging import SIGNATURE, flipped
from tests.documents.world import World
from tests.world import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FLIPS, THROUGH_THE_PAGE = 1_000, 50
STRUCTURE_OF_EVERY = 10


@pytest.fixture
def paper(world: World) -> bytes:
    return queries.final_file(worlds.issue(world))


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def flips(data: bytes, times: int) -> list[tuple[int, bytes]]:
    """Return so many files of one wrong bit, each with the place of its byte."""
    dice = random.Random(4)
    places = [dice.randrange(len(data)) for _ in range(times)]
    return [(place, flipped(data, place, dice.randrange(8))) for place in places]


def test_a_thousand_flipped_bits_are_all_told(
    paper: bytes, loop: asyncio.AbstractEventLoop
) -> None:
    """Read in this process: it is the examiner's own reading, without a fork for each."""
    believed = trust(NOON)
    seal = list(SIGNATURE.finditer(paper))[-1]
    changed = flips(paper, FLIPS)
    told: Counter[str] = Counter()

    hashes = [sha256(data).hexdigest() for _, data in changed]
    assert not PaperFile.objects.filter(sha256__in=hashes).exists()
    assert PaperFile.objects.filter(sha256=sha256(paper).hexdigest()).exists()
    for number, (place, data) in enumerate(changed):
        # The first reading tells; the second, which is dear, must not untell it.
        readings = islice(read(data, believed, loop), 1 if number % STRUCTURE_OF_EVERY else 2)
        examined = dict(ChainMap(*readings))
        marks = examined["marks"]
        whole = len(marks) == 2 and all(mark["proven"] for mark in marks)
        # The seal's own bytes have room behind them that nothing signs: there the hash alone tells.
        assert not whole or seal.start() <= place < seal.end()
        verdict = strangers.weigh(examined, None, at=NOON)
        assert verdict.outcome == Outcome.ALTERED
        told[verdict.finding] += 1
    assert told.total() == FLIPS
    # Behind the seal nothing stands: what begins with a whole paper of ours was not flipped in it.
    assert told[Finding.ADDED] == 0


def test_the_page_tells_them(client: Client, paper: bytes) -> None:
    for _, data in flips(paper, THROUGH_THE_PAGE):
        file = SimpleUploadedFile("paper.pdf", data, content_type="application/pdf")
        page = client.post("/verify/", {"by_file": "1", "file": file})
        told = "is-altered" if is_pdf(data) else "This file is not a PDF."
        assert told in page.text
    whole = SimpleUploadedFile("paper.pdf", paper, content_type="application/pdf")
    assert "is-current" in client.post("/verify/", {"by_file": "1", "file": whole}).text
