"""
Texts of a service are plain: what is markup in them is taken out, and told. Pure.

Pages escape whatever a text says, so that no tag in it ever works; a tag that is left would be
read by people as the letters that it is made of. "5 < 6", "&amp;" and "&lt;b&gt;" are no markup,
and stay as they were typed.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nh3

# What begins a tag, a comment or an instruction, and ends. A sign of less than alone is text.
_MARKUP = re.compile(r"<(?=[/!?]?[a-zA-Z][^<>]*>|!--.*?-->|!\[)", re.DOTALL)
# What a machine reads, and no page shows.
_NO_TEXTS = frozenset({"pattern", "url", "source"})
_ROUNDS_MAX = 5


@dataclass(frozen=True)
class Taken:
    """A text from which markup was taken out; `place` as in "steps[0].en"."""

    place: str
    before: str
    after: str


def cleaned(text: str) -> str:
    """Return the text without any tag, comment, script or style; a plain one as it is."""
    for _ in range(_ROUNDS_MAX):
        if is_plain(text):
            return text
        text = _without(text)
    # What was left was a tag again and again, as of "<<b>script>": nobody means that.
    return text if is_plain(text) else text.replace("<", "")


def clean_all(node: Any) -> tuple[Any, list[Taken]]:
    """Return mappings, lists and texts with all texts cleaned, and from which ones what went."""
    taken: list[Taken] = []
    return _cleaned(node, "", taken), taken


def is_plain(text: str) -> bool:
    """Say whether a text holds no markup."""
    return not _MARKUP.search(text)


def _without(text: str) -> str:
    """
    Take out what is markup now.

    Whatever is none is written as a character reference first: else "&lt;b&gt;" would come back as
    a tag, and the reader of HTML would lose all that follows the sign in "a<b".
    """
    referred = "".join(_referred(text.replace("&", "&amp;")))
    return html.unescape(nh3.clean(referred, tags=set()))


def _referred(text: str) -> Iterator[str]:
    at = 0
    for found in re.finditer("<", text):
        yield text[at : found.start()]
        yield "<" if _MARKUP.match(text, found.start()) else "&lt;"
        at = found.end()
    yield text[at:]


def _cleaned(node: Any, place: str, taken: list[Taken]) -> Any:
    if isinstance(node, str):
        after = cleaned(node)
        if after != node:
            taken.append(Taken(place, node, after))
        return after
    if isinstance(node, dict):
        return {
            key: value
            if key in _NO_TEXTS
            else _cleaned(value, f"{place}.{key}" if place else str(key), taken)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_cleaned(one, f"{place}[{i}]", taken) for i, one in enumerate(node)]
    return node
