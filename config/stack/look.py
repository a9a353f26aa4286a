"""`make check C=look`: colours and sizes are tokens; what is not is named with its place."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from config.stack.home import ROOT

TOKENS = ROOT / "design" / "styles" / "tokens.css"
# The stand-ins for the world have a look of their own, so that nobody takes them for the product.
_FOREIGN = ("sandbox", "var", ".venv", "tests")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARED = re.compile(r"(?<=[{;])\s*([\w-]+)\s*:\s*([^;{}]+)(?=[;}])")
_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|lab|lch|oklch|oklab|hwb)a?\("
    r"|(?<![\w-])(?:black|white|gr[ae]y|silver|red|green|blue|yellow|orange|purple|navy|teal)\b",
    re.IGNORECASE,
)
# Parts of the word they stand in (em, ch), of a whole (%, fr) and angles are no sizes of their own.
_SIZE = re.compile(r"(?<![\w.-])-?(?:\d*\.)?\d+(?:px|rem|vw|vh|vmin|vmax|ms|s)\b")
_PAPER = re.compile(r"(?<![\w.-])-?(?:\d*\.)?\d+(?:pt|mm|cm|in)\b")
_DRAWN = re.compile(r"""\b(?:fill|stroke|color|bgcolor|stop-color)=["']#""")


def raw(css: str, *, tokens_here: bool) -> Iterator[str]:
    """
    Yield each declaration with a colour or size of its own.

    :param tokens_here: whether custom properties may be given such values in this sheet
    """
    for name, value in _DECLARED.findall(_COMMENT.sub("", css)):
        if tokens_here and name.startswith("--"):
            continue
        # A sheet that an app prints has the sizes of its paper.
        on_paper = not tokens_here and _PAPER.search(value)
        if _COLOUR.search(value) or _SIZE.search(value) or on_paper:
            yield f"{name}: {value.strip()}"


def sheets() -> list[Path]:
    """Return every stylesheet of the product, the tokens apart."""
    found = [*ROOT.glob("design/styles/*.css"), *ROOT.glob("*/static/**/*.css")]
    return sorted(one for one in found if one != TOKENS and _room(one) not in _FOREIGN)


def main() -> int:
    wrong = [
        f"{sheet.relative_to(ROOT)}: {said}"
        for sheet in sheets()
        # Another app's own sheet may name tokens of its own, such as the colours of nine verdicts.
        for said in raw(sheet.read_text(encoding="utf-8"), tokens_here=_room(sheet) != "design")
    ]
    for template in sorted(ROOT.glob("*/templates/**/*.html")):
        if _room(template) not in _FOREIGN and _DRAWN.search(template.read_text(encoding="utf-8")):
            wrong.append(f"{template.relative_to(ROOT)}: a colour in an attribute")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


def _room(file: Path) -> str:
    return file.relative_to(ROOT).parts[0]


if __name__ == "__main__":
    sys.exit(main())
