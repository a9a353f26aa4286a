"""What two people have allowed before: sweeps of a rail, and losses up to a limit."""

from payments.models import Rail, SuspenseRule, SweepAccount
from tests.accounts.people import staff
from tests.world import NOON


def allow_losses(max_minor: int = 1_000_000, *, currency: str = "RWF") -> None:
    """Let the pack name a limit of what is taken as lost; a later one may only be lower."""
    SuspenseRule.objects.update_or_create(
        currency=currency,
        defaults={"loss_max_minor": max_minor},
        create_defaults={"write_off_max_minor": 10**12, "loss_max_minor": max_minor},
    )


def allow_write_offs(*, currency: str = "RWF") -> None:
    """Let the pack name limits that bind nothing, if it names none."""
    SuspenseRule.objects.get_or_create(
        currency=currency, defaults={"write_off_max_minor": 10**12, "loss_max_minor": 1_000_000}
    )


def allow_sweeps(rail: Rail) -> None:
    """Name the account that a rail is swept to, if none is in force."""
    if SweepAccount.objects.filter(rail=rail, approved=True, until_at=None).exists():
        return
    asked = SweepAccount.objects.create(
        rail=rail, account="0001", bank="BNR", reason="decree", maker=staff(), asked_at=NOON
    )
    SweepAccount.objects.filter(pk=asked.pk).update(
        approved=True, checker=staff(), decided_at=NOON, from_at=asked.asked_at.replace(year=2020)
    )
