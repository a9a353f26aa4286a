"""
The hash of every sheet as it is drawn today, so that nothing changes unseen.

    python -m tests.documents.rendering.golden     writes them anew; look at the sheets first
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import django

FILE = Path(__file__).with_name("golden.json")


def drawn() -> dict[str, Callable[[], bytes]]:
    """Return how each sheet is drawn: papers, slips, receipts, advices, older wordings."""
    # Imported late: as a program it first makes Django ready.
    from documents.rendering import advice, draw, receipts  # noqa: PLC0415
    from tests.documents import test_advice_rendering, test_receipt_rendering  # noqa: PLC0415
    from tests.documents.rendering.sheets import SHEETS, birth, old, specimen  # noqa: PLC0415

    money_advice, money_receipt = test_advice_rendering, test_receipt_rendering
    sheets: dict[str, Callable[[], bytes]] = {
        name: (lambda make=make: draw(make())) for name, make in SHEETS.items()
    }
    for paper_type in ("birth_certificate", "marriage_certificate", "single_status"):
        sheets[f"{paper_type}_1"] = lambda of=paper_type: draw(old(of, 1))
    sheets["specimen"] = lambda: draw(specimen(birth()))
    sheets["receipt"] = lambda: receipts.draw(money_receipt.content())
    sheets["receipt_cancelled"] = lambda: receipts.draw(
        money_receipt.content(cancelled_on="24 November 2026, 09:00")
    )
    sheets["receipt_of_20_lines"] = lambda: receipts.draw(
        money_receipt.content(lines=(money_receipt.line(),) * 20)
    )
    sheets["advice"] = lambda: advice.draw(money_advice.content())
    sheets["advice_ended"] = lambda: advice.draw(money_advice.content(ended_on="25 November 2026"))
    sheets["advice_of_40_fees"] = lambda: advice.draw(
        money_advice.content(lines=(money_advice.line(),) * 40)
    )
    return sheets


def hashes() -> dict[str, str]:
    return {name: hashlib.sha256(draw()).hexdigest() for name, draw in drawn().items()}


def kept() -> dict[str, str]:
    known: dict[str, str] = json.loads(FILE.read_text())
    return known


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    FILE.write_text(json.dumps(hashes(), indent=1, sort_keys=True) + "\n")
