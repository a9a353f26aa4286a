"""Debits that carry the number of an order to move what a retired rail holds: sweeps of ours."""

import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from payments import sql
from payments.models import Rail
from payments.operations.importing.lines import Line
from payments.states import Leg

_NUMBER = re.compile(r"MV\d{6,12}")


def name(
    lines: Sequence[Line], words: Mapping[int, Sequence[str]], rail: Rail, zone: ZoneInfo
) -> None:
    """
    Take such a debit for the sweep that two people ordered: of its rail and of just its amount.

    Not one from before the order; and an order is carried out once. Another debit with its number
    is explained by nothing, and rings.

    :param words: what the line says, by its place; of the lines that may be one
    """
    asked = [
        (place, word, lines[place])
        for place, said in words.items()
        for word in said
        if _NUMBER.fullmatch(word)
    ]
    if not asked:
        return
    rows = sql.run(
        "statement_named_moves",
        rail_id=rail.pk,
        zone=zone.key,
        position=[place for place, _, _ in asked],
        word=[word for _, word, _ in asked],
        amount_minor=[-line.amount_minor for _, _, line in asked],
        currency=[line.currency for _, _, line in asked],
        booked_day=[line.booked_day for _, _, line in asked],
    )
    for (place,) in rows:
        lines[place].leg = Leg.SWEEP
