"""
One service as one YAML file, in the form of the packs: written the same each time, read strictly.
"""

import dataclasses
import re
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml

from catalogue import tree
from catalogue.definition import Definition
from catalogue.operations.known import Known
from catalogue.operations.places_in_yaml import line_in
from catalogue.strict import BadDefinition
from kernel.country import country
from places.operations.packfiles import StrictLoader

FILE_BYTES_MAX = 500_000
# Of lists and mappings in each other; a definition has some 20.
DEPTH_MAX = 60
# As wide as the files of the packs.
_WIDTH = 100


class BadFile(Exception):
    """The file is no service: in one line why, and on which line of it (0: nowhere)."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {why}" if line else why)
        self.why = why
        self.line = line


def export(definition: Mapping[str, Any]) -> str:
    """Return the service as a file; the same definition is always the same bytes."""
    written: str = yaml.dump(
        _ordered(definition, Definition),
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=_WIDTH,
    )
    return written


def read(data: bytes) -> dict[str, Any]:
    """
    Return the definition that the file holds, once all of it is right for this country.

    :raises BadFile: at the first thing that is wrong
    """
    if len(data) > FILE_BYTES_MAX:
        raise BadFile(f"larger than {FILE_BYTES_MAX:,} bytes")
    try:
        text = data.decode("utf-8-sig")
        _refuse_traps(text)
        raw = yaml.load(text, Loader=StrictLoader)  # noqa: S506  # nosec B506
    except UnicodeDecodeError:
        raise BadFile("no text in UTF-8") from None
    except yaml.YAMLError as error:
        line = _line(getattr(error, "problem_mark", None))
        raise BadFile(str(getattr(error, "problem", None) or "no YAML"), line) from None
    except RecursionError:
        raise BadFile("parts within parts without end") from None
    except ValueError:
        # As YAML reads it, "2026-13-45" is a day and "0x_" a number.
        raise BadFile("a day or a number that is none") from None
    try:
        definition = Definition.from_dict(raw)
        Known(country()).check(definition)
    except BadDefinition as error:
        place = str(error).partition(": ")[0]
        raise BadFile(str(error), line_in(text, place)) from None
    ordered: dict[str, Any] = _ordered(raw, Definition)
    # PostgreSQL keeps neither of them.
    if any(re.search("[\x00\ud800-\udfff]", text) for text in _texts(ordered)):
        raise BadFile("a text holds a character that cannot be kept")
    return ordered


class _Dumper(yaml.SafeDumper):
    """Indents the items of a list below their key, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _refuse_traps(text: str) -> None:
    """:raises BadFile: at an anchor, an alias or a tag, or where parts lie too deep"""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        # A few lines of them unfold to a file that fills the memory.
        if isinstance(token, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)):
            raise BadFile("anchors, aliases and tags are not read", _line(token.start_mark))
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        # The reader written in C follows them on its stack, and ends the whole process there.
        if depth > DEPTH_MAX:
            raise BadFile("parts within parts without end", _line(token.start_mark))


_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def _line(mark: yaml.Mark | None) -> int:
    return mark.line + 1 if mark else 0


def _ordered(node: Any, hint: Any) -> Any:
    """Return the node with its keys in the order of the dataclass; what is empty is left out."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(node, Mapping):
        order = _order(hint)  # type: ignore[arg-type] # A class is hashable.
        keys = sorted(node, key=lambda key: order.index(key) if key in order else len(order))
        hints = dict(zip(order, get_type_hints(hint).values(), strict=True))
        told = {key: _ordered(node[key], hints.get(key)) for key in keys}
        return {key: value for key, value in told.items() if not tree.is_empty(value)}
    if isinstance(node, Mapping):
        return {key: _ordered(value, None) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        inner = get_args(hint)[0] if get_origin(hint) is tuple else None
        return [_ordered(one, inner) for one in node]
    return node.strip() if isinstance(node, str) else node


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, (dict, list)):
        for one in node.values() if isinstance(node, dict) else node:
            yield from _texts(one)


@cache
def _order(cls: Any) -> list[str]:
    return [one.name.rstrip("_") for one in dataclasses.fields(cls)]
