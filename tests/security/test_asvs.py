"""docs/asvs.md speaks of the standard as it is, and of files that there are."""

import re
from collections import Counter

from config.stack.home import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| (\S+) \| (.+) \| (.+) \|$", PAGE, re.M)
# Of each chapter of ASVS 5.0.0, how many requirements are of level 1 and of level 2.
CHAPTERS = {
    1: (8, 19), 2: (4, 7), 3: (8, 11), 4: (2, 8), 5: (4, 5), 6: (13, 22), 7: (6, 12), 8: (4, 3),
    9: (4, 3), 10: (5, 24), 11: (3, 11), 12: (3, 6), 13: (1, 12), 14: (2, 7), 15: (3, 10),
    16: (0, 16), 17: (0, 7),
}  # fmt: skip
OF_LEVEL_3 = {
    "1.2.10", "2.3.5", "4.1.5", "7.5.3", "8.3.2", "13.3.3", "14.2.6", "14.2.7", "15.4.2",
}  # fmt: skip


def test_the_page_has_all_of_levels_1_and_2_and_the_nine():
    counted = Counter((int(row[0].partition(".")[0]), row[1]) for row in ROWS)
    assert {
        chapter: (counted[chapter, "1"], counted[chapter, "2"]) for chapter in CHAPTERS
    } == CHAPTERS
    assert {row[0] for row in ROWS if row[1] == "3"} == OF_LEVEL_3
    assert len({row[0] for row in ROWS}) == len(ROWS) == 70 + 183 + 9


def test_the_counts_at_its_top_are_true():
    states = Counter(row[2] for row in ROWS)
    counts = " | ".join(str(states[state]) for state in ("met", "n/a", "installation", "open"))
    assert f"| 70 | 183 | 9 | {counts} |" in PAGE
    assert set(states) <= {"met", "n/a", "installation", "open"}


def test_every_file_that_it_names_exists():
    missing = [
        (row[0], named)
        for row in ROWS
        for named in re.findall(r"`([^`]+)`", row[4]) or ["nothing"]
        if not (ROOT / named).exists()
    ]
    assert missing == []
