"""Where in a YAML file a key stands, so that a mistake is said with its line."""

import re
from pathlib import Path

import yaml

# A key of a file may hold any number of digits: no list has that many items.
_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]{1,9})\]")


def line_of(file: Path, place: str) -> int:
    """
    Return the line, from 1, of a key such as "fees[0].returnable.when".

    Where the file does not have it, or less of it, the line of the nearest that it is part of.
    """
    return line_in(file.read_text(encoding="utf-8"), place)


def line_in(text: str, place: str) -> int:
    """Return the same of a file's text."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = 1
    for name, number in _STEP.findall(place):
        found = _key(node, name) if name else _item(node, int(number))
        if found is None:
            break
        mark, node = found
        line = mark.line + 1
    return line


def _key(node: yaml.Node | None, name: str) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                return key.start_mark, value
    return None


def _item(node: yaml.Node | None, number: int) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and number < len(node.value):
        item = node.value[number]
        return item.start_mark, item
    return None
