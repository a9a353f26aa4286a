"""
What a log says: one line of JSON each, with where it comes from, and never whom it met.

`about` holds what every line inside it carries: the request, the event, the delivery, the row that
an errand works on. So one search for a request's id tells its story across web and workers.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from uuid import uuid4

from structlog import contextvars

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

REQUEST_ID = "request_id"
# Hex digits, as proxies draw them, with the dashes of a UUID or without. A national number, a
# phone or a name is no such thing, so whoever sends one gets another id.
_WELL_FORMED = re.compile(r"[0-9a-f]{32}")


def new_request_id() -> str:
    return uuid4().hex


def request_id_of(said: str) -> str:
    """Return the id that a proxy gave a request, 32 hex digits; a new one if it gave none."""
    plain = said.replace("-", "").lower()
    return plain if _WELL_FORMED.fullmatch(plain) else new_request_id()


def current_request_id() -> str | None:
    """Return the id of the request that is being answered, or that brought this work about."""
    found = contextvars.get_contextvars().get(REQUEST_ID)
    return found if isinstance(found, str) else None


@contextmanager
def about(**facts: str | int | None) -> Iterator[None]:
    """
    Let every line that is logged inside say this too; what is None is left out.

    Codes and ids only, as in every log.
    """
    known = {name: value for name, value in facts.items() if value is not None}
    with contextvars.bound_contextvars(**known):
        yield


class NamelessFormatter(logging.Formatter):
    """
    Leave out the words of every exception: PostgreSQL's DETAIL repeats the row, names and all.

    Frames, kinds of error and the names of broken constraints stay; they are the code's own. Of a
    request its route stays, and not its address: that may hold the code that opens a paper.
    """

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        line: dict[str, object] = {
            **contextvars.get_contextvars(),
            "event": self.formatMessage(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        request = getattr(record, "request", None)
        address: str = getattr(request, "path", "")
        found = getattr(request, "resolver_match", None)
        route = f"/{found.route}" if found else "(an address)"
        # As it stands, and as Django escapes it.
        for said in (address, address.encode("unicode_escape").decode("ascii")):
            if said.strip("/"):
                record.message = record.message.replace(said, route)
        return super().formatMessage(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        _, error, _ = ei
        lines: list[str] = []
        while error is not None:
            lines += traceback.format_tb(error.__traceback__)
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}{_rule(error)}\n")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()


def _rule(error: BaseException) -> str:
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    return f" ({constraint})" if constraint else ""
