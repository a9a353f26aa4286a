"""Reading the files of a country pack, so that whatever is wrong is said with file and place."""

import csv
import hashlib
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kernel.country import BadPack

FILE_BYTES_MAX = 20_000_000


class StrictLoader(yaml.CSafeLoader):
    """YAML that refuses a key twice in one mapping: plain YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a text, no list or mapping", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f'the key "{key}" stands twice', key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Row:
    line: int
    values: dict[str, str]


def read_yaml(file: Path) -> Any:
    """
    Return what the file holds.

    :raises BadPack: if it is missing, too large or no YAML; names the file, and the line if known
    """
    try:
        return yaml.load(_text(file), Loader=StrictLoader)  # noqa: S506  # nosec B506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise BadPack(f"{file}{line}: {getattr(error, 'problem', None) or error}") from None
    except ValueError:
        # As YAML reads it, "2026-13-45" is a day and "0x_" a number.
        raise BadPack(f"{file}: a day or a number that is none") from None


def read_csv(file: Path, *, required: Collection[str]) -> Iterator[Row]:
    """
    Yield the rows of a comma-separated file with a header line.

    :raises BadPack: if the file or a required column is missing, or a row has another length
    """
    reader = csv.reader(_text(file).splitlines())
    header = next(reader, [])
    for column in required:
        if column not in header:
            raise BadPack(f'{file}, line 1: the column "{column}" is missing')
    for cells in reader:
        if len(cells) != len(header):
            raise BadPack(
                f"{file}, line {reader.line_num}: {len(cells)} cells under {len(header)} columns"
            )
        yield Row(reader.line_num, dict(zip(header, cells, strict=True)))


def listed(raw: Any, *, file: Path, where: str) -> list[dict[str, Any]]:
    """
    Return a list of mappings as it stands.

    :raises BadPack: if it is anything else
    """
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise BadPack(f"{file}: {where} must be a list of mappings")
    return raw


def keys(
    raw: dict[str, Any],
    *,
    file: Path,
    where: str,
    required: Collection[str],
    optional: Collection[str] = (),
) -> None:
    """
    Check the keys of a mapping.

    :raises BadPack: if one is missing or unknown
    """
    for key in required:
        if key not in raw:
            raise BadPack(f'{file}: {where} lacks "{key}"')
    for key in raw:
        if key not in required and key not in optional:
            raise BadPack(f'{file}: {where} has an unknown key "{key}"')


def names(raw: Any, *, file: Path, where: str) -> dict[str, str]:
    """
    Return a text in several languages: at least one, none of them empty.

    :raises BadPack: if it is anything else
    """
    if (
        not isinstance(raw, dict)
        or not raw
        or not all(isinstance(k, str) and isinstance(v, str) and v.strip() for k, v in raw.items())
    ):
        raise BadPack(f"{file}: {where} must map languages to texts")
    return raw


def fingerprint(pack: Path) -> str:
    """Return one SHA-256 over the names and bytes of all files of the pack."""
    total = hashlib.sha256()
    for file in sorted(pack.rglob("*")):
        if file.is_file():
            total.update(f"{file.relative_to(pack).as_posix()}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise BadPack(f"{file} is larger than {FILE_BYTES_MAX} bytes")
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadPack(f"{file} is missing") from None
    except UnicodeDecodeError as error:
        raise BadPack(f"{file}: not UTF-8 at byte {error.start}") from None
