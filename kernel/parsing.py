"""What machines send, read so that it is refused and breaks nothing."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError


class NotKeepable(ValueError):
    """It holds half a character, or a NUL: JSON can write both, and PostgreSQL keeps neither."""


def require_keepable(told: object) -> None:
    """:raises NotKeepable: if a text of it, or a name, cannot be kept"""
    left = [told]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if "\0" in one or not _is_whole(one):
                # Its words are not said again: they may be a person's.
                raise NotKeepable("a character that cannot be kept")
        elif isinstance(one, dict):
            left += one.keys()
            left += one.values()
        elif isinstance(one, list):
            left += one


def read_json(body: str | bytes) -> Any:
    """
    Return what a machine outside says in JSON.

    For news of money there is `payments.gateways.reading`: what is told of it is kept all the
    same, and only its unkeepable characters are left out.

    :raises ValueError: if it is none, is nested too deep, or cannot be kept
    """
    try:
        told = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
    require_keepable(told)
    return told


class JSONParser(parsers.JSONParser):
    """JSON; what Python cannot read, or PostgreSQL keep, is refused like any that is broken."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        try:
            told = super().parse(stream, media_type, parser_context)
            require_keepable(told)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deep") from None
        except NotKeepable as trouble:
            raise ParseError(f"JSON parse error - {trouble}") from None
        return told


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
