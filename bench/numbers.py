"""
Which bills there are, so that Python, SQL and pgbench speak of the same without a table between.

Bill n has id n. Its reference and its amount follow from n (`sql/bills.sql` and the pgbench
scripts say the same in SQL). Bills are paid in a scattered order, as citizens do.
"""

from dataclasses import dataclass

# Prime to 2, 3 and 5, and therefore to a million, to ten, and to the nine between.
SCATTER = 611_953
REFERENCE_STEP = 6_700_417
REFERENCES = 9_000_000_000


def reference(bill: int) -> str:
    """Return the bill's twelve digits, the last two by ISO 7064 MOD 97-10."""
    body = 1_000_000_000 + bill * REFERENCE_STEP % REFERENCES
    return str(body * 100 + 98 - body * 100 % 97)


def amount_minor(bill: int) -> int:
    return 500 + bill * 37 % 90 * 100


def scattered(place: int, *, first: int, bills: int) -> int:
    """Return the bill that is paid at this place in the order of payment."""
    return first + place * SCATTER % bills


@dataclass
class Fresh:
    """Hands out bills that nobody has paid yet: so many, from the first one on."""

    bills: int
    first: int = 1
    used: int = 0

    @property
    def last(self) -> int:
        return self.first + self.bills - 1

    def take(self, count: int) -> range:
        """Return places in the order of payment; `bill` makes bills of them."""
        first = self.used
        self.used += count
        if self.used > self.bills:
            raise RuntimeError(f"{self.bills} bills are too few for so many seconds and rounds.")
        return range(first, self.used)

    def give_back(self, unused_from: int) -> None:
        """Return the places of the last `take` from there on."""
        self.used = min(self.used, unused_from)

    def bill(self, place: int) -> int:
        return scattered(place, first=self.first, bills=self.bills)
