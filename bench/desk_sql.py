"""What PostgreSQL does for each list of the desk: `python -m bench.desk_sql '{"officer": 7}'`."""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts import queries as accounts  # noqa: E402
from applications import queries  # noqa: E402
from applications.queries import searching  # noqa: E402

TIMES = 3  # The last one counts: by then everything is in memory.


def main() -> None:
    now = timezone.now()
    for who, account_id in json.loads(sys.argv[1]).items():
        person_id = accounts.account(account_id).person_id
        reach = queries.reach(account_id=account_id, person_id=person_id, at=now)
        for what, ask in _asked(reach, now).items():
            print(json.dumps({"who": who, "what": what, **_explained(ask)}), flush=True)


def _asked(reach: queries.Reach, now: datetime) -> dict[str, Callable[[], object]]:
    asked: dict[str, Callable[[], object]] = {
        shown.value: partial(queries.page, reach, queries.Filter(shown), at=now)
        for shown in queries.Shown
    }
    newest = queries.Filter(queries.Shown.OFFICE, queries.Sort.NEWEST)
    asked["newest"] = partial(queries.page, reach, newest, at=now)
    asked["counts"] = partial(queries.counts, reach, at=now)
    asked["search by name"] = partial(searching.search, reach, "Uwase Chantal Diane")
    return asked


def _explained(ask: Callable[[], object]) -> dict[str, Any]:
    for _ in range(TIMES):
        plans: list[dict[str, Any]] = []
        with connection.execute_wrapper(_Explaining(plans)):
            ask()
    nodes = [node for plan in plans for node in _nodes(plan["Plan"])]
    scans = {
        node.get("Index Name") or f"{node['Node Type']} on {node['Relation Name']}"
        for node in nodes
        if "Index Name" in node or "Relation Name" in node
    }
    return {
        "ms": sum(plan["Execution Time"] + plan["Planning Time"] for plan in plans),
        "buffers": sum(
            plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] for plan in plans
        ),
        "by": sorted(scans),
    }


class _Explaining:
    """Lets every statement be explained before it is carried out."""

    def __init__(self, plans: list[dict[str, Any]]) -> None:
        self._plans = plans

    def __call__(
        self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        with connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            told = cursor.fetchone()[0]
        self._plans += json.loads(told) if isinstance(told, str) else told
        return execute(sql, params, many, context)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


if __name__ == "__main__":
    main()
