"""Bills by the thousand, and the providers' messages into the inbox, each at its hour."""

import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from stdnum.iso7064 import mod_97_10

from config.storm.month import outside
from config.storm.month.plan import AMOUNTS, BANK, Bill, Paid
from payments import ledger, posting
from places import queries as places

TERM = timedelta(days=7)

_ISSUE = """
WITH asked AS (
    SELECT * FROM unnest(%(reference)s::text[], %(amount)s::bigint[], %(owner)s::bigint[],
        %(payable)s::bigint[]) t (reference, amount_minor, beneficiary_id, payable_id)
),
made AS (
    INSERT INTO payments_bill (reference, currency, total_minor, description, issued_at, expires_at)
    SELECT reference, %(currency)s, amount_minor, %(description)s, %(at)s, %(until)s FROM asked
    ON CONFLICT (reference) DO NOTHING
    RETURNING id, reference
),
lined AS (
INSERT INTO payments_bill_line (
    bill_id, line_no, charge_key, beneficiary_id, payable_id, currency, revenue_code,
    legal_source, legal_checked, names, amount_minor
)
SELECT made.id, 1, 'month:' || made.reference, asked.beneficiary_id, asked.payable_id,
    %(currency)s, 'fee-' || asked.amount_minor, 'month', false, %(description)s, asked.amount_minor
FROM made JOIN asked USING (reference)
)
SELECT reference FROM made
"""
_TELL = """
WITH said AS (
    INSERT INTO payments_inbound_message (
        received_at, rail_code, kind, body, body_sha256, auth, headers
    )
    SELECT t.received_at, t.rail_code, t.kind, t.body, sha256(t.body), 'valid', '{}'
    FROM unnest(%(at)s::timestamptz[], %(rail)s::text[], %(kind)s::text[], %(body)s::bytea[])
        t (received_at, rail_code, kind, body)
    ORDER BY 1
    RETURNING id, received_at
)
INSERT INTO payments_inbox (message_id, received_at) SELECT id, received_at FROM said
"""


def issue(
    many: int, *, seed: str, beneficiaries: Sequence[str], currency: str, at: datetime
) -> list[Bill]:
    """Issue so many bills of one line each, in one statement; one less where numbers repeat."""
    chance = random.Random(seed)  # noqa: S311
    owners = [places.beneficiary(code) for code in beneficiaries]
    payables = ledger.open_payables([(owner.pk, owner.code, currency) for owner in owners])
    bills = [
        Bill(reference, AMOUNTS[number % len(AMOUNTS)])
        for number, reference in enumerate(_references(many, chance))
    ]
    turns = [owners[number % len(owners)] for number in range(len(bills))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _ISSUE,
            {
                "reference": [bill.reference for bill in bills],
                "amount": [bill.amount for bill in bills],
                "owner": [owner.pk for owner in turns],
                "payable": [payables[owner.pk, currency] for owner in turns],
                "currency": currency,
                "description": json.dumps({"en": "Birth certificate"}),
                "at": at,
                "until": at + TERM,
            },
        )
        made = {reference for (reference,) in cursor.fetchall()}
    return [bill for bill in bills if bill.reference in made]


def _references(many: int, chance: random.Random) -> list[str]:
    bodies = dict.fromkeys(str(chance.randrange(10**9, 10**10)) for _ in range(many))
    return [body + mod_97_10.calc_check_digits(body) for body in bodies]


def tell(made: Iterable[Paid], *, rails: dict[str, str], currency: str, now: datetime) -> int:
    """Keep what providers tell of these payments, and post it as the poster would."""
    told = sorted(
        (
            (one.told_at, one)
            for one in made
            if one.told_at is not None
            for _ in range(2 if one.told_twice else 1)
        ),
        key=lambda said: (said[0], said[1].id),
    )
    if told:
        is_bank = [one.rail == BANK for _, one in told]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                _TELL,
                {
                    "at": [at for at, _ in told],
                    "rail": [rails[one.rail] for _, one in told],
                    "kind": [
                        "bycontract.notification" if bank else "mtn.status" for bank in is_bank
                    ],
                    "body": [
                        outside.notification(one, currency)
                        if bank
                        else outside.status(one, currency)
                        for (_, one), bank in zip(told, is_bank, strict=True)
                    ],
                },
            )
    while posting.post_inbox(now=now):
        pass
    return len(told)
