"""
One place in a definition as it is written (plain mappings and lists): reading and changing it.

A place is a path such as ("form", "child", "fields", "born_on"). An item of a list is named by its
code, or its value; one that has neither by "~" and its number from 0. `NEW` stands for an item
that is to be added. Nothing here changes what it is given.
"""

import copy
from collections.abc import Sequence
from typing import Any

NEW = "~new"

Path = Sequence[str]


class NoPlace(Exception):
    """The definition has nothing at this path."""


class CodeTaken(Exception):
    """Another item of the list has this code already."""


def name_of(item: Any, index: int) -> str:
    """Return by what a path calls the item of a list."""
    if isinstance(item, dict):
        return str(item.get("code") or item.get("value") or f"~{index}")
    return f"~{index}"


def get(definition: dict[str, Any], path: Path) -> Any:
    """:raises NoPlace: where nothing is; a list or text that may be there is an empty one"""
    node: Any = definition
    for step in path:
        if isinstance(node, list):
            node = node[_index(node, step)]
        elif isinstance(node, dict):
            node = node.get(step)
        else:
            raise NoPlace("/".join(path))
    return node


def put(definition: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """
    Return the definition with this value at the path; empty ones are left out.

    :raises NoPlace: if what should hold it is not there
    :raises CodeTaken: if the value's name is that of another item of its list
    """
    changed = copy.deepcopy(definition)
    *above, last = path
    holder = _holder(changed, above, last)
    if isinstance(holder, list):
        index = len(holder) if last == NEW else _index(holder, last)
        others = [name_of(one, i) for i, one in enumerate(holder) if i != index]
        if name_of(value, index) in others:
            raise CodeTaken(name_of(value, index))
        holder[index : index + 1] = [value]
    elif is_empty(value):
        holder.pop(last, None)
    else:
        holder[last] = value
    return changed


def take_out(definition: dict[str, Any], path: Path) -> dict[str, Any]:
    """:raises NoPlace: if no such item is there"""
    changed = copy.deepcopy(definition)
    *above, last = path
    holder = get(changed, above)
    if not isinstance(holder, list):
        raise NoPlace("/".join(path))
    del holder[_index(holder, last)]
    return changed


def move(definition: dict[str, Any], path: Path, by: int) -> dict[str, Any]:
    """
    Return the definition with the item so many places further down its list, or up.

    :raises NoPlace: if no such item is there
    """
    changed = copy.deepcopy(definition)
    *above, last = path
    holder = get(changed, above)
    if not isinstance(holder, list):
        raise NoPlace("/".join(path))
    index = _index(holder, last)
    item = holder.pop(index)
    holder.insert(max(0, index + by), item)
    return changed


def merge(definition: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return the definition with these keys, "output.paper" meaning one of a part's."""
    changed = copy.deepcopy(definition)
    for key, value in values.items():
        *above, last = key.split(".")
        part = changed
        for step in above:
            if not isinstance(part.get(step), dict):
                part[step] = {}
            part = part[step]
        if is_empty(value):
            part.pop(last, None)
        else:
            part[last] = value
        if above and not changed.get(above[0]):
            changed.pop(above[0], None)
    return changed


def read(node: Any, key: str) -> Any:
    """Return what stands under a key such as "output.paper", or None."""
    for step in key.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def is_empty(value: Any) -> bool:
    """Say whether it is the same as leaving it out."""
    return value is None or value == "" or value in ({}, [])


def _holder(definition: dict[str, Any], above: Sequence[str], last: str) -> Any:
    """Return what holds the last step; a list that is not there yet is begun."""
    if above and last == NEW:
        *further, key = above
        holder = get(definition, further)
        if isinstance(holder, dict) and holder.get(key) is None:
            holder[key] = []
    holder = get(definition, above)
    if not isinstance(holder, (dict, list)):
        raise NoPlace("/".join([*above, last]))
    return holder


def _index(items: list[Any], name: str) -> int:
    for index, item in enumerate(items):
        if name_of(item, index) == name:
            return index
    raise NoPlace(name)
