"""What two definitions say differently: place by place, and word by word. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from catalogue.tree import name_of

# What makes a price: as `catalogue_price_of` in sql/drafts.sql.
_PRICE = ("currency", "beneficiary", "revenue_code", "when", "variant")
_LAW = ("legal_source", "legal_from", "revenue_code")
# Of two sentences that have less in common, each reads better whole.
_ALIKE_LEAST = 0.5
# Comparing takes the product of both numbers of words, and each space is one: a text has some 300.
_WORDS_MAX = 1_500
_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """A run of words: "same", or in one of the two alone."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True)
class Difference:
    """One value that differs; None is one that is not there. `path` begins with a key."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def pieces(self) -> list[Piece]:
        """Both values as one run of words, what went and what came marked."""
        return words(_text(self.before), _text(self.after))


@dataclass(frozen=True)
class FeeChange:
    """A fee that costs something else, or goes elsewhere; None is one that is not there."""

    code: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def lacks(self) -> tuple[str, ...]:
        """The keys without which nobody may publish the change."""
        if self.after is None or (self.before is None and not self.after.get("amount_minor")):
            return ()
        return tuple(key for key in _LAW if not self.after.get(key))


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return every value that differs, in the order of the newer one; what is gone comes last."""
    old, new = dict(_leaves(before, ())), dict(_leaves(after, ()))
    found = [Difference(path, old.get(path), told) for path, told in new.items()]
    found += [Difference(path, told, None) for path, told in old.items() if path not in new]
    return [one for one in found if one.before != one.after] + _moved(before, after, ())


def fee_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FeeChange]:
    """Return the fees of which somebody would pay something else; `sql/drafts.sql` says it too."""
    old = {fee.get("code", ""): fee for fee in before.get("fees") or ()}
    new = {fee.get("code", ""): fee for fee in after.get("fees") or ()}
    changes = []
    for code in [*new, *(code for code in old if code not in new)]:
        one, other = old.get(code), new.get(code)
        if one is None and not (other or {}).get("amount_minor"):
            continue
        if one is None or other is None or _price(one) != _price(other):
            changes.append(FeeChange(code, one, other))
    return changes


def changes_money(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say whether anybody would pay something else: by a fee, or by a rule that waives one."""
    waived = (before.get("waivers") or [], after.get("waivers") or [])
    return bool(fee_changes(before, after)) or waived[0] != waived[1]


def words(before: str, after: str) -> list[Piece]:
    """Return both texts as one, word by word."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matched = SequenceMatcher(None, old, new, autojunk=False)
    pieces: list[Piece] = []
    if max(len(old), len(new)) > _WORDS_MAX or matched.ratio() < _ALIKE_LEAST:
        whole = (Piece("gone", before), Piece("new", after))
        return [piece for piece in whole if piece.text]
    for kind, a, b, c, d in matched.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("gone", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("new", "".join(new[c:d])))
    return pieces


def _leaves(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(value, (*path, str(key)))
    elif isinstance(node, (list, tuple)) and any(isinstance(one, Mapping) for one in node):
        for index, item in enumerate(node):
            yield from _leaves(item, (*path, name_of(item, index)))
    elif node is not None and node not in ("", [], {}):
        yield path, node


def _moved(before: Any, after: Any, path: tuple[str, ...]) -> list[Difference]:
    """Return the lists whose items stand in another order."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        both = [key for key in after if key in before]
        return [one for key in both for one in _moved(before[key], after[key], (*path, key))]
    if not (isinstance(before, list) and isinstance(after, list)):
        return []
    old = {name_of(one, i): one for i, one in enumerate(before)}
    new = {name_of(one, i): one for i, one in enumerate(after)}
    kept = [name for name in old if name in new]
    found = [one for name in kept for one in _moved(old[name], new[name], (*path, name))]
    if kept != [name for name in new if name in old]:
        found.append(Difference(path, ", ".join(kept), ", ".join(n for n in new if n in old)))
    return found


def _price(fee: Mapping[str, Any]) -> tuple[Any, ...]:
    # An amount of 0 is a price; of the other keys, what is empty is left out.
    return (fee.get("amount_minor"), *(fee.get(key) or None for key in _PRICE))


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
