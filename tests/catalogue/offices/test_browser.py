"""The pages of offices as a browser shows them: small and large, light and dark."""

import os
import re
from pathlib import Path

import pytest
from django.db import transaction

from kernel.country import pack_folder
from tests.countries import packs
from tests.design.browser import DESK, PHONE, breaches, needs_chromium, opened, overhang

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("GUICHET_SHOTS")
PAGES = {
    "offices": "/offices/",
    "area": "/offices/?area=12",
    "found": "/offices/?q=kimironco",
    "office": "/offices/sector-1209/",
    "agency": "/agencies/minaloc/",
    "wall": "/offices/sector-1209/wall/?first=fr&second=rw",
}


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_the_pages_of_offices_can_be_read_by_everybody(
    light_rw, db, live_server, width, scheme
) -> None:
    _load(light_rw)
    _read(PAGES, live_server.url, width, scheme)


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_a_map_without_tiles_can_be_read_by_everybody(
    db, live_server, settings, width, scheme
) -> None:
    settings.COUNTRY_CODE = "ke"
    _load(pack_folder("ke"))
    _read({"map": "/offices/", "county": "/offices/?area=047"}, live_server.url, width, scheme)


# Points of a page, and how many pages a sector's standard may take at most.
SHEETS = {"a4": (595, 842, 4), "a3": (842, 1191, 3)}


@pytest.mark.parametrize("paper", SHEETS)
def test_the_notice_board_is_printed_on_the_sheet_that_was_chosen(
    light_rw, db, live_server, paper
) -> None:
    _load(light_rw)
    with opened() as page:
        page.goto(f"{live_server.url}/offices/sector-1209/wall/?paper={paper}")
        printed = page.pdf(prefer_css_page_size=True, path=SHOTS and f"{SHOTS}/wall_{paper}.pdf")
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    width, height, most = SHEETS[paper]
    assert all(abs(float(w) - width) < 2 and abs(float(h) - height) < 2 for w, h in pages)
    assert len(pages) <= most


def _load(pack: Path) -> None:
    with transaction.atomic():
        packs.load(pack)


def _read(pages: dict[str, str], site: str, width: int, scheme: str) -> None:
    with opened(width=width, scheme=scheme) as page:
        for name, address in pages.items():
            page.goto(site + address)
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/OFFICES_{name}_{width}.png", full_page=True)
            assert (name, breaches(page), overhang(page)) == (name, [], 0)
