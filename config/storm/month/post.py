"""What the post brings each morning: a day's statements, some late, some with a line missing."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from config.storm.month import outside
from config.storm.month.outside import Books
from config.storm.month.plan import BANK, RETIRED, WALLET

# By account and number of the day: it comes a day late, behind the one that follows it.
LATE = frozenset({(BANK, 3), (BANK, 17)})
# The bank forgets a payment, and sends all of it again the next day.
CUT = frozenset({(BANK, 1), (BANK, 13), (BANK, 24)})
_WRITES: dict[str, Callable[[Books, date], bytes]] = {
    WALLET: Books.portal,
    RETIRED: Books.portal,
    BANK: Books.camt,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A statement as it lies on the desk; `is_sound`: nothing speaks against posting it."""

    account: str  # BANK, WALLET or RETIRED.
    day: date
    body: bytes
    is_sound: bool = True


@dataclass
class Post:
    books: dict[str, Books]
    _waiting: dict[str, list[Letter]] = field(default_factory=lambda: defaultdict(list))

    def bring(self, day: date, number: int) -> Iterator[Letter]:
        """
        Bring the statements of a day that is over, and what lay about.

        :param number: of that day in the play, from 1
        """
        for name in (WALLET, RETIRED, BANK):
            if name == RETIRED and day not in self.books[name].days:
                continue
            letter = Letter(name, day, _WRITES[name](self.books[name], day))
            late, self._waiting[name] = self._waiting[name], []
            if (name, number) in LATE:
                self._waiting[name] = [letter]
                yield from late
            elif (name, number) in CUT:
                self._waiting[name] = [letter]
                cut = outside.without_a_line(letter.body)
                yield from (*late, Letter(name, day, cut, is_sound=False))
            elif (name, number - 1) in LATE:
                # Nothing leads to it yet: the one between is missing.
                yield Letter(name, day, letter.body, is_sound=False)
                yield from (*late, letter)
            else:
                yield from (*late, letter)

    @property
    def is_empty(self) -> bool:
        return not any(self._waiting.values())
