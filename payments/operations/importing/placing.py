"""Where each statement of a file stands, and why one that does not is kept outside."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from kernel import outbox
from kernel.country import country
from payments import events
from payments.models import Rail
from payments.models import Statement as Row
from payments.operations import alarms
from payments.operations.importing import chain, keeping, lines
from payments.operations.importing.chain import Chain, Place
from payments.statements import Statement
from payments.states import AlarmKind, StatementState

Key = tuple[int, str, bool]
Chains = dict[Key, Chain]


def hold_rails(rails: Sequence[Rail]) -> None:
    """One import at a time for each rail: the first of all locks."""
    ids = sorted({rail.pk for rail in rails})
    list(Rail.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def oldest_first(read: Sequence[Statement]) -> list[int]:
    """Return the places of the statements by their days; a file may have the newest first."""

    def day(place: int) -> date:
        return read[place].to_day or read[place].from_day or date.max

    return sorted(range(len(read)), key=day)


def place(
    statement: Statement,
    row: Row,
    account: str | None,
    chains: Chains,
) -> Place:
    """Find where a statement stands; the reason, where it has to stay outside."""
    if row.rail is None or account is None:
        return Place(StatementState.REFUSED, "account" if statement.account else "rail")
    if keeping.currency(statement) not in ("", row.rail.currency):
        return Place(StatementState.REFUSED, "currency")
    if statement.problems:
        return Place(StatementState.KEPT, "unbalanced")
    if not lines.has_its_days(statement):
        return Place(StatementState.KEPT, "day")
    if (key := key_of(row)) not in chains:
        chains[key] = chain.of(row.rail.pk, account, is_advice=row.is_advice)
    its_lines = lines.of(statement, account=account, zone=country().zone)
    # Nobody asks for them again, and a hundred thousand are fifty megabytes.
    statement.entries.clear()
    found = chains[key].place(statement, its_lines)
    if not found.held_back and found.state == StatementState.POSTED:
        chains[key].take(found, row)
    return replace(found, told=its_lines)


def key_of(row: Row) -> Key:
    """Return under which account its chain is, once its rail and account are found."""
    return row.rail_id or 0, row.account, row.is_advice


def settle(row: Row, found: Place, *, posts: bool, at: datetime) -> None:
    """Write down where a statement stands; a preview says it only of what stays outside."""
    if found.next is not None and posts:
        Row.objects.filter(pk=found.next.row_id).update(previous=row)
    row.held_back = found.held_back
    row.state = found.state if posts or found.held_back else StatementState.KEPT
    if row.state in (StatementState.POSTED, StatementState.KNOWN):
        row.posted_at = at
        row.previous_id = found.previous.row_id if found.previous else None
    row.save(update_fields=["rail", "account", "held_back", "state", "posted_at", "previous"])
    if posts:
        outbox.publish(events.StatementImported(subject_id=row.pk, occurred_at=at))
        _ring(row, at=at)


_RINGS = {
    "unbalanced": AlarmKind.STATEMENT_UNBALANCED,
    "day": AlarmKind.STATEMENT_UNBALANCED,
    "gap": AlarmKind.STATEMENT_GAP,
}


def _ring(row: Row, *, at: datetime) -> None:
    kind = _RINGS.get(row.held_back)
    if kind is None or row.rail is None:
        return
    alarms.raise_(
        kind=kind,
        subject=f"statement:{row.pk}",
        rail_code=row.rail.code,
        facts={
            "held_back": row.held_back,
            "problems": " ".join(row.problems),
            "difference_minor": row.difference_minor,
        },
        at=at,
    )
