"""
The chain outside the database: a file of one day, and a root of one line for another's archive.

The file is JSON lines: first `{"after": root or null}`, then one line a seal with its entries.
The root is `guichet-audit <day> <number> <hash> <key> <signature>`, all in hexadecimal.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from kernel import audit_chain, audit_seals
from kernel.audit_chain import Root, Seal

_NAME = "guichet-audit"
_PARTS = 6


class NotOurs(Exception):
    """What was given is not a file or a root of this form."""


def write(day: date, path: Path) -> int:
    """Write the seals of a day with their entries; return how many seals."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for seal, entries in audit_seals.chain(since=day, until=day):
            if not count:
                after = audit_seals.last_before(seal.number)
                _line(file, {"after": asdict(after) if after else None})
            _line(file, {"seal": asdict(seal), "entries": entries})
            count += 1
        if not count:
            _line(file, {"after": None})
    return count


def read(path: Path) -> tuple[Root | None, Iterator[tuple[Seal, list[dict[str, Any]]]]]:
    """
    Return the root that the file continues, and its seals with their entries.

    :raises NotOurs: if it is no such file; of a later line, or if it holds no seal at all, when
        that is come to
    """
    lines = _lines(path)
    try:
        after = next(lines)["after"]
        root = Root(int(after["number"]), str(after["hash"])) if after else None
    except (StopIteration, KeyError, TypeError, ValueError):
        raise NotOurs(path.name) from None
    return root, _seals(lines, path.name)


def root_line(day: date, seal: Seal) -> str:
    return f"{_NAME} {day.isoformat()} {seal.number} {seal.hash} {seal.key_id} {seal.signature}"


def read_root(line: str, *, keys: frozenset[str]) -> Root:
    """:raises NotOurs: if the line is no root, or not signed by one of the keys"""
    parts = line.split()
    if len(parts) != _PARTS or parts[0] != _NAME or not parts[2].isdecimal():
        raise NotOurs("the root")
    _, _, number, value, key, signature = parts
    seal = Seal(int(number), "", "", (), (), hash=value, key_id=key, signature=signature)
    if not audit_chain.is_signed(seal, keys):
        raise NotOurs("the root")
    return Root(seal.number, seal.hash)


def _seals(
    lines: Iterator[dict[str, Any]], name: str
) -> Iterator[tuple[Seal, list[dict[str, Any]]]]:
    empty = True
    for line in lines:
        empty = False
        try:
            said = line["seal"]
            ids, leaves = tuple(said["entry_ids"]), tuple(said["leaves"])
            seal, entries = Seal(**(said | {"entry_ids": ids, "leaves": leaves})), line["entries"]
            found = [int(entry["id"]) for entry in entries]
        except (KeyError, TypeError, ValueError):
            raise NotOurs(name) from None
        # Beside the true one a second of the same id would be read, and never verified.
        if len(set(found)) < len(found) or not set(found) <= set(ids):
            raise NotOurs(f"{name}: entries that seal {seal.number} does not name")
        yield seal, entries
    if empty:
        raise NotOurs(f"{name}: no seal is in it")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                raise NotOurs(path.name) from None


def _line(file: Any, value: object) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
