"""A paper of books to learn on says so on its face, to the eye and to a screen reader."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from documents.rendering import advice, draw, fonts, practice, receipts
from tests.documents import papers, test_advice_rendering, test_receipt_rendering
from tests.documents.test_rendering import words

SAID = "Nothing here is real: no money moves, and no paper counts."
DRAWN: dict[str, Callable[[], bytes]] = {
    "paper": lambda: draw(papers.content()),
    "specimen": lambda: draw(papers.content(number="", verification_id="")),
    "receipt": lambda: receipts.draw(test_receipt_rendering.content()),
    "advice": lambda: advice.draw(test_advice_rendering.content()),
    "cancelled": lambda: advice.draw(test_advice_rendering.content(ended_on="25 November 2026")),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_paper_says_that_it_is_practice_and_a_real_one_never(name, settings, tmp_path):
    real = DRAWN[name]()
    settings.PRACTICE = True
    learnt = DRAWN[name]()

    assert learnt == DRAWN[name]()
    assert f"PRACTICE. {SAID}" in words(learnt, tmp_path)
    assert "PRACTICE" not in words(real, tmp_path)
    with pikepdf.open(io.BytesIO(learnt)) as pdf:
        assert str(pdf.docinfo["/Title"]).startswith("PRACTICE: ")
        # What is read out first: the tree begins with it.
        assert pdf.Root.StructTreeRoot.K[0].K[0].S == "/P"
        assert pdf.Root.StructTreeRoot.K[0].K[0].K[0] == 0


def test_it_is_said_in_the_language_of_the_paper(settings, tmp_path):
    settings.PRACTICE = True
    text = words(draw(papers.content(languages=("fr", "en"))), tmp_path)
    assert "aucun argent ne bouge" in text


def test_a_page_of_a_report_is_stamped_whatever_its_shape(settings, tmp_path):
    assert practice.words("en") == ("", "")
    assert SAID not in words(_pages(), tmp_path)
    settings.PRACTICE = True
    assert words(_pages(), tmp_path).count(SAID) == 2


def _pages() -> bytes:
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(842, 595))
    for _ in range(2):
        practice.stamp(canvas, 842, 595, language="en")
        canvas.drawString(60, 60, "said")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
