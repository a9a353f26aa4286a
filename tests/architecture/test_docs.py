"""What the papers of the house say about it is still so."""

import re
from pathlib import Path

import pytest

from config.management.commands import states
from kernel.lifecycle import Lifecycle
from tests.architecture.house import ROOMS, ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# [words](target) and ![words](target), and [words]: target; the target without its anchor.
LINK = re.compile(r"\]\(\s*<?([^)\s>#]*)|^\[[^\]]+\]:\s*<?([^\s>#]*)", re.MULTILINE)
# A file of ours that is named in backticks without a link.
NAMED = re.compile(r"`(docs/[\w./-]+)`")


def test_the_drawn_lifecycles_are_those_of_the_code(monkeypatch) -> None:
    # Tests make lifecycles of their own.
    ours = {name: life for name, life in Lifecycle.known.items() if name.split(".")[0] in ROOMS}
    monkeypatch.setattr(Lifecycle, "known", ours)
    page = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    assert page == states.drawing(), "run `make states`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_leads_only_to_what_is_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = {first or second for first, second in LINK.findall(text)} - {""}
    missing = {
        target
        for target in targets
        if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists()
    }
    missing |= {named for named in NAMED.findall(text) if not (ROOT / named).exists()}
    assert missing == set()
