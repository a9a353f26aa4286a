"""The finance staff of the month: who asks, and who decides, with rights from the first day."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from accounts import acts
from accounts import operations as accounts
from accounts.operations import rights

ASKS = (
    "money.view", "statement.import", "alarm.clear", "refund.ask", "match.ask", "release.ask",
    "remittance.ask", "close.prepare",
)  # fmt: skip
DECIDES = (
    "money.view", "alarm.clear", "refund.decide", "match.decide", "release.decide",
    "remittance.decide", "close.sign",
)  # fmt: skip


@dataclass(frozen=True)
class Staff:
    maker: int
    checker: int
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
    """Make five invented people; two of them get the rights of the finance desk."""
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
        for name in ("giver", "confirmer", "witness", "maker", "checker")
    }
    accounts.found_rights(
        giver_id=made["giver"],
        confirmer_id=made["confirmer"],
        witness_id=made["witness"],
        at=at,
    )
    for holder, wanted in (("maker", ASKS), ("checker", DECIDES)):
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
    return Staff(made["maker"], made["checker"], password)
