"""The closing sheet of a day: what moved by rail, and whether the two laws hold of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from payments import sql
from payments.models import LedgerAccount, Rail
from payments.states import AccountRole, Leg

OWED = (AccountRole.PAYABLE, AccountRole.OWED_BACK)
# Where money of a rail's suspense goes for good, by the journal that takes it there.
RELEASED = {
    "write_off": AccountRole.WRITTEN_OFF,
    "unclaimed": AccountRole.UNCLAIMED,
    "returned": AccountRole.REMITTANCE_IN_TRANSIT,
    "arrived": AccountRole.SWEEPS_IN_TRANSIT,
}
# What its bank paid, and what it sent back.
REMITTED = ("remitted", "explained", "returned")
# The journals that divide what came in; what is remitted changes nothing of that.
DIVIDING = ("collection", "reversal", "match", "explained", "refund", "refund_returned")


@dataclass(frozen=True, slots=True)
class Moved:
    """One leg of a rail on one day, in minor units."""

    count: int = 0
    amount_minor: int = 0
    told_minor: int = 0  # Of it: told by messages.
    stated_minor: int = 0  # Of it: on statements.


@dataclass(frozen=True, kw_only=True, slots=True)
class RailSheet:
    """A rail's day beside the ledger's. All in minor units of `currency`."""

    rail_code: str
    names: Mapping[str, str]
    currency: str
    legs: Mapping[str, Moved]
    has_statement: bool
    reversed_minor: int  # By the provider, or as a debit turned out to be.
    allocated_minor: int
    suspense_minor: int
    in_transit_minor: int
    released_minor: int
    shown_minor: int = 0  # Refunds paid by hand, as debits turned out to be.

    def leg(self, name: str) -> Moved:
        return self.legs.get(name, Moved())

    @property
    def received_minor(self) -> int:
        return self.leg(Leg.CREDIT).amount_minor

    @property
    def refunded_minor(self) -> int:
        return self.leg(Leg.PAYOUT).amount_minor + self.shown_minor

    @property
    def divided_minor(self) -> int:
        return (
            self.allocated_minor
            + self.suspense_minor
            + self.in_transit_minor
            + self.refunded_minor
            + self.released_minor
        )

    @property
    def agrees(self) -> bool:
        """Whether received - reversed = allocated + suspense + in transit + refunded + released."""
        return self.received_minor - self.reversed_minor == self.divided_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class BeneficiarySheet:
    """What was allocated to a beneficiary on one day, beside what the ledger owes it more."""

    code: str
    names: Mapping[str, str]
    currency: str
    allocated_minor: int
    payable_minor: int
    in_transit_minor: int
    remitted_minor: int
    owed_back_minor: int

    @property
    def agrees(self) -> bool:
        """Whether allocated = payable + remittance in transit + remitted - owed back."""
        return self.allocated_minor == (
            self.payable_minor + self.in_transit_minor + self.remitted_minor - self.owed_back_minor
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    rails: list[RailSheet] = field(default_factory=list)
    beneficiaries: list[BeneficiarySheet] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return all(one.agrees for one in self.rails) and all(
            one.agrees for one in self.beneficiaries
        )


def sheet(day: date) -> Sheet:
    """Add up one day: with a number of statements that does not depend on what moved."""
    booked = sql.run("closing_booked", day=day)
    return Sheet(_rails(day, booked), _beneficiaries(day, booked))


Booked = list[tuple[int | None, str, str, int | None, str, int]]


def _rails(day: date, booked: Booked) -> list[RailSheet]:
    legs: defaultdict[tuple[int, str], dict[str, Moved]] = defaultdict(dict)
    for rail_id, currency, leg, *sums in sql.run("closing_moved", day=day):
        legs[rail_id, currency][leg] = Moved(*sums)
    posted: defaultdict[tuple[int, str], defaultdict[str, int]]
    posted = defaultdict(lambda: defaultdict(int))
    taken_back: defaultdict[tuple[int, str], int] = defaultdict(int)
    shown: defaultdict[tuple[int, str], int] = defaultdict(int)
    released: defaultdict[tuple[int, str], int] = defaultdict(int)
    for rail_id, kind, role, _, currency, amount_minor in booked:
        if rail_id is None or kind not in (*DIVIDING, *RELEASED, "payout"):
            continue
        posted[rail_id, currency][role] -= amount_minor
        if role == RELEASED.get(kind):
            released[rail_id, currency] -= amount_minor
        if kind == "explained" and role in (*OWED, AccountRole.SUSPENSE):
            taken_back[rail_id, currency] += amount_minor
        if kind == "explained" and role == AccountRole.REFUNDS_IN_TRANSIT:
            shown[rail_id, currency] += amount_minor
    stated = {rail_id for (rail_id,) in sql.run("closing_stated", day=day)}
    rails = Rail.objects.in_bulk()
    return [
        RailSheet(
            rail_code=rails[key[0]].code,
            names=rails[key[0]].names,
            currency=key[1],
            legs=legs[key],
            has_statement=key[0] in stated,
            reversed_minor=legs[key].get(Leg.REVERSAL, Moved()).amount_minor + taken_back[key],
            allocated_minor=sum(posted[key][role] for role in OWED),
            suspense_minor=posted[key][AccountRole.SUSPENSE],
            in_transit_minor=posted[key][AccountRole.REFUNDS_IN_TRANSIT],
            released_minor=released[key],
            shown_minor=shown[key],
        )
        for key in sorted({*legs, *posted}, key=lambda key: (rails[key[0]].position, key))
    ]


def _beneficiaries(day: date, booked: Booked) -> list[BeneficiarySheet]:
    allocated = {
        (one, currency): sum_ for one, currency, sum_ in sql.run("closing_allocated", day=day)
    }
    roles: defaultdict[tuple[int, str], defaultdict[str, int]]
    roles = defaultdict(lambda: defaultdict(int))
    remitted: defaultdict[tuple[int, str], int] = defaultdict(int)
    for _, kind, role, beneficiary_id, currency, amount_minor in booked:
        # What a beneficiary bears of charges, and what nobody claimed, is not owed to it.
        if beneficiary_id is None or role not in (*OWED, AccountRole.REMITTANCE_IN_TRANSIT):
            continue
        roles[beneficiary_id, currency][role] -= amount_minor
        if role == AccountRole.REMITTANCE_IN_TRANSIT and kind in REMITTED:
            remitted[beneficiary_id, currency] += amount_minor
    known = {
        beneficiary_id: (code, names)
        for beneficiary_id, code, names in LedgerAccount.objects.filter(
            beneficiary_id__in={key[0] for key in (*allocated, *roles)}
        ).values_list("beneficiary_id", "beneficiary__code", "beneficiary__names")
    }
    return [
        BeneficiarySheet(
            code=known[key[0]][0],
            names=known[key[0]][1],
            currency=key[1],
            allocated_minor=allocated.get(key, 0),
            payable_minor=roles[key][AccountRole.PAYABLE],
            in_transit_minor=roles[key][AccountRole.REMITTANCE_IN_TRANSIT],
            remitted_minor=remitted[key],
            owed_back_minor=-roles[key][AccountRole.OWED_BACK],
        )
        for key in sorted({*allocated, *roles}, key=lambda key: (known[key[0]][0], key[1]))
    ]
