"""The board as it is shown: each figure with its amount and the way to its journals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from kernel.country import country
from kernel.money import Money
from payments.pages.board.words import FIGURES, named
from payments.pages.words import Words, words
from payments.queries import ages, board, figures, journals
from payments.queries.board import DaySum
from payments.queries.figures import OF_BENEFICIARY, OF_RAIL, STANDING, Owner, Rule, Taken

RAIL_DAY = tuple(OF_RAIL)
RAIL_STANDING = ("in_suspense", "refunds_under_way", "unexplained", "held")
BENEFICIARY_DAY = tuple(OF_BENEFICIARY)
# The few that a morning begins with.
SUMMED = (
    "received",
    "allocated",
    "remitted",
    "in_suspense",
    "refunds_under_way",
    "payable",
    "on_its_way",
)  # fmt: skip
BENEFICIARY_STANDING = ("payable", "on_its_way", "owed_back", "unclaimed")


@dataclass(frozen=True, slots=True)
class Figure:
    amount_minor: int
    currency: str
    url: str
    account_ids: tuple[int, ...] = ()  # Of what stands: the accounts that it stands on.
    since: datetime | None = None  # Of what stands: the oldest of it, where that is asked for.

    def aged(self, since: Mapping[int, datetime]) -> "Figure":
        if not self.amount_minor:
            return self
        known = [since[one] for one in self.account_ids if one in since]
        return replace(self, since=min(known, default=None))

    @property
    def since_day(self) -> date | None:
        return self.since.astimezone(country().zone).date() if self.since else None

    @property
    def digits(self) -> str:
        return Money(self.amount_minor, self.currency).digits(get_language() or "en")


@dataclass(frozen=True, slots=True)
class Row:
    """A rail or a beneficiary in one currency; figures by their names."""

    code: str
    name: Words
    currency: str
    figures: Mapping[str, Figure]
    is_beneficiary: bool = False

    @property
    def cells(self) -> list[tuple[Promise | str, Figure]]:
        return [(named(FIGURES, name), figure) for name, figure in self.figures.items()]

    def aged(self, since: Mapping[int, datetime]) -> "Row":
        """Return the row with the ages of what stands, told by account."""
        found = {name: figure.aged(since) for name, figure in self.figures.items()}
        return replace(self, figures=found)

    @property
    def is_quiet(self) -> bool:
        return not any(figure.amount_minor for figure in self.figures.values())

    @property
    def difference_minor(self) -> int:
        """Of a rail: by what the day's equation is out; it never is."""
        day = {name: figure.amount_minor for name, figure in self.figures.items()}
        came = day["received"] - day["taken_back"]
        went = ("allocated", "suspended", "set_apart", "refunded", "released")
        return came - sum(day[name] for name in went)


@dataclass(frozen=True, slots=True)
class Board:
    day: date
    rails: tuple[Row, ...]
    beneficiaries: tuple[Row, ...]
    sums: tuple[Row, ...]  # Of all rails and beneficiaries, one a currency.
    house: tuple[Figure, ...]  # Between our accounts, where something is.


def summed(day: date, *, with_ages: bool = False) -> Board:
    """
    Return the day's figures and what stands at its end; with two queries.

    :param with_ages: also since when what stands now has stood; with one query more
    """
    owners = journals.owners()
    table = _Table(day, owners, *board.day_and_balances(day))
    by_rail = [
        table.row(owner, RAIL_DAY, RAIL_STANDING)
        for owner in _firsts(owner for owner in owners.values() if owner.rail_id)
    ]
    by_beneficiary = [
        table.row(owner, BENEFICIARY_DAY, BENEFICIARY_STANDING)
        for owner in _firsts(owner for owner in owners.values() if owner.beneficiary_id)
    ]
    if with_ages:
        since = _since([*by_rail, *by_beneficiary])
        by_rail = [row.aged(since) for row in by_rail]
        by_beneficiary = [row.aged(since) for row in by_beneficiary]
    return Board(
        day=day,
        rails=tuple(by_rail),
        beneficiaries=tuple(row for row in by_beneficiary if not row.is_quiet),
        sums=_sums([*by_rail, *by_beneficiary]),
        house=table.house(),
    )


def figure_url(name: str, day: date, currency: str, **owner: str) -> str:
    told = urlencode({"day": day.isoformat(), "currency": currency, **owner})
    return f"{reverse('payments:board_figure', args=[name])}?{told}"


@dataclass(frozen=True, slots=True)
class _Table:
    day: date
    owners: Mapping[int, Owner]
    parts: Sequence[DaySum]
    standing: Mapping[int, int]

    def row(self, owner: Owner, of_day: Iterable[str], of_standing: Iterable[str]) -> Row:
        """Return the row of whoever owns this account, in its currency."""
        rules = OF_RAIL if owner.rail_id else OF_BENEFICIARY
        told = "rail" if owner.rail_id else "beneficiary"
        found = {
            name: Figure(
                sum(one.amount_minor for one in self._taken(rules[name], owner)),
                owner.currency,
                figure_url(name, self.day, owner.currency, **{told: owner.owner_code}),
            )
            for name in of_day
        }
        found |= {name: self._standing(name, owner) for name in of_standing}
        return Row(
            owner.owner_code,
            words(owner.owner_names),
            owner.currency,
            found,
            is_beneficiary=not owner.rail_id,
        )

    def house(self) -> tuple[Figure, ...]:
        """Return what is between our accounts, in each currency that has any."""
        owners = [one for one in self.owners.values() if not one.rail_id and not one.beneficiary_id]
        found = (self._standing("between_accounts", owner) for owner in _firsts(owners))
        return tuple(figure for figure in found if figure.amount_minor)

    def _taken(self, rules: Iterable[Rule], owner: Owner) -> tuple[Taken, ...]:
        return figures.taken(
            rules,
            self.parts,
            self.owners,
            currency=owner.currency,
            rail_id=owner.rail_id,
            beneficiary_id=owner.beneficiary_id,
        )

    def _standing(self, name: str, mine: Owner) -> Figure:
        rule = STANDING[name]
        accounts = [
            one.account_id
            for one in self.owners.values()
            if one.role in rule.roles and _whose(one) == _whose(mine)
        ]
        amount_minor = rule.sign * sum(self.standing.get(one, 0) for one in accounts)
        if rule.one_sided:
            amount_minor = max(0, amount_minor)
        url = reverse("payments:board_accounts")
        if len(accounts) == 1:
            url = reverse("payments:board_account", args=accounts)
        return Figure(amount_minor, mine.currency, url, tuple(accounts))


def _whose(owner: Owner) -> tuple[int | None, int | None, str]:
    return owner.rail_id, owner.beneficiary_id, owner.currency


def _firsts(owners: Iterable[Owner]) -> Iterable[Owner]:
    """Return one account of each owner and currency, in their order."""
    found: dict[tuple[int | None, int | None, str], Owner] = {}
    for owner in owners:
        found.setdefault(_whose(owner), owner)
    return found.values()


def _since(rows: Iterable[Row]) -> dict[int, datetime]:
    standing = [
        (name, account_id)
        for row in rows
        for name, figure in row.figures.items()
        if figure.amount_minor
        for account_id in figure.account_ids
    ]
    return ages.since(
        {account_id for _, account_id in standing},
        owed_back_ids={account_id for name, account_id in standing if name == "owed_back"},
    )


def _sums(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Add up, by currency. What beneficiaries were allocated is what rails brought them."""
    found = []
    for currency in sorted({row.currency for row in rows}):
        added: dict[str, int] = defaultdict(int)
        oldest: dict[str, datetime] = {}
        for row in rows:
            for name, figure in row.figures.items():
                if row.currency == currency and not (row.is_beneficiary and name == "allocated"):
                    added[name] += figure.amount_minor
                    if figure.since:
                        oldest[name] = min(figure.since, oldest.get(name, figure.since))
        told = {name: Figure(added[name], currency, "", since=oldest.get(name)) for name in SUMMED}
        found.append(Row("", Words("", ""), currency, told))
    return tuple(found)
