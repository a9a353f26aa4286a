"""What a log may say of an error: where it happened and what kind it was, never whom it met."""

import logging
import traceback
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class NamelessFormatter(logging.Formatter):
    """
    Leave out the words of every exception: PostgreSQL's DETAIL repeats the row, names and all.

    Frames, kinds of error and the names of broken constraints stay; they are the code's own. Of a
    request its route stays, and not its address: that may hold the code that opens a paper.
    """

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
