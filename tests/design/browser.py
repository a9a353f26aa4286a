"""Debian's chromium on the pages of a live server, at the widths and schemes that people have."""

import asyncio
import atexit
import functools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")

PHONE = 360
DESK = 1280

# Long enough for a machine that does much else: what never comes fails all the same.
expect.set_options(timeout=20_000)


@contextmanager
def opened(
    *,
    width: int = DESK,
    scheme: str = "light",
    script: bool = True,
    args: Sequence[str] = (),
    **options: Any,
) -> Iterator[Page]:
    """
    Open one page of a browser that has never been anywhere: no cookie, no store, no worker.

    What the browser logs as an error, such as a breach of the content security policy, fails
    the test when the block ends; a form that is answered with its mistakes (422) or refused (409)
    is none, nor is a network that a test breaks.
    """
    errors: list[str] = []
    with _chromium(*args) as chromium:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en-GB",
            **options,
        )
        try:
            page = context.new_page()
            page.on("console", lambda said: errors.append(_told(said)) if _is_error(said) else None)
            page.on("pageerror", lambda error: errors.append(str(error)))
            yield page
        finally:
            context.close()
    assert errors == [], errors


@contextmanager
def _chromium(*args: str) -> Iterator[Browser]:
    """One process of chromium for all tests, because its start costs more than most of them."""
    driver, loop = _driver()
    # The driver's loop counts as running until it is stopped, and Django and asyncio refuse to
    # work in a thread with such a loop: it is theirs again as soon as the page is shut.
    asyncio._set_running_loop(loop)
    try:
        if args not in _running or not _running[args].is_connected():
            _running[args] = driver.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", *args]
            )
        yield _running[args]
    finally:
        asyncio._set_running_loop(None)


_running: dict[tuple[str, ...], Browser] = {}
"""By the arguments that they were started with."""


@functools.cache
def _driver() -> tuple[Playwright, asyncio.AbstractEventLoop]:
    driver = sync_playwright().start()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        asyncio._set_running_loop(loop)
        driver.stop()

    atexit.register(stop)
    return driver, loop


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location.get('url', '')})"


def _is_error(said: ConsoleMessage) -> bool:
    meant = ("status of 422", "status of 409", "net::ERR_FAILED")
    return said.type == "error" and not any(each in said.text for each in meant)


def breaches(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA, each rule with the places that break it."""
    found = Axe().run(
        page,
        options={
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
            # What passes need not be told in full.
            "resultTypes": ["violations"],
        },
    )
    return [
        f"{rule['id']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found.response["violations"]
    ]


def overhang(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
