"""
`make pictures`: what people see, for docs/pictures.md, from a stack of its own.

Not among the commands of `config.stack`: chromium's driver is installed for development alone.
"""

import io
import shutil
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from config.journey.world import Sandbox
from config.stack import own
from config.stack.album import PHONE, ROOMS, Room, Scene, Shot
from config.stack.home import ROOT, CannotRun
from config.stack.servers import ServerBroken, ServerMissing
from config.stack.story import Story

IMAGES = ROOT / "docs" / "images"
PAGE = ROOT / "docs" / "pictures.md"
REPORT = ROOT / "var" / "pictures"
WINDOW_HEIGHT = 800
HEIGHT_MAX = 1600
BYTES_MAX = 60_000
# Pages have few colours: drawn with fewer still, letters stay sharp and files small.
COLOURS = (64, 32, 16, 8)
TIMEOUT_MS = 20_000
LANGUAGES = {"en": "English", "fr": "French", "rw": "Kinyarwanda"}


class NotShown(Exception):
    """The page is not one to show; the message says why."""


def main() -> int:
    """Return 0 if every picture of the album was taken."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise CannotRun("Pictures are taken by Debian's chromium: apt-get install chromium.")
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="guichet-pictures-") as folder,
        own.stack(Path(folder), REPORT) as home,
    ):
        environment = home.environment()
        own.play(environment, REPORT)
        story = Story(home, environment["SITE_URL"], Sandbox(environment["SANDBOX_URL"]))
        wrong = list(story.play())
        print(f"{time.monotonic() - begun:.0f} s until the first picture", flush=True)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            wrong += _take_all(browser, story)
    _forget_others()
    PAGE.write_text(_page(), encoding="utf-8")
    kilobytes = sum(file.stat().st_size for file in IMAGES.glob("*.webp")) // 1000
    print(f"{kilobytes} kB in {IMAGES}, {time.monotonic() - begun:.0f} s", *wrong, sep="\n")
    return 1 if wrong else 0


# --- the pictures


def _take_all(browser: Browser, story: Story) -> list[str]:
    """Take every picture of the album; return what went wrong, by file."""
    wrong = []
    for room in ROOMS:
        for scene in room.scenes:
            for shot in scene.shots:
                try:
                    data = _take(browser, story, scene, shot)
                except (NotShown, Error) as error:
                    wrong.append(f"{scene.file(shot)}: {error}")
                else:
                    (IMAGES / scene.file(shot)).write_bytes(_small(data))
    return wrong


def _take(browser: Browser, story: Story, scene: Scene, shot: Shot) -> bytes:
    """
    Return the page as PNG, from its top.

    :raises NotShown: if the story did not get so far, the page is an error, or it is too wide
    """
    if scene.who and scene.who not in story.people:
        raise NotShown(f"nobody is signed in as {scene.who}")
    try:
        path = scene.path.format_map(story.places)
        types = {name: words.format_map(story.places) for name, words in scene.types.items()}
    except KeyError as missing:
        raise NotShown(f"the story has no {missing}") from None
    context = browser.new_context(
        viewport={"width": shot.width, "height": WINDOW_HEIGHT},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(TIMEOUT_MS)
    try:
        if scene.who:
            cookies = story.people[scene.who].cookies
            context.add_cookies(
                [
                    {"name": name, "value": value, "url": story.site}
                    for name, value in cookies.items()
                ]
            )
        page = context.new_page()
        asked = urlencode({"language": shot.language, "next": path})
        answer = page.goto(f"{story.site}/language/?{asked}")
        if answer is None or answer.status >= 400:
            raise NotShown(f"{path} answered {answer.status if answer else 'nothing'}")
        for name, words in types.items():
            _type(page, name, words)
        return _seen(page, shot)
    finally:
        context.close()


def _type(page: Page, name: str, words: str) -> None:
    """Fill the field of this name, and send its form."""
    field = page.locator(f'[name="{name}"]').first
    if field.get_attribute("type") == "file":
        field.set_input_files(words)
    else:
        field.fill(words)
    with page.expect_navigation():
        page.locator(f'form:has([name="{name}"]) button[type="submit"]').last.click()


def _seen(page: Page, shot: Shot) -> bytes:
    width = int(page.evaluate("document.documentElement.scrollWidth"))
    if width > shot.width:
        raise NotShown(f"{page.url} is {width - shot.width} px wider than its window")
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    return page.screenshot(
        full_page=True,
        clip={"x": 0, "y": 0, "width": shot.width, "height": min(height, HEIGHT_MAX)},
    )


def _small(png: bytes) -> bytes:
    """Return the picture as WebP of at most BYTES_MAX bytes, with as many colours as fit."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    data = b""
    for colours in COLOURS:
        fewer = picture.quantize(colours, dither=Image.Dither.NONE).convert("RGB")
        written = io.BytesIO()
        fewer.save(written, "WEBP", lossless=True, method=4)
        data = written.getvalue()
        if len(data) <= BYTES_MAX:
            break
    return data


def _forget_others() -> None:
    """Take out pictures that the album no longer has."""
    known = {scene.file(shot) for room in ROOMS for scene in room.scenes for shot in scene.shots}
    for file in IMAGES.glob("*.webp"):
        if file.name not in known:
            file.unlink()


# --- the page


def _page() -> str:
    """Return docs/pictures.md: each picture that there is, by room."""
    lines = [
        "# What people see",
        "Written by `make pictures`: a stack of its own, the demonstration's people, Debian's",
        "chromium. Nobody here is real. Long pages are cut.",
    ]
    for room in ROOMS:
        lines += ["", f"## {room.title}", *_shown(room)]
    return "\n".join(lines) + "\n"


def _shown(room: Room) -> list[str]:
    lines = []
    for scene in room.scenes:
        shots = [shot for shot in scene.shots if (IMAGES / scene.file(shot)).exists()]
        if shots:
            images = [f"![{scene.title}, {_how(one)}](images/{scene.file(one)})" for one in shots]
            lines += ["", f"### {scene.title}", scene.says, ""]
            lines += [_row([_how(one) for one in shots]), _row(["---"] * len(shots)), _row(images)]
    return lines


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _how(shot: Shot) -> str:
    where = "on a phone" if shot.width == PHONE else "on a desk"
    return f"{where}, in {LANGUAGES[shot.language]}{', dark' if shot.dark else ''}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (CannotRun, ServerBroken, ServerMissing) as reason:
        sys.exit(f"guichet: {reason}")
