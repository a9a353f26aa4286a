"""Debian's chromium on the pages of a live server, at the widths and schemes that people have."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")

PHONE = 360
DESK = 1280


@contextmanager
def opened(
    *, width: int = DESK, scheme: str = "light", script: bool = True, **options: Any
) -> Iterator[Page]:
    """
    Open one page of a fresh browser.

    What the browser logs as an error, such as a breach of the content security policy, fails
    the test when the block ends; a form that is answered with its mistakes (422) is none.
    """
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en-GB",
            **options,
        )
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda said: errors.append(said.text) if _is_error(said) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        context.close()
        chromium.close()
        assert errors == []


def _is_error(said: ConsoleMessage) -> bool:
    return said.type == "error" and "status of 422" not in said.text


def breaches(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA, each rule with the places that break it."""
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
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
