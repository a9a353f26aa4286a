"""
Money that only a file brought by hand tells of: moved by two pairs of hands.

Whoever brings a file could have written it. A credit of hers pays a bill, and a debit of hers
takes one back, confirms a batch, ends a refund, or hides another debit. So another confirms what it
moves, in or out, unless the rail lets one person move so much a day (`Rail.by_hand_max_minor`);
what merely proves what was told before needs nobody else. `statement_two_people` says it again.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from accounts import queries as accounts
from payments import gateways, sql
from payments.models import Rail, StatementFile, WatchedFile

DAY = timedelta(hours=24)
UNSIGNED, ABOVE = "unsigned", "above"


class NeedsSecond(Exception):
    """Her file moves money, and nobody else has confirmed it. It is kept, and not posted."""


class Hands:
    """What a file makes on each rail while it is looked at or posted."""

    def __init__(self, file: StatementFile, *, at: datetime) -> None:
        self._file = file
        self._at = at
        self._made: dict[int, int] = defaultdict(int)
        self.are_alone = is_by_hand(file) and file.confirmed_by_id is None

    def makes(self, rail: Rail, amount_minor: int) -> None:
        """
        Add money, in or out, of which nobody has told.

        :raises NeedsSecond: if it is too much for whoever brought the file
        """
        if self.add(rail, amount_minor):
            raise NeedsSecond(self._file.pk)

    def add(self, rail: Rail, amount_minor: int) -> str:
        """Add it, and return why another must confirm it; empty: nobody need."""
        self._made[rail.pk] += amount_minor
        if not self.are_alone or not self._made[rail.pk]:
            return ""
        if not rail.by_hand_max_minor:
            return ABOVE if signs(rail) else UNSIGNED
        before = sql.run(
            "statement_made_by_hand",
            rail_id=rail.pk,
            by_id=self._file.by_id,
            since=self._at - DAY,
        )[0][0]
        return ABOVE if before + self._made[rail.pk] > rail.by_hand_max_minor else ""


def is_by_hand(file: StatementFile) -> bool:
    """Tell whether somebody brought it, and the bank did not lay the same into the folder."""
    return file.by_id is not None and not WatchedFile.objects.filter(file=file).exists()


def signs(rail: Rail) -> bool:
    """Tell whether the rail's provider signs what it tells of money."""
    vendor = gateways.VENDORS.get(rail.kind)
    return vendor is not None and vendor.signs


def confirm(file: StatementFile, *, by_id: int | None) -> None:
    """Write down who stands for the file beside whoever brought it: nobody, if it is the same."""
    stands = None if accounts.same_hands(file.by_id, by_id) else by_id
    if file.confirmed_by_id != stands:
        file.confirmed_by_id = stands
        file.save(update_fields=["confirmed_by"])
