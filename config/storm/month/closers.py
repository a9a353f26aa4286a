"""Closing at the desk: differences are taken, each day is signed by two, and its pack checked."""

import shutil
from datetime import date

from config.storm.month.house import House
from payments import verifying
from payments.models import CloseDifference
from payments.operations import closing
from payments.queries import closing as queries


def close_days(house: House, *, today: date) -> None:
    """Close in their order the days that can be closed by now."""
    settle(house)
    while (day := queries.next_to_close()) and day < today and queries.ready_on(day) <= today:
        _list(house, day)
        closing.prepare(day=day, by_id=house.staff.maker, at=house.clock.tick())
        seal = closing.sign(
            day=day,
            by_id=house.staff.checker,
            step_up_id=house.step_up(closing.PURPOSE),
            at=house.clock.tick(),
        )
        _check_pack(house, day, seal)
        house.done["days closed"] += 1


def _list(house: House, day: date) -> None:
    """Take what nobody has; there may be more than one look finds."""
    while keys := {one.key for one in queries.unlisted(queries.found(day))}:
        house.done["differences listed"] += closing.take(
            day=day,
            keys=keys,
            note="asked the provider",
            by_id=house.staff.maker,
            at=house.clock.tick(),
        )


def settle(house: House) -> None:
    """Settle what can be: its cause is gone, or somebody's word ends it."""
    house.done["differences whose cause was gone"] += closing.settle_gone(house.clock.tick())
    standing = CloseDifference.objects.filter(settled_at=None, kind__in=closing.SETTLED_BY_WORD)
    for difference_id in standing.order_by("pk").values_list("pk", flat=True):
        closing.settle(
            difference_id=difference_id,
            note="the statement is right",
            by_id=house.staff.maker,
            at=house.clock.tick(),
        )
        house.done["differences settled by a word"] += 1


def _check_pack(house: House, day: date, seal: str) -> None:
    """Write the auditor's pack, and check it against the pack of the day before."""
    new, before = house.packs / "new.zip", house.packs / "before.zip"
    at = house.clock.tick()
    with closing.pack(day=day, by_id=house.staff.maker, at=at) as file, new.open("wb") as kept:
        shutil.copyfileobj(file, kept)
    try:
        verifying.verify(new, previous=before if before.exists() else None, seal=seal)
    except verifying.NotSound:
        house.wrong["packs that are not sound"] += 1
    else:
        house.done["packs verified"] += 1
    new.replace(before)
