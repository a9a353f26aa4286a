"""
The stylesheet: the files of `styles/`, and the accent of the country pack, made into one.

It is made when a process first needs it and not when static files are gathered, because one image
serves every country. Its address changes with its content, so that a browser keeps it for ever.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from design import colours
from kernel.country import Accent, country

FOLDER = Path(__file__).parent / "styles"
PARTS = ("tokens", "page", "parts", "tables", "forms", "desk", "readers")
PREFIX = "/style/"

# What is read on what (WCAG 2.2, 1.4.3: 4.5), and what must only be seen (1.4.11: 3).
READ = (
    ("ink", "paper"), ("ink", "card"), ("ink-2", "paper"), ("ink-2", "card"),
    ("ink-2", "accent-soft"), ("ink", "accent-soft"), ("ink", "warn-soft"), ("ink", "bad-soft"),
    ("link", "paper"), ("link", "card"), ("link", "accent-soft"),
    ("accent-ink", "accent"), ("accent-ink", "accent-deep"), ("accent", "accent-soft"),
    ("accent", "card"), ("welcome-ink", "welcome"), ("sun-ink", "sun"),
    ("good", "good-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("bad", "paper"),
    ("bad", "card"),
)  # fmt: skip
SEEN = (("edge", "card"), ("edge", "paper"), ("ink", "paper"), ("focus", "welcome"))
READ_LEAST, SEEN_LEAST = 4.5, 3.0

_BLOCK = re.compile(r"^\.(light|dark) \{(.*?)\n\}\n", re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")


@dataclass(frozen=True)
class Sheet:
    """The stylesheet as it is sent; `squeezed` is gzip."""

    text: str
    address: str
    squeezed: bytes


def sheet() -> Sheet:
    """Return the stylesheet of the country in force."""
    return _sheet(country().accent)


@cache
def _sheet(accent: Accent) -> Sheet:
    files = {part: (FOLDER / f"{part}.css").read_text(encoding="utf-8") for part in PARTS}
    files["tokens"] = _with_schemes(files["tokens"], accent)
    text = _short("\n".join(files.values()))
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    squeezed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    return Sheet(text, f"{PREFIX}{digest}.css", squeezed)


def schemes(accent: Accent) -> dict[str, dict[str, str]]:
    """Return the colours by token, light and dark, with what follows from the accent."""
    text = (FOLDER / "tokens.css").read_text(encoding="utf-8")
    said = {name: dict(_TOKEN.findall(block)) for name, block in _BLOCK.findall(text)}
    return {name: said[name] | _of_accent(name, said[name], accent) for name in ("light", "dark")}


def hard_to_read(accent: Accent) -> list[str]:
    """Return the pairs of colours that are too near each other: "light: accent on card (2.1)"."""
    wanted = [(pair, READ_LEAST) for pair in READ] + [(pair, SEEN_LEAST) for pair in SEEN]
    found = []
    for scheme, tokens in schemes(accent).items():
        for (text, ground), least in wanted:
            ratio = colours.contrast(tokens[text], tokens[ground])
            if ratio < least:
                found.append(f"{scheme}: {text} on {ground} ({ratio:.1f}, least {least})")
    return found


def _of_accent(scheme: str, tokens: Mapping[str, str], accent: Accent) -> dict[str, str]:
    colour = accent.light if scheme == "light" else accent.dark
    away = "#000000" if scheme == "light" else "#ffffff"
    soft = colours.mixed(colour, tokens["card"], 0.89 if scheme == "light" else 0.84)
    ink = colours.readable_on(colour, "#ffffff", "#0b1a20")
    return {
        "accent": colour,
        "accent-deep": colours.mixed(colour, away, 0.22),
        "accent-soft": soft,
        "accent-ink": ink,
        # By day the ground of the welcome is the accent; by night so large a light would dazzle.
        "welcome": colour if scheme == "light" else soft,
        "welcome-ink": ink if scheme == "light" else tokens["ink"],
    }


def _with_schemes(tokens: str, accent: Accent) -> str:
    """Write each scheme twice: for readers whose device asks for it, and where a page shows it."""
    said = {
        name: "".join(f"--{token}:{value};" for token, value in block.items())
        for name, block in schemes(accent).items()
    }
    light = f":root,.light{{{said['light']}}}\n"
    night = f"@media (prefers-color-scheme: dark){{:root{{{said['dark']}}}}}\n"
    dark = f".dark{{{said['dark']}}}\n"
    scheme = ":root{color-scheme:light dark}.light{color-scheme:light}.dark{color-scheme:dark}\n"
    rest = _BLOCK.sub("", tokens)
    # Paper comes last: it prints dark on white for whoever reads by night.
    before, at, printed = rest.partition("@page")
    return before + light + night + dark + scheme + at + printed


def _short(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};]) ?", r"\1", css)
    return css.replace(", ", ",").replace(": ", ":").replace(";}", "}").strip()
