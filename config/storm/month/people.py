"""The finance staff of the month: who asks, who decides and who limits, from the first day."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.signals import setting_changed

from accounts import acts
from accounts import operations as accounts
from accounts.operations import rights

ASKS = (
    "money.view", "statement.import", "alarm.clear", "refund.ask", "match.ask", "release.ask",
    "remittance.ask", "limit.ask", "sweep.ask", "move.ask", "close.prepare",
)  # fmt: skip
DECIDES = (
    "money.view", "alarm.clear", "refund.decide", "match.decide", "release.decide",
    "remittance.decide", "sweep.decide", "move.decide", "close.sign",
)  # fmt: skip
# Whoever is bound by a limit does not decide about it.
HEADS = ("money.view", "limit.decide")


class Invented(PBKDF2PasswordHasher):
    """For passwords that nobody knows, of people who are none: thousands are shown in a month."""

    algorithm = "invented"
    iterations = 1


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Let passwords that are made meanwhile cost nothing to show."""
    usual = settings.PASSWORD_HASHERS
    _use([f"{__name__}.{Invented.__name__}", *usual])
    try:
        yield
    finally:
        _use(usual)


def _use(hashers: Sequence[str]) -> None:
    settings.PASSWORD_HASHERS = hashers
    # Django keeps them, and listens.
    setting_changed.send(sender=Invented, setting="PASSWORD_HASHERS", value=hashers, enter=True)


@dataclass(frozen=True)
class Staff:
    maker: int
    checker: int
    head: int
    _password: str = field(repr=False)

    def step_up(self, purpose: str, *, at: datetime) -> int:
        """Let the checker show her password once more; return the step-up's id."""
        made = accounts.step_up(
            account_id=self.checker,
            password=self._password,
            purpose=purpose,
            session_key="month",
            at=at,
        )
        return int(made.pk)


def hire(*, at: datetime) -> Staff:
    """Make six invented people; three of them get the rights of the finance desk."""
    password = secrets.token_urlsafe(24)
    made = {
        name: accounts.create_staff(
            email=f"{name}@month.example",
            password=password,
            display_name=name,
            person_id=accounts.name_person(
                national_id=f"month {name}", family_name="Month", given_names=name
            ),
            at=at,
        )
        for name in ("giver", "confirmer", "witness", "maker", "checker", "head")
    }
    accounts.found_rights(
        giver_id=made["giver"],
        confirmer_id=made["confirmer"],
        witness_id=made["witness"],
        at=at,
    )
    for holder, wanted in (("maker", ASKS), ("checker", DECIDES), ("head", HEADS)):
        for act in wanted:
            grant_id = rights.grant(
                account_id=made[holder],
                act=act,
                given_by_id=made["giver"],
                at=at,
                from_at=at,
            )
            if acts.known(act).two_people:
                rights.confirm_grant(grant_id=grant_id, confirmed_by_id=made["confirmer"], at=at)
    return Staff(made["maker"], made["checker"], made["head"], password)
