"""The camera's loop: Chromium's camera plays a file of sheets as they are held up."""

from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from documents import queries
from tests.design.browser import PHONE, needs_chromium, opened
from tests.documents import world as worlds
from tests.documents.code import pictures
from tests.documents.code.lists import anew
from tests.documents.code.test_offline_browser import code_of, leave_the_network, visit

WIDTH, HEIGHT = 1280, 720
POSTER = "HTTPS://SHOP.EXAMPLE/MENU"
# A browser with a reader of its own, which answers as `window.seen` says: none has one on Linux.
OWN_READER = """window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { return window.seen(); }
};"""

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pictures.needs_poppler,
    pytest.mark.django_db(transaction=True),
]


def filmed(frames: list[Image.Image], folder: Path) -> list[str]:
    """Return Chromium's arguments for a camera that sees these grey frames over and over."""
    film = folder / "film.y4m"
    with film.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420mpeg2\n".encode())
        for frame in frames:
            file.write(b"FRAME\n" + frame.tobytes() + b"\x80" * (WIDTH * HEIGHT // 2))
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]


def held_up(sheet: Image.Image, *, turned: float = 0) -> Image.Image:
    """Return the sheet's lower part, as it stands before a camera over a grey desk."""
    width, height = sheet.size
    lower = sheet.crop((0, height * 11 // 20, width, height))
    lower.thumbnail((WIDTH - 120, HEIGHT - 40))
    desk = Image.new("L", (WIDTH, HEIGHT), 120)
    desk.paste(lower, ((WIDTH - lower.width) // 2, (HEIGHT - lower.height) // 2))
    return desk.rotate(turned, Image.Resampling.BICUBIC, fillcolor=120)


def poster(text: str, side: int) -> Image.Image:
    """Return a symbol of another kind, with its quiet zone."""
    rows = [bytes(row) for row in segno.make(text, error="M", micro=False).matrix_iter(border=4)]
    small = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    grey = small.point(lambda dark: 0 if dark else 255)
    return grey.resize((side, side), Image.Resampling.NEAREST)


def test_a_paper_before_the_camera_is_read_and_judged_without_a_network(
    site, live_server, today, tmp_path
):
    paper_id = worlds.issue(site)
    anew(today)
    sheet = pictures.page(queries.final_file(paper_id), tmp_path, 200)
    desk = Image.new("L", (WIDTH, HEIGHT), 120)
    film = filmed([desk, desk, held_up(sheet, turned=4)], tmp_path)
    with opened(width=PHONE, args=film) as page:
        visit(page, live_server)
        leave_the_network(page)
        page.get_by_role("button", name="Use the camera").click()

        answer = page.locator("[data-part=answer]")
        expect(answer.get_by_role("heading", name="Genuine and current")).to_be_focused()
        expect(answer).to_contain_text(queries.paper(paper_id).number)
        # The light of the camera is out again.
        assert page.evaluate("document.querySelector('video').srcObject") is None
        expect(page.get_by_role("button", name="Use the camera")).to_be_visible()


def test_a_poster_beside_the_paper_does_not_speak_for_it(site, live_server, today, tmp_path):
    paper_id = worlds.issue(site)
    anew(today)
    both = held_up(pictures.page(queries.final_file(paper_id), tmp_path, 200))
    both.paste(poster(POSTER, 260), (20, 60))
    with opened(width=PHONE, args=filmed([both], tmp_path)) as page:
        visit(page, live_server)
        page.get_by_role("button", name="Use the camera").click()
        expect(page.get_by_role("heading", name="Genuine and current")).to_be_focused()


def test_where_the_browser_reads_codes_itself_its_word_is_taken(site, live_server, today, tmp_path):
    paper_id = worlds.issue(site)
    anew(today)
    code = code_of(paper_id, live_server)
    film = filmed([held_up(pictures.page(queries.final_file(paper_id), tmp_path, 200))], tmp_path)
    broken = "Promise.reject(new DOMException('Barcode detection service unavailable.'))"
    with opened(width=PHONE, args=film) as page:
        page.add_init_script(OWN_READER)
        visit(page, live_server)
        heading = page.locator("[data-part=answer] h2")
        for seen, expected in {
            f"[{{ rawValue: {POSTER!r} }}, {{ rawValue: {code!r} }}]": "Genuine and current",
            f"[{{ rawValue: {POSTER!r} }}]": "Not ours",
            # As on telephones without the maker's services: our own reader goes on.
            broken: "Genuine and current",
            f"[{{ rawValue: {code + 'AAAAAAAA'!r} }}]": "Altered",
            "[]": "Genuine and current",
        }.items():
            page.evaluate(f"() => {{ window.seen = () => {seen}; }}")
            page.get_by_role("button", name="Use the camera").click()
            expect(heading).to_have_text(expected)
            expect(heading).to_be_focused()


def test_who_stops_or_refuses_the_camera_can_go_on(site, live_server, tmp_path):
    desk = filmed([Image.new("L", (WIDTH, HEIGHT), 120)], tmp_path)
    with opened(width=PHONE, args=desk) as page:
        visit(page, live_server)
        start = page.get_by_role("button", name="Use the camera")
        start.click()
        page.get_by_role("button", name="Stop the camera").click()
        expect(start).to_be_focused()
        assert page.evaluate("document.querySelector('video').srcObject") is None
        # It is unplugged, or another program takes it.
        start.click()
        expect(page.locator("video")).to_have_js_property("readyState", 4)
        page.evaluate("document.querySelector('video').srcObject.getTracks()[0].stop()")
        expect(page.get_by_text("The camera could not be used.")).to_be_visible()
    with opened(width=PHONE, args=["--deny-permission-prompts"]) as page:
        visit(page, live_server)
        page.get_by_role("button", name="Use the camera").click()
        expect(page.get_by_text("The camera could not be used.")).to_be_visible()
