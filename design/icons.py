"""
The pictures beside words: lines on a square of 24, drawn for this house, one file each.

Each stands beside text that says the same, so that none needs a name of its own. One that bears
the name of a need of the country packs stands on its tile.
"""

from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

FOLDER = Path(__file__).parent / "templates" / "design" / "icons"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.svg")))


@cache
def drawn(name: str, usual: str = "") -> SafeString:
    """
    Return the picture as inline SVG that a screen reader passes by.

    :param usual: what is drawn for a name that comes from data and has no picture
    :raises ValueError: if there is no such picture
    """
    chosen = name if name in NAMES else usual
    if chosen not in NAMES:
        raise ValueError(f"no such icon: {name}")
    return render_to_string(f"design/icons/{chosen}.svg")
