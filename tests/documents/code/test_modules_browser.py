"""The browser's modules say the same as the house, of flawed codes and of worn pictures."""

import base64
import random
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from documents import claims
from documents.rendering import draw
from tests.design.browser import needs_chromium, opened
from tests.documents import papers
from tests.documents.code import pictures
from tests.documents.code import test_claims as house
from tests.documents.code.test_codes_on_papers import CODE

pytestmark = [pytest.mark.browser, needs_chromium, pytest.mark.django_db(transaction=True)]

JUDGE = """async ({codes, jwk, keyId, since, until, now}) => {
    const { Unreadable, judge, read } = await import("/static/documents/offline/claims.js");
    const { imported } = await import("/static/documents/offline/cose.js");
    const keys = new Map([[keyId, { public: await imported(jwk), since, until, revoked: false }]]);
    const flaws = [];
    for (const code of codes) {
        try {
            flaws.push((await judge(read(code), keys, now)).flaw);
        } catch (error) {
            if (!(error instanceof Unreadable)) throw error;
            flaws.push(error.flaw);
        }
    }
    return flaws;
}"""
READ = """async (picture) => {
    const { photograph } = await import("/static/documents/offline/camera.js");
    const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0));
    return await photograph(new Blob([bytes], { type: "image/jpeg" }));
}"""


def begin(page: Page, live_server) -> None:
    # A page of the site that runs no module by itself.
    page.goto(live_server.url + reverse("documents:trust"))


def _flipped(seed: int) -> str:
    whole = bytearray(house.signed())
    bit = random.Random(seed).randrange(len(whole) * 8)
    whole[bit // 8] ^= 1 << bit % 8
    return claims.text(house.SITE, house.ID, bytes(whole))


def _coordinate(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(32)).decode().rstrip("=")


def test_both_judges_find_the_same_flaw_in_each_code(live_server):
    table = next(
        mark for mark in house.test_only_the_whole_code_and_nothing_else_is_read.pytestmark
    ).args[1]
    codes = [
        *(text for text, _ in table),
        *(_flipped(seed) for seed in range(120)),
        house.code(people=(), entry="", more={"residence": "Kirehe, Ngoma"}),
        house.code(copy="duplicate", copy_no=2, kind="extract"),
        house.code(people=(claims.Person("Nguyễn Thị Ánh"),) * 3),
        house.code(signed_at=house.NOW + timedelta(hours=23)),
        house.code(signed_at=house.NOW + timedelta(hours=25)),
        house.code(signed_at=house.NOW - timedelta(days=3)),
        house.with_headers({1: -8, 4: house.KEY_ID}),
        house.with_headers({1: -7, 2: [99], 4: house.KEY_ID, 99: 1}),
    ]
    point, key = house.PRIVATE.public_key().public_numbers(), house.KEYS[house.KEY_ID]
    with opened() as page:
        begin(page, live_server)
        found = page.evaluate(
            JUDGE,
            {
                "codes": codes,
                "jwk": {
                    "kty": "EC",
                    "crv": "P-256",
                    "x": _coordinate(point.x),
                    "y": _coordinate(point.y),
                },
                "keyId": house.KEY_ID.hex(),
                "since": int(key.since.timestamp()),
                "until": int(key.until.timestamp()),
                "now": int(house.NOW.timestamp()),
            },
        )
    assert found == [house.flaw(code) for code in codes]


@pictures.needs_poppler
def test_the_browsers_reader_reads_worn_and_photographed_papers(live_server, tmp_path):
    pdf = draw(papers.content(claims=CODE.partition("#")[2]))
    seen = {}
    with opened() as page:
        begin(page, live_server)
        for dpi in (72, 100, 150, 300):
            copied = pictures.page(pdf, tmp_path, dpi)
            seen[f"worn at {dpi}"] = pictures.worn(copied)
            if dpi > 100:
                seen[f"photographed at {dpi}"] = pictures.photographed(copied)
        for name, picture in seen.items():
            handed = base64.b64encode(pictures.jpeg_bytes(picture)).decode()
            assert page.evaluate(READ, handed) == CODE, name
        above = seen["worn at 72"].crop((0, 0, 300, 300))
        without_code = base64.b64encode(pictures.jpeg_bytes(above)).decode()
        assert page.evaluate(READ, without_code) is None
