"""Making a small table agree with a pack, and saying what that changed."""

from collections.abc import Sequence
from typing import Any

from kernel.country import Change


def agree(
    wanted: Sequence[Any],
    *,
    kind: str,
    fields: Sequence[str],
    retire: bool = False,
) -> list[Change]:
    """
    Create what is missing and change what differs in `fields`; rows are told apart by `code`.

    With `retire`, rows that the pack does not name become inactive: they may be cited.
    """
    if not wanted:
        return []
    model = type(wanted[0])
    app = model._meta.app_label  # noqa: SLF001 - Django's own name for it
    manager = model._default_manager  # noqa: SLF001
    standing = {row.code: row for row in manager.all()}
    created, changed = [], []
    for row in wanted:
        before = standing.pop(row.code, None)
        if before is None:
            created.append(row)
        elif any(getattr(before, f) != getattr(row, f) for f in fields):
            row.pk = before.pk
            changed.append(row)
    manager.bulk_create(created)
    if changed:
        manager.bulk_update(changed, fields)
    gone = [row for row in standing.values() if retire and row.active]
    for row in gone:
        row.active = False
    if gone:
        manager.bulk_update(gone, ["active"])
    return [
        Change(app, kind, row.code, what)
        for rows, what in ((created, "created"), (changed, "changed"), (gone, "retired"))
        for row in rows
    ]
