"""Two officers of the demonstration, who give back what the rules propose."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from accounts import operations as people_of
from accounts import policies
from accounts import queries as accounts
from accounts.operations import rights
from payments import gateways
from payments.operations import refunding
from payments.policies import ASK_REFUND, DECIDE_REFUND

GIVER, CONFIRMER = "rights@guichet.example", "rights.second@guichet.example"

# Whose password nobody knows but this run: the others' are people's own.
DECIDER = "refunds.practice@guichet.example"

# Whoever is somebody in particular can be given the rights to money; the two givers cannot.
_PEOPLE = """
SELECT id FROM accounts_account
WHERE kind = 'staff' AND person_id IS NOT NULL AND id <> ALL (%(others)s)
ORDER BY id LIMIT 1
"""
_PROPOSED = """
SELECT refund.id, rail.code, rail.kind
FROM payments_refund refund
JOIN payments_movement m ON m.id = refund.movement_id
JOIN payments_rail rail ON rail.id = m.rail_id
WHERE refund.state = 'PROPOSED' AND rail.code = ANY (%(rails)s)
  AND m.first_heard_at >= %(since)s
ORDER BY refund.id
"""


def give_back(rails: Sequence[str], *, since: datetime, at: datetime) -> int:
    """
    Decide what is proposed of this day's money, where the rail pays back by itself.

    Return how many were approved; 0 where this house has not the demonstration's people.
    """
    givers = [one.id for email in (GIVER, CONFIRMER) if (one := accounts.staff_by_email(email))]
    if len(givers) < 2:
        return 0
    giver, confirmer = givers
    password = secrets.token_urlsafe(32)
    checker = _decider(password, at)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"others": [*givers, checker]})
        people = [account_id for (account_id,) in cursor.fetchall()]
    if not people:
        return 0
    [maker] = people
    _allow(maker, ASK_REFUND.code, giver, confirmer, at)
    _allow(checker, DECIDE_REFUND.code, giver, confirmer, at)
    with connection.cursor() as cursor:
        cursor.execute(_PROPOSED, {"rails": list(rails), "since": since})
        proposed = cursor.fetchall()
    approved = 0
    for refund_id, rail_code, kind in proposed:
        try:
            gateways.refunds(kind=kind, rail_code=rail_code)
            refunding.take_up(refund_id=refund_id, by_id=maker, at=at)
            step = people_of.step_up(
                account_id=checker,
                password=password,
                purpose=DECIDE_REFUND.code,
                session_key="",
                at=at,
            )
            refunding.approve(refund_id=refund_id, by_id=checker, step_up_id=step.pk, at=at)
        except (gateways.NoGateway, refunding.RefundInWhole, refunding.OwnMoney):
            continue  # Others decide it, or pay it at a desk.
        approved += 1
    return approved


def _decider(password: str, at: datetime) -> int:
    known = accounts.staff_by_email(DECIDER)
    if known is not None:
        people_of.set_password(account_id=known.id, password=password, at=at)
        return known.id
    return people_of.create_staff(
        email=DECIDER,
        password=password,
        display_name="Practice",
        person_id=people_of.name_person(
            national_id=DECIDER, family_name="Practice", given_names="Refunds"
        ),
        at=at,
    )


def _allow(account_id: int, act: str, giver: int, confirmer: int, at: datetime) -> None:
    if policies.may(account_id=account_id, act=act, area_code=None, at=at):
        return
    grant_id = rights.grant(account_id=account_id, act=act, given_by_id=giver, at=at, from_at=at)
    rights.confirm_grant(grant_id=grant_id, confirmed_by_id=confirmer, at=at)
