"""What was told is shown as it came: text escaped, bytes as hex, a line cut from its file."""

import pytest
import time_machine
from django.urls import reverse

from kernel.models import AuditEntry
from payments.models import Movement, StatementLine
from payments.pages.board.evidence import SHOWN_BYTES_MAX, shown
from payments.queries.evidence import between, is_word
from tests.payments.board.desk import finance, link, movement_page, text
from tests.payments.statements.books import Account, Booking, bring
from tests.payments.world import make_world
from tests.world import NOON

CAMT = ((b"<Ntry>", b"<Ntry ", b":Ntry>"), (b"</Ntry>", b":Ntry>"))
MT940 = ((b"\n:61:",), (b"\n:61:", b"\n:62", b"\n-}"))
CSV = ((b"\n",), (b"\n",))


@pytest.mark.parametrize(
    ("body", "is_hex", "said"),
    [
        (b'{"name": "\xc3\xa9"}', False, '{"name": "é"}'),
        (b"a\r\n\tb", False, "a\r\n\tb"),
        (b"<script>alert(1)</script>", False, "<script>alert(1)</script>"),
        (b"\xff\xfe<", True, "00000000  ff fe 3c                                         ..<"),
        (b"nul\x00", True, "6e 75 6c 00"),
        ("right‮left".encode(), True, "e2 80 ae"),  # It would read other than it is.
        (b"", False, ""),
    ],
)
def test_bytes_are_shown_as_text_where_they_are_text(body, is_hex, said):
    told = shown(body)
    assert told.is_hex is is_hex
    assert said in told.text
    assert told.bytes == len(body)


def test_a_long_message_is_cut_on_the_page_even_within_a_letter():
    told = shown("é".encode() * SHOWN_BYTES_MAX)
    assert told.is_cut
    assert not told.is_hex
    assert len(told.text.encode()) <= 2 * SHOWN_BYTES_MAX
    assert shown(b"a" + "é".encode() * SHOWN_BYTES_MAX).is_hex is False


@pytest.mark.parametrize(
    ("edges", "window", "at", "cut"),
    [
        (CAMT, b"<Ntry>A</Ntry><Ntry>B1</Ntry>", b"B1", b"<Ntry>B1</Ntry>"),
        (CAMT, b"<n:Ntry>A</n:Ntry><n:Ntry>B1</n:Ntry>", b"B1", b"<n:Ntry>B1</n:Ntry>"),
        (CAMT, b"<Stmt><Id>B1</Id></Stmt>", b"B1", b""),
        (MT940, b"\n:61:A\n:86:x\n:61:B1\n:86:y\n:62F:C", b"B1", b":61:B1\n:86:y"),
        (MT940, b"\n:60F:C\n:86:B1", b"B1", b""),
        (CSV, b"head\nA;1\r\nB1;2\r\n", b"B1", b"B1;2"),
        (CSV, b"B1;2", b"B1", b"B1;2"),
    ],
)
def test_an_entry_is_cut_from_its_file_with_its_marks(edges, window, at, cut):
    assert between(window, window.index(at), *edges) == cut


def test_an_id_is_not_a_piece_of_a_longer_one():
    assert is_word(b"<Ref>S1</Ref>", 5, 2)
    assert is_word(b"S1", 0, 2)
    assert not is_word(b"<Ref>S12</Ref>", 5, 2)
    assert not is_word(b"<Ref>AS1</Ref>", 6, 2)


@pytest.mark.django_db(transaction=True)
def test_a_line_of_a_statement_is_shown_as_it_stands_in_the_file():
    with time_machine.travel(NOON, tick=False):
        make_world()
        file = Account().statement(Booking(amount=40, id="S1"), Booking(amount=70, id="S2"))
        bring(file)
        browser = finance()
        movement = Movement.objects.get(external_id="S1")
        told = text(browser, movement_page(movement.pk))
        page = text(browser, link(told, "/lines/"))
        assert "&lt;Ntry&gt;" in page
        assert "S1" in page
        assert "AcctSvcrRef&gt;S2" not in page
        raw = browser.get(link(page, "/raw")).content
        assert raw.startswith(b"<Ntry>")
        assert raw in file
        whole = browser.get(link(page, "/file"))
        assert whole.content == file
        assert whole["Content-Type"] == "application/octet-stream"
        assert AuditEntry.objects.filter(act="statement_line.read").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_lines_that_name_one_id_are_not_guessed_apart():
    with time_machine.travel(NOON, tick=False):
        make_world()
        bring(Account().statement(Booking(amount=40, id="S1"), Booking(amount=41, id="S1")))
        browser = finance()
        line = StatementLine.objects.exclude(external_id__startswith="stmt:").first()
        address = reverse("payments:board_line", args=[line.movement_id, line.pk])
        page = text(browser, address)
        assert "This line cannot be told apart from others in its file." in page
