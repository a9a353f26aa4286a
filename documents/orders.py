"""What officers ordered signed, and how far their keys have come."""

from dataclasses import dataclass
from datetime import datetime

from documents.models import Mandate, MandateItem
from documents.states import State

_UNSIGNED = (State.REQUESTED, State.RENDERED, State.ABANDONED)


@dataclass(frozen=True)
class OrderedPaper:
    """A paper of an order; `sha256` is that of the drawn file, as the officer saw it listed."""

    paper_id: int
    number: str
    sha256: str
    is_signed: bool
    is_out: bool


@dataclass(frozen=True)
class Order:
    """An officer's order, given by one step-up; it runs out at `until`."""

    id: int
    officer_id: int
    given_at: datetime
    until: datetime
    withdrawn_at: datetime | None
    papers: tuple[OrderedPaper, ...]

    @property
    def signed(self) -> int:
        return sum(one.is_signed for one in self.papers)

    @property
    def out(self) -> int:
        return sum(one.is_out for one in self.papers)

    def is_running(self, now: datetime) -> bool:
        """Say whether a key may still sign a paper of it."""
        unsigned = self.signed < len(self.papers)
        return unsigned and self.withdrawn_at is None and now <= self.until

    def is_under_way(self, now: datetime) -> bool:
        """Say whether something may still happen to it: a signature, or a seal after one."""
        return self.is_running(now) or (self.out < self.signed and now <= self.until)


def order(mandate_id: int, *, officer_id: int) -> Order | None:
    """Return an order of this officer with its papers; None where she has given no such order."""
    given = (
        Mandate.objects.filter(pk=mandate_id, officer_id=officer_id)
        .select_related("withdrawal")
        .first()
    )
    if given is None:
        return None
    rows = MandateItem.objects.filter(mandate=given).order_by("paper_id")
    taken_back = getattr(given, "withdrawal", None)
    return Order(
        id=given.pk,
        officer_id=officer_id,
        given_at=given.created_at,
        until=given.until,
        withdrawn_at=taken_back.at if taken_back else None,
        papers=tuple(
            OrderedPaper(
                paper_id, number or "", sha256, state not in _UNSIGNED, issued_at is not None
            )
            for paper_id, number, sha256, state, issued_at in rows.values_list(
                "paper_id", "paper__number", "sha256", "paper__state", "paper__issued_at"
            )
        ),
    )


def last_order_id(*, officer_id: int, since: datetime) -> int | None:
    """Return the officer's last order since then."""
    given = Mandate.objects.filter(officer_id=officer_id, created_at__gte=since)
    return given.order_by("-pk").values_list("pk", flat=True).first()
