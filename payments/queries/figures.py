"""
The figures of the board, each named once: which accounts and kinds of journals make it. Pure.

The board adds up the parts that a figure takes; whoever asks where it comes from is shown the same
parts, and their journals. For a rail and a day they make one equation, whatever happened:
received - taken back = allocated + into suspense + refunds set apart + refunded + released.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from payments.queries.board import DaySum
from payments.states import AccountRole

R = AccountRole


@dataclass(frozen=True, slots=True)
class Owner:
    """What an account is: its role, in a currency, of a rail, of a beneficiary, or of the house."""

    account_id: int
    code: str
    role: str
    currency: str
    rail_id: int | None
    beneficiary_id: int | None
    owner_code: str  # Of the rail or the beneficiary; "": the house's.
    owner_names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """Of accounts of these roles, what journals of these kinds moved; no kinds: of any kind."""

    roles: tuple[str, ...]
    sign: int  # 1: debits less credits; -1: credits less debits.
    kinds: tuple[str, ...] = ()
    but_kinds: tuple[str, ...] = ()
    one_sided: bool = False  # Of a balance: nothing while it stands on the other side.

    def takes(self, part: DaySum, owner: Owner) -> bool:
        return (
            owner.role in self.roles
            and (not self.kinds or part.kind in self.kinds)
            and part.kind not in self.but_kinds
        )


_REMITTING = (
    "remittance",
    "remittance_returned",
    "remittance_resumed",
    "remittance_sent_back",
)

# By name, as pages and addresses call them.
OF_RAIL: Mapping[str, tuple[Rule, ...]] = {
    "received": (Rule((R.CLEARING,), 1, ("collection",)),),
    "taken_back": (
        Rule((R.CLEARING,), -1, ("reversal",)),
        # A withdrawal that turned out to be a reversal.
        Rule((R.PAYABLE, R.SUSPENSE), 1, ("explained",)),
    ),
    "allocated": (Rule((R.PAYABLE,), -1, but_kinds=_REMITTING),),
    "suspended": (Rule((R.SUSPENSE,), -1),),
    "set_apart": (Rule((R.REFUNDS_IN_TRANSIT,), -1),),
    "refunded": (Rule((R.REFUNDS_IN_TRANSIT,), 1, ("payout", "explained")),),
    "released": (
        Rule((R.WRITTEN_OFF, R.UNCLAIMED), -1, ("write_off", "unclaimed")),
        # A batch that its bank sent back, and a sweep of ours.
        Rule((R.REMITTANCE_IN_TRANSIT,), -1, ("returned",)),
        Rule((R.SWEEPS_IN_TRANSIT,), -1, ("arrived",)),
    ),
    "charges": (Rule((R.CHARGES,), 1),),
}
OF_BENEFICIARY: Mapping[str, tuple[Rule, ...]] = {
    "allocated": OF_RAIL["allocated"],
    "remitted": (Rule((R.REMITTANCE_IN_TRANSIT,), 1, ("remitted", "explained", "returned")),),
}
# Balances as they stand: the roles whose accounts make them, and on which side they are positive.
STANDING: Mapping[str, Rule] = {
    "in_suspense": Rule((R.SUSPENSE,), -1),
    "refunds_under_way": Rule((R.REFUNDS_IN_TRANSIT,), -1),
    "held": Rule((R.CLEARING, R.REFUND_FLOAT), 1),
    "unexplained": Rule((R.UNEXPLAINED,), 1),
    # Taken back after it was remitted: the beneficiary owes it to us, and nothing is payable.
    "payable": Rule((R.PAYABLE, R.OWED_BACK), -1, one_sided=True),
    "on_its_way": Rule((R.REMITTANCE_IN_TRANSIT,), -1),
    "owed_back": Rule((R.PAYABLE, R.OWED_BACK), 1, one_sided=True),
    "unclaimed": Rule((R.UNCLAIMED,), -1),
    "between_accounts": Rule((R.SWEEPS_IN_TRANSIT,), 1),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A part that a figure takes, with the side on which it adds to it."""

    part: DaySum
    owner: Owner
    sign: int

    @property
    def amount_minor(self) -> int:
        return self.sign * self.part.net_minor


def taken(
    rules: Iterable[Rule],
    parts: Iterable[DaySum],
    owners: Mapping[int, Owner],
    *,
    currency: str,
    rail_id: int | None = None,
    beneficiary_id: int | None = None,
) -> tuple[Taken, ...]:
    """Return the parts of a figure of one rail, or of one beneficiary."""
    rules = tuple(rules)
    return tuple(
        Taken(part, owner, rule.sign)
        for part in parts
        for owner in (owners[part.account_id],)
        for rule in rules
        if rule.takes(part, owner)
        and owner.currency == currency
        and (rail_id is None or part.rail_id == rail_id)
        and (beneficiary_id is None or owner.beneficiary_id == beneficiary_id)
    )
