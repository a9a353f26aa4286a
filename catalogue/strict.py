"""
Reading plain data (YAML, JSON) into frozen dataclasses, and refusing whatever does not fit.

The dataclass is the schema: its fields are the keys, its types what they may hold, a default
means that the key may be left out or null. A field such as `in_` is the key `in`, which Python
keeps for itself.
"""

import dataclasses
import re
import types
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

TEXT_MAX = 2_000
ITEMS_MAX = 200
# Of keys within keys: nothing that a definition may say lies deeper.
DEPTH_MAX = 20

Texts = dict[str, str]
T = TypeVar("T")

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,59}")


class BadDefinition(Exception):
    """Something in a definition is wrong; the message begins with its place, as in a path."""


def read(cls: type[T], raw: object, where: str = "") -> T:
    """
    Return the dataclass that the mapping describes.

    :raises BadDefinition: at the first key that is unknown, missing or of another type
    """
    if not isinstance(raw, dict):
        raise BadDefinition(f"{where or 'the definition'}: a mapping is wanted")
    if where.count(".") >= DEPTH_MAX:
        raise BadDefinition(f"{where.split('.')[0]}: keys within keys, more than {DEPTH_MAX} deep")
    hints, needed = _shape(cls)  # type: ignore[arg-type] # A class is hashable.
    for key in raw:
        if key not in hints:
            raise BadDefinition(f"{_at(where, key)}: unknown key")
    for key in needed:
        if raw.get(key) is None:
            raise BadDefinition(f"{_at(where, key)}: missing")
    values = {
        _name(cls, key): _value(hints[key], value, _at(where, key))
        for key, value in raw.items()
        if value is not None
    }
    return cls(**values)


def check_code(code: str, where: str) -> None:
    """:raises BadDefinition: if a code is none"""
    if not _CODE.fullmatch(code):
        raise BadDefinition(f'{where}: "{code[:60]}" is no code (small letters, digits, - and _)')


def check_web_address(url: str, where: str) -> None:
    """:raises BadDefinition: if a text is neither empty nor an address that leads to a host"""
    try:
        leads = url.startswith(("https://", "http://")) and bool(urlsplit(url).hostname)
    except ValueError:
        leads = False  # Such as "https://[the law](https://...)", as it is copied from elsewhere.
    if url and not leads:
        raise BadDefinition(f"{where}: no web address")


def one_of(value: str, known: Collection[str], where: str) -> None:
    """:raises BadDefinition: if a word is not among those that are known"""
    if value not in known:
        raise BadDefinition(f'{where}: unknown "{value[:60]}"; known are {", ".join(known)}')


def between(value: int, least: int, most: int, where: str) -> None:
    """:raises BadDefinition: if a number is out of its bounds, which are included"""
    if not least <= value <= most:
        raise BadDefinition(f"{where}: {value} is not between {least} and {most}")


def once(codes: Sequence[str], where: str) -> None:
    """:raises BadDefinition: if a code stands twice"""
    seen = set()
    for code in codes:
        if code in seen:
            raise BadDefinition(f'{where}: "{code[:60]}" stands twice')
        seen.add(code)


@cache
def _shape(cls: type[Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    needed = tuple(
        f.name.rstrip("_")
        for f in dataclasses.fields(cls)
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    )
    return {name.rstrip("_"): hint for name, hint in get_type_hints(cls).items()}, needed


def _name(cls: type[Any], key: str) -> str:
    return key if key in cls.__dataclass_fields__ else f"{key}_"


def _value(hint: Any, raw: object, where: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if get_origin(hint) is dict:
        return _by_language(get_args(hint)[1], raw, where)
    if get_origin(hint) is tuple:
        return _items(get_args(hint)[0], raw, where)
    if dataclasses.is_dataclass(hint):
        return read(hint, raw, where)  # type: ignore[arg-type]
    # In Python True is an int: here it is not.
    if not isinstance(raw, hint) or (hint is int and isinstance(raw, bool)):
        raise BadDefinition(f"{where}: {hint.__name__} is wanted, not {type(raw).__name__}")
    if not isinstance(raw, str):
        return raw
    if len(raw) > TEXT_MAX:
        raise BadDefinition(f"{where}: longer than {TEXT_MAX} characters")
    if not raw.strip():
        raise BadDefinition(f"{where}: a text is wanted; leave the key out where it is not known")
    return raw.strip()


def _items(hint: Any, raw: object, where: str) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise BadDefinition(f"{where}: a list is wanted")
    if len(raw) > ITEMS_MAX:
        raise BadDefinition(f"{where}: more than {ITEMS_MAX} items")
    return tuple(_value(hint, item, f"{where}[{i}]") for i, item in enumerate(raw))


def _by_language(hint: Any, raw: object, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise BadDefinition(f"{where}: a mapping by language is wanted")
    for language in raw:
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise BadDefinition(f"{where}.{language}: no language code")
    return {language: _value(hint, value, f"{where}.{language}") for language, value in raw.items()}


def _at(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)
